namespace GpuTensor.Tests.Bindings;

/// <summary>Files that lie in a folder <c>shared</c> beside the repository, or beside a folder above it.</summary>
internal static class SharedFiles
{
    /// <summary>The file or folder, or null where there is none.</summary>
    public static string? Find(params ReadOnlySpan<string> parts)
    {
        string relative = Path.Combine(["shared", .. parts]);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, relative);
            if (File.Exists(path) || Directory.Exists(path)) return path;
        }
        return null;
    }

    /// <summary>The repository's root: the nearest folder above the tests that holds the solution.</summary>
    public static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "GpuTensor.sln"))) return folder.FullName;
        throw new InvalidOperationException($"No GpuTensor.sln above {AppContext.BaseDirectory}.");
    }
}
