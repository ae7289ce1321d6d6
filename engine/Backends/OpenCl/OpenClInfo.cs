using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GpuTensor.Kernels;
using Silk.NET.OpenCL;

namespace GpuTensor.Backends.OpenCl;

/// <summary>Asks a device about itself.</summary>
internal readonly partial struct OpenClInfo(CL api, nint device)
{
    private const ulong CorrectlyRoundedDivideSqrt = 1 << 7;

    /// <summary>A number of 4 or 8 bytes; 0 where the device does not know the question.</summary>
    public unsafe ulong Number(DeviceInfo what)
    {
        ulong value = 0;
        return api.GetDeviceInfo(device, what, sizeof(ulong), &value, null) == 0 ? value : 0;
    }

    /// <summary>A text; empty where the device does not know the question.</summary>
    public unsafe string Text(DeviceInfo what)
    {
        nuint size;
        if (api.GetDeviceInfo(device, what, 0, null, &size) != 0 || size == 0) return "";
        byte[] text = new byte[size];
        fixed (byte* p = text)
            if (api.GetDeviceInfo(device, what, size, p, null) != 0) return "";
        return Encoding.UTF8.GetString(text).TrimEnd('\0', ' ').Trim();
    }

    /// <summary>The version in "OpenCL 1.2 PoCL …", as the specification lays it out; null for anything else.</summary>
    public static Version? ParseVersion(string text) =>
        VersionPattern().Match(text) is { Success: true } match
            ? new Version(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture),
                int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)) : null;

    [GeneratedRegex(@"^OpenCL (\d{1,4})\.(\d{1,4})")]
    private static partial Regex VersionPattern();

    /// <summary>Options that make every device compute what the source says: denormals and signed zeros are kept and nothing is contracted
    /// or reassociated because no option allows it; division and square root round correctly where the device can. Warnings are off: some
    /// drivers count them on standard error.</summary>
    public string BuildOptions() =>
        "-cl-std=CL1.2 -w" + ((Number(DeviceInfo.SingleFPConfig) & CorrectlyRoundedDivideSqrt) != 0
            ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");

    /// <summary>What kernels must know.</summary>
    public DeviceProfile ToProfile()
    {
        bool cpu = (Number(DeviceInfo.Type) & (ulong)DeviceType.Cpu) != 0;
        int units = Clamp(Number(DeviceInfo.MaxComputeUnits), 1, 1024);
        return new DeviceProfile
        {
            IsCpu = cpu,
            VectorRegisterLanes = Clamp(Number(DeviceInfo.NativeVectorWidthFloat), 4, 16),
            GroupSize = 1 << (int)Math.Log2(Clamp(Number(DeviceInfo.MaxWorkGroupSize), 1, 256)),
            PreferredGroups = cpu ? Math.Max(32, 8 * units) : Math.Max(32, 16 * units),
            // OpenCL bounds a grid's work-items by size_t alone.
            MaxGroups = new(int.MaxValue, int.MaxValue, int.MaxValue),
            MaxParameterBytes = Clamp(Number(DeviceInfo.MaxParameterSize), 256, 4096),
            LocalMemoryBytes = Clamp(Number(DeviceInfo.LocalMemSize), 1024, 64 * 1024),
            BranchesHaveBarriers = !Text(DeviceInfo.Version).Contains("PoCL", StringComparison.OrdinalIgnoreCase),
            HasFloat64 = Number(DeviceInfo.DoubleFPConfig) != 0 || Text(DeviceInfo.Extensions).Split(' ').Contains("cl_khr_fp64"),
        };
    }

    private static int Clamp(ulong value, int low, int high) => (int)Math.Clamp(value, (ulong)low, (ulong)high);
}
