using System.Buffers;
using GpuTensor.Backends;
using GpuTensor.Graph;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Runtime;

/// <summary>Moves the contents of blocks between host and device, and within the device, in stream order. Whoever calls holds the device's
/// lock.</summary>
internal sealed class Transfers(Backend backend, Pool pool)
{
    private const int OverwrittenAtOnce = 1 << 20;

    /// <summary>New memory with these contents; the array may be used again when this returns.</summary>
    /// <exception cref="DeviceOutOfMemoryException">The device has no memory for them.</exception>
    public Block Upload(HostArray contents)
    {
        pool.Maintain();
        string what = $"copied from the host: {contents.DType.Name()} {contents.Shape}";
        var block = pool.Allocate(Math.Max(contents.Data.LongLength, 1), what);
        try
        {
            if (contents.Data.Length > 0) backend.Write(block.Buffer!, block.Offset, contents.Data);
        }
        catch
        {
            pool.Release(block);
            throw;
        }
        return block;
    }

    /// <summary>Waits for what is enqueued and copies a range of a block to the host.</summary>
    /// <param name="block">The block.</param>
    /// <param name="offset">Where the range begins, in bytes.</param>
    /// <param name="target">The host's memory, as long as the range.</param>
    public void Download(Block block, long offset, Span<byte> target) => backend.Read(block.Buffer!, block.Offset + offset, target);

    /// <summary>Copies one block's contents to another, as far as both reach.</summary>
    public void Copy(Block source, Block target) =>
        backend.Copy(source.Buffer!, source.Offset, target.Buffer!, target.Offset, Math.Min(source.Bytes, target.Bytes));

    /// <summary>Fills a range with bytes of ones: NaN in every floating dtype, and indices out of range.</summary>
    public void Overwrite(DeviceBuffer buffer, long offset, long bytes)
    {
        byte[] ones = ArrayPool<byte>.Shared.Rent(OverwrittenAtOnce);
        Array.Fill(ones, byte.MaxValue);
        for (long at = 0; at < bytes; at += OverwrittenAtOnce)
            backend.Write(buffer, offset + at, ones.AsSpan(0, (int)Math.Min(bytes - at, OverwrittenAtOnce)));
        ArrayPool<byte>.Shared.Return(ones);
    }
}
