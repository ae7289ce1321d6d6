namespace GpuTensor.Bindings.Cuda;

/// <summary>How a stream behaves.</summary>
[Flags]
[Native("CUstream_flags")]
public enum CudaStreamFlags
{
    /// <summary>Waits for, and is waited for by, the legacy default stream.</summary>
    [Native("CU_STREAM_DEFAULT")] Default = 0,

    /// <summary>Independent of the legacy default stream.</summary>
    [Native("CU_STREAM_NON_BLOCKING")] NonBlocking = 1,
}

/// <summary>How an event behaves.</summary>
[Flags]
[Native("CUevent_flags")]
public enum CudaEventFlags
{
    /// <summary>Takes times; waits spin.</summary>
    [Native("CU_EVENT_DEFAULT")] Default = 0,

    /// <summary>A waiting thread sleeps.</summary>
    [Native("CU_EVENT_BLOCKING_SYNC")] BlockingSync = 1,

    /// <summary>Takes no time: cheaper.</summary>
    [Native("CU_EVENT_DISABLE_TIMING")] DisableTiming = 2,
}

/// <summary>Which calls that could spoil a capture are forbidden while it lasts.</summary>
[Native("CUstreamCaptureMode")]
public enum CudaStreamCaptureMode
{
    /// <summary>In every thread.</summary>
    [Native("CU_STREAM_CAPTURE_MODE_GLOBAL")] Global = 0,

    /// <summary>In the capturing thread.</summary>
    [Native("CU_STREAM_CAPTURE_MODE_THREAD_LOCAL")] ThreadLocal = 1,

    /// <summary>None.</summary>
    [Native("CU_STREAM_CAPTURE_MODE_RELAXED")] Relaxed = 2,
}

/// <summary>Whether a stream is capturing.</summary>
[Native("CUstreamCaptureStatus")]
public enum CudaStreamCaptureStatus
{
    /// <summary>Not capturing.</summary>
    [Native("CU_STREAM_CAPTURE_STATUS_NONE")] None = 0,

    /// <summary>Capturing.</summary>
    [Native("CU_STREAM_CAPTURE_STATUS_ACTIVE")] Active = 1,

    /// <summary>Capturing, but an error has spoilt it; it must still be ended.</summary>
    [Native("CU_STREAM_CAPTURE_STATUS_INVALIDATED")] Invalidated = 2,
}
