namespace GpuTensor.Bindings.Cuda;

/// <summary>What a kernel can be asked or told.</summary>
[Native("CUfunction_attribute")]
public enum CudaFunctionAttribute
{
    /// <summary>Threads a block of this kernel can have.</summary>
    [Native("CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK")] MaxThreadsPerBlock = 0,

    /// <summary>Bytes of static shared memory.</summary>
    [Native("CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES")] StaticSharedBytes = 1,

    /// <summary>Bytes of constant memory.</summary>
    [Native("CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES")] ConstantBytes = 2,

    /// <summary>Bytes of local memory a thread uses, spills among them.</summary>
    [Native("CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES")] LocalBytes = 3,

    /// <summary>Registers a thread uses.</summary>
    [Native("CU_FUNC_ATTRIBUTE_NUM_REGS")] Registers = 4,

    /// <summary>The virtual architecture it was compiled for, 10 × major + minor.</summary>
    [Native("CU_FUNC_ATTRIBUTE_PTX_VERSION")] PtxVersion = 5,

    /// <summary>The real architecture of its code, 10 × major + minor.</summary>
    [Native("CU_FUNC_ATTRIBUTE_BINARY_VERSION")] BinaryVersion = 6,

    /// <summary>Bytes of dynamic shared memory it may be launched with; can be set.</summary>
    [Native("CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES")] MaxDynamicSharedBytes = 8,

    /// <summary>Shared memory wanted, in percent of the most; can be set.</summary>
    [Native("CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT")] PreferredSharedMemoryCarveout = 9,
}
