namespace GpuTensor.Bindings.Cuda;

/// <summary>What a memory pool can be asked or told; all 64-bit.</summary>
[Native("CUmemPool_attribute")]
internal enum CudaMemoryPoolAttribute
{
    /// <summary>Bytes the pool keeps instead of giving them back at a wait.</summary>
    [Native("CU_MEMPOOL_ATTR_RELEASE_THRESHOLD")] ReleaseThreshold = 4,

    /// <summary>Bytes it holds.</summary>
    [Native("CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT")] ReservedCurrent = 5,

    /// <summary>The most it held; set to 0 to start anew.</summary>
    [Native("CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH")] ReservedHigh = 6,

    /// <summary>Bytes given out.</summary>
    [Native("CU_MEMPOOL_ATTR_USED_MEM_CURRENT")] UsedCurrent = 7,

    /// <summary>The most given out; set to 0 to start anew.</summary>
    [Native("CU_MEMPOOL_ATTR_USED_MEM_HIGH")] UsedHigh = 8,
}

/// <summary>How pinned host memory behaves.</summary>
[Flags]
[Native(NativeAttribute.Macros)]
public enum CudaHostMemoryFlags : uint
{
    /// <summary>Pinned for the current context.</summary>
    None = 0,

    /// <summary>Pinned for every context.</summary>
    [Native("CU_MEMHOSTALLOC_PORTABLE")] Portable = 1,

    /// <summary>Kernels can reach it.</summary>
    [Native("CU_MEMHOSTALLOC_DEVICEMAP")] DeviceMapped = 2,

    /// <summary>Fast to write and to send; slow for the host to read.</summary>
    [Native("CU_MEMHOSTALLOC_WRITECOMBINED")] WriteCombined = 4,
}
