namespace GpuTensor.CudaSimulator.Interpreter.Operations;

// Bit fields, permutations, funnel shifts and dot products, after the pseudo-code of the PTX ISA.

internal readonly struct ExtractField32 : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c)
    {
        int position = (int)(b & 0xFF), length = (int)(c & 0xFF);
        if (length == 0 || position > 31) return 0;
        uint value = a >> position;
        return length >= 32 ? value : value & ((1u << length) - 1);
    }
}

/// <summary>Bits beyond the end of a are its sign.</summary>
internal readonly struct ExtractFieldSigned32 : ITernary<int, int, uint, uint>
{
    public static int Invoke(int a, uint b, uint c) => (int)ExtractFieldSigned64.Of(a, b, c, 31);
}

internal readonly struct ExtractField64 : ITernary<ulong, ulong, uint, uint>
{
    public static ulong Invoke(ulong a, uint b, uint c)
    {
        int position = (int)(b & 0xFF), length = (int)(c & 0xFF);
        if (length == 0 || position > 63) return 0;
        ulong value = a >> position;
        return length >= 64 ? value : value & ((1UL << length) - 1);
    }
}

/// <inheritdoc cref="ExtractFieldSigned32"/>
internal readonly struct ExtractFieldSigned64 : ITernary<long, long, uint, uint>
{
    public static long Invoke(long a, uint b, uint c) => Of(a, b, c, 63);

    public static long Of(long a, uint b, uint c, int top)
    {
        int position = (int)(b & 0xFF), length = (int)(c & 0xFF);
        if (length == 0) return 0;
        long sign = a >> Math.Min(position + length - 1, top) & 1;
        long result = 0;
        for (int i = 0; i <= top; i++)
        {
            long bit = i < length && position + i <= top ? a >> (position + i) & 1 : sign;
            result |= bit << i;
        }
        return top == 31 ? (int)result : result;
    }
}

internal static class InsertField
{
    public static ulong Of(ulong a, ulong b, uint c, uint d, int width)
    {
        int position = (int)(c & 0xFF), length = (int)(d & 0xFF);
        if (position >= width || length == 0) return b;
        ulong mask = length >= 64 ? ulong.MaxValue : (1UL << length) - 1;
        mask <<= position;
        return (b & ~mask) | ((a << position) & mask);
    }
}

/// <summary>The eight bytes of a and b, chosen by the nibbles of c; the highest bit of a nibble asks for the byte's sign eight
/// times.</summary>
internal readonly struct Permute : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c)
    {
        ulong bytes = (ulong)b << 32 | a;
        uint result = 0;
        for (int i = 0; i < 4; i++)
        {
            uint selector = c >> (4 * i) & 0xF;
            uint value = (uint)(bytes >> (int)(8 * (selector & 7))) & 0xFF;
            if (selector >= 8) value = value >= 0x80 ? 0xFFu : 0;
            result |= value << (8 * i);
        }
        return result;
    }

    /// <summary>The modes f4e, b4e, rc8, ecl, ecr, rc16: the selector each value of c stands for.</summary>
    public static uint Selector(string mode, uint c) => (mode, c & 3) switch
    {
        ("f4e", 0) => 0x3210, ("f4e", 1) => 0x4321, ("f4e", 2) => 0x5432, ("f4e", _) => 0x6543,
        ("b4e", 0) => 0x5670, ("b4e", 1) => 0x6701, ("b4e", 2) => 0x7012, ("b4e", _) => 0x0123,
        ("rc8", 0) => 0x0000, ("rc8", 1) => 0x1111, ("rc8", 2) => 0x2222, ("rc8", _) => 0x3333,
        ("ecl", 0) => 0x3210, ("ecl", 1) => 0x3211, ("ecl", 2) => 0x3222, ("ecl", _) => 0x3333,
        ("ecr", 0) => 0x0000, ("ecr", 1) => 0x1110, ("ecr", 2) => 0x2210, ("ecr", _) => 0x3210,
        ("rc16", 0 or 2) => 0x1010, _ => 0x3232,
    };
}

internal readonly struct FunnelLeftWrap : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => (uint)(((ulong)b << 32 | a) << (int)(c & 31) >> 32);
}

internal readonly struct FunnelLeftClamp : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => (uint)(((ulong)b << 32 | a) << (int)Math.Min(c, 32) >> 32);
}

internal readonly struct FunnelRightWrap : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => (uint)(((ulong)b << 32 | a) >> (int)(c & 31));
}

internal readonly struct FunnelRightClamp : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => (uint)(((ulong)b << 32 | a) >> (int)Math.Min(c, 32));
}

internal readonly struct DotUnsigned : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => Dot.Of(a, b, c, false, false);
}

internal readonly struct DotSigned : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => Dot.Of(a, b, c, true, true);
}

internal readonly struct DotUnsignedSigned : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => Dot.Of(a, b, c, false, true);
}

internal readonly struct DotSignedUnsigned : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => Dot.Of(a, b, c, true, false);
}

internal static class Dot
{
    public static uint Of(uint a, uint b, uint c, bool signedA, bool signedB)
    {
        for (int i = 0; i < 32; i += 8)
        {
            int x = signedA ? (sbyte)(a >> i) : (byte)(a >> i), y = signedB ? (sbyte)(b >> i) : (byte)(b >> i);
            c += (uint)(x * y);
        }
        return c;
    }
}
