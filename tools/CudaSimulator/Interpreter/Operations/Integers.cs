using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuTensor.CudaSimulator.Interpreter.Operations;

// Integer instructions, PTX ISA "Integer Arithmetic", "Logic and Shift". Lanes of 16 bits are kept in 32, the upper half zero.

internal readonly struct Add<T> : IVectorBinary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a + b;
}

internal readonly struct Subtract<T> : IVectorBinary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a - b;
}

internal readonly struct Multiply<T> : IVectorBinary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a * b;
}

internal readonly struct MultiplyAdd<T> : IVectorTernary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b, Vector512<T> c) => a * b + c;
}

internal readonly struct Minimum<T> : IVectorBinary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => Vector512.Min(a, b);
}

internal readonly struct Maximum<T> : IVectorBinary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => Vector512.Max(a, b);
}

/// <summary>The least number stays what it is.</summary>
internal readonly struct Absolute<T> : IVectorUnary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a) => Vector512.ConditionalSelect(Vector512.LessThan(a, Vector512<T>.Zero), -a, a);
}

internal readonly struct Negate<T> : IVectorUnary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a) => Vector512<T>.Zero - a;
}

internal readonly struct And<T> : IVectorBinary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a & b;
}

internal readonly struct Or<T> : IVectorBinary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a | b;
}

internal readonly struct Xor<T> : IVectorBinary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a ^ b;
}

internal readonly struct Not<T> : IVectorUnary<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a) => ~a;
}

/// <summary>Logical not of C: all ones where the value is zero.</summary>
internal readonly struct IsZero32 : IUnary<uint, uint>
{
    public static uint Invoke(uint a) => a == 0 ? 1u : 0;
}

// Shifts beyond the width give zero, or the sign for shr.s: so do AVX's shifts by lane.

internal readonly struct ShiftLeft32 : IVectorBinary<uint>
{
    public static Vector512<uint> Invoke(Vector512<uint> a, Vector512<uint> b)
    {
        if (Avx512F.IsSupported) return Avx512F.ShiftLeftLogicalVariable(a, b);
        var result = a;
        for (int i = 0; i < 16; i++) result = result.WithElement(i, b[i] > 31 ? 0 : a[i] << (int)b[i]);
        return result;
    }
}

internal readonly struct ShiftRight32 : IVectorBinary<uint>
{
    public static Vector512<uint> Invoke(Vector512<uint> a, Vector512<uint> b)
    {
        if (Avx512F.IsSupported) return Avx512F.ShiftRightLogicalVariable(a, b);
        var result = a;
        for (int i = 0; i < 16; i++) result = result.WithElement(i, b[i] > 31 ? 0 : a[i] >> (int)b[i]);
        return result;
    }
}

internal readonly struct ShiftRightSigned32 : IVectorBinary<int>
{
    public static Vector512<int> Invoke(Vector512<int> a, Vector512<int> b)
    {
        if (Avx512F.IsSupported) return Avx512F.ShiftRightArithmeticVariable(a, b.AsUInt32());
        var result = a;
        for (int i = 0; i < 16; i++) result = result.WithElement(i, a[i] >> (int)Math.Min((uint)b[i], 31));
        return result;
    }
}

internal readonly struct ShiftLeft64 : IBinary<ulong, ulong, uint>
{
    public static ulong Invoke(ulong a, uint b) => b > 63 ? 0 : a << (int)b;
}

internal readonly struct ShiftRight64 : IBinary<ulong, ulong, uint>
{
    public static ulong Invoke(ulong a, uint b) => b > 63 ? 0 : a >> (int)b;
}

internal readonly struct ShiftRightSigned64 : IBinary<long, long, uint>
{
    public static long Invoke(long a, uint b) => a >> (int)Math.Min(b, 63);
}

internal readonly struct ShiftLeft16 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => b > 15 ? 0 : (a << (int)b) & 0xFFFF;
}

internal readonly struct ShiftRight16 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => b > 15 ? 0 : a >> (int)b;
}

internal readonly struct ShiftRightSigned16 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => (ushort)((short)a >> (int)Math.Min(b, 15));
}

// A divisor of zero: what is unspecified in the manual is all ones on NVIDIA's GPUs, quotient and remainder.

