using System.Runtime.CompilerServices;
using TorchSharp;
using TorchSharp.Modules;

namespace GpuTensor.Bench;

/// <summary>TorchSharp with libtorch on the CPU: there or not, and whether it computes what we do.</summary>
internal static class Peer
{
    /// <summary>What the method of the peer's side is called in every workload.</summary>
    public const string Method = "TorchSharp";

    /// <summary>Threads of either side; <c>tools/bench</c> sets the variable, and PoCL's too.</summary>
    public static int Threads { get; } = int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out int n) && n > 0 ? n : 2;

    static Peer()
    {
        if (Environment.GetEnvironmentVariable("GPUTENSOR_BENCH_NO_PEER") is { Length: > 0 } reason)
        {
            WhyNot = reason;
            return;
        }
        try
        {
            Version = Load();
        }
        catch (Exception e)
        {
            while (e is TypeInitializationException { InnerException: { } inner }) e = inner;
            WhyNot = $"its native library does not load here ({e.Message.Split('\n')[0].Trim()})";
        }
    }

    /// <summary>libtorch's version.</summary>
    public static string? Version { get; }

    public static bool IsLoaded => Version is not null;

    /// <summary>One sentence for a person who misses it.</summary>
    public static string? WhyNot { get; }

    // Not inlined: TorchSharp's static constructor must run inside the try above.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Load()
    {
        torch.set_num_threads(Threads);
        return torch.__version__;
    }

    /// <summary>A tensor of the peer with our tensor's values.</summary>
    public static torch.Tensor Copy(Tensor source) =>
        source.DType == DType.Int64
            ? torch.tensor(source.ToArray<long>(), [.. source.Shape.Select(n => (long)n)])
            : torch.tensor(source.ToArray<float>(), [.. source.Shape.Select(n => (long)n)]);

    /// <summary>Gives the peer's parameters our values.</summary>
    public static void CopyTo(IEnumerable<Tensor> ours, IEnumerable<Parameter> theirs)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        foreach (var (from, to) in ours.Zip(theirs)) to.copy_(Copy(from));
    }

    /// <summary>All values of the peer's parameters, one after the other.</summary>
    public static float[] Values(IEnumerable<Parameter> parameters) => [.. parameters.SelectMany(p => p.data<float>().ToArray())];

    /// <summary>Throws where training went another way. In the mean, since Adam turns the rounding of a gradient near zero into a
    /// step of full size.</summary>
    /// <param name="tolerance">Of the mean difference, relative to the mean distance from the start.</param>
    /// <exception cref="InvalidOperationException">They differ, or nothing moved.</exception>
    public static void MustMoveAlike(float[] start, float[] ours, float[] theirs, double tolerance)
    {
        double moved = 0, apart = 0;
        for (int i = 0; i < start.Length; i++)
        {
            moved += Math.Abs((double)theirs[i] - start[i]);
            apart += Math.Abs((double)ours[i] - theirs[i]);
        }
        if (!(moved > 0 && apart <= tolerance * moved))
            throw new InvalidOperationException(
                $"Our weights went another way than TorchSharp's: {apart:G3} apart after moving {moved:G3}.");
    }

    /// <summary>Throws where results differ: then two times mean nothing.</summary>
    /// <param name="tolerance">Of the difference, relative to the largest value.</param>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public static void MustAgree(ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs, double tolerance)
    {
        if (ours.Length != theirs.Length)
            throw new InvalidOperationException($"We have {ours.Length} results, TorchSharp {theirs.Length}.");
        double scale = 0, worst = 0;
        for (int i = 0; i < ours.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs((double)theirs[i]));
            // A NaN must not pass for a small difference.
            double difference = Math.Abs((double)ours[i] - theirs[i]);
            worst = Math.Max(worst, double.IsNaN(difference) ? double.PositiveInfinity : difference);
        }
        if (!(worst <= tolerance * scale))
            throw new InvalidOperationException(
                $"Our results differ from TorchSharp's by up to {worst:G3}, where values reach {scale:G3}: the times cannot be compared.");
    }
}
