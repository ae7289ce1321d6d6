using GpuTensor.IO;

namespace GpuTensor.Backends;

/// <summary>Where compiled kernels and tuning results are kept: the first of <c>GPUTENSOR_CACHE</c>, the user's cache folder and a private
/// folder among temporary files that can be written.</summary>
internal static class CacheFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly Lazy<(string? Path, string WhyNot)> Chosen = new(() => Choose(Candidates()));

    /// <summary>The folder, which exists and can be written; null where there is none.</summary>
    public static string? Path => Chosen.Value.Path;

    /// <summary>Why folders before <see cref="Path"/> are not used, a line each. Empty where the first is.</summary>
    public static string WhyNot => Chosen.Value.WhyNot;

    /// <summary>The cache of one kind of entries; null where no folder can be written.</summary>
    /// <param name="kind">The name of its folder in <see cref="Path"/>.</param>
    public static DiskCache? Open(string kind) => Path is { } root ? new DiskCache(System.IO.Path.Combine(root, kind)) : null;

    /// <summary>Makes a folder where it is missing, for its owner alone, and writes a file into it.</summary>
    /// <returns>Why that is not possible; null where it is.</returns>
    public static string? WhyUnusable(string folder)
    {
        try
        {
            Make(folder);
            string file = System.IO.Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
            try
            {
                // A full disk may still take a file without contents.
                File.WriteAllBytes(file, new byte[4096]);
            }
            finally
            {
                File.Delete(file);
            }
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return e.Message;
        }
    }

    /// <summary>The first usable candidate, and why those before it are not.</summary>
    internal static (string? Path, string WhyNot) Choose(IEnumerable<(string Path, bool IsShared)> candidates)
    {
        var reasons = new List<string>();
        foreach (var (path, shared) in candidates)
        {
            string? why = WhyUnusable(path) ?? (shared ? WhyNotOurs(path) : null);
            if (why is null) return (path, string.Join('\n', reasons));
            reasons.Add($"{path} cannot be used: {why}");
        }
        return (null, string.Join('\n', reasons));
    }

    private static IEnumerable<(string Path, bool IsShared)> Candidates()
    {
        if (EnvironmentVariables.Cache.Value is { } own) yield return (System.IO.Path.GetFullPath(own), false);
        string? root = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : EnvironmentVariables.Text("XDG_CACHE_HOME");
        // XDG: a relative path is invalid and ignored.
        if (string.IsNullOrEmpty(root) || !System.IO.Path.IsPathRooted(root))
            root = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home
                ? System.IO.Path.Combine(home, ".cache") : null;
        if (root is not null && System.IO.Path.IsPathRooted(root)) yield return (System.IO.Path.Combine(root, "gputensor"), false);
        yield return (System.IO.Path.Combine(System.IO.Path.GetTempPath(),
            $"gputensor-{UnixFile.User?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "cache"}"), true);
    }

    /// <summary>Others may put a folder of that name there before us, and with it the code we would run.</summary>
    private static string? WhyNotOurs(string folder)
    {
        if (UnixFile.User is not { } user) return null;
        var status = UnixFile.StatusOf(folder, follow: false);
        return status.Kind == FileKind.Directory && status.Owner == user && (status.Mode & ~Private) == 0 ? null
            : "it is not a folder of this user alone";
    }

    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, Private);
    }
}
