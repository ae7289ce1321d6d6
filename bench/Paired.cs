using System.Globalization;
using System.Text.Json.Nodes;

namespace GpuTensor.Bench;

/// <summary>Ratios for a machine that is not ours alone: the two sides take turns, many times, and what is compared is processor time, not
/// time by the clock. With one thread a side nobody waits at barriers, so other processes stretch the clock and hardly the processor
/// time.</summary>
internal static class Paired
{
    private const int Rounds = 15;
    private const double SampleSeconds = 0.1;

    private static readonly (string Name, Func<(Action Ours, Action Peer, int Operations)> Make)[] Workloads =
    [
        (nameof(FusedChain), () =>
        {
            var (ours, peer) = (new FusedChain(), new FusedChain());
            ours.Setup();
            peer.SetupPeer();
            return (ours.Ours, peer.TorchSharp, 1);
        }),
        (nameof(MatMul), () =>
        {
            var (ours, peer) = (new MatMul(), new MatMul());
            ours.Setup();
            peer.SetupPeer();
            return (ours.Ours, peer.TorchSharp, 1);
        }),
        (nameof(RegressionStep), () =>
        {
            var (ours, peer) = (new RegressionStep(), new RegressionStep());
            ours.SetupOurs();
            peer.SetupPeer();
            return (() => ours.Ours(), () => peer.TorchSharp(), RegressionStep.ReadEvery);
        }),
        (nameof(MlpStep), () =>
        {
            var (ours, peer) = (new MlpStep(), new MlpStep());
            ours.SetupOurs();
            peer.SetupPeer();
            return (() => ours.Ours(), () => peer.TorchSharp(), MlpStep.ReadEvery);
        }),
    ];

    /// <summary>Measures the workloads whose names contain a filter's word, and prints a line for each.</summary>
    /// <returns>The exit status.</returns>
    public static int Run(string? filter, bool json)
    {
        bool IsMeant(string name) => filter is null || name.Contains(filter.Trim('*'), StringComparison.OrdinalIgnoreCase);
        var all = new JsonObject();
        if (Peer.IsLoaded)
            Console.WriteLine($"Processor time of an operation, {Peer.Threads} thread(s) a side, the sides in turn {Rounds} times; "
                + "medians, "
                + "and the middle half of the ratios. Above 1 we need less.");
        else Console.WriteLine($"TorchSharp is skipped, no ratios: {Peer.WhyNot}");
        foreach (var (name, make) in Peer.IsLoaded ? Workloads : [])
        {
            if (!IsMeant(name)) continue;
            var (ours, peer, operations) = make();
            int ourCount = CountFor(ours), peerCount = CountFor(peer);
            var (ourTimes, peerTimes, ratios) = (new double[Rounds], new double[Rounds], new double[Rounds]);
            for (int i = 0; i < Rounds; i++)
            {
                ourTimes[i] = Sample(ours, ourCount) / operations;
                peerTimes[i] = Sample(peer, peerCount) / operations;
                ratios[i] = peerTimes[i] / ourTimes[i];
            }
            foreach (var values in (double[][])[ourTimes, peerTimes, ratios]) Array.Sort(values);
            var (middle, low, high) = (Rounds / 2, Rounds / 4, Rounds - 1 - Rounds / 4);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-16} ours {ourTimes[middle] * 1e6,10:0.0} µs   TorchSharp {peerTimes[middle] * 1e6,10:0.0} µs   "
                + $"ratio {ratios[middle]:0.00} ({ratios[low]:0.00} to {ratios[high]:0.00})"));
            all[name] = new JsonObject
            {
                ["ours_cpu_ns"] = Math.Round(ourTimes[middle] * 1e9),
                ["peer_cpu_ns"] = Math.Round(peerTimes[middle] * 1e9),
                ["ratio"] = Math.Round(ratios[middle], 3),
                ["ratio_low"] = Math.Round(ratios[low], 3),
                ["ratio_high"] = Math.Round(ratios[high], 3),
            };
        }
        if (IsMeant(nameof(HostWork))) all[nameof(HostWork)] = MeasureHostWork();
        if (IsMeant(nameof(PlanWork))) all[nameof(PlanWork)] = MeasurePlanWork();
        if (all.Count == 0)
        {
            Console.Error.WriteLine(
                $"No workload's name contains '{filter}'; there are {string.Join(", ", Workloads.Select(w => w.Name))}, "
                + $"{nameof(HostWork)}, {nameof(PlanWork)}.");
            return 1;
        }
        if (json) Console.WriteLine(new JsonObject { ["cpu_time"] = all, ["threads"] = Peer.Threads }.ToJsonString());
        return 0;
    }

    private static JsonObject MeasureHostWork()
    {
        var work = new HostWork();
        work.Setup();
        try
        {
            int count = CountFor(work.Step);
            var times = new double[Rounds];
            // The compiler's second tier works beside the first samples.
            for (int i = 0; i < Rounds; i++) Sample(work.Step, count);
            for (int i = 0; i < Rounds; i++) times[i] = Sample(work.Step, count) / HostWork.PerStep.Nodes;
            Array.Sort(times);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++) work.Step();
            double bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 100.0 / HostWork.PerStep.Nodes;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{nameof(HostWork),-16} {times[Rounds / 2] * 1e9:0} ns of processor time and {bytes:0} bytes per recorded operator "
                + $"(targets {HostWork.TargetNanoseconds} ns, {HostWork.TargetBytes} bytes); "
                + $"a step is {HostWork.PerStep.Nodes} operators"));
            return new()
            {
                ["cpu_ns_per_operator"] = Math.Round(times[Rounds / 2] * 1e9, 1),
                ["bytes_per_operator"] = Math.Round(bytes, 1),
                ["operators"] = HostWork.PerStep.Nodes,
            };
        }
        finally
        {
            work.Cleanup();
        }
    }

    private static JsonObject MeasurePlanWork()
    {
        using var work = new PlanWork();
        var times = new double[Rounds];
        for (int i = 0; i < Rounds; i++) times[i] = Sample(work.Plan, 8) - Sample(work.Step, 8);
        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{nameof(PlanWork),-16} {times[Rounds / 2] * 1e3:0.0} ms of processor time to plan a step of {work.Kernels} kernels "
            + $"for another number of rows"));
        return new() { ["cpu_ms"] = Math.Round(times[Rounds / 2] * 1e3, 2), ["kernels"] = work.Kernels };
    }

    /// <summary>How many calls make a sample long enough to time. The calls before warm the code up.</summary>
    private static int CountFor(Action action)
    {
        for (int i = 0; i < 3; i++) action();
        int count = 1;
        while (Sample(action, count) * count < SampleSeconds) count *= 2;
        return count;
    }

    /// <summary>Seconds of processor time, of all threads, for one call.</summary>
    private static double Sample(Action action, int count)
    {
        var before = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < count; i++) action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds / count;
    }
}
