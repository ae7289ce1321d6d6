namespace GpuTensor.Bindings.Cuda;

/// <summary>What a driver call returns.</summary>
[Native("CUresult")]
public enum CudaResult
{
    /// <summary>No error.</summary>
    [Native("CUDA_SUCCESS")] Success = 0,

    /// <summary>An argument is out of range or a pointer is null.</summary>
    [Native("CUDA_ERROR_INVALID_VALUE")] InvalidValue = 1,

    /// <summary>The device has no memory left.</summary>
    [Native("CUDA_ERROR_OUT_OF_MEMORY")] OutOfMemory = 2,

    /// <summary><c>cuInit</c> has not run.</summary>
    [Native("CUDA_ERROR_NOT_INITIALIZED")] NotInitialized = 3,

    /// <summary>The driver is shutting down with the process.</summary>
    [Native("CUDA_ERROR_DEINITIALIZED")] Deinitialized = 4,

    /// <summary>The loaded libcuda is the toolkit's stub, not a driver.</summary>
    [Native("CUDA_ERROR_STUB_LIBRARY")] StubLibrary = 34,

    /// <summary>The driver is too old for this call.</summary>
    [Native("CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER")] CallRequiresNewerDriver = 36,

    /// <summary>Another process holds the device exclusively.</summary>
    [Native("CUDA_ERROR_DEVICE_UNAVAILABLE")] DeviceUnavailable = 46,

    /// <summary>The driver sees no GPU.</summary>
    [Native("CUDA_ERROR_NO_DEVICE")] NoDevice = 100,

    /// <summary>No device of this ordinal.</summary>
    [Native("CUDA_ERROR_INVALID_DEVICE")] InvalidDevice = 101,

    /// <summary>The GPU lacks a licence (vGPU).</summary>
    [Native("CUDA_ERROR_DEVICE_NOT_LICENSED")] DeviceNotLicensed = 102,

    /// <summary>The module is damaged or no module.</summary>
    [Native("CUDA_ERROR_INVALID_IMAGE")] InvalidImage = 200,

    /// <summary>No context is current, or the handle belongs to another.</summary>
    [Native("CUDA_ERROR_INVALID_CONTEXT")] InvalidContext = 201,

    /// <summary>The module holds no code for this GPU.</summary>
    [Native("CUDA_ERROR_NO_BINARY_FOR_GPU")] NoBinaryForGpu = 209,

    /// <summary>A memory error that ECC could not mend.</summary>
    [Native("CUDA_ERROR_ECC_UNCORRECTABLE")] EccUncorrectable = 214,

    /// <summary>The PTX does not compile.</summary>
    [Native("CUDA_ERROR_INVALID_PTX")] InvalidPtx = 218,

    /// <summary>An NVLink error.</summary>
    [Native("CUDA_ERROR_NVLINK_UNCORRECTABLE")] NvlinkUncorrectable = 220,

    /// <summary>The driver's PTX compiler is not installed.</summary>
    [Native("CUDA_ERROR_JIT_COMPILER_NOT_FOUND")] JitCompilerNotFound = 221,

    /// <summary>The PTX is newer than the driver.</summary>
    [Native("CUDA_ERROR_UNSUPPORTED_PTX_VERSION")] UnsupportedPtxVersion = 222,

    /// <summary>PTX compilation is turned off.</summary>
    [Native("CUDA_ERROR_JIT_COMPILATION_DISABLED")] JitCompilationDisabled = 223,

    /// <summary>An uncorrectable error was contained; the context is lost.</summary>
    [Native("CUDA_ERROR_CONTAINED")] Contained = 226,

    /// <summary>A file was not found.</summary>
    [Native("CUDA_ERROR_FILE_NOT_FOUND")] FileNotFound = 301,

    /// <summary>A shared library lacks a symbol.</summary>
    [Native("CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND")] SharedObjectSymbolNotFound = 302,

    /// <summary>A shared library did not initialise.</summary>
    [Native("CUDA_ERROR_SHARED_OBJECT_INIT_FAILED")] SharedObjectInitFailed = 303,

    /// <summary>The operating system refused.</summary>
    [Native("CUDA_ERROR_OPERATING_SYSTEM")] OperatingSystem = 304,

    /// <summary>The handle is none, or is gone.</summary>
    [Native("CUDA_ERROR_INVALID_HANDLE")] InvalidHandle = 400,

    /// <summary>The resource is in no state for this.</summary>
    [Native("CUDA_ERROR_ILLEGAL_STATE")] IllegalState = 401,

    /// <summary>No such symbol: a kernel of this name is not in the module.</summary>
    [Native("CUDA_ERROR_NOT_FOUND")] NotFound = 500,

    /// <summary>Work is still running; not an error.</summary>
    [Native("CUDA_ERROR_NOT_READY")] NotReady = 600,

    /// <summary>A kernel read or wrote outside its memory.</summary>
    [Native("CUDA_ERROR_ILLEGAL_ADDRESS")] IllegalAddress = 700,

    /// <summary>The launch wants more registers or shared memory than a block can have, or wrong arguments.</summary>
    [Native("CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES")] LaunchOutOfResources = 701,

