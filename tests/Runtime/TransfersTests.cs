using GpuTensor.Graph;
using GpuTensor.Kernels;
using GpuTensor.Runtime;
using GpuTensor.Runtime.Memory;
using Xunit;

namespace GpuTensor.Tests.Runtime;

public sealed class TransfersTests
{
    private readonly FakeBackend backend = new();
    private readonly Pool pool;
    private readonly Transfers transfers;

    public TransfersTests()
    {
        pool = new(backend);
        transfers = new(backend, pool);
    }

    private static HostArray Numbers(params byte[] numbers) => new(DType.UInt8, Shape.Create([numbers.Length]), numbers);

    private byte[] Contents(Block block)
    {
        byte[] contents = new byte[block.Bytes];
        transfers.Download(block, 0, contents);
        return contents;
    }

    [Fact]
    public void What_was_uploaded_comes_back_whole_and_in_part()
    {
        var block = transfers.Upload(Numbers(1, 2, 3, 4));
        Assert.Equal([1, 2, 3, 4], Contents(block));
        byte[] part = new byte[2];
        transfers.Download(block, 1, part);
        Assert.Equal([2, 3], part);
    }

    [Fact]
    public void A_copy_reaches_as_far_as_the_shorter_block()
    {
        var (source, target) = (transfers.Upload(Numbers(1, 2, 3, 4)), transfers.Upload(Numbers(9, 9)));
        var after = transfers.Upload(Numbers(7));
        transfers.Copy(source, target);
        Assert.Equal([1, 2], Contents(target));
        Assert.Equal([7], Contents(after));
    }

    [Fact]
    public void Adjoining_parts_are_overwritten_one_by_one()
    {
        var parts = pool.AllocateFlat([3, 2, 3], "parameters");
        foreach (var part in parts) backend.Write(part.Buffer!, part.Offset, new byte[part.Bytes]);
        transfers.Overwrite(parts[1].Buffer!, parts[1].Offset, parts[1].Bytes);
        Assert.Equal([0, 0, 0], Contents(parts[0]));
        Assert.Equal([255, 255], Contents(parts[1]));
        Assert.Equal([0, 0, 0], Contents(parts[2]));
    }

    [Fact]
    public void An_upload_that_fails_gives_its_memory_back()
    {
        backend.Fault = call =>
        {
            if (call == "write") throw new DeviceException("no write");
        };
        Assert.Throws<DeviceException>(() => transfers.Upload(Numbers(1)));
        Assert.Equal(0, pool.LiveBytes);
    }
}
