namespace GpuTensor.Backends.OpenCl;

/// <summary>PoCL keeps compiled kernels in a folder, and has no device where it cannot make one: with a home folder that cannot be written
/// it seems not to be installed. So it is given a folder that works before its library loads.</summary>
internal static class PoclCache
{
    private const string Variable = "POCL_CACHE_DIR";

    private static readonly Lazy<string> Done = new(Choose);

    /// <summary>Why PoCL does not keep its kernels where it would by itself, and where it does; empty where it does so.</summary>
    public static string Notice => Done.Value;

    /// <summary>Names a folder that works, unless PoCL's own choice or the user's (<c>POCL_CACHE_DIR</c>) works. Before the OpenCL library
    /// loads.</summary>
    public static void Prepare() => _ = Done.Value;

    private static string Choose()
    {
        // PoCL runs on Windows, too, but has other folders there, and nobody has tried.
        if (OperatingSystem.IsWindows()) return "";
        string? given = EnvironmentVariables.Text(Variable);
        // As PoCL itself chooses; without HOME it would share a folder of /tmp with everybody.
        string? usual = given
            ?? (EnvironmentVariables.Text("XDG_CACHE_HOME")
                ?? (EnvironmentVariables.Text("HOME") is { } home ? $"{home}/.cache" : null)) switch
        {
            { } cache => $"{cache}/pocl/kcache",
            null => null,
        };
        string? why = usual is null ? null : CacheFolder.WhyUnusable(usual);
        if (usual is not null && why is null) return "";
        string from = given is null ? "" : $" ({Variable})";
        if (CacheFolder.Path is not { } root)
            return $"PoCL has no cache folder: "
                + $"{(usual is null ? "" : $"{usual}{from} cannot be used: {why}; ")}{CacheFolder.WhyNot.ReplaceLineEndings("; ")}. Name "
                + $"a folder that can be written in {Variable}.";
        string folder = Path.Combine(root, "pocl");
        NativeEnvironment.Set(Variable, folder);
        return usual is null ? ""
            : $"PoCL has no cache folder, since {usual}{from} cannot be used: {why} It keeps its kernels in {folder}.";
    }
}
