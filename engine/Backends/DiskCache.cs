using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GpuTensor.IO;

namespace GpuTensor.Backends;

/// <summary>A folder of small binary entries named by the SHA-256 of all that they depend on: compiled programs, tuned tile sizes. It only
/// ever saves time: an unreadable, damaged, foreign or missing entry is a miss, a failing write is ignored, and two processes that write
/// one entry leave one of the two whole.</summary>
internal sealed class DiskCache
{
    private const int HeaderBytes = 8 + SHA256.HashSizeInBytes;
    private static readonly byte[] Magic = "GPUTENS1"u8.ToArray();

    private const string TemporaryEnding = ".tmp";

    // Programs take megabytes.
    private const long MostBytes = 256L << 20;

    private readonly string folder;
    private bool swept;

    /// <summary>A cache in that folder, which need not exist yet.</summary>
    public DiskCache(string folder) => this.folder = folder;

    /// <summary>The version that keys must hold: another version of the engine never meets this one's entries.</summary>
    public static string EngineVersion { get; } = typeof(DiskCache).Assembly.GetName().Version!.ToString();

    /// <summary>The key of an entry: the parts are hashed with their lengths, so that no two lists of parts run together.</summary>
    public static string Key(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The file that holds the entry of a key.</summary>
    public string PathOf(string key) => Path.Combine(folder, key + ".bin");

    /// <summary>The entry's bytes; null where there is none, it is damaged, it is no file of this user's or the system's, or it is too
    /// large to be one of ours.</summary>
    public byte[]? Read(string key)
    {
        string path = PathOf(key);
        try
        {
            // Before it is opened: opening a FIFO would wait. An entry is code that runs, so nobody else may write it.
            var status = UnixFile.StatusOf(path);
            if (status.Kind != FileKind.Regular || (status.Owner != 0 && status.Owner != UnixFile.User)) return null;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            long length = file.Length - HeaderBytes;
            if (length is < 0 or > MostBytes) return null;
            Span<byte> header = stackalloc byte[HeaderBytes];
            file.ReadExactly(header);
            if (!header[..Magic.Length].SequenceEqual(Magic)) return null;
            byte[] payload = new byte[length];
            file.ReadExactly(payload);
            return SHA256.HashData(payload).AsSpan().SequenceEqual(header[Magic.Length..]) ? payload : null;
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            return null;
        }
    }

    /// <summary>Stores an entry: written beside its place, then renamed into it.</summary>
    public void Write(string key, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MostBytes) return;
        string temporary = Path.Combine(folder, $"{key}.{Environment.ProcessId}.{Guid.NewGuid():N}{TemporaryEnding}");
        try
        {
            Directory.CreateDirectory(folder);
            if (!swept) Sweep();
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(Magic);
                file.Write(SHA256.HashData(payload));
                file.Write(payload);
            }
            File.Move(temporary, PathOf(key), overwrite: true);
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            Remove(temporary);
        }
    }

    /// <summary>Removes what writers that were killed left behind: temporary files that no living writer can be at.</summary>
    private void Sweep()
    {
        swept = true;
        foreach (string file in Directory.EnumerateFiles(folder, "*" + TemporaryEnding))
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > TimeSpan.FromHours(1)) Remove(file);
    }

    private static void Remove(string path)
    {
        try { File.Delete(path); }
        catch (Exception e) when (IsOfFiles(e)) { }
    }

    private static bool IsOfFiles(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException;
}
