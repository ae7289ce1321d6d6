namespace GpuTensor.Bindings.Cuda;

/// <summary>What a GPU can do, as a version: 7.5 Turing, 8.x Ampere and Ada, 9.0 Hopper, 10.x and 12.x Blackwell.</summary>
/// <param name="Major">Code compiled for one major version runs on no other.</param>
/// <param name="Minor">Code runs on its own and on every higher minor version.</param>
public readonly record struct ComputeCapability(int Major, int Minor) : IComparable<ComputeCapability>
{
    /// <summary>As NVRTC counts it: 86 for 8.6, 120 for 12.0.</summary>
    public int Number => (Major * 10) + Minor;

    /// <summary>From NVRTC's number.</summary>
    public static ComputeCapability FromNumber(int number) => new(number / 10, number % 10);

    /// <summary>True where a GPU of this capability runs a CUBIN compiled for <paramref name="code"/>: the same major version, no higher
    /// minor.</summary>
    public bool Runs(ComputeCapability code) => code.Major == Major && code.Minor <= Minor;

    /// <inheritdoc/>
    public int CompareTo(ComputeCapability other) => Number.CompareTo(other.Number);

    /// <summary>Older than.</summary>
    public static bool operator <(ComputeCapability left, ComputeCapability right) => left.CompareTo(right) < 0;

    /// <summary>Newer than.</summary>
    public static bool operator >(ComputeCapability left, ComputeCapability right) => left.CompareTo(right) > 0;

    /// <summary>Not newer than.</summary>
    public static bool operator <=(ComputeCapability left, ComputeCapability right) => left.CompareTo(right) <= 0;

    /// <summary>Not older than.</summary>
    public static bool operator >=(ComputeCapability left, ComputeCapability right) => left.CompareTo(right) >= 0;

    /// <summary>"8.6".</summary>
    public override string ToString() => $"{Major}.{Minor}";
}
