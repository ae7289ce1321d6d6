using GpuTensor.Conformance;
using Xunit;

namespace GpuTensor.Tests.ConformanceTests;

using Corpus = GpuTensor.Conformance.Corpus;

/// <summary>PyTorch's recorded samples on the reference device, file by file.</summary>
public class CorpusTests
{
    private const string Absent = "(no corpus)";

    public static TheoryData<string> Operators() => Names(secondOrder: false);

    public static TheoryData<string> SecondDerivatives() => Names(secondOrder: true);

    [Theory]
    [MemberData(nameof(Operators))]
    public void Operators_agree_with_PyTorch(string file) => Check("ops", file);

    [Theory]
    [MemberData(nameof(SecondDerivatives))]
    public void Second_derivatives_agree_with_PyTorch(string file) => Check("ops2", file);

    private static TheoryData<string> Names(bool secondOrder)
    {
        string[] names = [.. Corpus.Find()?.Files(secondOrder).Select(f => Path.GetFileNameWithoutExtension(f)) ?? []];
        return [.. names.Length == 0 ? [Absent] : names];
    }

    private static void Check(string folder, string file)
    {
        if (file == Absent) Assert.Skip("There is no corpus: set GPUTENSOR_CORPUS to its folder.");
        var result = ConformanceRun.RunFile(Path.Combine(Corpus.Find()!.Root, folder, file + ".json"), Device.Cpu);
        if (result.Unsupported == result.Samples) Assert.Skip($"{file}: {result.Why}");
        Assert.True(result.Failures.Count == 0, $"{result.Failures.Count} of {result.Samples} failed:\n"
            + string.Join('\n', result.Failures.Take(10).Select(f => $"{f.Sample}: {f.Reason}")));
    }
}
