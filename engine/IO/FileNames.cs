using System.Text;

namespace GpuTensor.IO;

/// <summary>Names of tensors and their like in files: what a writer refuses, because a reader would see another name or none.</summary>
internal static class FileNames
{
    /// <summary>Refuses a name that was there before, and text that no file can hold: half of a surrogate pair has no UTF-8.</summary>
    /// <param name="name">The name.</param>
    /// <param name="names">The names before it; gets this one.</param>
    /// <param name="parameter">The argument that the names came with.</param>
    public static void Check(string name, HashSet<string> names, string parameter)
    {
        if (name is null) throw new ArgumentException("A name is null.", parameter);
        CheckText(name, parameter);
        if (!names.Add(name)) throw new ArgumentException($"Names must differ; '{Show(name)}' appears twice.", parameter);
    }

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="ArgumentNullException">It is null; the message names it.</exception>
    public static Tensor Present(KeyValuePair<string, Tensor> named, string parameter) =>
        named.Value ?? throw new ArgumentNullException(parameter, $"The tensor '{Show(named.Key ?? "")}' is null.");

    /// <summary>Refuses text with half of a surrogate pair.</summary>
    public static void CheckText(string text, string parameter)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out int length) != System.Buffers.OperationStatus.Done)
                throw new ArgumentException(
                    $"'{Show(text)}' has half of a surrogate pair at {text.Length - rest.Length}: it is no text that a file can hold.",
                    parameter);
            rest = rest[length..];
        }
    }

    /// <summary>A name for a message: no longer than a line.</summary>
    public static string Show(string name) => name.Length <= 100 ? name : name[..100] + "…";
}
