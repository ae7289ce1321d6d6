using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>An operation of one, two or three lanes, each four or eight bytes.</summary>
internal interface IUnary<TD, TA>
{
    static abstract TD Invoke(TA a);
}

/// <inheritdoc cref="IUnary{TD, TA}"/>
internal interface IBinary<TD, TA, TB>
{
    static abstract TD Invoke(TA a, TB b);
}

/// <inheritdoc cref="IUnary{TD, TA}"/>
internal interface ITernary<TD, TA, TB, TC>
{
    static abstract TD Invoke(TA a, TB b, TC c);
}

/// <summary>An operation of whole vectors.</summary>
internal interface IVectorUnary<T>
{
    static abstract Vector512<T> Invoke(Vector512<T> a);
}

/// <inheritdoc cref="IVectorUnary{T}"/>
internal interface IVectorBinary<T>
{
    static abstract Vector512<T> Invoke(Vector512<T> a, Vector512<T> b);
}

/// <inheritdoc cref="IVectorUnary{T}"/>
internal interface IVectorTernary<T>
{
    static abstract Vector512<T> Invoke(Vector512<T> a, Vector512<T> b, Vector512<T> c);
}

/// <summary>A comparison of whole vectors: all bits of a lane where it holds.</summary>
internal interface IVectorCompare<T>
{
    static abstract Vector512<T> Invoke(Vector512<T> a, Vector512<T> b);
}

