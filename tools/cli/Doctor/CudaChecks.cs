using System.Runtime.InteropServices;
using GpuTensor.Bindings.Cuda;
using CudaDriver = GpuTensor.Bindings.Cuda.Cuda;

namespace GpuTensor.Cli.Doctor;

/// <summary>CUDA: driver and libraries, the GPUs it shows, and each of them with small calculations.</summary>
internal static class CudaChecks
{
    /// <summary>True where the "driver" is the simulator's library; only it exports this entry.</summary>
    public static bool IsSimulated => CudaDriver.Locate(CudaLibrary.Driver) is { } path
        && NativeLibrary.TryLoad(path, out nint handle) && NativeLibrary.TryGetExport(handle, "gpuTensorSimulatorReport", out _);

    /// <summary>The one kernel that is written by hand: the compiler is checked with it before anything generated is.</summary>
    public const string Kernel = "extern \"C\" __global__ void __launch_bounds__(256, 1) doctor(float* x) { x[threadIdx.x] += 1.0f; }";

    public static void Run(Examination examination, Func<string, bool> wanted)
    {
        if (OperatingSystem.IsMacOS())
        {
            examination.Skip("cuda", "driver", "NVIDIA makes no driver for macOS.");
            return;
        }
        bool driver = examination.Check("cuda", "driver", Driver);
        bool compiler = Library("NVRTC, the compiler", CudaLibrary.Nvrtc);
        bool light = Library("cublasLt", CudaLibrary.CublasLt);
        bool blas = Library("cuBLAS", CudaLibrary.Cublas);
        if (!driver) return;
        if (CudaDriver.Devices.Count == 0) return;
        foreach (var gpu in CudaDriver.Devices)
        {
            string name = $"cuda:{gpu.Ordinal}";
            if (!wanted(name)) continue;
            examination.Check(name, "GPU", () => Describe(gpu));
            bool compiles = compiler && examination.Check(name, "compiler for this GPU", () => Compiler(gpu));
            if (blas) examination.Check(name, "versions of cuBLAS", () => BlasVersion(gpu));
            if (!compiles || !blas) examination.Skip(name, "calculations", "not run: NVRTC and cuBLAS are needed, see above");
            else
            {
                Device? device = null;
                if (examination.Check(name, "opens", () =>
                {
                    device = Device.Cuda(gpu.Ordinal);
                    _ = device.Executor;
                    return device.Planned!.Backend.Driver;
                })) Calculations.Run(examination, device!);
            }
            if (light) CudaEpilogues.Run(examination, name, gpu);
        }

        bool Library(string name, CudaLibrary library)
        {
            // Without a driver nobody needs the rest; what is there is still told.
            if (!driver)
            {
                examination.Note("cuda", name, CudaDriver.Locate(library) is { } there ? $"is here: {there}"
                    : $"is not here; without a driver it is not needed. It comes with {Remedies.Wheels(library)}");
                return false;
            }
            return examination.Check("cuda", name, () => Found(library));
        }
    }

