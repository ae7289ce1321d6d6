using GpuTensor.Conformance;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.ConformanceTests;

using Corpus = GpuTensor.Conformance.Corpus;

/// <summary>A corpus that is broken is said to be so, by file; what is whole in it is run.</summary>
public class HostileCorpusTests
{
    private const string Sample =
        """
        {"op": "abs", "samples": [{"id": "f32.0", "dtype": "float32",
          "input": {"tensor": "f32.0/input", "dtype": "float32", "shape": [2]}, "outputs": []}]}
        """;

    [Theory]
    [InlineData("""{"op": "abs", broken""", null, "is no JSON")]
    [InlineData("""{"samples": []}""", null, "the operator's name")]
    [InlineData("[]", null, "the operator's name")]
    [InlineData("""{"op": "abs", "samples": [{"dtype": "float32"}]}""", null, "is not of the corpus format")]
    [InlineData(Sample, null, "has no tensor 'f32.0/input'")]
    [InlineData(Sample, "", "should be")]
    [InlineData(Sample, "\xff\xff\xff\xff\xff\xff\xff\x7f{}", "bytes long")]
    [InlineData(Sample, "\u0003\0\0\0\0\0\0\0{x}", "the header is no JSON")]
    [InlineData(Sample, """I       {"f32.0/input":{"dtype":"F32","shape":[2],"data_offsets":[0,4096000]}}""", "lies at bytes")]
    public void Each_broken_file_fails_by_its_own_error(string json, string? tensors, string expected)
    {
        using var folder = new TempFolder();
        string ops = Directory.CreateDirectory(Path.Combine(folder.Path, "ops")).FullName;
        File.WriteAllText(Path.Combine(ops, "abs.json"), json);
        File.WriteAllText(Path.Combine(ops, "zzz.json"), """{"op": "there is no such operator", "samples": [{}, {}]}""");
        if (tensors is not null)
        {
            byte[] bytes = [.. tensors.Select(c => (byte)c)];
            if (bytes is [(byte)'I', ..]) BitConverter.TryWriteBytes(bytes, (long)bytes.Length - 8);
            File.WriteAllBytes(Path.Combine(ops, "abs.safetensors"), bytes);
        }
        var result = new ConformanceRun { Device = Device.Cpu, Corpus = Corpus.Open(folder.Path) }.Run();
        var failure = Assert.Single(result.Operators.SelectMany(o => o.Failures));
        Assert.Equal("abs", failure.Operator);
        Assert.Contains(expected, failure.Reason);
        Assert.Equal((1, 2, 3), (result.Failed, result.Unsupported, result.Samples));
    }

    [Fact]
    public void A_folder_that_is_no_corpus_is_refused()
    {
        using var folder = new TempFolder();
        Assert.Contains("is no corpus", Assert.Throws<DirectoryNotFoundException>(() => Corpus.Open(folder.Path)).Message);
        Assert.Throws<DirectoryNotFoundException>(() => Corpus.Open(Path.Combine(folder.Path, "nowhere")));
    }
}