    /// <summary>A kernel ran into the display watchdog.</summary>
    [Native("CUDA_ERROR_LAUNCH_TIMEOUT")] LaunchTimeout = 702,

    /// <summary>The primary context is in use already.</summary>
    [Native("CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE")] PrimaryContextActive = 708,

    /// <summary>The context is gone.</summary>
    [Native("CUDA_ERROR_CONTEXT_IS_DESTROYED")] ContextIsDestroyed = 709,

    /// <summary>A device assertion failed.</summary>
    [Native("CUDA_ERROR_ASSERT")] Assert = 710,

    /// <summary>Host memory is pinned already.</summary>
    [Native("CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED")] HostMemoryAlreadyRegistered = 712,

    /// <summary>Host memory is not pinned.</summary>
    [Native("CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED")] HostMemoryNotRegistered = 713,

    /// <summary>A kernel's call stack is damaged.</summary>
    [Native("CUDA_ERROR_HARDWARE_STACK_ERROR")] HardwareStackError = 714,

    /// <summary>A kernel met an illegal instruction.</summary>
    [Native("CUDA_ERROR_ILLEGAL_INSTRUCTION")] IllegalInstruction = 715,

    /// <summary>An address is no multiple of the access's size.</summary>
    [Native("CUDA_ERROR_MISALIGNED_ADDRESS")] MisalignedAddress = 716,

    /// <summary>An instruction met an address of another space.</summary>
    [Native("CUDA_ERROR_INVALID_ADDRESS_SPACE")] InvalidAddressSpace = 717,

    /// <summary>A kernel's program counter left its code.</summary>
    [Native("CUDA_ERROR_INVALID_PC")] InvalidPc = 718,

    /// <summary>A kernel failed for another reason.</summary>
    [Native("CUDA_ERROR_LAUNCH_FAILED")] LaunchFailed = 719,

    /// <summary>A cooperative launch does not fit on the device at once.</summary>
    [Native("CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE")] CooperativeLaunchTooLarge = 720,

    /// <summary>Not permitted.</summary>
    [Native("CUDA_ERROR_NOT_PERMITTED")] NotPermitted = 800,

    /// <summary>This device or platform cannot do it.</summary>
    [Native("CUDA_ERROR_NOT_SUPPORTED")] NotSupported = 801,

    /// <summary>A driver service is not running (fabric manager, persistence).</summary>
    [Native("CUDA_ERROR_SYSTEM_NOT_READY")] SystemNotReady = 802,

    /// <summary>Kernel module and libcuda are of different driver versions.</summary>
    [Native("CUDA_ERROR_SYSTEM_DRIVER_MISMATCH")] SystemDriverMismatch = 803,

    /// <summary>Forward compatibility is not supported on this GPU.</summary>
    [Native("CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE")] CompatNotSupportedOnDevice = 804,

    /// <summary>The operation cannot be captured.</summary>
    [Native("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED")] StreamCaptureUnsupported = 900,

    /// <summary>An earlier error spoilt the capture.</summary>
    [Native("CUDA_ERROR_STREAM_CAPTURE_INVALIDATED")] StreamCaptureInvalidated = 901,

    /// <summary>The operation would join two captures.</summary>
    [Native("CUDA_ERROR_STREAM_CAPTURE_MERGE")] StreamCaptureMerge = 902,

    /// <summary>The capture was not begun on this stream.</summary>
    [Native("CUDA_ERROR_STREAM_CAPTURE_UNMATCHED")] StreamCaptureUnmatched = 903,

    /// <summary>The capture forked to a stream that never joined again.</summary>
    [Native("CUDA_ERROR_STREAM_CAPTURE_UNJOINED")] StreamCaptureUnjoined = 904,

    /// <summary>The capture would depend on work outside it.</summary>
    [Native("CUDA_ERROR_STREAM_CAPTURE_ISOLATION")] StreamCaptureIsolation = 905,

    /// <summary>The operation would depend on the legacy stream.</summary>
    [Native("CUDA_ERROR_STREAM_CAPTURE_IMPLICIT")] StreamCaptureImplicit = 906,

    /// <summary>The event was last recorded in a capture.</summary>
    [Native("CUDA_ERROR_CAPTURED_EVENT")] CapturedEvent = 907,

    /// <summary>The capture was begun by another thread.</summary>
    [Native("CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD")] StreamCaptureWrongThread = 908,

    /// <summary>A wait timed out.</summary>
    [Native("CUDA_ERROR_TIMEOUT")] Timeout = 909,

    /// <summary>The graph differs too much from the instantiated one.</summary>
    [Native("CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE")] GraphExecUpdateFailure = 910,

    /// <summary>Another device failed asynchronously.</summary>
    [Native("CUDA_ERROR_EXTERNAL_DEVICE")] ExternalDevice = 911,

    /// <summary>The cluster size is invalid.</summary>
    [Native("CUDA_ERROR_INVALID_CLUSTER_SIZE")] InvalidClusterSize = 912,

    /// <summary>The function is not loaded yet.</summary>
    [Native("CUDA_ERROR_FUNCTION_NOT_LOADED")] FunctionNotLoaded = 913,

    /// <summary>An internal error of the driver.</summary>
    [Native("CUDA_ERROR_UNKNOWN")] Unknown = 999,
}
