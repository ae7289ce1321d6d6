namespace GpuTensor.Bindings.Cuda;

/// <summary>The libraries of one process: each is looked for once, on first use, and what was tried is kept for error messages.</summary>
/// <remarks>Driver, cuBLAS and cublasLt exist once per process. NVRTC may be there several times, since a new one no longer knows old
/// GPUs.</remarks>
internal sealed class CudaLibraries(ProbeEnvironment environment)
{
    /// <summary>Those of this process. Tests with a fake driver load these bindings a second time and set another before its first
    /// use.</summary>
    public static CudaLibraries Shared { get; set; } = new(new ProbeEnvironment());

    private readonly Lock _lock = new();
    private readonly List<LibraryAttempt> _attempts = [];
    private readonly Dictionary<CudaLibrary, LoadedLibrary?> _loaded = [];
    private readonly List<LoadedLibrary> _compilers = [];
    private IEnumerator<LoadedLibrary>? _moreCompilers;

    /// <summary>What the machine looks like.</summary>
    public ProbeEnvironment Environment => environment;

    /// <summary>Every attempt so far, in order.</summary>
    public IReadOnlyList<LibraryAttempt> Attempts
    {
        get { lock (_lock) return [.. _attempts]; }
    }

    /// <summary>The driver's CUDA version, 1000 × major + 10 × minor; 0 where there is no driver.</summary>
    public int DriverVersion
    {
        get
        {
            lock (_lock) return Get(CudaLibrary.Driver) is { } driver ? _driverVersion ??= environment.DriverVersion(driver.Handle) : 0;
        }
    }

    private int? _driverVersion;

    /// <summary>The library, or null where it cannot be loaded.</summary>
    public LoadedLibrary? Get(CudaLibrary library)
    {
        if (library == CudaLibrary.Nvrtc) return Compiler(0);
        lock (_lock)
        {
            if (_loaded.TryGetValue(library, out var known)) return known;
            // cuBLAS depends on a cublasLt of its own version, which a loader would not find in a pip folder: load that first, then stay
            // with its version.
            int major = library == CudaLibrary.Cublas ? Get(CudaLibrary.CublasLt)?.Major ?? 0 : 0;
            int driverMajor = library == CudaLibrary.Driver ? 0 : DriverVersion / 1000;
            var found = LibraryProbe.Find(library, environment, driverMajor, major, _attempts.Add).FirstOrDefault();
            _loaded.Add(library, found);
            return found;
        }
    }

    /// <summary>The library.</summary>
    /// <exception cref="CudaLibraryException">It cannot be loaded; lists what was tried and how to install it.</exception>
    public LoadedLibrary Require(CudaLibrary library) => Get(library) ?? throw Missing(library);

    /// <summary>The NVRTC at a place in probing order, or null past the last. Later ones are loaded only when asked for.</summary>
    public LoadedLibrary? Compiler(int index)
    {
        lock (_lock)
        {
            _moreCompilers ??= LibraryProbe.Find(CudaLibrary.Nvrtc, environment, DriverVersion / 1000, 0, _attempts.Add).GetEnumerator();
            while (_compilers.Count <= index && _moreCompilers.MoveNext()) _compilers.Add(_moreCompilers.Current);
            return index < _compilers.Count ? _compilers[index] : null;
        }
    }

    /// <summary>Writes down something that was tried outside the probe itself.</summary>
    public void Note(LibraryAttempt attempt)
    {
        lock (_lock) _attempts.Add(attempt);
    }

    /// <summary>The error for a library that is not there.</summary>
    public CudaLibraryException Missing(CudaLibrary library)
    {
        // Without cublasLt there is no cuBLAS: then the attempts of both tell the story.
        var attempts = Attempts
            .Where(a => a.Library == library || (library == CudaLibrary.Cublas && a.Library == CudaLibrary.CublasLt)).ToArray();
        return new CudaLibraryException(library, attempts, LibraryNames.Packages(library, environment.IsWindows));
    }
}
