using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

// Fields keep their C names, so that the ABI test can compare offsets by name.

/// <summary>A launch with attributes.</summary>
[Native("CUlaunchConfig")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LaunchConfig
{
    public uint gridDimX, gridDimY, gridDimZ;
    public uint blockDimX, blockDimY, blockDimZ;
    public uint sharedMemBytes;
    public nint hStream;
    public LaunchAttribute* attrs;
    public uint numAttrs;
}

/// <summary>An attribute of a launch.</summary>
[Native("CUlaunchAttribute")]
[StructLayout(LayoutKind.Sequential)]
internal struct LaunchAttribute
{
    public LaunchAttributeId id;
    private readonly int pad;
    public LaunchAttributeValue value;
}

/// <summary>Its value: a union of 64 bytes, of which these members are used.</summary>
[Native("CUlaunchAttributeValue")]
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct LaunchAttributeValue
{
    // Gives the union its alignment of 8.
    [FieldOffset(0)] private ulong pad;
    [FieldOffset(0)] public int cooperative;
    [FieldOffset(0)] public ClusterDimension clusterDim;
    [FieldOffset(0)] public int programmaticStreamSerializationAllowed;
    [FieldOffset(0)] public int priority;
}

/// <summary>The union's unnamed struct of the cluster's extents.</summary>
[Native("CUlaunchAttributeValue.clusterDim")]
[StructLayout(LayoutKind.Sequential)]
internal struct ClusterDimension
{
    public uint x, y, z;
}

/// <summary>What a kernel node of a graph launches.</summary>
[Native("CUDA_KERNEL_NODE_PARAMS_v2")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KernelNodeParameters
{
    public nint func;
    public uint gridDimX, gridDimY, gridDimZ;
    public uint blockDimX, blockDimY, blockDimZ;
    public uint sharedMemBytes;
    public void** kernelParams;
    public void** extra;
    public nint kern;
    public nint ctx;
}

/// <summary>What came of updating an executable graph.</summary>
[Native("CUgraphExecUpdateResultInfo_v1")]
[StructLayout(LayoutKind.Sequential)]
internal struct GraphExecUpdateInfo
{
    public CudaGraphExecUpdateResult result;
    public nint errorNode;
    public nint errorFromNode;
}
