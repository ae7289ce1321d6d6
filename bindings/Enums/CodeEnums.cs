namespace GpuTensor.Bindings.Cuda;

/// <summary>Options of the driver's PTX compiler; their values go inside the pointer-sized slots.</summary>
[Native("CUjit_option")]
internal enum JitOption
{
    /// <summary>Where to write messages.</summary>
    [Native("CU_JIT_INFO_LOG_BUFFER")] InfoLogBuffer = 3,

    /// <summary>How much fits; then how much was written.</summary>
    [Native("CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES")] InfoLogBufferBytes = 4,

    /// <summary>Where to write errors.</summary>
    [Native("CU_JIT_ERROR_LOG_BUFFER")] ErrorLogBuffer = 5,

    /// <summary>How much fits; then how much was written.</summary>
    [Native("CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES")] ErrorLogBufferBytes = 6,
}

/// <summary>Which attribute of a launch is given.</summary>
[Native("CUlaunchAttributeID")]
internal enum LaunchAttributeId
{
    /// <summary>All blocks are resident at once.</summary>
    [Native("CU_LAUNCH_ATTRIBUTE_COOPERATIVE")] Cooperative = 2,

    /// <summary>Blocks form clusters.</summary>
    [Native("CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION")] ClusterDimension = 4,

    /// <summary>May start before the kernel ahead of it has ended.</summary>
    [Native("CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION")] ProgrammaticStreamSerialization = 6,

    /// <summary>The launch's priority.</summary>
    [Native("CU_LAUNCH_ATTRIBUTE_PRIORITY")] Priority = 8,
}
