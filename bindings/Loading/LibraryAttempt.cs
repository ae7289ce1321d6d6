using System.Text;

namespace GpuTensor.Bindings.Cuda;

/// <summary>One attempt to find or load a native library, in the order they were made.</summary>
/// <param name="Library">What was wanted.</param>
/// <param name="Origin">Why this place was searched: a variable's name, the loader, pip, …</param>
/// <param name="Path">The path or bare name that was tried.</param>
/// <param name="Loaded">True where it was loaded.</param>
/// <param name="Outcome">The outcome, for people.</param>
public sealed record LibraryAttempt(CudaLibrary Library, string Origin, string Path, bool Loaded, string Outcome)
{
    /// <summary>The attempts as lines of a report.</summary>
    public static string Report(IEnumerable<LibraryAttempt> attempts)
    {
        var text = new StringBuilder();
        foreach (var a in attempts)
        {
            string origin = a.Path.Length > 0 && a.Origin.Length > 0 ? $" [{a.Origin}]" : "";
            text.Append("  ").Append(a.Path.Length > 0 ? a.Path : a.Origin).Append(origin).Append(": ").AppendLine(a.Outcome);
        }
        return text.ToString().TrimEnd();
    }
}
