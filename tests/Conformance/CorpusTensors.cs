using System.Text.Json;
using GpuTensor.IO;

namespace GpuTensor.Conformance;

/// <summary>The tensors of a corpus file, in host memory.</summary>
internal sealed class CorpusTensors(string path)
{
    private readonly Dictionary<string, HostArray> tensors = File.Exists(path) ? SafeTensors.Read(path).Arrays : [];

    /// <summary>The recorded contents of a TENSOR value.</summary>
    public HostArray this[JsonElement value]
    {
        get
        {
            var key = value.GetProperty("tensor").GetString()!;
            return tensors.TryGetValue(key, out var array) ? array : throw new InvalidDataException($"{path} has no tensor '{key}'.");
        }
    }
}
