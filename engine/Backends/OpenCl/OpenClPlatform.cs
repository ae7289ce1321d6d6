using System.Runtime.InteropServices;
using System.Text;
using Silk.NET.OpenCL;

namespace GpuTensor.Backends.OpenCl;

/// <summary>A usable device: what it takes to open it, and its names.</summary>
/// <param name="Index">Its number: <c>opencl:Index</c>.</param>
internal sealed record OpenClDevice(int Index, CL Api, nint Platform, nint Id, bool IsCpu, string PlatformName, string Name,
    string DriverVersion)
{
    /// <summary>Whether it is PoCL, which compiles slowly and keeps a cache of its own on disk.</summary>
    public bool IsPocl => PlatformName.Contains(Pocl, StringComparison.Ordinal);

    private const string Pocl = "Portable Computing Language";

    // Failures are not kept: the next who opens it tries again.
    private readonly Lazy<nint> context =
        new(() => MakeContext(Index, Api, Platform, Id, Name, PlatformName), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>One context for all who open the device, as long as the process lives: compilers keep what they need in it, and PoCL's
    /// takes most of a second to get ready.</summary>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public nint Context => context.Value;

    private static unsafe nint MakeContext(int index, CL api, nint platform, nint id, string name, string platformName)
    {
        nint* properties = stackalloc nint[] { (nint)ContextProperties.Platform, platform, 0 };
        nint made = api.CreateContextWithoutCallback(properties, id, out int error);
        if (error != 0) throw OpenClErrors.Exception(error, "clCreateContext", "", $"opencl:{index} ({name})");
        if (platformName.Contains(Pocl, StringComparison.Ordinal)) CompileNothing(api, made, id);
        return made;
    }

    /// <summary>LLVM takes the signals' handlers as it compiles for the first time: better here, where they are put back after a moment,
    /// than in a long compilation.</summary>
    private static unsafe void CompileNothing(CL api, nint context, nint id)
    {
        byte[] text = Encoding.UTF8.GetBytes(PoclDeclarations.Text + "__kernel void gt_nothing(__global int* p) { }");
        nuint length = (nuint)text.Length;
        int error;
        fixed (byte* p = text, options = Encoding.UTF8.GetBytes($"-cl-std=CL1.2 -w {PoclDeclarations.Option}\0"))
        {
            byte* lines = p;
            nint program = api.CreateProgramWithSource(context, 1, &lines, &length, &error);
            if (error != 0) return;
            // Whether it succeeds does not matter: another version of PoCL may not take the declarations.
            using (SignalHandlers.KeepAll()) _ = api.BuildProgramWithoutCallback(program, id, options);
            api.ReleaseProgram(program);
        }
    }

    /// <summary>Takes the device: a queue, nothing more.</summary>
    /// <param name="options">Compiler options beside the engine's own.</param>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public OpenClBackend Open(string options = "") => new(this, options);
}

/// <summary>The OpenCL devices of this machine: GPUs, then CPUs, each kind in the loader's order. Finding none is an answer with a reason,
/// never an exception.</summary>
internal static class OpenClPlatform
{
    private static readonly Lazy<(IReadOnlyList<OpenClDevice> Devices, string Reason)> Found =
        new(() =>
        {
            var found = Discover(OpenClLibrary.DefaultNames, EnvironmentVariables.OpenClExclude.Value);
            if (PoclCache.Notice.Length > 0 && found.Devices.Any(d => d.IsPocl)) Console.Error.WriteLine($"GpuTensor: {PoclCache.Notice}");
            return found;
        });

    /// <summary>Usable devices: <c>opencl:0</c>, <c>opencl:1</c>, … Found once.</summary>
    public static IReadOnlyList<OpenClDevice> Devices() => Found.Value.Devices;

    /// <summary>Why devices were left out, a line each, with what to install where there is none at all. Empty when all are
    /// usable.</summary>
    public static string Reason => Found.Value.Reason;

    /// <summary>Looks for devices.</summary>
    /// <param name="libraries">Names of the loader to try.</param>
    /// <param name="exclude">Comma separated substrings; a device whose platform, device or driver name holds one (in any case) is left
    /// out.</param>
    internal static (IReadOnlyList<OpenClDevice> Devices, string Reason) Discover(IReadOnlyList<string> libraries, string? exclude)
    {
        using var handlers = SignalHandlers.KeepAll();
        var (api, missing) = OpenClLibrary.Load(libraries);
        if (api is null) return ([], missing);
        string[] excluded = (exclude ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var devices = new List<OpenClDevice>();
        var reasons = new List<string>();
        try
        {
            foreach (nint platform in Platforms(api))
                foreach (nint id in DeviceIds(api, platform, reasons))
                {
                    var info = new OpenClInfo(api, id);
                    var device = new OpenClDevice(0, api, platform, id, (info.Number(DeviceInfo.Type) & (ulong)DeviceType.Cpu) != 0,
                        PlatformText(api, platform), info.Text(DeviceInfo.Name), info.Text(DeviceInfo.DriverVersion));
                    string? why = Unusable(device, info, excluded);
                    if (why is null) devices.Add(device);
                    else reasons.Add($"{device.Name} ({device.PlatformName}, driver {device.DriverVersion}): {why}");
                }
        }
        catch (Silk.NET.Core.Loader.SymbolLoadingException e)
        {
            return ([], $"The OpenCL loader is no OpenCL loader: {e.Message}. {OpenClLibrary.InstallHint}");
        }
        catch (DeviceException e)
        {
            reasons.Add($"OpenCL does not answer: {e.Message}");
        }
        if (devices.Count == 0) reasons.Add($"There is no usable OpenCL device. {WhyNone(excluded)}");
        // OrderBy is stable: the loader's order within a kind.
        return (devices.OrderBy(d => d.IsCpu).Select((d, i) => d with { Index = i }).ToArray(), string.Join('\n', reasons));
    }

    /// <summary>What to do where there is no device: what is installed and does not work is not to be installed again.</summary>
    private static string WhyNone(string[] excluded)
    {
        string[] drivers = OpenClLibrary.InstalledDrivers();
        if (drivers.Length == 0) return $"No driver is installed. {OpenClLibrary.InstallHint}";
        string installed = $"Installed: {string.Join(", ", drivers)}";
        if (PoclCache.Notice.Length > 0 && drivers.Any(d => d.Contains("pocl", StringComparison.OrdinalIgnoreCase)))
            return $"{installed}. {PoclCache.Notice}";
        return excluded.Length > 0
            ? $"{installed}, of which GPUTENSOR_OPENCL_EXCLUDE leaves out {string.Join(", ", excluded)}. {OpenClLibrary.InstallHint}"
            : $"{installed}, which offers none: 'clinfo' may say why.";
    }

    private static string? Unusable(OpenClDevice device, OpenClInfo info, string[] excluded)
    {
        foreach (string part in excluded)
            if ($"{device.PlatformName}\n{device.Name}\n{device.DriverVersion}".Contains(part, StringComparison.OrdinalIgnoreCase))
                return $"excluded by GPUTENSOR_OPENCL_EXCLUDE ({part})";
        if ((info.Number(DeviceInfo.Type) & (ulong)(DeviceType.Cpu | DeviceType.Gpu)) == 0) return "neither a GPU nor a CPU";
        if (info.Number(DeviceInfo.Available) == 0) return "not available";
        if (info.Number(DeviceInfo.CompilerAvailable) == 0) return "its driver has no compiler";
        if (info.Number(DeviceInfo.EndianLittle) == 0) return "not little-endian";
        if (info.Text(DeviceInfo.Profile) != "FULL_PROFILE") return "an embedded profile, whose arithmetic is not IEEE 754's";
        string version = info.Text(DeviceInfo.Version);
        return OpenClInfo.ParseVersion(version) is { } v && v >= new Version(1, 2) ? null : $"OpenCL 1.2 is needed, and it has '{version}'";
    }

    private static unsafe nint[] Platforms(CL api)
    {
        uint count;
        int error = api.GetPlatformIDs(0, null, &count);
        if (error == OpenClErrors.PlatformNotFound || (error == 0 && count == 0)) return [];
        if (error != 0) throw OpenClErrors.Exception(error, "clGetPlatformIDs", "", "the OpenCL loader");
        nint[] ids = new nint[count];
        fixed (nint* p = ids) api.GetPlatformIDs(count, p, null);
        return ids;
    }

    private static unsafe nint[] DeviceIds(CL api, nint platform, List<string> reasons)
    {
        uint count = 0;
        int error = api.GetDeviceIDs(platform, DeviceType.All, 0, null, &count);
        // A platform that fails must not hide the others.
        if (error != 0) reasons.Add($"{PlatformText(api, platform)}: clGetDeviceIDs failed with {OpenClErrors.Name(error)}");
        if (error != 0 || count == 0) return [];
        nint[] ids = new nint[count];
        fixed (nint* p = ids) return api.GetDeviceIDs(platform, DeviceType.All, count, p, null) == 0 ? ids : [];
    }

    private static unsafe string PlatformText(CL api, nint platform)
    {
        nuint size;
        if (api.GetPlatformInfo(platform, PlatformInfo.Name, 0, null, &size) != 0) return "";
        byte[] text = new byte[size];
        fixed (byte* p = text) api.GetPlatformInfo(platform, PlatformInfo.Name, size, p, null);
        return Encoding.UTF8.GetString(text).TrimEnd('\0', ' ');
    }
}
