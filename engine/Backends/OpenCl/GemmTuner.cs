using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using GpuTensor.Kernels;

namespace GpuTensor.Backends.OpenCl;

/// <summary>Chooses the tile of a large product on this very CPU by timing a few, once for each class of shapes, and remembers it on disk.
/// All tiles sum in the same order, so the choice is one of speed alone. Small products are not worth the compilation and take the
/// default.</summary>
/// <param name="cache">Where choices are kept; null for nowhere.</param>
/// <param name="leastWork">Multiply-adds below which a product takes the default.</param>
internal sealed class GemmTuner(Backend backend, DiskCache? cache, long leastWork = 1L << 27)
{
    // More memory than that for a timing could fail where the product itself would run.
    private const long MostBytes = 256L << 20;

    // A lucky measurement must not replace the default.
    private const double WorthChanging = 0.95;

    private const int Rounds = 4;

    private readonly Dictionary<string, GemmTile?> known = [];

    /// <summary>False under GPUTENSOR_AUTOTUNE=0.</summary>
    public static bool Allowed { get; } = EnvironmentVariables.Autotune.Value;

    /// <summary>The cache of this user.</summary>
    public static DiskCache? DefaultCache() => CacheFolder.Open("gemm");

    /// <summary>The tile to plan with; null for the default. May wait for the device.</summary>
    public GemmTile? Tile(GemmSpec spec)
    {
        spec = GemmFold.Fold(spec);
        var work = spec.Batch.Aggregate(SymInt.Reach(SymInt.Reach(spec.M, spec.N), spec.K), SymInt.Reach);
        if (!backend.Profile.IsCpu || work < leastWork) return null;
        string shape = ShapeClass(spec);
        if (known.TryGetValue(shape, out var tile)) return tile;
        var candidates = GemmTiles.Candidates(spec, backend.Profile);
        string key = DiskCache.Key("gemm tile", shape, backend.Name, backend.Driver, DiskCache.EngineVersion,
            Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        tile = Decode(cache?.Read(key), candidates);
        if (tile is null)
        {
            tile = Measure(Bare(spec), candidates);
            if (tile is { } found) cache?.Write(key, Encode(found));
        }
        known[shape] = tile;
        return tile;
    }

    /// <summary>What decides which tile is fast: sizes to the next power of two, dtypes, and which dimension of each operand is
    /// dense.</summary>
    private static string ShapeClass(GemmSpec spec)
    {
        int rank = spec.Batch.Length;
        string Dense(Instruction[] code) => code is [Load { At.Strides: var s, Type: var type }]
            ? $"{type.Name()}{(s[rank] == 1 ? "c" : s[rank + 1] == 1 ? "r" : "x")}" : "fused";
        int Bits(SymInt number)
        {
            long size = (long)number;
            return BitOperations.Log2((ulong)Math.Max(size, 1)) + (BitOperations.IsPow2(size) ? 0 : 1);
        }
        return $"{spec.In.Name()} {Dense(spec.A)} {Dense(spec.B)} {Bits(spec.M)} {Bits(spec.N)} {Bits(spec.K)} {rank}";
    }

    /// <summary>The product alone, on operands of the same layout and one batch: what surrounds it costs the same with every
    /// tile.</summary>
    private static GemmSpec Bare(GemmSpec spec)
    {
        int rank = spec.Batch.Length;
        Load Operand(Instruction[] code, int buffer, SymInt rows, SymInt columns)
        {
            bool transposed = code is [Load { At.Strides: var s }] && s[rank] == 1;
            DType type = code is [Load { Type: var t }] ? t : spec.In;
            return new Load(buffer, type, new Access(0, transposed ? [1, rows] : [columns, 1]));
        }
        var (a, b) = (Operand(spec.A, 0, spec.M, spec.K), Operand(spec.B, 1, spec.K, spec.N));
        return new GemmSpec([], spec.M, spec.N, spec.K, spec.In, [new(a.Type, false), new(b.Type, false), new(spec.In, true)], [], [a], [b],
            [new Product(spec.In), new Store(2, spec.In, new Access(0, [spec.N, 1]), 0)]);
    }

    private GemmTile? Measure(GemmSpec spec, GemmTile[] candidates)
    {
        var (m, n, k) = ((long)spec.M, (long)spec.N, (long)spec.K);
        long[] sizes = [m * k * spec.Buffers[0].DType.Size(), k * n * spec.Buffers[1].DType.Size(), m * n * spec.In.Size()];
        var plans = candidates.Select(tile => GemmPlanner.Plan(spec, backend.Profile, Dialect.OpenCl, tile)).ToArray();
        if (sizes.Sum() + plans.Max(p => p.Scratch.Sum()) > MostBytes) return null;
        var runs = new List<BoundPlan>();
        try
        {
            foreach (var plan in plans) runs.Add(new BoundPlan(backend, plan, sizes));
            double[] best = new double[runs.Count];
            best.AsSpan().Fill(double.MaxValue);
            // In turns, so that another process disturbs all of them alike; the first round warms up.
            for (int round = 0; round <= Rounds; round++)
                for (int i = 0; i < runs.Count; i++)
                {
                    double time = runs[i].Time();
                    if (round > 0) best[i] = Math.Min(best[i], time);
                }
            int fastest = Array.IndexOf(best, best.Min());
            return candidates[best[fastest] < WorthChanging * best[0] ? fastest : 0];
        }
        catch (DeviceOutOfMemoryException)
        {
            return null;
        }
        finally
        {
            foreach (var run in runs) run.Dispose();
        }
    }

    private static byte[] Encode(GemmTile tile)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, tile.Rows);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), tile.Columns);
        return bytes;
    }

    private static GemmTile? Decode(byte[]? bytes, GemmTile[] candidates)
    {
        if (bytes is not { Length: 8 }) return null;
        var tile = new GemmTile(BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)));
        // An entry may be of another version of the candidates.
        return candidates.Contains(tile) ? tile : null;
    }

    /// <summary>A plan ready to run on buffers of its own.</summary>
    private sealed class BoundPlan : IDisposable
    {
        private readonly Backend backend;
        private readonly GemmPlan plan;
        private readonly List<DeviceBuffer> buffers = [];
        private readonly List<DeviceKernel> kernels = [];
        private readonly List<DeviceProgram> programs = [];

        public BoundPlan(Backend backend, GemmPlan plan, long[] sizes)
        {
            (this.backend, this.plan) = (backend, plan);
            try
            {
                foreach (long size in sizes.Concat(plan.Scratch)) Add(size);
                foreach (var launch in plan.Launches)
                {
                    programs.Add(backend.Compile(Dialect.OpenCl.Prelude(launch.Kernel.Prelude) + launch.Kernel.Source));
                    kernels.Add(backend.CreateKernel(programs[^1], launch.Kernel.EntryPoint, launch.Description));
                    int parameter = 0;
                    foreach (int buffer in launch.Buffers) kernels[^1].SetBuffer(parameter++, buffers[buffer]);
                    kernels[^1].SetBytes(parameter, launch.Kernel.WideIndices
                        ? MemoryMarshal.AsBytes(launch.Kernel.Integers.AsSpan())
                        : MemoryMarshal.AsBytes(Array.ConvertAll(launch.Kernel.Integers, i => checked((int)i)).AsSpan()));
                }
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        // Zeros: what lies in fresh memory may be denormal numbers, which some CPUs multiply slowly.
        private void Add(long size)
        {
            buffers.Add(backend.Allocate(size));
            byte[] zeros = new byte[Math.Min(size, 1 << 20)];
            for (long at = 0; at < size; at += zeros.Length)
                backend.Write(buffers[^1], at, zeros.AsSpan(0, (int)Math.Min(zeros.Length, size - at)));
        }

        public double Time()
        {
            backend.Finish();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < kernels.Count; i++)
                backend.Launch(kernels[i], plan.Launches[i].Kernel.Shape);
            backend.Finish();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        public void Dispose()
        {
            backend.Finish();
            kernels.ForEach(k => k.Dispose());
            programs.ForEach(p => p.Dispose());
            buffers.ForEach(backend.Free);
        }
    }
}
