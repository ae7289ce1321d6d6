using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GpuTensor.Devices;

/// <summary>A folder of small binary entries named by the SHA-256 of all that they depend on: compiled programs, tuned tile sizes. It only ever saves time: an unreadable,
/// damaged or missing entry is a miss, a failing write is ignored, and two processes that write one entry leave one of the two whole.</summary>
internal sealed class DiskCache
{
    private const int HeaderBytes = 8 + SHA256.HashSizeInBytes;
    private static readonly byte[] Magic = "GPUTENS1"u8.ToArray();

    private readonly string folder;

    /// <summary>A cache in that folder, which need not exist yet.</summary>
    public DiskCache(string folder) => this.folder = folder;

    /// <summary>The version that keys must hold: another version of the engine never meets this one's entries.</summary>
    public static string EngineVersion { get; } = typeof(DiskCache).Assembly.GetName().Version!.ToString();

    /// <summary>$GPUTENSOR_CACHE, else the user's cache folder (XDG on Unix) with <c>gputensor</c> below it.</summary>
    public static string DefaultFolder()
    {
        if (Environment.GetEnvironmentVariable("GPUTENSOR_CACHE") is { Length: > 0 } own) return own;
        string? root = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        // XDG: a relative path is invalid and ignored.
        if (string.IsNullOrEmpty(root) || !Path.IsPathRooted(root))
            root = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(root, "gputensor");
    }

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

    /// <summary>The entry's bytes; null where there is none or it is damaged.</summary>
    public byte[]? Read(string key)
    {
        try
        {
            byte[] file = File.ReadAllBytes(PathOf(key));
            if (file.Length < HeaderBytes || !file.AsSpan(0, Magic.Length).SequenceEqual(Magic)) return null;
            var payload = file.AsSpan(HeaderBytes);
            return SHA256.HashData(payload).AsSpan().SequenceEqual(file.AsSpan(Magic.Length, SHA256.HashSizeInBytes)) ? payload.ToArray() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Stores an entry: written beside its place, then renamed into it.</summary>
    public void Write(string key, ReadOnlySpan<byte> payload)
    {
        string temporary = Path.Combine(folder, $"{key}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            using (var file = File.Create(temporary))
            {
                file.Write(Magic);
                file.Write(SHA256.HashData(payload));
                file.Write(payload);
            }
            File.Move(temporary, PathOf(key), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            try { File.Delete(temporary); }
            catch (Exception inner) when (inner is IOException or UnauthorizedAccessException) { }
        }
    }
}
