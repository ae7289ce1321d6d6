using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Graphs: capture, instantiate, update, launch.</summary>
internal static unsafe partial class DriverApi
{
    /// <summary>Begins a capture.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuStreamBeginCapture_v2(nint stream, CudaStreamCaptureMode mode);

    /// <summary>Ends it.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuStreamEndCapture(nint stream, nint* graph);

    /// <summary>Whether a stream is capturing.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuStreamIsCapturing(nint stream, CudaStreamCaptureStatus* captureStatus);

    /// <summary>Makes a graph executable.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(11, 4)]
    public static partial CudaResult cuGraphInstantiateWithFlags(nint* graphExec, nint graph, ulong flags);

    /// <summary>Takes over the parameters of a graph of the same shape.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(12, 0)]
    public static partial CudaResult cuGraphExecUpdate_v2(nint graphExec, nint graph, GraphExecUpdateInfo* resultInfo);

    /// <summary>Changes one kernel node.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(12, 0)]
    public static partial CudaResult cuGraphExecKernelNodeSetParams_v2(nint graphExec, nint node, KernelNodeParameters* nodeParams);

    /// <summary>Sends it to the device ahead of its first launch.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(11, 1)]
    public static partial CudaResult cuGraphUpload(nint graphExec, nint stream);

    /// <summary>Launches.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuGraphLaunch(nint graphExec, nint stream);

    /// <summary>Destroys an executable graph.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuGraphExecDestroy(nint graphExec);

    /// <summary>Destroys a graph.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuGraphDestroy(nint graph);

    /// <summary>The nodes, in no promised order.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuGraphGetNodes(nint graph, nint* nodes, nuint* numNodes);

    /// <summary>What a node does.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuGraphNodeGetType(nint node, CudaGraphNodeType* type);

    /// <summary>What a kernel node launches.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(12, 0)]
    public static partial CudaResult cuGraphKernelNodeGetParams_v2(nint node, KernelNodeParameters* nodeParams);
}
