namespace GpuTensor.Tests.Sources;

/// <summary>The repository's C# files.</summary>
internal static class SourceFiles
{
    /// <summary>Those of a folder, without what a build leaves there.</summary>
    public static string[] Of(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")),
    ];
}
