using System.CommandLine;
using System.Diagnostics;
using System.Text;
using GpuTensor.Conformance;
using GpuTensor.IO;

namespace GpuTensor.Cli;

/// <summary><c>gputensor bits</c>: one hash for each program, to compare two builds of the engine on one machine.</summary>
internal static class BitsCommand
{
    /// <summary>The random programs of the equal-bits test.</summary>
    private const int AllPrograms = 200;

    public static Command Make()
    {
        var device = CommonOptions.Device();
        var corpus = CommonOptions.Corpus("");
        var filter = new TextOption("--filter") { Description =
            "Only names that contain this: program/17, train/clip-norm, ops/add, ops2/add", HelpName = "TEXT" };
        var programs = new NumberOption<int>("--programs", 0, AllPrograms,
            absent: AllPrograms) { Description = "Random programs run, from the first" };
        var oneIn = CommonOptions.OneIn("at least three");
        var output = new PathOption("--out", "FILE") { Description = "Write the hashes to this file, one \"NAME HASH\" a line" };
        var compare = new PathOption("--compare", "FILE") { Description = "Compare with the hashes of this file, written by --out" };
        var json = CommonOptions.Json();
        var command = new Command("bits",
            "Hash what 200 random programs, all recorded training runs and all recorded samples compute; compare with another build's "
            + "hashes")
        {
            device, corpus, filter, programs, oneIn, output, compare, json,
        };
        command.SetAction(parsed =>
        {
            var before = parsed.GetValue(compare) is { } path ? Read(path) : null;
            if (parsed.GetValue(output) is { } file) Outputs.CheckFile(file);
            var target = CommonOptions.Open(parsed.GetValue(device));
            var recordings = parsed.GetValue(corpus) is { } folder ? Corpus.Open(folder) : Corpus.Find();
            if (recordings is null)
                Console.Error.WriteLine(
                    "gputensor: no corpus beside the repository (--corpus DIR, GPUTENSOR_CORPUS): random programs alone.");
            var run = new BitsRun(target, recordings, parsed.GetValue(programs),
                parsed.GetValue(oneIn) is > 1 and var n ? new SampleDraw(n, AtLeast: 3, Seed: 0) : null,
                parsed.GetValue(filter) is { } text ? name => name.Contains(text, StringComparison.OrdinalIgnoreCase) : _ => true);
            return Run(run, before, parsed.GetValue(output), parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(BitsRun run, Dictionary<string, string>? before, string? output, bool json)
    {
        var watch = Stopwatch.StartNew();
        List<ProgramBits> all = [];
        int different = 0, failed = 0, compared = 0;
        foreach (var program in run.Run())
        {
            all.Add(program);
            if (program.Hash.StartsWith("failed", StringComparison.Ordinal)) failed++;
            if (before is null)
            {
                if (!json && output is null) Console.WriteLine($"{program.Name} {program.Hash}");
                continue;
            }
            if (!before.TryGetValue(program.Name, out string? was)) continue;
            compared++;
            if (was == program.Hash) continue;
            different++;
            if (!json) Console.WriteLine($"{program.Name} differs: {program.Hash}, was {was}");
        }
        string whole = all.Aggregate(new BitHash(), (hash, p) => hash.Add(p.Name).Add(p.Hash)).ToString();
        if (output is not null)
            AtomicFile.Write(output, stream =>
                stream.Write(Encoding.UTF8.GetBytes(string.Concat(all.Select(p => $"{p.Name} {p.Hash}\n")))));
        string comparison = before is null ? "" : $"; {compared} compared, {different} differ";
        Console.WriteLine($"{all.Count} programs, {failed} failed{comparison}; all together {whole}; {watch.Elapsed.TotalSeconds:F1} s");
        if (json)
            Console.WriteLine(JsonLine.Of(new
            {
                programs = all.Count, failed, compared, different, hash = whole, seconds = Math.Round(watch.Elapsed.TotalSeconds, 3),
                hashes = all.ToDictionary(p => p.Name, p => p.Hash),
            }));
        if (before is not null && compared == 0) throw new UsageException("No program of this run is in the file given to --compare.");
        return different == 0 ? 0 : 1;
    }

    private static Dictionary<string, string> Read(string path)
    {
        var hashes = new Dictionary<string, string>();
        foreach (string line in Inputs.ReadText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0) throw new UsageException($"'{path}' is no file of hashes: \"NAME HASH\" was expected on each line.");
            hashes[line[..space]] = line[(space + 1)..];
        }
        return hashes;
    }
}
