using System.Text.Json;
using GpuTensor.IO;
using Xunit;

namespace GpuTensor.Tests.IO;

/// <summary>Every file of the corpus: good ones give exactly the recorded values, bad ones are refused at once, by name, and without taking
/// memory.</summary>
public class CorpusFileTests
{
    private const string Whole = ""; // the name of the only array of a file that holds one

    private static readonly Lazy<JsonElement> Manifest = new(() => Corpus.Json("files", "manifest.json"));

    private static Dictionary<string, HostArray> Read(string path) => Path.GetExtension(path) switch
    {
        ".npy" => new() { [Whole] = Npy.Read(path) },
        ".npz" => Npz.Read(path),
        ".idx" => new() { [Whole] = Idx.Read(path) },
        ".safetensors" => SafeTensors.Read(path).Arrays,
        var other => throw new NotSupportedException($"The corpus has a file of an unknown kind, {other}."),
    };

    private static HostArray Expected(JsonElement array) =>
        Corpus.Array(Corpus.DTypeOf(array.GetProperty("dtype")), array.GetProperty("shape"), array.GetProperty("values"));

    private static IEnumerable<JsonElement> Entries(JsonValueKind ok) =>
        Manifest.Value.EnumerateArray().Where(f => f.GetProperty("ok").ValueKind == ok);

    private static void AssertEqual(HostArray expected, HostArray actual, string name)
    {
        Assert.Equal($"{name}: {expected.DType} {expected.Shape}", $"{name}: {actual.DType} {actual.Shape}");
        if (!expected.DType.IsFloatingPoint())
        {
            Assert.True(expected.Data.AsSpan().SequenceEqual(actual.Data), name);
            return;
        }
        Assert.Equal(Bits(expected), Bits(actual)); // bits, so that -0 is not 0; NaNs are made equal
    }

    private static double[] Bits(HostArray a)
    {
        var values = new double[a.Count];
        for (int i = 0; i < values.Length; i++)
        {
            double v = a.DType switch
            {
                DType.Float64 => a.As<double>()[i],
                DType.Float32 => a.As<float>()[i],
                _ => HalfBits.ToFloat(a.DType, a.As<ushort>()[i]),
            };
            values[i] = double.IsNaN(v) ? double.NaN : v == 0 && double.IsNegative(v) ? -1e-320 : v;
        }
        return values;
    }

    [Fact]
    public void Good_files_give_exactly_the_recorded_values()
    {
        int n = 0;
        foreach (var file in Entries(JsonValueKind.True))
        {
            string name = file.GetProperty("file").GetString()!;
            var arrays = Read(Corpus.Path("files", name));
            if (file.TryGetProperty("arrays", out var many))
            {
                Assert.Equal(many.EnumerateObject().Select(p => p.Name).Order(), arrays.Keys.Order());
                foreach (var one in many.EnumerateObject())
                {
                    var (expected, actual) = (Expected(one.Value), arrays[one.Name]);
                    // The recorder's safetensors writer made [1] of a 0-d array, as the file's own header says; the manifest has the
                    // array's shape.
                    if (name.EndsWith(".safetensors", StringComparison.Ordinal) && expected.Shape.Rank == 0 && actual.Shape == [1])
                        expected = new(expected.DType, [1], expected.Data);
                    AssertEqual(expected, actual, $"{name}: {one.Name}");
                }
            }
            else AssertEqual(Expected(file), arrays[Whole], name);
            if (file.TryGetProperty("metadata", out var metadata))
                Assert.Equal(
                    metadata.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!),
                    SafeTensors.Read(Corpus.Path("files", name)).Metadata);
            n++;
        }
        Assert.True(n >= 50, $"only {n} good files");
    }

    [Fact]
    public void Bad_files_are_refused_by_name_and_without_memory()
    {
        int n = 0;
        foreach (var file in Entries(JsonValueKind.False))
        {
            string name = file.GetProperty("file").GetString()!, why = file.GetProperty("why").GetString()!;
            var (error, bytes) = Refused(Corpus.Path("files", name));
            Assert.True(error is not null, $"{name} was read, though bad: {why}");
            Assert.Contains(name, error.Message);
            Assert.Contains("at byte", error.Message);
            Assert.True(bytes < 4 << 20, $"{name}: {bytes} bytes were allocated");
            n++;
        }
        Assert.True(n >= 30, $"only {n} bad files");
    }

    [Fact]
    public void Doubtful_files_are_refused_by_name_or_read_without_inflating_bombs()
    {
        foreach (var file in Entries(JsonValueKind.Null))
        {
            string name = file.GetProperty("file").GetString()!, why = file.GetProperty("why").GetString()!;
            var (error, bytes) = Refused(Corpus.Path("files", name));
            Assert.True(bytes < 4 << 20, $"{name}: {bytes} bytes were allocated");
            if (error is null) continue;
            Assert.Contains(name, error.Message);
            // "dtype uint16: …" must be named.
            if (why.StartsWith("dtype ", StringComparison.Ordinal)) Assert.Contains(why.Split(' ', ':')[1], error.Message);
        }
    }

    private static (TensorFileException? Error, long Bytes) Refused(string path)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        TensorFileException? error = null;
        try { Read(path); }
        catch (TensorFileException e) { error = e; }
        return (error, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
