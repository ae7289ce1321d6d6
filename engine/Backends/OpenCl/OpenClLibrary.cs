using System.Runtime.InteropServices;
using Silk.NET.Core.Contexts;
using Silk.NET.OpenCL;

namespace GpuTensor.Backends.OpenCl;

/// <summary>Finds and loads the OpenCL loader. Linux machines without development packages have only the versioned name, so that comes
/// first.</summary>
internal static class OpenClLibrary
{
    /// <summary>The names tried, in order.</summary>
    public static IReadOnlyList<string> DefaultNames { get; } =
        OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
        : ["libOpenCL.so.1", "libOpenCL.so"];

    /// <summary>What to do where there is no loader or no driver.</summary>
    public const string InstallHint =
        "On Debian and Ubuntu install the packages ocl-icd-libopencl1 (the loader) and pocl-opencl-icd (a driver for the CPU); "
        + "a GPU's OpenCL driver comes with its vendor's driver package.";

    /// <summary>The drivers that the loader is told of: names of the files in <c>/etc/OpenCL/vendors</c>, or what <c>OCL_ICD_VENDORS</c>
    /// names in its place. None on other systems than Linux.</summary>
    public static string[] InstalledDrivers()
    {
        if (!OperatingSystem.IsLinux()) return [];
        string place = EnvironmentVariables.Text("OCL_ICD_VENDORS") ?? EnvironmentVariables.Text("OPENCL_VENDOR_PATH")
            ?? "/etc/OpenCL/vendors";
        try
        {
            return File.Exists(place) ? [Path.GetFileName(place)]
                : Directory.Exists(place)
                ? [.. Directory.EnumerateFiles(place, "*.icd").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The API of the first library that loads, or null and why.</summary>
    public static (CL? Api, string Reason) Load(IReadOnlyList<string> names)
    {
        PoclCache.Prepare();
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, out nint handle)) continue;
            // The handle is never freed: drivers do not survive being unloaded.
            var api = new CL(new LamdaNativeContext(function => NativeLibrary.TryGetExport(handle, function, out nint address) ? address
                : 0));
            return (api, "");
        }
        return (null, $"No OpenCL loader was found (tried {string.Join(", ", names)}). {InstallHint}");
    }
}
