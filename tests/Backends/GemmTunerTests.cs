using GpuTensor.Backends;
using GpuTensor.Backends.OpenCl;
using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Backends;

public sealed class GemmTunerTests : IDisposable
{
    private const DType F = DType.Float32;
    private readonly string folder = Path.Combine(Path.GetTempPath(), "gputensor-test-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static GemmSpec Square(long size) => new([], size, size, size, F, [new(F, false), new(F, false), new(F, true)], [],
        [new Load(0, F, new Access(0, [size, 1]))], [new Load(1, F, new Access(0, [size, 1]))],
        [new Product(F), new Store(2, F, new Access(0, [size, 1]), 0)]);

    [Fact]
    public void A_shape_class_is_timed_once_and_its_tile_kept_on_disk()
    {
        using var backend = OpenClTest.Open();
        if (!backend.Profile.IsCpu) Assert.Skip("tiles are chosen on CPUs only");
        var cache = new DiskCache(folder);
        var tuner = new GemmTuner(backend, cache, leastWork: 0);
        var tile = tuner.Tile(Square(96));
        Assert.Contains(tile!.Value, GemmTiles.Candidates(Square(96), backend.Profile));
        Assert.Equal(0, backend.Counters.BytesHeld);

        long compiled = backend.Counters.KernelsCompiled;
        Assert.True(compiled > 0);
        Assert.Equal(tile, tuner.Tile(Square(90)));
        Assert.Equal(tile, new GemmTuner(backend, cache, leastWork: 0).Tile(Square(96)));
        Assert.Equal(compiled, backend.Counters.KernelsCompiled);

        // A sound entry that names no candidate is timed again.
        string entry = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(folder)));
        cache.Write(entry, [1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.NotNull(new GemmTuner(backend, cache, leastWork: 0).Tile(Square(96)));
        Assert.True(backend.Counters.KernelsCompiled > compiled);
    }

    [Fact]
    public void A_small_product_takes_the_default()
    {
        using var backend = OpenClTest.Open();
        Assert.Null(new GemmTuner(backend, null).Tile(Square(128)));
        Assert.Equal(0, backend.Counters.KernelsCompiled);
    }

    [Fact]
    public void Without_memory_for_a_timing_the_default_is_taken()
    {
        using var backend = OpenClTest.Open();
        backend.MemoryLimit = 50_000;
        Assert.Null(new GemmTuner(backend, null, leastWork: 0).Tile(Square(96)));
        Assert.Equal(0, backend.Counters.BytesHeld);
    }
}
