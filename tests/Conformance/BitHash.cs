using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace GpuTensor.Conformance;

/// <summary>One hash of many values. Equal hashes mean equal bits, but for the sign and payload of NaNs, which a compiler may change by
/// swapping the operands of a sum.</summary>
internal sealed class BitHash
{
    private readonly XxHash128 hash = new();

    /// <summary>Adds a value: its dtype, its shape, its elements. Null, for a gradient that does not exist, counts too.</summary>
    public BitHash Add(HostArray? value)
    {
        if (value is null) return Add("none");
        Add($"{value.DType.Name()} {value.Shape}");
        return Add(value.DType, value.Data);
    }

    /// <summary>Adds elements.</summary>
    public BitHash Add(DType dtype, byte[] elements)
    {
        // NaN is compared with itself as a number, so that every NaN becomes the same one.
        var copy = (byte[])elements.Clone();
        switch (dtype)
        {
            case DType.Float64: OneNaN(MemoryMarshal.Cast<byte, double>(copy.AsSpan()), double.IsNaN, double.NaN); break;
            case DType.Float32: OneNaN(MemoryMarshal.Cast<byte, float>(copy.AsSpan()), float.IsNaN, float.NaN); break;
            case DType.Float16: OneNaN(MemoryMarshal.Cast<byte, Half>(copy.AsSpan()), Half.IsNaN, Half.NaN); break;
            case DType.BFloat16: OneNaN(MemoryMarshal.Cast<byte, ushort>(copy.AsSpan()), bits => (bits & 0x7fff) > 0x7f80, (ushort)0x7fc0);
            break;
        }
        hash.Append(copy);
        return this;
    }

    /// <summary>Adds a text.</summary>
    public BitHash Add(string text)
    {
        hash.Append(Encoding.UTF8.GetBytes(text));
        return this;
    }

    /// <summary>The hash of all that was added, as 32 hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(hash.GetCurrentHash());

    private static void OneNaN<T>(Span<T> values, Func<T, bool> isNaN, T nan)
    {
        foreach (ref var value in values)
            if (isNaN(value)) value = nan;
    }
}
