namespace GpuTensor.Bindings.Cuda;

/// <summary>What an NVRTC call returns.</summary>
[Native("nvrtcResult")]
public enum NvrtcResult
{
    /// <summary>No error.</summary>
    [Native("NVRTC_SUCCESS")] Success = 0,

    /// <summary>The host has no memory left.</summary>
    [Native("NVRTC_ERROR_OUT_OF_MEMORY")] OutOfMemory = 1,

    /// <summary>The program could not be made.</summary>
    [Native("NVRTC_ERROR_PROGRAM_CREATION_FAILURE")] ProgramCreationFailure = 2,

    /// <summary>An argument is invalid.</summary>
    [Native("NVRTC_ERROR_INVALID_INPUT")] InvalidInput = 3,

    /// <summary>The program handle is invalid.</summary>
    [Native("NVRTC_ERROR_INVALID_PROGRAM")] InvalidProgram = 4,

    /// <summary>An option is unknown, or names an architecture this NVRTC does not have.</summary>
    [Native("NVRTC_ERROR_INVALID_OPTION")] InvalidOption = 5,

    /// <summary>The source has errors; the log says which.</summary>
    [Native("NVRTC_ERROR_COMPILATION")] Compilation = 6,

    /// <summary>The file libnvrtc-builtins is missing or of another version.</summary>
    [Native("NVRTC_ERROR_BUILTIN_OPERATION_FAILURE")] BuiltinOperationFailure = 7,

    /// <summary>An internal error of the compiler.</summary>
    [Native("NVRTC_ERROR_INTERNAL_ERROR")] InternalError = 11,

    /// <summary>The file for timings could not be written.</summary>
    [Native("NVRTC_ERROR_TIME_FILE_WRITE_FAILED")] TimeFileWriteFailed = 12,

    /// <summary>The compilation was cancelled.</summary>
    [Native("NVRTC_ERROR_CANCELLED")] Cancelled = 16,
}
