namespace GpuTensor;

/// <summary>Conversions to and from the 16-bit patterns of the half dtypes, rounding to nearest, ties to even. float16 goes through <see
/// cref="Half"/>; bfloat16, which .NET has no conversion for, is done here.</summary>
internal static class HalfBits
{
    public static ushort FromFloat(DType half, float value) =>
        half == DType.Float16 ? BitConverter.HalfToUInt16Bits((Half)value) : ToBFloat16(value);

    public static float ToFloat(DType half, ushort bits) =>
        half == DType.Float16 ? (float)BitConverter.UInt16BitsToHalf(bits) : FromBFloat16(bits);

    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>The nearest bfloat16: what is beyond the largest becomes infinite.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        // Rounding a NaN could carry out of its payload and give zero or infinity: cut it off and make it quiet.
        if (float.IsNaN(value)) return (ushort)(bits >> 16 | 0x40);
        return (ushort)(bits + 0x7fff + (bits >> 16 & 1) >> 16);
    }
}
