namespace GpuTensor.Bindings.Cuda;

/// <summary>A place to look: a folder, or the loader's own search (no path). A place that cannot be searched says why.</summary>
internal readonly record struct LibraryFolder(string Origin, string? Path, string? Unusable = null);

/// <summary>Where libraries are looked for, in one order for all of them: the user's own list, the loader's paths, pip and conda,
/// CUDA_PATH, the toolkit's default folder.</summary>
internal static class LibraryFolders
{
    /// <summary>The variable that holds the user's own list of folders.</summary>
    public const string Variable = "GPUTENSOR_CUDA_LIBRARIES";

    /// <summary>The places, in order.</summary>
    public static List<LibraryFolder> Of(ProbeEnvironment environment)
    {
        var folders = new List<LibraryFolder>();
        AddOwn(environment, folders);
        string loader = environment.IsWindows ? "the system's search path (PATH)" : "the loader's paths (LD_LIBRARY_PATH, ldconfig)";
        folders.Add(new(loader, null));
        foreach (string site in SitePackages(environment))
            AddExisting(environment, folders, "pip", WheelFolders(site, environment.IsWindows));
        if (environment.Variable("CONDA_PREFIX") is { } conda)
            AddExisting(environment, folders, "CONDA_PREFIX", CondaFolders(conda, environment.IsWindows));
        AddToolkit(environment, folders);
        return folders;
    }

    private static void AddOwn(ProbeEnvironment environment, List<LibraryFolder> folders)
    {
        if (environment.Variable(Variable) is not { } list)
        {
            folders.Add(new(Variable, null, "not set"));
            return;
        }
        char separator = environment.IsWindows ? ';' : ':';
        foreach (string folder in list.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            folders.Add(environment.FolderExists(folder) ? new(Variable, folder) : new(Variable, folder, "no such folder"));
    }

    private static void AddToolkit(ProbeEnvironment environment, List<LibraryFolder> folders)
    {
        if (environment.Variable("CUDA_PATH") is not { } path)
            folders.Add(new("CUDA_PATH", null, "not set"));
        else if (!AddExisting(environment, folders, "CUDA_PATH", ToolkitFolders(path, environment.IsWindows)))
            folders.Add(new("CUDA_PATH", path, $"holds no {(environment.IsWindows ? "bin" : "lib64")} folder"));

        string parent = environment.IsWindows
            ? System.IO.Path.Combine(environment.Variable("ProgramFiles") ?? @"C:\Program Files", "NVIDIA GPU Computing Toolkit", "CUDA")
            : "/usr/local";
        string pattern = environment.IsWindows ? "v*" : "cuda*";
        bool any = false;
        foreach (string root in environment.Folders(parent, pattern))
            any |= AddExisting(environment, folders, "the CUDA Toolkit's default folder", ToolkitFolders(root, environment.IsWindows));
        if (!any) folders.Add(new("the CUDA Toolkit's default folder", System.IO.Path.Combine(parent, pattern), "no such folder"));
    }

    /// <summary>Adds those that exist; the others are not worth a line in the report, since nobody named them.</summary>
    private static bool AddExisting(ProbeEnvironment environment, List<LibraryFolder> folders, string origin, IEnumerable<string> paths)
    {
        int before = folders.Count;
        foreach (string path in paths)
            if (environment.FolderExists(path) && !folders.Exists(f => f.Path == path))
                folders.Add(new(origin, path));
        return folders.Count > before;
    }

    // CUDA 13's wheels share one folder, those of 12 and 11 have one each. On Windows 13 put its DLLs a level lower
    // (NVIDIA/cuda-python#792, slang-rhi#564).
    private static IEnumerable<string> WheelFolders(string site, bool windows)
    {
        string nvidia = Path.Combine(site, "nvidia");
        if (windows)
        {
            yield return Path.Combine(nvidia, "cu13", "bin", "x86_64");
            yield return Path.Combine(nvidia, "cu13", "bin");
        }
        else yield return Path.Combine(nvidia, "cu13", "lib");
        foreach (string package in (string[])["cublas", "cuda_nvrtc"])
            yield return Path.Combine(nvidia, package, windows ? "bin" : "lib");
    }

    private static IEnumerable<string> CondaFolders(string prefix, bool windows) => windows
        ? [Path.Combine(prefix, "Library", "bin", "x64"), Path.Combine(prefix, "Library", "bin"), Path.Combine(prefix, "bin")]
        : [Path.Combine(prefix, "lib"), Path.Combine(prefix, "targets", "x86_64-linux", "lib")];

    private static IEnumerable<string> ToolkitFolders(string root, bool windows) => windows
        ? [Path.Combine(root, "bin", "x64"), Path.Combine(root, "bin")]
        : [Path.Combine(root, "lib64"), Path.Combine(root, "targets", "x86_64-linux", "lib")];

    // pyenv's Pythons, newest first.
    private static IEnumerable<string> PyenvFolders(ProbeEnvironment environment)
    {
        string? root = environment.Variable("PYENV_ROOT")
            ?? (environment.Variable("HOME") is { } home ? Path.Combine(home, ".pyenv") : null);
        return root is null ? [] : environment.Folders(Path.Combine(root, "versions"), "*")
            .SelectMany(version => environment.Folders(Path.Combine(version, "lib"), "python3*"));
    }

    /// <summary>The site-packages folders of the active virtual environment or conda, of pyenv, the user's own and the system's.</summary>
    private static IEnumerable<string> SitePackages(ProbeEnvironment environment)
    {
        foreach (string variable in (string[])["VIRTUAL_ENV", "CONDA_PREFIX"])
        {
            if (environment.Variable(variable) is not { } prefix) continue;
            if (environment.IsWindows) yield return Path.Combine(prefix, "Lib", "site-packages");
            else
                foreach (string python in environment.Folders(Path.Combine(prefix, "lib"), "python3*"))
                    yield return Path.Combine(python, "site-packages");
        }
        if (environment.IsWindows)
        {
            (string, string)[] roots = [("APPDATA", "Python"), ("LOCALAPPDATA", Path.Combine("Programs", "Python"))];
            foreach (var (variable, rest) in roots)
            {
                if (environment.Variable(variable) is not { } root) continue;
                foreach (string python in environment.Folders(Path.Combine(root, rest), "Python3*"))
                {
                    yield return Path.Combine(python, "site-packages");
                    yield return Path.Combine(python, "Lib", "site-packages");
                }
            }
            yield break;
        }
        foreach (string python in PyenvFolders(environment)) yield return Path.Combine(python, "site-packages");
        if (environment.Variable("HOME") is { } home)
            foreach (string python in environment.Folders(Path.Combine(home, ".local", "lib"), "python3*"))
                yield return Path.Combine(python, "site-packages");
        foreach (string root in (string[])["/usr/local/lib", "/usr/local/lib64", "/usr/lib", "/usr/lib64"])
            foreach (string python in environment.Folders(root, "python3*"))
            {
                yield return Path.Combine(python, "site-packages");
                yield return Path.Combine(python, "dist-packages");
            }
    }
}
