using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>One loaded NVRTC: its version and the GPUs it compiles for. A process can hold several.</summary>
public sealed class NvrtcLibrary
{
    private NvrtcLibrary(NvrtcApi api, string path, Version version, int[] architectures)
    {
        Api = api;
        Path = path;
        Version = version;
        Architectures = architectures;
    }

    /// <summary>Loads the NVRTC of a file, and its builtins beside it.</summary>
    /// <exception cref="CudaLibraryException">The file does not load.</exception>
    /// <exception cref="NvrtcException">It loads, but does not answer.</exception>
    public static NvrtcLibrary Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var libraries = CudaLibraries.Shared;
        string full = System.IO.Path.GetFullPath(path);
        string? error = libraries.Environment.FileExists(full) ? libraries.Environment.Load(full, out nint handle) : Missing(out handle);
        var attempt = new LibraryAttempt(CudaLibrary.Nvrtc, "named by the caller", full, error is null, error ?? "loaded");
        libraries.Note(attempt);
        if (error is not null)
        {
            string packages = LibraryNames.Packages(CudaLibrary.Nvrtc, libraries.Environment.IsWindows);
            throw new CudaLibraryException(CudaLibrary.Nvrtc, [attempt], packages);
        }
        return Open(libraries, new LoadedLibrary(CudaLibrary.Nvrtc, handle, full, System.IO.Path.GetDirectoryName(full), 0));

        static string Missing(out nint handle)
        {
            handle = 0;
            return "no such file";
        }
    }

    /// <summary>Where it was loaded from: a path, or the bare name the loader found.</summary>
    public string Path { get; }

    /// <summary>Its CUDA version.</summary>
    public Version Version { get; }

    /// <summary>The architectures it compiles for, ascending: 75, 80, …</summary>
    public IReadOnlyList<int> Architectures { get; }

    internal NvrtcApi Api { get; }

    /// <summary>The NVRTCs of this machine that load and answer, in probing order; later ones are loaded only when the enumeration gets
    /// there.</summary>
    internal static IEnumerable<NvrtcLibrary> All(CudaLibraries libraries)
    {
        for (int i = 0; libraries.Compiler(i) is { } loaded; i++)
        {
            NvrtcLibrary? library = null;
            try
            {
                library = Open(libraries, loaded);
            }
            catch (CudaException e)
            {
                libraries.Note(new(CudaLibrary.Nvrtc, "", loaded.Path, false, $"skipped: {e.Message}"));
            }
            if (library is not null) yield return library;
        }
    }

    private static unsafe NvrtcLibrary Open(CudaLibraries libraries, LoadedLibrary loaded)
    {
        NvrtcApi api;
        try
        {
            api = new NvrtcApi(loaded.Handle);
        }
        catch (EntryPointNotFoundException e)
        {
            throw new NvrtcException($"{loaded.Path} is no usable NVRTC (11.2 or newer): {e.Message}", NvrtcResult.InvalidInput, "dlsym");
        }
        int major, minor, count;
        Check(api, api.nvrtcVersion(&major, &minor), nameof(api.nvrtcVersion), loaded.Path);
        Check(api, api.nvrtcGetNumSupportedArchs(&count), nameof(api.nvrtcGetNumSupportedArchs), loaded.Path);
        int[] architectures = new int[count];
        fixed (int* first = architectures)
            Check(api, api.nvrtcGetSupportedArchs(first), nameof(api.nvrtcGetSupportedArchs), loaded.Path);
        Array.Sort(architectures);
        LoadBuiltins(libraries, loaded, major, minor);
        return new NvrtcLibrary(api, loaded.Path, new Version(major, minor), architectures);
    }

    /// <summary>NVRTC opens its builtins by bare name when it first compiles, and 13.0's pip package does not let it look into its own
    /// folder (NVIDIA/cuda-python#792). What is loaded already is found.</summary>
    private static void LoadBuiltins(CudaLibraries libraries, LoadedLibrary loaded, int major, int minor)
    {
        var environment = libraries.Environment;
        string name = LibraryNames.NvrtcBuiltins(major, minor, environment.IsWindows);
        // Where the loader found NVRTC itself, it finds the builtins beside it.
        string path = loaded.Folder is null ? name : System.IO.Path.Combine(loaded.Folder, name);
        string? error = loaded.Folder is not null && !environment.FileExists(path) ? "no such file" : environment.Load(path, out _);
        libraries.Note(new(CudaLibrary.Nvrtc, "NVRTC's builtins", path, error is null, error ?? "loaded"));
    }

    internal static unsafe void Check(NvrtcApi api, NvrtcResult result, string call, string about)
    {
        if (result == NvrtcResult.Success) return;
        throw new NvrtcException($"{call}{(about.Length == 0 ? "" : $" ({about})")} failed: {Describe(api, result)}.", result, call);
    }

    /// <summary>Name, number and description of a result.</summary>
    internal static unsafe string Describe(NvrtcApi api, NvrtcResult result) =>
        $"{Marshal.PtrToStringUTF8((nint)api.nvrtcGetErrorString(result)) ?? result.ToString()} ({(int)result})";

    /// <summary>"NVRTC 13.0 (path)".</summary>
    public override string ToString() => $"NVRTC {Version} ({Path})";
}
