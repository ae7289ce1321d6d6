using GpuTensor.Backends.OpenCl;

namespace GpuTensor.Cli.Doctor;

/// <summary>OpenCL: the loader, the drivers, and each device with small calculations.</summary>
internal static class OpenClChecks
{
    public static void Run(Examination examination, Func<string, bool> wanted)
    {
        IReadOnlyList<OpenClDevice> devices = [];
        examination.Check("opencl", "devices", () =>
        {
            devices = OpenClPlatform.Devices();
            // A machine may well do without: the check of the default device says whether anything is left.
            if (devices.Count == 0) throw new NotApplicableException($"There is no OpenCL device.\n{OpenClPlatform.Reason}");
            return string.Join("\n",
                devices.Select(d => $"opencl:{d.Index}: {d.Name} ({d.PlatformName}, driver {d.DriverVersion}, a "
                    + $"{(d.IsCpu ? "CPU" : "GPU")})"));
        });
        if (devices.Count > 0 && OpenClPlatform.Reason.Length > 0) examination.Note("opencl", "left out", OpenClPlatform.Reason);
        foreach (var found in devices)
        {
            string name = $"opencl:{found.Index}";
            if (!wanted(name)) continue;
            Device? device = null;
            if (examination.Check(name, "opens", () =>
            {
                device = Device.OpenCl(found.Index);
                _ = device.Executor;
                return device.Planned!.Backend.Driver;
            })) Calculations.Run(examination, device!);
        }
    }
}
