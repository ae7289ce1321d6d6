using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Reports;

namespace GpuTensor.Bench;

/// <summary>What a run found: per workload our time, the peer's and their ratio, for people and as one JSON object.</summary>
internal sealed class Report
{
    private readonly List<Line> lines = [];
    private readonly Summary[] summaries;
    private readonly bool quick;
    private readonly Device device;
    private readonly double? load;

    public Report(Summary[] summaries, bool quick, Device device, double? load)
    {
        (this.summaries, this.quick, this.device, this.load) = (summaries, quick, device, load);
        foreach (var workload in summaries.SelectMany(s => s.Reports).GroupBy(r => r.BenchmarkCase.Descriptor.Type.Name))
        {
            var peer = workload.FirstOrDefault(r => r.BenchmarkCase.Descriptor.WorkloadMethod.Name == Peer.Method);
            foreach (var ours in workload.Where(r => r != peer))
            {
                string method = ours.BenchmarkCase.Descriptor.WorkloadMethod.Name;
                lines.Add(new(method is "Ours" or "Step" ? workload.Key : $"{workload.Key}.{method}", ours, peer));
            }
        }
        IsComplete = summaries.All(s => !s.HasCriticalValidationErrors && s.Reports.All(r => r.Success)) && lines.Count > 0;
    }

    /// <summary>Processes that wanted to run in the last minute; null where the system does not say.</summary>
    public static double? LoadAverage() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;

    /// <summary>Every benchmark that was asked for has a time.</summary>
    public bool IsComplete { get; }

    /// <summary>Medians: a shared machine disturbs a mean more.</summary>
    private sealed record Line(string Name, BenchmarkReport Ours, BenchmarkReport? Peer)
    {
        public double? OursNanoseconds => Ours.ResultStatistics?.Median;

        public double? PeerNanoseconds => Peer?.ResultStatistics?.Median;

        public double? Ratio => PeerNanoseconds / OursNanoseconds;

        /// <summary>The slowest iteration over the fastest, of the side where that is larger.</summary>
        public double? Spread => Spreads(Ours) is { } ours ? Math.Max(ours, Spreads(Peer) ?? 1) : null;

        private static double? Spreads(BenchmarkReport? report) => report?.ResultStatistics is { } s ? s.Max / s.Min : null;
    }

    // On a quiet machine iterations are within a few percent. Threads that spin at barriers, as OpenMP's do, get slower by orders of
    // magnitude when others want the processors: such a ratio is about the machine and not about the libraries.
    private const double MostSpread = 1.25;

    /// <summary>One line a workload.</summary>
    public string Text()
    {
        var text = new StringBuilder("The ratio is TorchSharp's median time over ours: above 1 we are faster.\n");
        Row("workload", "ours", "TorchSharp", "ratio");
        foreach (var line in lines.Where(l => !IsHostWork(l)))
        {
            string ratio = line.Ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";
            Row(line.Name, Time(line.OursNanoseconds), Time(line.PeerNanoseconds), ratio);
            if (line.Spread > MostSpread)
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"  unsteady: iterations differ by {line.Spread:0.0} times; do not quote this ratio");
        }
        if (load > Environment.ProcessorCount)
            text.AppendLine(CultureInfo.InvariantCulture, $"The load average was {load:0.0} on {Environment.ProcessorCount} cores before "
                + $"the first benchmark: others compute here, and no ratio of this run can be quoted.");
        if (!Peer.IsLoaded) text.AppendLine($"TorchSharp was skipped: {Peer.WhyNot}");
        if (Host() is var (nanoseconds, bytes))
            text.AppendLine(CultureInfo.InvariantCulture, $"HostWork: {nanoseconds:0} ns and {bytes:0} bytes per recorded operator "
                + $"(targets {HostWork.TargetNanoseconds} ns, {HostWork.TargetBytes} bytes); a step is {HostWork.PerStep.Nodes} operators "
                + $"in {HostWork.PerStep.Launches} launches");
        return text.ToString();

        void Row(string name, string ours, string peer, string ratio) => text.AppendLine($"{name,-24} {ours,12} {peer,12} {ratio,7}");
    }

    /// <summary>Everything on one line.</summary>
    public string Json()
    {
        var workloads = new JsonObject();
        var ratios = new JsonObject();
        foreach (var line in lines.Where(l => !IsHostWork(l)))
        {
            workloads[line.Name] = new JsonObject
            {
                ["ours_ns"] = Number(line.OursNanoseconds),
                ["peer_ns"] = Number(line.PeerNanoseconds),
                ["ratio"] = Number(line.Ratio),
                ["spread"] = Number(line.Spread),
                ["steady"] = line.Spread <= MostSpread,
            };
            ratios[line.Name] = Number(line.Ratio);
        }
        var whole = new JsonObject
        {
            ["ratios"] = ratios,
            ["workloads"] = workloads,
            ["host_work"] = Host() is var (nanoseconds, bytes)
                ? new JsonObject
                {
                    ["ns_per_operator"] = Number(nanoseconds),
                    ["bytes_per_operator"] = Number(bytes),
                    ["operators"] = HostWork.PerStep.Nodes,
                    ["launches"] = HostWork.PerStep.Launches,
                }
                : null,
            ["peer"] = Peer.IsLoaded ? $"TorchSharp, libtorch {Peer.Version}, {Peer.Threads} threads" : null,
            ["peer_skipped"] = Peer.WhyNot,
            ["job"] = quick ? "short" : "default",
            ["complete"] = IsComplete,
            ["machine"] = new JsonObject
            {
                ["processor"] = summaries[0].HostEnvironmentInfo.Cpu.Value?.ProcessorName,
                ["load_average"] = Number(load),
                ["cores"] = Environment.ProcessorCount,
                ["system"] = RuntimeInformation.OSDescription,
                ["device"] = $"{device.Name}: {device.Description}",
            },
            ["versions"] = new JsonObject
            {
                ["gputensor"] = VersionOf(typeof(Tensor)),
                ["dotnet"] = Environment.Version.ToString(),
                ["torchsharp"] = VersionOf(typeof(TorchSharp.torch)),
                ["libtorch"] = Peer.Version,
                ["benchmarkdotnet"] = VersionOf(typeof(Summary)),
            },
        };
        // For programs, not for a web page: names need no escaping beyond JSON's own.
        return whole.ToJsonString(new() { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static bool IsHostWork(Line line) => line.Name == nameof(HostWork);

    /// <summary>Time and bytes of one recorded operator, where that was measured.</summary>
    private (double Nanoseconds, double Bytes)? Host() =>
        lines.Find(IsHostWork) is { OursNanoseconds: { } time } line && HostWork.PerStep.Nodes > 0
            && line.Ours.GcStats.GetBytesAllocatedPerOperation(line.Ours.BenchmarkCase) is { } bytes
            ? (time / HostWork.PerStep.Nodes, (double)bytes / HostWork.PerStep.Nodes)
            : null;

    private static JsonNode? Number(double? value) => value is { } v && double.IsFinite(v) ? JsonValue.Create(Math.Round(v, 3)) : null;

    private static string Time(double? nanoseconds) => nanoseconds switch
    {
        null => "-",
        < 1e3 => FormattableString.Invariant($"{nanoseconds:0} ns"),
        < 1e6 => FormattableString.Invariant($"{nanoseconds / 1e3:0.0} µs"),
        _ => FormattableString.Invariant($"{nanoseconds / 1e6:0.00} ms"),
    };

    // Without the commit that the SDK appends after a plus.
    private static string VersionOf(Type type) =>
        (type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? type.Assembly.GetName().Version!.ToString()).Split('+')[0];
}
