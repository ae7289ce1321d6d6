using System.Diagnostics;
using GpuTensor.Backends;
using GpuTensor.Tests.IO;
using GpuTensor.Tests.Simulator;
using Xunit;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>Each call of driver, compiler and cuBLAS fails in turn (<see cref="FaultRun"/>). A seeded draw of all (call, error) pairs by
/// default, in which each call occurs (without memory pools, which changes few calls, a dozen);
/// <c>GPUTENSOR_FAULTS=all</c> runs all of them, a number that many, a call's name all of that call.</summary>
internal static class FaultScenarios
{
    public const string WithPoolsName = "each call fails in turn", WithoutPoolsName = "each call fails in turn, without memory pools",
        DiskName = "what lies on the disk";

    private const string Variable = "GPUTENSOR_FAULTS";

    private static readonly int[] Lasting = [719, 700, 702, 710, 714, 715, 716, 717, 718];

    private static readonly string? wanted = Environment.GetEnvironmentVariable(Variable);

    public static void WithPools() => WithRun("", run =>
    {
        EachInTurn(run, sample: 64);
        run.Repeat([.. All(run).Where(f => f is { IsCold: false, IsLasting: false, Number: 1 } && !Opens(f.Call))], times: 4);
    });

    public static void WithoutPools() => WithRun(";pools=0", run => EachInTurn(run, sample: 12));

    /// <summary>A cache that cannot be read or written, or holds what it should not, costs time and nothing else.</summary>
    public static void Disk() => WithRun("", run =>
    {
        using var folder = new TempFolder();
        string cache = folder["cache"];
        long all = run.With(cache);
        Assert.InRange(all, 1, 100);
        Assert.Equal(0, run.With(cache));
        string[] entries = Directory.GetFiles(cache);
        Assert.Equal(all, entries.Length);

        // Damaged in different places: what was kept is thrown away, and what replaces it is kept.
        for (int i = 0; i < entries.Length; i++)
        {
            byte[] bytes = File.ReadAllBytes(entries[i]);
            File.WriteAllBytes(entries[i], i % 3 == 0 ? bytes[..(bytes.Length / 2)] : i % 3 == 1 ? [] : Flipped(bytes));
        }
        Assert.Equal(all, run.With(cache));
        Assert.Equal(0, run.With(cache));

        // Whole, but no code for this GPU: the driver refuses it.
        foreach (string entry in entries)
            new DiskCache(cache).Write(Path.GetFileNameWithoutExtension(entry), [.. "\u007fELF"u8, .. new byte[200]]);
        Assert.Equal(all, run.With(cache));
        Assert.Equal(0, run.With(cache));

        // Can be neither read nor written.
        foreach (string entry in entries)
        {
            File.Delete(entry);
            Directory.CreateDirectory(entry);
        }
        Assert.Equal(all, run.With(cache));
        Assert.Empty(Directory.GetFiles(cache));
        File.WriteAllText(folder["file"], "no folder");
        Assert.Equal(all, run.With(folder["file"]));
        Assert.Equal(all, run.With("/proc/no-such-folder"));

        static byte[] Flipped(byte[] bytes)
        {
            bytes[^1] ^= 1;
            return bytes;
        }
    });

