using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Work that was recorded from a stream. Instantiate it to run it.</summary>
public sealed class CudaGraph : CudaHandle
{
    internal CudaGraph(CudaContext context, nint handle) : base(context, handle) { }

    /// <summary>True where the driver can instantiate and launch graphs these bindings' way (CUDA 11.4 and newer).</summary>
    public static bool IsSupported => OptionalExport.Exists(CudaLibrary.Driver, nameof(cuGraphInstantiateWithFlags));

    /// <summary>Makes it executable. The graph itself may be disposed afterwards.</summary>
    /// <exception cref="CudaException">The driver is older than CUDA 11.4, or refuses.</exception>
    public unsafe CudaGraphExec Instantiate(CudaGraphInstantiateFlags flags = CudaGraphInstantiateFlags.None)
    {
        OptionalExport.RequireDriver(nameof(cuGraphInstantiateWithFlags), 11, 4);
        using var scope = Context.Enter();
        nint handle;
        Check.Driver(cuGraphInstantiateWithFlags(&handle, Handle, (ulong)flags), flags.ToString());
        return new CudaGraphExec(Context, handle);
    }

    /// <summary>Its nodes, in no promised order.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public unsafe CudaGraphNode[] GetNodes()
    {
        using var scope = Context.Enter();
        nuint count;
        Check.Driver(cuGraphGetNodes(Handle, null, &count));
        var handles = new nint[count];
        fixed (nint* first = handles)
            if (count > 0) Check.Driver(cuGraphGetNodes(Handle, first, &count));
        var nodes = new CudaGraphNode[handles.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            CudaGraphNodeType type;
            Check.Driver(cuGraphNodeGetType(handles[i], &type));
            nodes[i] = new(handles[i], type);
        }
        return nodes;
    }

    /// <summary>What a kernel node launches: the kernel's handle (<see cref="CudaKernel.Handle"/>) and the shape.</summary>
    /// <exception cref="CudaException">It is no kernel node, or the driver is older than CUDA 12.0.</exception>
    public unsafe (nint Kernel, CudaLaunch Launch) GetKernelNode(CudaGraphNode node)
    {
        OptionalExport.RequireDriver(nameof(cuGraphKernelNodeGetParams_v2), 12, 0);
        using var scope = Context.Enter();
        KernelNodeParameters p;
        Check.Driver(cuGraphKernelNodeGetParams_v2(node.Handle, &p), node.Type.ToString());
        return (p.func, new(new(p.gridDimX, p.gridDimY, p.gridDimZ), new(p.blockDimX, p.blockDimY, p.blockDimZ), p.sharedMemBytes));
    }

    private protected override CudaResult Destroy(nint handle) => cuGraphDestroy(handle);
}

/// <summary>A node of a graph. It lives as long as the graph does.</summary>
/// <param name="Handle">The driver's <c>CUgraphNode</c>.</param>
/// <param name="Type">What it does.</param>
public readonly record struct CudaGraphNode(nint Handle, CudaGraphNodeType Type);