    private static string Driver()
    {
        try
        {
            CudaDriver.Require();
        }
        catch (CudaLibraryException e)
        {
            string? hardware = NvidiaHardware();
            if (hardware is null)
                throw new NotApplicableException($"There is no NVIDIA driver, and no NVIDIA GPU is seen on the PCI bus.\n{e.Message}");
            throw new DoctorException($"An NVIDIA GPU is on the PCI bus ({hardware}), but its driver is not there.\n{e.Message}",
                e.Packages);
        }
        catch (CudaException e) when (e.Result == CudaResult.NoDevice
            && Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") is { } visible)
        {
            throw new DoctorException($"CUDA_VISIBLE_DEVICES=\"{visible}\" hides every GPU. {e.Message}",
                "Unset CUDA_VISIBLE_DEVICES, or name GPUs that 'nvidia-smi -L' lists.");
        }
        string module = ReadLine("/proc/driver/nvidia/version") is { } line ? $"\nkernel module: {line}" : "";
        string visibility = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") is { } list ? $" (CUDA_VISIBLE_DEVICES={list})" : "";
        return $"CUDA {CudaDriver.DriverVersion}, {CudaDriver.Locate(CudaLibrary.Driver)}, {CudaDriver.Devices.Count} GPU(s) "
            + $"visible{visibility}"
            + (IsSimulated ? "\nthis is GpuTensor's simulator, no GPU: results below say nothing of hardware" : "") + module;
    }

    /// <summary>Where a library lies; missing, what was tried and which packages bring it.</summary>
    private static string Found(CudaLibrary library)
    {
        if (CudaDriver.Locate(library) is { } path) return path;
        switch (library)
        {
            // Both throw what the bindings know about a library that is missing.
            case CudaLibrary.Nvrtc:
                CudaRuntimeCompiler.For(CudaDriver.Devices[0]);
                break;
            case CudaLibrary.CublasLt:
                _ = CudaBlasLt.Version;
                break;
            default:
                CudaBlas.Require();
                break;
        }
        throw new InvalidOperationException($"{library} was not found and then was.");
    }

    /// <summary>What the device is, whether as a whole or as a MIG slice, and whether this process may compute on it.</summary>
    private static string Describe(CudaDevice gpu)
    {
        string name = gpu.Name;
        var facts = new List<string>
        {
            name, $"sm_{gpu.ComputeCapability.Number}", $"{gpu.TotalMemory / (1024.0 * 1024 * 1024):F1} GiB",
                $"{gpu[CudaDeviceAttribute.MultiprocessorCount]} multiprocessors",
            $"PCI {gpu[CudaDeviceAttribute.PciDomainId]:x4}:{gpu[CudaDeviceAttribute.PciBusId]:x2}:"
                + $"{gpu[CudaDeviceAttribute.PciDeviceId]:x2}",
            name.Contains(" MIG ", StringComparison.Ordinal) ? "a MIG slice" : "not a MIG slice",
            gpu.HasMemoryPools ? "with memory pools" : "without memory pools (allocations wait for the device)",
        };
        if (gpu[CudaDeviceAttribute.KernelExecTimeout] != 0) facts.Add("a watchdog ends long kernels");
        if (OperatingSystem.IsWindows()) facts.Add(gpu[CudaDeviceAttribute.TccDriver] != 0 ? "TCC" : "WDDM");
        string text = string.Join(", ", facts);
        return gpu[CudaDeviceAttribute.ComputeMode] switch
        {
            2 => throw new DoctorException($"{text}: its compute mode is 'prohibited'", "Allow computing: sudo nvidia-smi -c 0"),
            3 => text + ", one process at a time (compute mode 'exclusive process')",
            _ => text,
        };
    }

    private static string Compiler(CudaDevice gpu)
    {
        var compiler = CudaRuntimeCompiler.For(gpu);
        var made = compiler.Compile(Kernel, "doctor.cu");
        return $"{compiler.Library} makes {(compiler.Target.IsPtx ? "PTX that the driver finishes" : "machine code")} for "
            + $"{compiler.Target}, {made.Image.Length:N0} bytes";
    }

    private static string BlasVersion(CudaDevice gpu)
    {
        using var context = CudaContext.Create(gpu);
        using var blas = CudaBlas.Create(context);
        Version full = blas.Version, light = CudaBlasLt.Version;
        if (full.Major != light.Major || full.Minor != light.Minor)
            throw new DoctorException($"cuBLAS is {full}, cublasLt {light}: they must be of one version.",
                "Install both from one package: pip install --force-reinstall nvidia-cublas (CUDA 13) or nvidia-cublas-cu12, and take "
                + "older folders out of LD_LIBRARY_PATH.");
        return $"cuBLAS {full}, cublasLt {light}";
    }

    /// <summary>The PCI address of a display controller of NVIDIA's, whatever its driver; null where none is seen.</summary>
    private static string? NvidiaHardware()
    {
        const string bus = "/sys/bus/pci/devices";
        if (!Directory.Exists(bus)) return null;
        return Directory.GetDirectories(bus)
            .FirstOrDefault(d => ReadLine(Path.Combine(d, "vendor")) == "0x10de"
                && ReadLine(Path.Combine(d, "class"))?.StartsWith("0x03", StringComparison.Ordinal) == true)
            is { } found ? Path.GetFileName(found) : null;
    }

    private static string? ReadLine(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadLines(path).FirstOrDefault()?.Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
