using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using GpuTensor.Bench;

// Options of BenchmarkDotNet pass through (--filter, --list, …); three are ours: --short, a few iterations instead of a full run, --json,
// one line for machines at the end, and --cpu-time, which measures without BenchmarkDotNet (see Paired).
bool quick = args.Contains("--short"), json = args.Contains("--json");
List<string> rest = [.. args.Where(a => a is not ("--short" or "--json" or "--cpu-time"))];
if (args.Contains("--cpu-time")) return Paired.Run(rest.SkipWhile(a => a is not ("--filter" or "-f")).Skip(1).FirstOrDefault(), json);
if (!rest.Any(a => a is "--filter" or "-f" or "--list")) rest.AddRange(["--filter", "*"]);

// Named before HostWork puts a device of its own in its place.
var device = GpuTensor.Device.Default;
var load = Report.LoadAverage();
if (!Peer.IsLoaded) Console.WriteLine($"TorchSharp is skipped, no ratios: {Peer.WhyNot}");

// In this process: the loader's tricks that make the peer run (see README.md) need not survive a second build, and both sides share one
// warm machine.
var job = (quick ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
var config = ManualConfig.CreateEmpty()
    .AddJob(job)
    .AddLogger(ConsoleLogger.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddFilter(new SimpleFilter(b => Peer.IsLoaded || b.Descriptor.WorkloadMethod.Name != Peer.Method))
    .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile);

var summaries = BenchmarkSwitcher
    .FromTypes([typeof(FusedChain), typeof(MatMul), typeof(RegressionStep), typeof(MlpStep), typeof(HostWork)])
    .Run([.. rest], config)
    .ToArray();
if (summaries.Length == 0) return rest.Contains("--list") ? 0 : 1;

var report = new Report(summaries, quick, device, load);
Console.WriteLine();
Console.Write(report.Text());
if (json) Console.WriteLine(report.Json());
return report.IsComplete ? 0 : 1;
