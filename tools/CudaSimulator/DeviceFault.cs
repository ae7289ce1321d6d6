namespace GpuTensor.CudaSimulator;

/// <summary>What went wrong on the device; the value is the <c>CUresult</c> that a driver reports for it.</summary>
public enum FaultKind
{
    /// <summary>An argument of the launch or copy is out of range.</summary>
    InvalidValue = 1,

    /// <summary>The device's memory is used up.</summary>
    OutOfMemory = 2,

    /// <summary>The image is neither a CUBIN with PTX nor PTX.</summary>
    InvalidImage = 200,

    /// <summary>The image holds no code for this device.</summary>
    NoBinaryForGpu = 209,

    /// <summary>The PTX holds something the interpreter does not know; the message names the line.</summary>
    InvalidPtx = 218,

    /// <summary>The PTX is of a newer version than the driver knows.</summary>
    UnsupportedPtxVersion = 222,

    /// <summary>Out of bounds, freed, never written, or a race: a real device would have read or written something else.</summary>
    IllegalAddress = 700,

    /// <summary>Registers, shared memory or threads over what the device or kernel allows.</summary>
    LaunchOutOfResources = 701,

    /// <summary>A kernel ran far longer than it may: a loop without end.</summary>
    LaunchTimeout = 702,

    /// <summary><c>trap</c> or a failed assertion.</summary>
    Assert = 710,

    /// <summary>An instruction used against its rules.</summary>
    IllegalInstruction = 715,

    /// <summary>An access at an address that is no multiple of its size.</summary>
    MisalignedAddress = 716,

    /// <summary>Any other failure of a launch: a divergent barrier, a wrong shuffle mask.</summary>
    LaunchFailed = 719,
}

/// <summary>A defect found while device code or a device copy ran. The message names kernel, thread and address where there are
/// such.</summary>
public sealed class DeviceFault(FaultKind kind, string message) : Exception(message)
{
    /// <summary>The class of the defect, and the code a driver reports.</summary>
    public FaultKind Kind { get; } = kind;

    /// <summary>The <c>CUresult</c> for it.</summary>
    public int Result => (int)Kind;
}
