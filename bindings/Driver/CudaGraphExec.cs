using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>A graph ready to run: one call enqueues all its nodes. Dispose it only after its last launch has ended.</summary>
public sealed class CudaGraphExec : CudaHandle
{
    internal CudaGraphExec(CudaContext context, nint handle) : base(context, handle) { }

    /// <summary>True where the driver can update an executable graph (CUDA 12.0 and newer); elsewhere instantiate anew.</summary>
    public static bool CanUpdate => OptionalExport.Exists(CudaLibrary.Driver, nameof(cuGraphExecUpdate_v2));

    /// <summary>Enqueues all nodes of the graph.</summary>
    /// <exception cref="CudaException">The driver refuses, or earlier work failed.</exception>
    public void Launch(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var scope = Context.Enter();
        Check.Driver(cuGraphLaunch(Handle, stream.Handle));
    }

    /// <summary>Sends it to the device ahead of its first launch, which is then as quick as the others. Does nothing before CUDA
    /// 11.1.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Upload(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!OptionalExport.Exists(CudaLibrary.Driver, nameof(cuGraphUpload))) return;
        using var scope = Context.Enter();
        Check.Driver(cuGraphUpload(Handle, stream.Handle));
    }

    /// <summary>Takes over the parameters of a graph of the same shape.</summary>
    /// <returns><see cref="CudaGraphExecUpdateResult.Success"/>, or why the graphs differ too much: then this one is unchanged.</returns>
    /// <exception cref="CudaException">The driver is older than CUDA 12.0, or the call failed for another reason.</exception>
    public unsafe CudaGraphExecUpdateResult Update(CudaGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        OptionalExport.RequireDriver(nameof(cuGraphExecUpdate_v2), 12, 0);
        using var scope = Context.Enter();
        GraphExecUpdateInfo info;
        var result = cuGraphExecUpdate_v2(Handle, graph.Handle, &info);
        // "Does not fit" is an answer, not an error.
        if (result == CudaResult.GraphExecUpdateFailure && info.result != CudaGraphExecUpdateResult.Success) return info.result;
        Check.Driver(result, expression: nameof(cuGraphExecUpdate_v2));
        return CudaGraphExecUpdateResult.Success;
    }

    /// <summary>Changes what one kernel node launches from the next launch on. The node is the one of the graph this was instantiated
    /// from.</summary>
    /// <exception cref="CudaException">The driver is older than CUDA 12.0, the kernel belongs to another context, or the change is not
    /// possible.</exception>
    public unsafe void SetKernelNode(CudaGraphNode node, CudaKernel kernel, in CudaLaunch launch, CudaKernelArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(arguments);
        launch.Validate(kernel.Name);
        OptionalExport.RequireDriver(nameof(cuGraphExecKernelNodeSetParams_v2), 12, 0);
        var parameters = new KernelNodeParameters
        {
            func = kernel.Handle,
            gridDimX = launch.Grid.X, gridDimY = launch.Grid.Y, gridDimZ = launch.Grid.Z,
            blockDimX = launch.Block.X, blockDimY = launch.Block.Y, blockDimZ = launch.Block.Z,
            sharedMemBytes = launch.SharedBytes,
            kernelParams = arguments.Pointers(kernel.Name),
        };
        using var scope = Context.Enter();
        var result = cuGraphExecKernelNodeSetParams_v2(Handle, node.Handle, &parameters);
        GC.KeepAlive(arguments);
        if (result != CudaResult.Success)
            throw Check.DriverError(result, nameof(cuGraphExecKernelNodeSetParams_v2), launch.ToString(), kernel.Name);
    }

    private protected override CudaResult Destroy(nint handle) => cuGraphExecDestroy(handle);
}
