namespace GpuTensor;

/// <summary>Conversions to and from the 16-bit patterns of the half dtypes, rounding to nearest even.</summary>
internal static class HalfBits
{
    public static ushort FromFloat(DType half, float value) => half == DType.Float16 ? BitConverter.HalfToUInt16Bits((Half)value) : ToBFloat16(value);

    public static float ToFloat(DType half, ushort bits) => half == DType.Float16 ? (float)BitConverter.UInt16BitsToHalf(bits) : FromBFloat16(bits);

    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return (ushort)(bits >> 16 | 0x40);
        return (ushort)(bits + 0x7fff + (bits >> 16 & 1) >> 16);
    }
}
