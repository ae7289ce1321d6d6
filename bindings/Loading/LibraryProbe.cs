namespace GpuTensor.Bindings.Cuda;

/// <summary>A library in this process.</summary>
/// <param name="Handle">The loader's handle; never freed, since native code keeps pointers into it.</param>
/// <param name="Path">The path or bare name it was loaded by.</param>
/// <param name="Folder">Its folder; null where the loader found it.</param>
/// <param name="Major">Its CUDA major version, 0 for the driver.</param>
internal sealed record LoadedLibrary(CudaLibrary Library, nint Handle, string Path, string? Folder, int Major);

/// <summary>Walks the places and names of a library and loads what it finds, writing down every attempt.</summary>
internal static class LibraryProbe
{
    /// <summary>The libraries that load, in order; each is loaded when the enumeration reaches it.</summary>
    /// <param name="driverMajor">The driver's CUDA major version; files of a newer one are skipped. 0: unknown, skip none.</param>
    /// <param name="onlyMajor">The one major version wanted; 0: any.</param>
    /// <param name="log">Receives every attempt.</param>
    public static IEnumerable<LoadedLibrary> Find(
        CudaLibrary library, ProbeEnvironment environment, int driverMajor, int onlyMajor, Action<LibraryAttempt> log)
    {
        var names = LibraryNames.Of(library, environment.IsWindows);
        foreach (var folder in LibraryFolders.Of(environment))
        {
            if (folder.Unusable is { } why)
            {
                log(new(library, folder.Origin, folder.Path ?? "", false, why));
                continue;
            }
            foreach (var name in names)
            {
                if (onlyMajor != 0 && name.Major != 0 && name.Major != onlyMajor) continue;
                string path = folder.Path is null ? name.File : Path.Combine(folder.Path, name.File);
                if (folder.Path is not null && !environment.FileExists(path))
                {
                    log(new(library, folder.Origin, path, false, "no such file"));
                    continue;
                }
                // A library of CUDA 13 needs a driver of CUDA 13; an older library runs on every newer driver.
                if (driverMajor != 0 && name.Major > driverMajor)
                {
                    string reason = $"skipped: needs a driver of CUDA {name.Major}, this one is of CUDA {driverMajor}";
                    log(new(library, folder.Origin, path, false, reason));
                    continue;
                }
                string? error = environment.Load(path, out nint handle);
                log(new(library, folder.Origin, path, error is null, error is null ? "loaded" : error));
                if (error is null) yield return new(library, handle, path, folder.Path, name.Major);
            }
        }
    }
}
