namespace GpuTensor.Bindings.Cuda;

/// <summary>What a device can be asked.</summary>
[Native("CUdevice_attribute")]
public enum CudaDeviceAttribute
{
    /// <summary>Threads in a block, at most.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK")] MaxThreadsPerBlock = 1,

    /// <summary>A block along x, at most.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X")] MaxBlockDimX = 2,

    /// <summary>A block along y, at most.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y")] MaxBlockDimY = 3,

    /// <summary>A block along z, at most.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z")] MaxBlockDimZ = 4,

    /// <summary>A grid along x, at most.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X")] MaxGridDimX = 5,

    /// <summary>A grid along y, at most.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y")] MaxGridDimY = 6,

    /// <summary>A grid along z, at most.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z")] MaxGridDimZ = 7,

    /// <summary>Bytes of shared memory a block has without opting in.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK")] MaxSharedMemoryPerBlock = 8,

    /// <summary>Threads in a warp.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_WARP_SIZE")] WarpSize = 10,

    /// <summary>32-bit registers in a block, at most.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK")] MaxRegistersPerBlock = 12,

    /// <summary>Peak clock in kHz.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_CLOCK_RATE")] ClockRate = 13,

    /// <summary>Streaming multiprocessors.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT")] MultiprocessorCount = 16,

    /// <summary>1 where a watchdog ends long kernels.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_KERNEL_EXEC_TIMEOUT")] KernelExecTimeout = 17,

    /// <summary>1 where the GPU shares memory with the host.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_INTEGRATED")] Integrated = 18,

    /// <summary>0: shared; 2: prohibited; 3: one process only.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_COMPUTE_MODE")] ComputeMode = 20,

    /// <summary>PCI bus.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_PCI_BUS_ID")] PciBusId = 33,

    /// <summary>PCI device.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID")] PciDeviceId = 34,

    /// <summary>PCI domain.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID")] PciDomainId = 50,

    /// <summary>On Windows: 0 under WDDM, where batches of launches are held back and long kernels are ended.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_TCC_DRIVER")] TccDriver = 35,

    /// <summary>Peak memory clock in kHz.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE")] MemoryClockRate = 36,

    /// <summary>Memory bus in bits.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH")] GlobalMemoryBusWidth = 37,

    /// <summary>Bytes of L2 cache.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE")] L2CacheSize = 38,

    /// <summary>Threads resident on a multiprocessor, at most.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR")] MaxThreadsPerMultiprocessor = 39,

    /// <summary>Copy engines.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT")] AsyncEngineCount = 40,

    /// <summary>1 where host and device share one address space.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING")] UnifiedAddressing = 41,

    /// <summary>Compute capability, first number.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR")] ComputeCapabilityMajor = 75,

    /// <summary>Compute capability, second number.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR")] ComputeCapabilityMinor = 76,

    /// <summary>Bytes of shared memory on a multiprocessor.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR")] MaxSharedMemoryPerMultiprocessor = 81,

    /// <summary>32-bit registers on a multiprocessor.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR")] MaxRegistersPerMultiprocessor = 82,

    /// <summary>1 where kernels can read ordinary host memory.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS")] PageableMemoryAccess = 88,

    /// <summary>1 where grid-wide barriers work.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH")] CooperativeLaunch = 95,

    /// <summary>Bytes of shared memory a block can opt in to.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN")] MaxSharedMemoryPerBlockOptin = 97,

    /// <summary>Blocks resident on a multiprocessor, at most.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR")] MaxBlocksPerMultiprocessor = 106,

    /// <summary>Bytes of L2 that can be set aside.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MAX_PERSISTING_L2_CACHE_SIZE")] MaxPersistingL2CacheSize = 108,

    /// <summary>Bytes of shared memory the driver keeps per block.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK")] ReservedSharedMemoryPerBlock = 111,

    /// <summary>1 where <c>cuMemAllocAsync</c> works.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED")] MemoryPoolsSupported = 115,

    /// <summary>1 where blocks can form clusters.</summary>
    [Native("CU_DEVICE_ATTRIBUTE_CLUSTER_LAUNCH")] ClusterLaunch = 120,
}
