namespace GpuTensor.Bindings.Cuda;

/// <summary>NVRTC refused a call, or the source has errors. The message carries the compiler's log and the numbered source.</summary>
public sealed class NvrtcException : CudaException
{
    internal NvrtcException(string message, NvrtcResult status, string call, string log = "", string sourceCode = "")
        : base(message, null, call)
    {
        Status = status;
        Log = log;
        SourceCode = sourceCode;
    }

    /// <summary>What NVRTC returned.</summary>
    public NvrtcResult Status { get; }

    /// <summary>The compiler's log, empty where there is none.</summary>
    public string Log { get; }

    /// <summary>What was compiled, empty for other calls.</summary>
    public string SourceCode { get; }
}
