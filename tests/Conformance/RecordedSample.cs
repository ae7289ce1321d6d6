namespace GpuTensor.Conformance;

/// <summary>One thing that a sample computed.</summary>
/// <param name="Name">Which, for people.</param>
/// <param name="Value">Its value; null where there is none (a gradient that no output uses).</param>
/// <param name="Text">What was said, where the call must be refused.</param>
internal sealed record Reading(string Name, HostArray? Value, string? Text = null)
{
    /// <summary>What differs from the same call's reading in another run, to the bit; null where nothing does.</summary>
    public string? DiffersFrom(Reading other)
    {
        if (Text != other.Text) return $"{Name}: \"{Text}\", not \"{other.Text}\"";
        if (Value is null || other.Value is null)
            return Value is null == other.Value is null ? null : $"{Name} is {(Value is null ? "absent" : "there")}";
        if ((Value.DType, Value.Shape) != (other.Value.DType, other.Value.Shape))
            return $"{Name} is {Value.DType.Name()} {Value.Shape}, not {other.Value.DType.Name()} {other.Value.Shape}";
        int size = Value.DType.Size(), at = Value.Data.AsSpan().CommonPrefixLength(other.Value.Data) / size * size;
        if (at == Value.Data.Length) return null;
        return $"{Name}: element {at / size} has the bits {Bits(Value)}, not {Bits(other.Value)}";

        string Bits(HostArray array) => Convert.ToHexString(array.Data.AsSpan(at, size));
    }
}

/// <summary>A call that was recorded. Nothing need have run.</summary>
/// <param name="Read">Reads what it computed, which runs it.</param>
/// <param name="Check">Compares that with the recorded results: null where the sample passes, else what is wrong.</param>
internal sealed record RecordedSample(Func<IReadOnlyList<Reading>> Read, Func<IReadOnlyList<Reading>, string?> Check)
{
    /// <summary>The tensors of the call by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Leaves { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>Puts back what the call changes in place.</summary>
    public Action Restore { get; init; } = static () => { };
}
