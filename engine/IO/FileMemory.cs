namespace GpuTensor.IO;

/// <summary>How much of a file may be read into host memory: a small compressed file can honestly unfold to gigabytes.</summary>
internal static class FileMemory
{
    /// <summary>The most that deflate makes of a byte: 258 bytes take two bits.</summary>
    public const int DeflateRatio = 1032;

    private const string Limit = "GPUTENSOR_MEMORY_LIMIT, or what the process may take";

    /// <summary>Refuses what passes GPUTENSOR_MEMORY_LIMIT, or what the process may take, before any of it is read.</summary>
    /// <param name="bytes">What a header claims.</param>
    /// <param name="what">The file and the part, for the error.</param>
    /// <exception cref="DeviceOutOfMemoryException">It does.</exception>
    public static void Require(long bytes, string what)
    {
        if (bytes < 1 << 20) return;
        long limit = Math.Min(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, EnvironmentVariables.MemoryLimit.Value);
        if (bytes > limit)
            throw new DeviceOutOfMemoryException(FormattableString.Invariant(
                $"{what} takes {bytes:N0} bytes; the memory limit is {limit:N0} bytes ({Limit})."));
    }
}
