namespace GpuTensor.Bindings.Cuda;

/// <summary>A native library is not installed, or does not load. The message lists every name and path tried and the packages that bring
/// the library.</summary>
public sealed class CudaLibraryException : CudaException
{
    internal CudaLibraryException(CudaLibrary library, IReadOnlyList<LibraryAttempt> attempts, string packages)
        : base($"{LibraryNames.Title(library)} could not be loaded. {packages}{Environment.NewLine}Tried, in order:{Environment.NewLine}"
            + LibraryAttempt.Report(attempts))
    {
        Library = library;
        Attempts = attempts;
        Packages = packages;
    }

    /// <summary>The library.</summary>
    public CudaLibrary Library { get; }

    /// <summary>What was tried, in order.</summary>
    public IReadOnlyList<LibraryAttempt> Attempts { get; }

    /// <summary>What brings the library, for people.</summary>
    public string Packages { get; }
}
