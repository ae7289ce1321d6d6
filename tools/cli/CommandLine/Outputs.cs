using GpuTensor.IO;

namespace GpuTensor.Cli;

/// <summary>Whether results can be written, found out before the work that makes them.</summary>
internal static class Outputs
{
    /// <summary>Makes a folder where it is missing and writes into it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="files">Names of the files that will lie in it: none may be a folder.</param>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static void CheckFolder(string folder, params ReadOnlySpan<string> files)
    {
        try
        {
            Directory.CreateDirectory(folder);
            Probe(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--out: {folder} cannot be written: {e.Message}");
        }
        foreach (string file in files)
            if (Directory.Exists(Path.Combine(folder, file)))
                throw new UsageException($"--out: {Path.Combine(folder, file)} is a folder, and a file is to be written there.");
    }

    /// <summary>Looks whether a file can be written, without touching what lies there.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static void CheckFile(string path)
    {
        try
        {
            string whole = Path.GetFullPath(path);
            if (Directory.Exists(whole)) throw new UsageException($"--out: {path} is a folder, and a file is to be written there.");
            if (!File.Exists(whole)) Probe(Path.GetDirectoryName(whole)!);
            // Opening a FIFO would wait for its reader.
            else if (UnixFile.StatusOf(whole).Kind == FileKind.Regular)
                using (File.Open(whole, FileMode.Open, FileAccess.Write)) { }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--out: {path} cannot be written: {e.Message}");
        }
    }

    private static void Probe(string folder)
    {
        string file = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            // A full disk may still take a file without contents.
            File.WriteAllBytes(file, new byte[4096]);
        }
        finally
        {
            if (File.Exists(file)) File.Delete(file);
        }
    }
}
