using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>What probing sees of the machine: platform, variables, files and the loader. Tests put fake folders in its place.</summary>
internal class ProbeEnvironment
{
    /// <summary>True on Windows, where libraries have other names and folders.</summary>
    public virtual bool IsWindows => OperatingSystem.IsWindows();

    /// <summary>An environment variable, null where unset or empty.</summary>
    public virtual string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>True where the file exists (links are followed).</summary>
    public virtual bool FileExists(string path) => File.Exists(path);

    /// <summary>True where the folder exists.</summary>
    public virtual bool FolderExists(string path) => Directory.Exists(path);

    /// <summary>The folders in <paramref name="parent"/> whose names match, newest version first; none where the parent is missing or
    /// unreadable.</summary>
    public virtual IReadOnlyList<string> Folders(string parent, string pattern)
    {
        try
        {
            if (!Directory.Exists(parent)) return [];
            var found = Directory.GetDirectories(parent, pattern);
            // "cuda-13.0" before "cuda-9.2": by number, not by letter.
            Array.Sort(found, static (a, b) =>
                VersionKey(b).CompareTo(VersionKey(a)) is not 0 and var order ? order : string.CompareOrdinal(a, b));
            return found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Loads a library by path, or by name through the system's own search.</summary>
    /// <returns>Null and the handle, or why it could not be loaded.</returns>
    public virtual string? Load(string pathOrName, out nint handle)
    {
        try
        {
            handle = NativeLibrary.Load(pathOrName);
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            handle = 0;
            return Cause(e.Message);
        }
    }

    /// <summary>The CUDA version of a loaded driver, 1000 × major + 10 × minor; 0 where it does not say.</summary>
    public virtual unsafe int DriverVersion(nint driver)
    {
        if (!NativeLibrary.TryGetExport(driver, "cuDriverGetVersion", out nint function)) return 0;
        int version = 0;
        return ((delegate* unmanaged<int*, CudaResult>)function)(&version) == CudaResult.Success ? version : 0;
    }

    private static Version VersionKey(string path)
    {
        string digits = new([.. Path.GetFileName(path).SkipWhile(c => !char.IsDigit(c)).TakeWhile(c => char.IsDigit(c) || c == '.')]);
        return Version.TryParse(digits.Contains('.') ? digits : digits + ".0", out Version? version) ? version : new Version();
    }

    // On Linux the runtime puts advice about LD_DEBUG on the first line and what the loader said below; on Windows there is one line.
    private static string Cause(string message) =>
        message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
}
