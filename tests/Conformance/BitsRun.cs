using System.Text.Json;

namespace GpuTensor.Conformance;

/// <summary>One program and the hash of all that it computed; where it failed, the failure in place of a hash.</summary>
/// <param name="Name"><c>program/17</c>, <c>train/clip-norm</c>, <c>ops/add/SAMPLE</c> or <c>ops2/add/SAMPLE</c>.</param>
/// <param name="Hash">32 hexadecimal digits, or <c>failed: …</c>.</param>
public sealed record ProgramBits(string Name, string Hash);

/// <summary>Hashes what programs compute on a device: the random programs of the equal-bits test, recorded training runs, every recorded
/// sample. Two builds of the engine that give the same hashes on one machine compute the same bits.
/// </summary>
/// <param name="device">Where to run.</param>
/// <param name="corpus">The recordings; null: random programs alone.</param>
/// <param name="programs">Random programs to run.</param>
/// <param name="choice">Which samples of each file; null: all.</param>
/// <param name="filter">Which names are run; a name of a file of samples is <c>ops/add</c>.</param>
public sealed class BitsRun(Device device, Corpus? corpus, int programs, SampleChoice? choice, Func<string, bool> filter)
{
    /// <summary>Runs one after the other, on one thread: random numbers follow the order of calls.</summary>
    public IEnumerable<ProgramBits> Run()
    {
        for (int seed = 0; seed < programs; seed++)
            if (filter($"program/{seed}")) yield return Guarded($"program/{seed}", RandomProgramOf(seed));
        if (corpus is null) yield break;
        foreach (string name in TrainingRuns.Names)
            if (filter($"train/{name}") && (name != TrainingRuns.FashionMlp || TrainingRuns.HasFashionMnist))
                yield return Guarded($"train/{name}", hash =>
                    TrainingRuns.Run(corpus.Root, name, device, steps: null, value => hash.Add(value)));
        foreach (bool second in (bool[])[false, true])
            foreach (string path in corpus.Files(second))
            {
                string file = $"{(second ? "ops2" : "ops")}/{Path.GetFileNameWithoutExtension(path)}";
                if (!filter(file)) continue;
                foreach (var bits in Samples(file, path)) yield return bits;
            }
    }

    /// <summary>Ten steps, plain and compiled.</summary>
    private Action<BitHash> RandomProgramOf(int seed) => hash =>
    {
        var program = new RandomProgram(seed);
        foreach (bool compiled in (bool[])[false, true])
            foreach (var result in program.Run(device, compiled)) hash.Add(DType.Float32, result);
    };

    private List<ProgramBits> Samples(string file, string path)
    {
        List<ProgramBits> all = [];
        try
        {
            using var opened = new CorpusFile(path);
            var run = new FileRun(opened, device, replay: false)
            {
                Observe = (id, readings) =>
                {
                    var hash = new BitHash();
                    foreach (var reading in readings) hash.Add(reading.Name).Add(reading.Value).Add(reading.Text ?? "");
                    all.Add(new($"{file}/{id}", hash.ToString()));
                },
            };
            run.Run(choice);
        }
        catch (Exception e) when (
            e is InvalidDataException or IOException or JsonException or KeyNotFoundException
                or InvalidOperationException or FormatException)
        {
            all.Add(new(file, $"failed: {SampleRunner.Describe(e)}"));
        }
        return all;
    }

    private static ProgramBits Guarded(string name, Action<BitHash> run)
    {
        var hash = new BitHash();
        try
        {
            run(hash);
            return new(name, hash.ToString());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new(name, $"failed: {SampleRunner.Describe(e)}");
        }
    }
}
