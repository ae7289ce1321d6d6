using System.Collections;
using System.Runtime.InteropServices;
using GpuTensor.Backends;
using GpuTensor.Backends.OpenCl;

namespace GpuTensor.Cli.Doctor;

/// <summary>What does not belong to one device: the system, the environment, the folder of compiled kernels, and which device is taken by
/// default.</summary>
internal static class Machine
{
    public static void Begin(Examination examination)
    {
        examination.Note("", "system",
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}, "
            + $"{Environment.ProcessorCount} processors, GpuTensor {DiskCache.EngineVersion}");
        if (OperatingSystem.IsWindows())
            examination.Note("", "system",
                "GpuTensor has never been run on Windows before: names and folders follow NVIDIA's documentation, and nothing more is "
                + "known.");
        var set = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(e => ((string)e.Key).StartsWith("GPUTENSOR_", StringComparison.Ordinal)
                || (string)e.Key is "CUDA_VISIBLE_DEVICES" or "CUDA_PATH" or "LD_LIBRARY_PATH" or "CUDA_DISABLE_PTX_JIT")
            .Select(e => $"{e.Key}={e.Value}").Order(StringComparer.Ordinal).ToList();
        if (set.Count > 0) examination.Note("", "environment", string.Join("\n", set));
        examination.Check("", "folder of compiled kernels", Cache);
    }

    /// <summary>The best device there is; without GPU and OpenCL it is the reference, which is a fault of the machine.</summary>
    public static void End(Examination examination) => examination.Check("", "default device", () =>
    {
        var device = Device.Default;
        if (device.Kind == "cpu" && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("GPUTENSOR_DEVICE")))
            throw new DoctorException("Only the reference is left, in slow plain loops: there is no usable GPU and no OpenCL device.",
                OpenClLibrary.InstallHint);
        return $"{device.Name}, {device.Description}";
    });

    private static string Cache()
    {
        if (CacheFolder.Path is not { } folder)
            throw new DoctorException($"Kernels are compiled anew in every process. {CacheFolder.WhyNot}",
                "Name a folder that can be written in GPUTENSOR_CACHE.");
        return CacheFolder.WhyNot.Length == 0 ? folder : $"{folder}\n{CacheFolder.WhyNot}";
    }
}
