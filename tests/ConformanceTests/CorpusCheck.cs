using GpuTensor.Conformance;
using Xunit;

namespace GpuTensor.Tests.ConformanceTests;

using Corpus = GpuTensor.Conformance.Corpus;

/// <summary>A test of each file of the corpus.</summary>
internal static class CorpusCheck
{
    private const string Absent = "(no corpus)";

    /// <summary>The files' names; one that skips where there is no corpus.</summary>
    public static TheoryData<string> Names(bool secondOrder)
    {
        string[] names = [.. (OptionalPart.Corpus.Find() is { } root ? Corpus.Open(root).Files(secondOrder) : [])
            .Select(f => Path.GetFileNameWithoutExtension(f))];
        return [.. names.Length == 0 ? [Absent] : names];
    }

    /// <summary>Runs a file: no sample of it may fail.</summary>
    public static void Run(string folder, string file, Device device, SampleDraw? draw = null)
    {
        string root = OptionalPart.Corpus.Require();
        var result = ConformanceRun.RunFile(Path.Combine(root, folder, file + ".json"), device, draw);
        if (result.Unsupported == result.Samples) Assert.Skip($"{file}: {result.Why}");
        Assert.True(result.Failures.Count == 0, $"{result.Failures.Count} of {result.Samples} failed:\n"
            + string.Join('\n', result.Failures.Take(10).Select(f => $"{f.Sample}: {f.Reason}")));
    }
}