    private static void WithRun(string machine, Action<FaultRun> test)
    {
        string folder = Environment.GetEnvironmentVariable("GPUTENSOR_CUDA_LIBRARIES")!;
        string cache = Directory.CreateTempSubdirectory("gputensor-faults-").FullName;
        try
        {
            var run = new FaultRun(new SimulatorControl(folder), Environment.GetEnvironmentVariable("GPUTENSOR_SIMULATOR") + machine,
                cache);
            run.Prepare();
            test(run);
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    // Calls of opening a device, and those that give back.
    private static bool Opens(string call) => call.StartsWith("cuDevice", StringComparison.Ordinal)
        || call.StartsWith("cublasSet", StringComparison.Ordinal)
        || call is "cublasCreate_v2" or "cuStreamCreate" or "cuCtxSetCurrent" or "cuMemPoolSetAttribute" or "cuMemAlloc_v2"
            or "cuMemAllocAsync"
        || call.Contains("Destroy", StringComparison.Ordinal) || call.Contains("Free", StringComparison.Ordinal)
        || call.Contains("Unload", StringComparison.Ordinal);

    private static void EachInTurn(FaultRun run, int sample)
    {
        var all = All(run).ToArray();
        var chosen = Choose(all, sample);
        var watch = Stopwatch.StartNew();
        int told = 0;
        var wrong = new List<string>();
        foreach (var fault in chosen)
            try
            {
                if (run.Tell(fault) is not null) told++;
            }
            catch (Exception e)
            {
                wrong.Add($"{fault}: {e.GetType().Name}: {e.Message}\n{e.StackTrace}");
                if (wrong.Count >= 40) break;
                run.Restart();
            }
        if (wanted == "all") Console.WriteLine(string.Join(", ", run.ColdCalls.Select(c => $"{c.Key} {c.Value}")));
        Console.WriteLine($"{chosen.Length} of {all.Length} faults in {run.Calls.Count} calls, {told} told, {wrong.Count} wrong, "
            + $"{watch.Elapsed.TotalSeconds:F1} s");
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
        Assert.True(told >= chosen.Length / 2, $"only {told} of {chosen.Length} faults were told");
    }

    private static IEnumerable<Fault> All(FaultRun run)
    {
        int lasting = 0;
        foreach (var (call, count) in run.ColdCalls.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            // Cheaper where nothing is compiled; code that was just compiled is loaded otherwise than code from the disk.
            bool isCold = call.StartsWith("nvrtc", StringComparison.Ordinal);
            // Asked before every other call: one in so many stands for all.
            long stride = call is "cuCtxGetCurrent" ? 41 : 1;
            for (long number = 1; number <= (isCold ? count : run.Calls.GetValueOrDefault(call)); number += stride)
            {
                foreach (int code in Passing(call)) yield return new(call, number, code, isCold);
                if (!call.StartsWith("cublas", StringComparison.Ordinal) && !isCold)
                    yield return new(call, number, Lasting[lasting++ % Lasting.Length], isCold);
                if (call == "cuModuleLoadDataEx")
                    foreach (int code in (int[])[2, 200, 719]) yield return new(call, number, code, IsCold: true);
            }
        }
    }

    // Out of memory, an internal error, a program that is not made; 999 is an unknown error.
    private static int[] Passing(string call) => call switch
    {
        "cublasCreate_v2" => [1, 3],
        _ when call.StartsWith("cublas", StringComparison.Ordinal) => [13, 14],
        "nvrtcCreateProgram" => [1, 2],
        _ when call.StartsWith("nvrtc", StringComparison.Ordinal) => [11],
        // Code from the disk that the driver refuses.
        "cuModuleLoadDataEx" => [2, 200],
        _ when call.Contains("Alloc", StringComparison.Ordinal) => [2, 999],
        _ => [999],
    };

    /// <summary>The first fault of each call and the one that loses a device in the middle of a capture, then a draw of the rest.</summary>
    private static Fault[] Choose(Fault[] all, int sample)
    {
        if (wanted == "all") return all;
        if (wanted is { Length: > 0 } && !char.IsDigit(wanted[0])) return [.. all.Where(f => f.Call == wanted)];
        int count = int.TryParse(wanted, out int number) ? number : sample;
        var rest = (Fault[])all.Clone();
        new Random(20).Shuffle(rest);
        return [.. rest.DistinctBy(f => f.Call).Concat(rest.Where(f => f is { Call: "cuStreamEndCapture", IsLasting: true })).Concat(rest)
            .Distinct().Take(count)];
    }
}
