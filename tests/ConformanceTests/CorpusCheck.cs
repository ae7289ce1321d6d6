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
        string[] names = [.. Corpus.Find()?.Files(secondOrder).Select(f => Path.GetFileNameWithoutExtension(f)) ?? []];
        return [.. names.Length == 0 ? [Absent] : names];
    }

    /// <summary>Runs a file: no sample of it may fail.</summary>
    public static void Run(string folder, string file, Device device, SampleDraw? draw = null)
    {
        if (file == Absent) Assert.Skip("There is no corpus: set GPUTENSOR_CORPUS to its folder.");
        var result = ConformanceRun.RunFile(Path.Combine(Corpus.Find()!.Root, folder, file + ".json"), device, draw);
        if (result.Unsupported == result.Samples) Assert.Skip($"{file}: {result.Why}");
        Assert.True(result.Failures.Count == 0, $"{result.Failures.Count} of {result.Samples} failed:\n"
            + string.Join('\n', result.Failures.Take(10).Select(f => $"{f.Sample}: {f.Reason}")));
    }
}
