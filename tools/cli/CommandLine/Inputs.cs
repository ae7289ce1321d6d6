using GpuTensor.IO;

namespace GpuTensor.Cli;

/// <summary>Text files that a user names.</summary>
internal static class Inputs
{
    /// <summary>Far more than any source of kernels or list of hashes has.</summary>
    private const int MostCharacters = 64 << 20;

    /// <summary>The whole text of a file, or of a pipe that a shell makes (<c>&lt;(…)</c>).</summary>
    /// <exception cref="UsageException">It is longer than any text of ours.</exception>
    /// <exception cref="TensorFileException">It is a device, a folder or a named pipe.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string ReadText(string path)
    {
        using var reader = new StreamReader(FileReader.OpenStream(path));
        var text = new System.Text.StringBuilder();
        char[] piece = new char[1 << 16];
        for (int n; (n = reader.Read(piece)) > 0;)
        {
            text.Append(piece, 0, n);
            if (text.Length > MostCharacters) throw new UsageException($"{Texts.Quoted(path)} has more than {MostCharacters} characters.");
        }
        return text.ToString();
    }
}
