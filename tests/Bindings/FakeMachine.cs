using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Tests.Bindings;

/// <summary>A machine made of a set of file names and variables: what is in the set exists and loads, unless it is declared
/// broken.</summary>
internal sealed class FakeMachine : ProbeEnvironment
{
    private readonly HashSet<string> _files = [];
    private readonly HashSet<string> _folders = [];
    private readonly Dictionary<string, string> _broken = [];
    private readonly HashSet<string> _onLoaderPath = [];

    /// <summary>What was loaded, in order.</summary>
    public List<string> Loaded { get; } = [];

    /// <summary>Its variables.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Whether it runs Windows.</summary>
    public bool Windows { get; init; }

    /// <summary>The driver's CUDA version, as the driver counts.</summary>
    public int CudaVersion { get; init; } = 13000;

    /// <summary>Puts a file there, and the folders above it.</summary>
    public FakeMachine WithFile(string path, string? loadError = null)
    {
        _files.Add(path);
        for (string? folder = Path.GetDirectoryName(path); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
            _folders.Add(folder);
        if (loadError is not null) _broken[path] = loadError;
        return this;
    }

    /// <summary>Lets the loader find a bare name.</summary>
    public FakeMachine WithLoader(string name)
    {
        _onLoaderPath.Add(name);
        return this;
    }

    public override bool IsWindows => Windows;

    public override string? Variable(string name) => Variables.GetValueOrDefault(name);

    public override bool FileExists(string path) => _files.Contains(path);

    public override bool FolderExists(string path) => _folders.Contains(path);

    public override IReadOnlyList<string> Folders(string parent, string pattern)
    {
        string start = pattern.TrimEnd('*');
        return [.. _folders.Where(f => Path.GetDirectoryName(f) == parent)
            .Where(f => Path.GetFileName(f).StartsWith(start, StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal)];
    }

    public override string? Load(string pathOrName, out nint handle)
    {
        handle = 0;
        if (_broken.TryGetValue(pathOrName, out string? error)) return error;
        if (!_files.Contains(pathOrName) && !_onLoaderPath.Contains(pathOrName)) return $"{pathOrName}: cannot open shared object file";
        Loaded.Add(pathOrName);
        handle = Loaded.Count;
        return null;
    }

    public override int DriverVersion(nint driver) => CudaVersion;
}
