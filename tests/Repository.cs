namespace GpuTensor.Tests;

/// <summary>The repository these tests were built in, and the folder <c>shared</c> that may lie beside it.</summary>
internal static class Repository
{
    /// <summary>The nearest folder above the tests that holds the solution.</summary>
    public static string Root { get; } = Above(folder => File.Exists(Path.Combine(folder, "GpuTensor.sln")) ? folder : null)
        ?? throw new InvalidOperationException($"No GpuTensor.sln above {AppContext.BaseDirectory}.");

    /// <summary>A file or folder below <c>shared</c>, beside the repository or beside a folder above it; null where there is
    /// none.</summary>
    public static string? Shared(params ReadOnlySpan<string> parts)
    {
        string relative = Path.Combine(["shared", .. parts]);
        return Above(folder => Path.Exists(Path.Combine(folder, relative)) ? Path.Combine(folder, relative) : null);
    }

    private static string? Above(Func<string, string?> find)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (find(folder.FullName) is { } found) return found;
        return null;
    }
}