/// <summary>The functions behind <see cref="Op.Run"/> for arithmetic: each takes an operation and applies it to the executing
/// lanes.</summary>
internal static unsafe class Drivers
{
    public static void Lane1<TOp, TD, TA>(Machine m, Op* op)
        where TOp : IUnary<TD, TA>
        where TD : unmanaged
        where TA : unmanaged
    {
        var d = m.Lanes<TD>(op->D);
        var a = m.Lanes<TA>(op->A);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            d[i] = TOp.Invoke(a[i]);
        }
    }

    public static void Lane2<TOp, TD, TA, TB>(Machine m, Op* op)
        where TOp : IBinary<TD, TA, TB>
        where TD : unmanaged
        where TA : unmanaged
        where TB : unmanaged
    {
        var d = m.Lanes<TD>(op->D);
        var a = m.Lanes<TA>(op->A);
        var b = m.Lanes<TB>(op->B);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            d[i] = TOp.Invoke(a[i], b[i]);
        }
    }

    public static void Lane3<TOp, TD, TA, TB, TC>(Machine m, Op* op)
        where TOp : ITernary<TD, TA, TB, TC>
        where TD : unmanaged
        where TA : unmanaged
        where TB : unmanaged
        where TC : unmanaged
    {
        var d = m.Lanes<TD>(op->D);
        var a = m.Lanes<TA>(op->A);
        var b = m.Lanes<TB>(op->B);
        var c = m.Lanes<TC>(op->C);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            d[i] = TOp.Invoke(a[i], b[i], c[i]);
        }
    }

    public static void Vector1<TOp, T>(Machine m, Op* op)
        where TOp : IVectorUnary<T>
        where T : unmanaged
    {
        var a = m.Lanes<Vector512<T>>(op->A);
        if (sizeof(T) == 4) m.Put(op->D, TOp.Invoke(a[0]).AsUInt32(), TOp.Invoke(a[1]).AsUInt32());
        else m.Put(op->D, TOp.Invoke(a[0]).AsUInt64(), TOp.Invoke(a[1]).AsUInt64(), TOp.Invoke(a[2]).AsUInt64(),
            TOp.Invoke(a[3]).AsUInt64());
    }

    public static void Vector2<TOp, T>(Machine m, Op* op)
        where TOp : IVectorBinary<T>
        where T : unmanaged
    {
        var a = m.Lanes<Vector512<T>>(op->A);
        var b = m.Lanes<Vector512<T>>(op->B);
        if (sizeof(T) == 4)
            m.Put(op->D, TOp.Invoke(a[0], b[0]).AsUInt32(), TOp.Invoke(a[1], b[1]).AsUInt32());
        else
            m.Put(op->D, TOp.Invoke(a[0], b[0]).AsUInt64(), TOp.Invoke(a[1], b[1]).AsUInt64(), TOp.Invoke(a[2], b[2]).AsUInt64(),
                TOp.Invoke(a[3], b[3]).AsUInt64());
    }

    public static void Vector3<TOp, T>(Machine m, Op* op)
        where TOp : IVectorTernary<T>
        where T : unmanaged
    {
        var a = m.Lanes<Vector512<T>>(op->A);
        var b = m.Lanes<Vector512<T>>(op->B);
        var c = m.Lanes<Vector512<T>>(op->C);
        if (sizeof(T) == 4)
            m.Put(op->D, TOp.Invoke(a[0], b[0], c[0]).AsUInt32(), TOp.Invoke(a[1], b[1], c[1]).AsUInt32());
        else
            m.Put(op->D, TOp.Invoke(a[0], b[0], c[0]).AsUInt64(), TOp.Invoke(a[1], b[1], c[1]).AsUInt64(),
                TOp.Invoke(a[2], b[2], c[2]).AsUInt64(), TOp.Invoke(a[3], b[3], c[3]).AsUInt64());
    }

    /// <summary>A comparison into a predicate.</summary>
    public static void Compare<TOp, T>(Machine m, Op* op)
        where TOp : IVectorCompare<T>
        where T : unmanaged => m.PutPredicate(op->D, CompareLanes<TOp, T>(m, op));

    /// <summary>A comparison whose result is combined with predicate C: E is 0 for and, 1 or, 2 xor; 4 more where C is negated, and 8 more
    /// where a second predicate, Table-less at <see cref="Op.Offset"/>, takes the complement of the comparison combined alike.</summary>
    public static void CompareCombined<TOp, T>(Machine m, Op* op)
        where TOp : IVectorCompare<T>
        where T : unmanaged
    {
        uint holds = CompareLanes<TOp, T>(m, op);
        uint other = op->C < 0 ? uint.MaxValue : *(uint*)(m.Registers + op->C);
        if ((op->E & 4) != 0) other = ~other;
        m.PutPredicate(op->D, Combine(op->E & 3, holds, other));
        if ((op->E & 8) != 0) m.PutPredicate((int)op->Offset, Combine(op->E & 3, ~holds, other));
    }

    private static uint Combine(int how, uint a, uint b) => how switch { 0 => a & b, 1 => a | b, _ => a ^ b };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint CompareLanes<TOp, T>(Machine m, Op* op)
        where TOp : IVectorCompare<T>
        where T : unmanaged
    {
        var a = m.Lanes<Vector512<T>>(op->A);
        var b = m.Lanes<Vector512<T>>(op->B);
        if (sizeof(T) == 4)
            return (uint)TOp.Invoke(a[0], b[0])
                .ExtractMostSignificantBits() | ((uint)TOp.Invoke(a[1], b[1]).ExtractMostSignificantBits() << 16);
        return (uint)TOp.Invoke(a[0], b[0]).ExtractMostSignificantBits() | ((uint)TOp.Invoke(a[1], b[1]).ExtractMostSignificantBits() << 8)
            | ((uint)TOp.Invoke(a[2], b[2]).ExtractMostSignificantBits() << 16) | ((uint)TOp.Invoke(a[3], b[3])
                .ExtractMostSignificantBits() << 24);
    }

    /// <summary>Copies a register of four-byte lanes.</summary>
    public static void Move32(Machine m, Op* op)
    {
        var a = m.Lanes<Vector512<uint>>(op->A);
        m.Put(op->D, a[0], a[1]);
    }

    /// <summary>Copies a register of eight-byte lanes.</summary>
    public static void Move64(Machine m, Op* op)
    {
        var a = m.Lanes<Vector512<ulong>>(op->A);
        m.Put(op->D, a[0], a[1], a[2], a[3]);
    }

    /// <summary>Lane by lane A where predicate C holds, else B.</summary>
    public static void Select32(Machine m, Op* op)
    {
        var (low, high) = Spread(*(uint*)(m.Registers + op->C) ^ (uint)op->E);
        var a = m.Lanes<Vector512<uint>>(op->A);
        var b = m.Lanes<Vector512<uint>>(op->B);
        m.Put(op->D, Vector512.ConditionalSelect(low, a[0], b[0]), Vector512.ConditionalSelect(high, a[1], b[1]));
    }

    /// <inheritdoc cref="Select32"/>
    public static void Select64(Machine m, Op* op)
    {
        var (low, high) = Spread(*(uint*)(m.Registers + op->C) ^ (uint)op->E);
        var a = m.Lanes<Vector512<ulong>>(op->A);
        var b = m.Lanes<Vector512<ulong>>(op->B);
        m.Put(op->D,
            Vector512.ConditionalSelect(Vector512.WidenLower(low.AsInt32()).AsUInt64(), a[0], b[0]),
            Vector512.ConditionalSelect(Vector512.WidenUpper(low.AsInt32()).AsUInt64(), a[1], b[1]),
            Vector512.ConditionalSelect(Vector512.WidenLower(high.AsInt32()).AsUInt64(), a[2], b[2]),
            Vector512.ConditionalSelect(Vector512.WidenUpper(high.AsInt32()).AsUInt64(), a[3], b[3]));
    }

    /// <summary>shl.b64: counts are 32 bits wide; beyond 63 gives zero.</summary>
    public static void ShiftLeft64(Machine m, Op* op)
    {
        if (!Avx512F.IsSupported)
        {
            Lane2<Operations.ShiftLeft64, ulong, ulong, uint>(m, op);
            return;
        }
        var a = m.Lanes<Vector512<ulong>>(op->A);
        var b = m.Lanes<Vector512<uint>>(op->B);
        m.Put(op->D,
            Avx512F.ShiftLeftLogicalVariable(a[0], Vector512.WidenLower(b[0])),
            Avx512F.ShiftLeftLogicalVariable(a[1], Vector512.WidenUpper(b[0])),
            Avx512F.ShiftLeftLogicalVariable(a[2], Vector512.WidenLower(b[1])),
            Avx512F.ShiftLeftLogicalVariable(a[3], Vector512.WidenUpper(b[1])));
    }

    /// <summary>shr.u64, likewise.</summary>
    public static void ShiftRight64(Machine m, Op* op)
    {
        if (!Avx512F.IsSupported)
        {
            Lane2<Operations.ShiftRight64, ulong, ulong, uint>(m, op);
            return;
        }
        var a = m.Lanes<Vector512<ulong>>(op->A);
        var b = m.Lanes<Vector512<uint>>(op->B);
        m.Put(op->D,
            Avx512F.ShiftRightLogicalVariable(a[0], Vector512.WidenLower(b[0])),
            Avx512F.ShiftRightLogicalVariable(a[1], Vector512.WidenUpper(b[0])),
            Avx512F.ShiftRightLogicalVariable(a[2], Vector512.WidenLower(b[1])),
            Avx512F.ShiftRightLogicalVariable(a[3], Vector512.WidenUpper(b[1])));
    }

    /// <summary>The lanes of a predicate as vector masks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<uint> Low, Vector512<uint> High) Spread(uint lanes)
    {
        var bits = Vector512.Create(1u, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return (Vector512.Equals(Vector512.Create(lanes) & bits, bits), Vector512.Equals(Vector512.Create(lanes >> 16) & bits, bits));
    }

    /// <summary>Sign-extends four-byte lanes to eight.</summary>
    public static void WidenSigned(Machine m, Op* op)
    {
        var a = m.Lanes<Vector512<int>>(op->A);
        m.Put(op->D, Vector512.WidenLower(a[0]).AsUInt64(), Vector512.WidenUpper(a[0]).AsUInt64(),
            Vector512.WidenLower(a[1]).AsUInt64(), Vector512.WidenUpper(a[1]).AsUInt64());
    }

    /// <summary>Zero-extends four-byte lanes to eight.</summary>
    public static void WidenUnsigned(Machine m, Op* op)
    {
        var a = m.Lanes<Vector512<uint>>(op->A);
        m.Put(op->D, Vector512.WidenLower(a[0]), Vector512.WidenUpper(a[0]), Vector512.WidenLower(a[1]), Vector512.WidenUpper(a[1]));
    }

    /// <summary>The lower halves of eight-byte lanes.</summary>
    public static void NarrowTo32(Machine m, Op* op)
    {
        var a = m.Lanes<Vector512<ulong>>(op->A);
        m.Put(op->D, Vector512.Narrow(a[0], a[1]), Vector512.Narrow(a[2], a[3]));
    }

    /// <summary><c>mul.wide</c>, and with C at least zero <c>mad.wide</c>, of signed four-byte lanes.</summary>
    public static void MultiplyWideSigned(Machine m, Op* op)
    {
        var a = m.Lanes<Vector512<int>>(op->A);
        var b = m.Lanes<Vector512<int>>(op->B);
        PutWide(m, op,
            (Vector512.WidenLower(a[0]) * Vector512.WidenLower(b[0])).AsUInt64(), (Vector512.WidenUpper(a[0]) * Vector512.WidenUpper(b[0]))
            .AsUInt64(),
            (Vector512.WidenLower(a[1]) * Vector512.WidenLower(b[1])).AsUInt64(), (Vector512.WidenUpper(a[1]) * Vector512.WidenUpper(b[1]))
            .AsUInt64());
    }

    /// <inheritdoc cref="MultiplyWideSigned"/>
    public static void MultiplyWideUnsigned(Machine m, Op* op)
    {
        var a = m.Lanes<Vector512<uint>>(op->A);
        var b = m.Lanes<Vector512<uint>>(op->B);
        PutWide(m, op,
            Vector512.WidenLower(a[0]) * Vector512.WidenLower(b[0]), Vector512.WidenUpper(a[0]) * Vector512.WidenUpper(b[0]),
            Vector512.WidenLower(a[1]) * Vector512.WidenLower(b[1]), Vector512.WidenUpper(a[1]) * Vector512.WidenUpper(b[1]));
    }

    private static void PutWide(Machine m, Op* op, Vector512<ulong> v0, Vector512<ulong> v1, Vector512<ulong> v2, Vector512<ulong> v3)
    {
        if (op->C >= 0)
        {
            var c = m.Lanes<Vector512<ulong>>(op->C);
            (v0, v1, v2, v3) = (v0 + c[0], v1 + c[1], v2 + c[2], v3 + c[3]);
        }
        m.Put(op->D, v0, v1, v2, v3);
    }
}
