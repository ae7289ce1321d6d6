using System.Runtime.InteropServices;
using GpuTensor.CudaSimulator.Driver;
using GpuTensor.CudaSimulator.Graphs;
using GpuTensor.CudaSimulator.Interpreter;

namespace GpuTensor.CudaSimulator.Exports;

// Graphs: capture, instantiate, update, launch.
internal static unsafe partial class DriverExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuStreamBeginCapture_v2")]
    public static int cuStreamBeginCapture_v2(nint stream, int mode) =>
        Call.InContext(context => Capture.Begin(Stream(context, stream), mode));

    [UnmanagedCallersOnly(EntryPoint = "cuStreamEndCapture")]
    public static int cuStreamEndCapture(nint stream, nint* graph) => Call.InContext(context =>
    {
        Out(graph, 0);
        Out(graph, context.Device.Simulator.Handles.Add(Capture.End(Stream(context, stream))));
    });

    [UnmanagedCallersOnly(EntryPoint = "cuStreamIsCapturing")]
    public static int cuStreamIsCapturing(nint stream, int* status) => Call.InContext(context =>
    {
        var on = Stream(context, stream);
        if (on.IsLegacy) Capture.Of(on);
        Out(status, on.Capture is not { } capture ? 0 : capture.Invalid ? 2 : 1);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphInstantiateWithFlags")]
    public static int cuGraphInstantiateWithFlags(nint* exec, nint graph, ulong flags) => Call.InContext(context =>
    {
        Capture.ForbidUnsafe(context.Device.Simulator, "cuGraphInstantiateWithFlags");
        if ((flags & ~9UL) != 0) throw DriverError.Value($"flags 0x{flags:x}: this call takes auto-free (1) and node priority (8)");
        Out(exec, context.Device.Simulator.Handles.Add(new GraphExec(Owned<Graph>(context, graph, "graph"))));
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphExecUpdate_v2")]
    public static int cuGraphExecUpdate_v2(nint exec, nint graph, UpdateInfo* info) => Call.InContext(context =>
    {
        if (info == null) throw DriverError.Value("the pointer for the answer is null");
        var (result, node) = Owned<GraphExec>(context, exec, "executable graph").Update(Owned<Graph>(context, graph, "graph"));
        *info = new() { Result = result, ErrorNode = node?.Handle ?? 0 };
        return result == 0 ? Result.CUDA_SUCCESS : Result.CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphExecKernelNodeSetParams_v2")]
    public static int cuGraphExecKernelNodeSetParams_v2(nint exec, nint node, NodeParameters* parameters) => Call.InContext(context =>
    {
        if (parameters == null) throw DriverError.Value("the parameters are null");
        var work = Launch(context, parameters->Function, parameters->Grid, parameters->Block, parameters->Shared, parameters->Parameters,
            parameters->Extra);
        Owned<GraphExec>(context, exec, "executable graph").Set(Owned<GraphNode>(context, node, "graph node"), work);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphUpload")]
    public static int cuGraphUpload(nint exec, nint stream) => Call.InContext(context =>
    {
        Owned<GraphExec>(context, exec, "executable graph");
        Capture.ForbidOn(Stream(context, stream), "cuGraphUpload");
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphLaunch")]
    public static int cuGraphLaunch(nint exec, nint stream) => Call.InContext(context =>
    {
        var launched = Owned<GraphExec>(context, exec, "executable graph");
        var on = Stream(context, stream);
        Capture.ForbidOn(on, "a graph in a capture, which is not simulated");
        launched.Launch(on);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphExecDestroy")]
    public static int cuGraphExecDestroy(nint exec) => Call.Release(context =>
    {
        Owned<GraphExec>(context, exec, "executable graph").Destroy();
        context.Device.Simulator.Handles.Remove(exec);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphDestroy")]
    public static int cuGraphDestroy(nint graph) => Call.Release(context =>
    {
        Owned<Graph>(context, graph, "graph").Destroy();
        context.Device.Simulator.Handles.Remove(graph);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphGetNodes")]
    public static int cuGraphGetNodes(nint graph, nint* nodes, nuint* count) => Call.InContext(context =>
    {
        nint[] handles = Owned<Graph>(context, graph, "graph").Handles();
        if (count == null) throw DriverError.Value("the pointer for the number is null");
        if (nodes != null)
        {
            // Beyond the nodes there are, the driver writes null.
            for (nuint i = 0; i < *count; i++) nodes[i] = i < (nuint)handles.Length ? handles[i] : 0;
            if (*count <= (nuint)handles.Length) return;
        }
        *count = (nuint)handles.Length;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphNodeGetType")]
    public static int cuGraphNodeGetType(nint node, int* type) => Call.InContext(context =>
        Out(type, Owned<GraphNode>(context, node, "graph node").Work.NodeType));

    [UnmanagedCallersOnly(EntryPoint = "cuGraphKernelNodeGetParams_v2")]
    public static int cuGraphKernelNodeGetParams_v2(nint node, NodeParameters* parameters) => Call.InContext(context =>
    {
        if (parameters == null) throw DriverError.Value("the pointer for the parameters is null");
        var asked = Owned<GraphNode>(context, node, "graph node");
        *parameters = asked.Work switch
        {
            KernelWork work => new() { Function = work.Function.Handle, Grid = work.Grid, Block = work.Block, Shared = work.SharedBytes },
            // A library's kernel: its function is no one's.
            { NodeType: Work.Kernel } => new() { Function = unchecked((nint)0x7d00_0000_0040), Grid = new(1), Block = new(32) },
            _ => throw DriverError.Value("the node launches no kernel"),
        };
    });

    /// <summary><c>CUgraphExecUpdateResultInfo</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 24)]
    internal struct UpdateInfo
    {
        [FieldOffset(0)] public int Result;
        [FieldOffset(8)] public nint ErrorNode;
        [FieldOffset(16)] public nint ErrorFromNode;
    }

    /// <summary><c>CUDA_KERNEL_NODE_PARAMS_v2</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    internal struct NodeParameters
    {
        [FieldOffset(0)] public nint Function;
        [FieldOffset(8)] public Extent Grid;
        [FieldOffset(20)] public Extent Block;
        [FieldOffset(32)] public uint Shared;
        [FieldOffset(40)] public void** Parameters;
        [FieldOffset(48)] public void** Extra;
        [FieldOffset(56)] public nint Kernel;
        [FieldOffset(64)] public nint Context;
    }
}