internal readonly struct Divide32 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => b == 0 ? uint.MaxValue : a / b;
}

internal readonly struct DivideSigned32 : IBinary<int, int, int>
{
    public static int Invoke(int a, int b) => b == 0 ? -1 : b == -1 ? -a : a / b;
}

internal readonly struct Divide64 : IBinary<ulong, ulong, ulong>
{
    public static ulong Invoke(ulong a, ulong b) => b == 0 ? ulong.MaxValue : a / b;
}

internal readonly struct DivideSigned64 : IBinary<long, long, long>
{
    public static long Invoke(long a, long b) => b == 0 ? -1 : b == -1 ? -a : a / b;
}

internal readonly struct Divide16 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => b == 0 ? 0xFFFF : a / b;
}

internal readonly struct DivideSigned16 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => (ushort)DivideSigned32.Invoke((short)a, (short)b);
}

internal readonly struct Remainder32 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => b == 0 ? uint.MaxValue : a % b;
}

internal readonly struct RemainderSigned32 : IBinary<int, int, int>
{
    public static int Invoke(int a, int b) => b == 0 ? -1 : b == -1 ? 0 : a % b;
}

internal readonly struct Remainder64 : IBinary<ulong, ulong, ulong>
{
    public static ulong Invoke(ulong a, ulong b) => b == 0 ? ulong.MaxValue : a % b;
}

internal readonly struct RemainderSigned64 : IBinary<long, long, long>
{
    public static long Invoke(long a, long b) => b == 0 ? -1 : b == -1 ? 0 : a % b;
}

internal readonly struct Remainder16 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => b == 0 ? 0xFFFF : a % b;
}

internal readonly struct RemainderSigned16 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => (ushort)RemainderSigned32.Invoke((short)a, (short)b);
}

internal readonly struct MultiplyHigh32 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => (uint)((ulong)a * b >> 32);
}

internal readonly struct MultiplyHighSigned32 : IBinary<int, int, int>
{
    public static int Invoke(int a, int b) => (int)((long)a * b >> 32);
}

internal readonly struct MultiplyHigh64 : IBinary<ulong, ulong, ulong>
{
    public static ulong Invoke(ulong a, ulong b) => Math.BigMul(a, b, out _);
}

internal readonly struct MultiplyHighSigned64 : IBinary<long, long, long>
{
    public static long Invoke(long a, long b) => Math.BigMul(a, b, out _);
}

internal readonly struct MultiplyHigh16 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => a * b >> 16;
}

internal readonly struct MultiplyHighSigned16 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => (ushort)((short)a * (short)b >> 16);
}

internal readonly struct MultiplyWide16 : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => a * b;
}

internal readonly struct MultiplyWideSigned16 : IBinary<int, uint, uint>
{
    public static int Invoke(uint a, uint b) => (short)a * (short)b;
}

internal readonly struct MultiplyAddWide16 : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => a * b + c;
}

internal readonly struct MultiplyAddWideSigned16 : ITernary<int, uint, uint, int>
{
    public static int Invoke(uint a, uint b, int c) => (short)a * (short)b + c;
}

/// <summary>mad.hi of any width: the high half of a product, plus c.</summary>
internal readonly struct ThenAdd32<TOp> : ITernary<uint, uint, uint, uint> where TOp : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => TOp.Invoke(a, b) + c;
}

/// <inheritdoc cref="ThenAdd32{TOp}"/>
internal readonly struct ThenAddSigned32<TOp> : ITernary<int, int, int, int> where TOp : IBinary<int, int, int>
{
    public static int Invoke(int a, int b, int c) => TOp.Invoke(a, b) + c;
}

/// <inheritdoc cref="ThenAdd32{TOp}"/>
internal readonly struct ThenAdd64<TOp> : ITernary<ulong, ulong, ulong, ulong> where TOp : IBinary<ulong, ulong, ulong>
{
    public static ulong Invoke(ulong a, ulong b, ulong c) => TOp.Invoke(a, b) + c;
}

/// <inheritdoc cref="ThenAdd32{TOp}"/>
internal readonly struct ThenAddSigned64<TOp> : ITernary<long, long, long, long> where TOp : IBinary<long, long, long>
{
    public static long Invoke(long a, long b, long c) => TOp.Invoke(a, b) + c;
}

