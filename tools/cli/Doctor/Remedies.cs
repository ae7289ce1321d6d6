using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Cli.Doctor;

/// <summary>How to mend what a check found: by the error's kind, and for the driver's errors by their number.</summary>
internal static class Remedies
{
    public const string NewerDriver =
        "Install a newer NVIDIA driver (Ubuntu: apt install nvidia-driver-580; Debian: apt install nvidia-driver; else "
        + "https://www.nvidia.com/drivers), then restart.";

    public const string Hang =
        "The driver or the GPU does not answer: see 'nvidia-smi' and 'dmesg | grep -i xid', restart the machine, and run the doctor again. "
        + "On a slow or busy machine allow more time with --limit.";

    private const string Faulted =
        "A kernel faulted. Run again with GPUTENSOR_CUDA_BLOCKING=1, which names the kernel, or under compute-sanitizer; look for "
        + "hardware errors with 'dmesg | grep -i xid'. "
        + "Where both are clean it is a defect of GpuTensor: please report it with this output.";

    private const string Hardware =
        "The GPU reports a hardware error: see 'dmesg | grep -i xid' and 'nvidia-smi -q -d ECC,PAGE_RETIREMENT'; restart the machine, and "
        + "have the GPU replaced where it comes back.";

    private const string Report = "Please report this with the output of 'gputensor doctor --json'.";

    private static readonly Dictionary<CudaResult, string> ByResult = new()
    {
        [CudaResult.OutOfMemory] = "The GPU's memory is taken: 'nvidia-smi' shows by which processes.",
        [CudaResult.StubLibrary] =
            "The toolkit's stub of libcuda was loaded: take its folder lib64/stubs out of LD_LIBRARY_PATH, and install NVIDIA's driver "
            + "where it is missing.",
        [CudaResult.CallRequiresNewerDriver] = NewerDriver,
        [CudaResult.UnsupportedPtxVersion] = NewerDriver,
        [CudaResult.DeviceUnavailable] =
            "Another process has the GPU for itself, or its compute mode forbids this one: 'nvidia-smi' shows processes, 'sudo nvidia-smi "
            + "-c 0' allows several.",
        [CudaResult.NoDevice] =
            "'nvidia-smi -L' lists what the driver sees. A container needs NVIDIA's container toolkit and --gpus all; a virtual machine "
            + "needs the GPU passed through.",
        [CudaResult.InvalidDevice] = "The number names no GPU: 'nvidia-smi -L' lists them.",
        [CudaResult.DeviceNotLicensed] = "This virtual GPU has no licence: see nvidia-gridd.",
        [CudaResult.InvalidImage] = "Delete the folder of compiled kernels (GPUTENSOR_CACHE, else ~/.cache/gputensor) and run again.",
        [CudaResult.NoBinaryForGpu] =
            "Delete the folder of compiled kernels (GPUTENSOR_CACHE, else ~/.cache/gputensor) and install an NVRTC that knows this GPU: "
            + "pip install nvidia-cuda-nvrtc, or apt install cuda-nvrtc-13-0.",
        [CudaResult.InvalidPtx] = NewerDriver,
        [CudaResult.JitCompilerNotFound] =
            "The driver's PTX compiler is missing: apt install libnvidia-ptxjitcompiler1 (Debian) or libnvidia-compute-580 (Ubuntu).",
        [CudaResult.JitCompilationDisabled] =
            "Unset CUDA_DISABLE_PTX_JIT, or install an NVRTC that makes machine code for this GPU: pip install nvidia-cuda-nvrtc.",
        [CudaResult.OperatingSystem] =
            "The system refuses the driver: look at the rights of /dev/nvidia* and at the container's limits (locked memory, cgroups), "
            + "and whether 'nvidia-smi' works as this user.",
        [CudaResult.EccUncorrectable] = Hardware,
        [CudaResult.NvlinkUncorrectable] = Hardware,
        [CudaResult.HardwareStackError] = Hardware,
        [CudaResult.IllegalAddress] = Faulted,
        [CudaResult.IllegalInstruction] = Faulted,
        [CudaResult.MisalignedAddress] = Faulted,
        [CudaResult.LaunchFailed] = Faulted,
        [CudaResult.LaunchTimeout] =
            "A watchdog ends long kernels on a GPU that also draws the screen: compute on another GPU, or lengthen the limit (Windows: "
            + "TdrDelay).",
        [CudaResult.SystemNotReady] = "Machines with NVSwitch need the fabric manager: sudo systemctl start nvidia-fabricmanager.",
        [CudaResult.SystemDriverMismatch] =
            "The driver's library and its kernel module are of different versions, as after an update: restart the machine.",
        [CudaResult.CompatNotSupportedOnDevice] =
            "The forward-compatibility driver (cuda-compat) works on data centre GPUs only: take its folder out of LD_LIBRARY_PATH.",
        [CudaResult.Unknown] =
            "The driver does not say what is wrong; after a suspend it helps to reload it (sudo modprobe -r nvidia_uvm && sudo modprobe "
            + "nvidia_uvm) or to restart. See also 'dmesg | grep -i nvrm'.",
    };

    /// <summary>The pip wheels that bring a library.</summary>
    public static string Wheels(CudaLibrary library) => library == CudaLibrary.Nvrtc
        ? "pip install nvidia-cuda-nvrtc (CUDA 13) or nvidia-cuda-nvrtc-cu12"
        : "pip install nvidia-cublas (CUDA 13) or nvidia-cublas-cu12";

    /// <summary>The remedy of the innermost cause that has one.</summary>
    public static string Of(Exception error)
    {
        string? remedy = null;
        for (Exception? e = error; e is not null; e = e.InnerException)
            remedy = e switch
            {
                DoctorException d => d.Remedy,
                CudaLibraryException l => l.Packages,
                CudaException { Result: { } result } when ByResult.TryGetValue(result, out string? known) => known,
                CublasException { Status: CublasStatus.ArchMismatch or CublasStatus.NotSupported } =>
                    "This cuBLAS does not know the GPU: install a newer one (pip install nvidia-cublas, or apt install libcublas-13-0) "
                    + "and, where needed, a newer driver.",
                CublasException { Status: CublasStatus.AllocationFailed } => ByResult[CudaResult.OutOfMemory],
                CublasException => "Install cuBLAS afresh, with the cublasLt of the same version beside it: pip install --force-reinstall "
                    + "nvidia-cublas (CUDA 13) or nvidia-cublas-cu12. Where that changes nothing: " + Report,
                NvrtcException => "Install NVRTC afresh, with its builtins of the same version beside it: pip install --force-reinstall "
                    + "nvidia-cuda-nvrtc (CUDA 13) or nvidia-cuda-nvrtc-cu12. Where that changes nothing: " + Report,
                DeviceOutOfMemoryException =>
                    "The device's memory is taken: close what uses it ('nvidia-smi' shows what), and look at GPUTENSOR_MEMORY_LIMIT.",
                _ => remedy,
            };
        return remedy ?? Report;
    }
}
