using System.Runtime.InteropServices;
using GpuTensor.Data;
using Xunit;

namespace GpuTensor.Tests.Data;

public class DataLoaderTests
{
    /// <summary>Sample i is the number i, its target 10·i.</summary>
    private sealed class Numbers(int count, int failAt = -1) : Dataset
    {
        public HashSet<int> Threads { get; } = [];

        public override int Count => count;

        public override Shape InputShape => [2];

        public override DType InputDType => DType.Float32;

        public override Shape TargetShape => [];

        public override DType TargetDType => DType.Int64;

        public override void Read(ReadOnlySpan<int> indices, Span<byte> inputs, Span<byte> targets)
        {
            lock (Threads) Threads.Add(Environment.CurrentManagedThreadId);
            var x = MemoryMarshal.Cast<byte, float>(inputs);
            var y = MemoryMarshal.Cast<byte, long>(targets);
            Assert.Equal((2 * indices.Length, indices.Length), (x.Length, y.Length));
            for (int i = 0; i < indices.Length; i++)
            {
                if (indices[i] == failAt) throw new IOException("the disk is gone");
                (x[2 * i], x[2 * i + 1], y[i]) = (indices[i], -indices[i], 10 * indices[i]);
            }
        }
    }

    private static List<int> Epoch(DataLoader loader)
    {
        var seen = new List<int>();
        foreach (var (inputs, targets) in loader)
        {
            var (x, y) = (inputs.ToArray<float>(), targets.ToArray<long>());
            Assert.Equal($"[{y.Length}, 2]", inputs.Shape.ToString());
            Assert.Equal($"[{y.Length}]", targets.Shape.ToString());
            for (int i = 0; i < y.Length; i++)
            {
                Assert.Equal((x[2 * i] * 10, -x[2 * i]), (y[i], x[2 * i + 1]));
                seen.Add((int)x[2 * i]);
            }
        }
        return seen;
    }

    [Theory]
    [InlineData(10, 3, false, 0, 4, 10)]
    [InlineData(10, 3, false, 2, 4, 10)]
    [InlineData(10, 3, true, 0, 3, 9)]
    [InlineData(10, 3, true, 5, 3, 9)]
    [InlineData(9, 3, false, 1, 3, 9)]
    [InlineData(2, 3, false, 2, 1, 2)]
    [InlineData(2, 3, true, 2, 0, 0)]
    [InlineData(0, 3, false, 2, 0, 0)]
    public void In_order_every_sample_comes_once(int count, int batch, bool dropLast, int prefetch, int batches, int samples)
    {
        using var loader = new DataLoader(new Numbers(count), batch, dropLast: dropLast, prefetch: prefetch, device: Device.Cpu);
        Assert.Equal(batches, loader.Count);
        Assert.Equal(Enumerable.Range(0, samples), Epoch(loader));
        Assert.Equal(Enumerable.Range(0, samples), Epoch(loader));
    }

    [Fact]
    public void Each_epoch_has_an_order_of_its_own_which_seed_and_epoch_decide()
    {
        using var loader = new DataLoader(new Numbers(100), 7, shuffle: true, seed: 5, device: Device.Cpu);
        List<int> first = Epoch(loader), second = Epoch(loader), third = Epoch(loader);
        Assert.Equal(Enumerable.Range(0, 100), first.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(Enumerable.Range(0, 100), first);

        using var resumed = new DataLoader(new Numbers(100), 7, shuffle: true, seed: 5, prefetch: 0, device: Device.Cpu) { Epoch = 2 };
        Assert.Equal(third, Epoch(resumed));
        Assert.Equal(3, resumed.Epoch);
        using var other = new DataLoader(new Numbers(100), 7, shuffle: true, seed: 6, device: Device.Cpu);
        Assert.NotEqual(first, Epoch(other));
    }

    [Fact]
    public void All_orders_are_equally_likely()
    {
        var counts = new Dictionary<string, int>();
        for (int epoch = 0; epoch < 2400; epoch++)
        {
            string order = string.Concat(Shuffle.Order(4, seed: 1, epoch));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }
        Assert.Equal(24, counts.Count);
        Assert.All(counts.Values, n => Assert.InRange(n, 60, 145)); // 100 expected, deviation 9.8
    }

    [Fact]
    public void Prefetching_reads_on_another_thread_and_none_is_left_behind()
    {
        var ahead = new Numbers(50);
        using (var loader = new DataLoader(ahead, 5, device: Device.Cpu)) Epoch(loader);
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, ahead.Threads);
        var direct = new Numbers(50);
        using (var loader = new DataLoader(direct, 5, prefetch: 0, device: Device.Cpu)) Epoch(loader);
        Assert.Equal([Environment.CurrentManagedThreadId], direct.Threads);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void An_error_of_the_dataset_comes_after_the_batches_before_it(int prefetch)
    {
        using var loader = new DataLoader(new Numbers(50, failAt: 12), 5, prefetch: prefetch, device: Device.Cpu);
        int batches = 0;
        var error = Assert.Throws<IOException>(() =>
        {
            foreach (var _ in loader) batches++;
        });
        Assert.Equal(("the disk is gone", 2), (error.Message, batches));
    }

    [Fact]
    public void Leaving_an_epoch_early_starts_the_next_one()
    {
        using var loader = new DataLoader(new Numbers(1000), 2, device: Device.Cpu);
        foreach (var _ in loader) break;
        Assert.Equal(1, loader.Epoch);
        Assert.Equal(1000, Epoch(loader).Count);
    }

    [Fact]
    public void A_disposed_loader_gives_no_more_batches()
    {
        var loader = new DataLoader(new Numbers(1000), 2, device: Device.Cpu);
        using var running = loader.GetEnumerator();
        Assert.True(running.MoveNext());
        loader.Dispose();
        Assert.Throws<OperationCanceledException>(() =>
        {
            while (running.MoveNext()) { }
        });
        Assert.Throws<ObjectDisposedException>(() => loader.GetEnumerator());
    }

    [Fact]
    public void Batches_may_be_disposed_one_by_one()
    {
        using var loader = new DataLoader(new Numbers(10), 2, device: Device.Cpu);
        foreach (var (inputs, targets) in loader)
        {
            inputs.Dispose();
            targets.Dispose();
            Assert.Throws<ObjectDisposedException>(() => inputs.Shape);
        }
    }

    [Fact]
    public void Tensors_make_a_dataset()
    {
        var x = Tensor.From(new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, device: Device.Cpu);
        var y = Tensor.From(new long[] { 7, 8, 9 }, device: Device.Cpu);
        using var loader = new DataLoader(new TensorDataset(x, y), 2, device: Device.Cpu);
        var batches = loader.ToList();
        Assert.Equal([1, 2, 3, 4], batches[0].Inputs.ToArray<float>());
        Assert.Equal([9], batches[1].Targets.ToArray<long>());
        Assert.Throws<TensorShapeException>(() => new TensorDataset(x, Tensor.From(new long[] { 1 }, device: Device.Cpu)));
    }
}
