using System.Runtime.CompilerServices;
using GpuTensor.Data;
using Xunit;

namespace GpuTensor.Tests.Data;

/// <summary>Loaders whose consumers, datasets or owners misbehave: no thread is left, nothing hangs.</summary>
public class DroppedEnumeratorTests
{
    /// <summary>Samples 0, 1, 2, …; tells on which threads it was read and whether they still live.</summary>
    private sealed class Counting(Func<int> count) : Dataset
    {
        public HashSet<Thread> Readers { get; } = [];

        public Action<int> Look { get; init; } = _ => { };

        public override int Count => count();

        public override Shape InputShape => [2];

        public override DType InputDType => DType.Int64;

        public override Shape TargetShape => [];

        public override DType TargetDType => DType.Int64;

        public override void Read(ReadOnlySpan<int> indices, Span<byte> inputs, Span<byte> targets)
        {
            lock (Readers) Readers.Add(Thread.CurrentThread);
            foreach (int i in indices) Look(i);
        }

        /// <summary>Waits until all threads that read have ended.</summary>
        public void AllEnd()
        {
            Thread[] readers;
            lock (Readers) readers = [.. Readers.Where(t => t != Thread.CurrentThread)];
            Assert.All(readers, t => Assert.True(t.Join(TimeSpan.FromMinutes(10)), "A loader's thread is still there."));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(DataLoader loader)
    {
        var dropped = loader.GetEnumerator();
        Assert.True(dropped.MoveNext());
    }

    [Fact]
    public void A_dropped_enumerator_gives_its_thread_back()
    {
        var data = new Counting(() => 1000);
        var loader = new DataLoader(data, 2, device: Device.Cpu);
        for (int i = 0; i < 3; i++) Drop(loader);
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        data.AllEnd();
        // The loader itself goes on.
        Assert.Equal(500, loader.Count());
        GC.KeepAlive(loader);
    }

    [Fact]
    public void Two_enumerators_at_once_a_break_and_a_dispose_leave_no_thread()
    {
        var data = new Counting(() => 100);
        using (var loader = new DataLoader(data, 2, device: Device.Cpu))
        {
            foreach (var (first, second) in loader.Zip(loader)) Assert.Equal(first.Inputs.Shape, second.Inputs.Shape);
            foreach (var _ in loader) break;
        }
        data.AllEnd();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void An_error_of_the_dataset_carries_the_items_number_and_ends_the_epoch(int prefetch)
    {
        var data = new Counting(() => 20) { Look = i => { if (i == 13) throw new InvalidDataException("bad item"); } };
        using var loader = new DataLoader(data, 5, prefetch: prefetch, device: Device.Cpu);
        using var batches = loader.GetEnumerator();
        Assert.True(batches.MoveNext());
        Assert.True(batches.MoveNext());
        var error = Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.Equal(13, error.Data["item"]);
        Assert.False(batches.MoveNext());
        data.AllEnd();
    }

    [Fact]
    public void A_dataset_may_be_empty_small_shrink_or_lie()
    {
        foreach (int prefetch in new[] { 0, 2 })
        {
            DataLoader Over(Dataset data, bool dropLast = false) =>
                new(data, 4, dropLast: dropLast, prefetch: prefetch, device: Device.Cpu);
            Assert.Empty(Over(new Counting(() => 0)));
            Assert.Single(Over(new Counting(() => 3)));
            Assert.Empty(Over(new Counting(() => 3), dropLast: true));
            Assert.Contains("-1", Assert.Throws<TensorException>(() => Over(new Counting(() => -1)).ToList()).Message);
            int count = 400;
            var shrinking = new Counting(() => count) { Look = i => ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, count) };
            Assert.Throws<ArgumentOutOfRangeException>(() =>
            {
                foreach (var _ in Over(shrinking)) count = 2;
            });
        }
    }

    [Fact]
    public void Batches_ahead_take_no_memory_before_they_are_made()
    {
        var data = new Counting(() => 4);
        using var loader = new DataLoader(data, 1, prefetch: int.MaxValue, device: Device.Cpu);
        Assert.Equal(4, loader.Count());
        // A batch size beyond the data set is its size.
        using var whole = new DataLoader(data, int.MaxValue, device: Device.Cpu);
        Assert.Equal(4, Assert.Single(whole).Inputs.Shape[0]);
    }

    [Fact]
    public void Dispose_waits_for_a_read_under_way_and_no_longer()
    {
        using var reading = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var data = new Counting(() => 100)
        {
            Look = i =>
            {
                if (i != 10) return;
                reading.Set();
                goOn.Wait();
            },
        };
        using var loader = new DataLoader(data, 2, prefetch: 20, device: Device.Cpu);
        var batches = loader.GetEnumerator();
        Assert.True(batches.MoveNext());
        reading.Wait(TestContext.Current.CancellationToken);
        loader.Dispose();
        goOn.Set();
        batches.Dispose();
        data.AllEnd();
    }
}