internal readonly struct Multiply24 : IBinary<int, int, int>
{
    public static int Invoke(int a, int b) => (a << 8 >> 8) * (b << 8 >> 8);
}

internal readonly struct Multiply24Unsigned : IBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => (a & 0xFFFFFF) * (b & 0xFFFFFF);
}

internal readonly struct AddSaturate32 : IBinary<int, int, int>
{
    public static int Invoke(int a, int b) => (int)Math.Clamp((long)a + b, int.MinValue, int.MaxValue);
}

internal readonly struct SubtractSaturate32 : IBinary<int, int, int>
{
    public static int Invoke(int a, int b) => (int)Math.Clamp((long)a - b, int.MinValue, int.MaxValue);
}

internal readonly struct Sad32 : ITernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => c + (a < b ? b - a : a - b);
}

internal readonly struct SadSigned32 : ITernary<uint, int, int, uint>
{
    public static uint Invoke(int a, int b, uint c) => c + (uint)(a < b ? (long)b - a : (long)a - b);
}

internal readonly struct PopulationCount32 : IUnary<uint, uint>
{
    public static uint Invoke(uint a) => (uint)BitOperations.PopCount(a);
}

internal readonly struct PopulationCount64 : IUnary<uint, ulong>
{
    public static uint Invoke(ulong a) => (uint)BitOperations.PopCount(a);
}

internal readonly struct LeadingZeros32 : IUnary<uint, uint>
{
    public static uint Invoke(uint a) => (uint)BitOperations.LeadingZeroCount(a);
}

internal readonly struct LeadingZeros64 : IUnary<uint, ulong>
{
    public static uint Invoke(ulong a) => (uint)BitOperations.LeadingZeroCount(a);
}

/// <summary>The position of the most significant bit that is not a copy of the sign, all ones if there is none.</summary>
internal readonly struct FindBit32 : IUnary<uint, uint>
{
    public static uint Invoke(uint a) => a == 0 ? uint.MaxValue : 31 - (uint)BitOperations.LeadingZeroCount(a);
}

/// <inheritdoc cref="FindBit32"/>
internal readonly struct FindBitSigned32 : IUnary<uint, int>
{
    public static uint Invoke(int a) => FindBit32.Invoke((uint)(a < 0 ? ~a : a));
}

/// <inheritdoc cref="FindBit32"/>
internal readonly struct FindBit64 : IUnary<uint, ulong>
{
    public static uint Invoke(ulong a) => a == 0 ? uint.MaxValue : 63 - (uint)BitOperations.LeadingZeroCount(a);
}

/// <inheritdoc cref="FindBit32"/>
internal readonly struct FindBitSigned64 : IUnary<uint, long>
{
    public static uint Invoke(long a) => FindBit64.Invoke((ulong)(a < 0 ? ~a : a));
}

/// <summary>bfind.shiftamt: by how much to shift left so that the bit found is the highest.</summary>
internal readonly struct FindShift32 : IUnary<uint, uint>
{
    public static uint Invoke(uint a) => a == 0 ? uint.MaxValue : (uint)BitOperations.LeadingZeroCount(a);
}

/// <inheritdoc cref="FindShift32"/>
internal readonly struct FindShift64 : IUnary<uint, ulong>
{
    public static uint Invoke(ulong a) => a == 0 ? uint.MaxValue : (uint)BitOperations.LeadingZeroCount(a);
}

internal readonly struct ReverseBits32 : IUnary<uint, uint>
{
    public static uint Invoke(uint a) => (uint)(ReverseBits64.Invoke(a) >> 32);
}

internal readonly struct ReverseBits64 : IUnary<ulong, ulong>
{
    public static ulong Invoke(ulong a)
    {
        a = (a >> 1 & 0x5555555555555555) | (a & 0x5555555555555555) << 1;
        a = (a >> 2 & 0x3333333333333333) | (a & 0x3333333333333333) << 2;
        a = (a >> 4 & 0x0F0F0F0F0F0F0F0F) | (a & 0x0F0F0F0F0F0F0F0F) << 4;
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(a);
    }
}
