using System.Runtime.Intrinsics;

namespace GpuTensor.CudaSimulator.Interpreter.Operations;

// Float instructions, PTX ISA "Floating Point". A NaN that a float32 instruction makes is 0x7fffffff, as on the hardware: code that takes
// floats apart by bits sees it. Float64 keeps payloads, as x86 does.

internal static class Nan
{
    public const uint Bits = 0x7FFFFFFF;

    public static Vector512<float> Canonical(Vector512<float> v) =>
        Vector512.ConditionalSelect(Vector512.Equals(v, v), v, Vector512.Create(Bits).AsSingle());

    public static float Canonical(float v) => float.IsNaN(v) ? BitConverter.UInt32BitsToSingle(Bits) : v;
}

internal readonly struct AddF32 : IVectorBinary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => Nan.Canonical(a + b);
}

internal readonly struct SubtractF32 : IVectorBinary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => Nan.Canonical(a - b);
}

internal readonly struct MultiplyF32 : IVectorBinary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => Nan.Canonical(a * b);
}

internal readonly struct DivideF32 : IVectorBinary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => Nan.Canonical(a / b);
}

internal readonly struct DivideF64 : IVectorBinary<double>
{
    public static Vector512<double> Invoke(Vector512<double> a, Vector512<double> b) => a / b;
}

internal readonly struct FusedF32 : IVectorTernary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Nan.Canonical(Vector512.FusedMultiplyAdd(a, b, c));
}

internal readonly struct FusedF64 : IVectorTernary<double>
{
    public static Vector512<double> Invoke(Vector512<double> a, Vector512<double> b, Vector512<double> c) =>
        Vector512.FusedMultiplyAdd(a, b, c);
}

internal readonly struct ReciprocalF32 : IVectorUnary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a) => Nan.Canonical(Vector512<float>.One / a);
}

internal readonly struct ReciprocalF64 : IVectorUnary<double>
{
    public static Vector512<double> Invoke(Vector512<double> a) => Vector512<double>.One / a;
}

internal readonly struct RootF32 : IVectorUnary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a) => Nan.Canonical(Vector512.Sqrt(a));
}

internal readonly struct RootF64 : IVectorUnary<double>
{
    public static Vector512<double> Invoke(Vector512<double> a) => Vector512.Sqrt(a);
}

/// <summary>A NaN operand yields the other; −0 is less than +0.</summary>
internal readonly struct MinimumF32 : IVectorBinary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => Nan.Canonical(Vector512.MinNumber(a, b));
}

/// <inheritdoc cref="MinimumF32"/>
internal readonly struct MaximumF32 : IVectorBinary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => Nan.Canonical(Vector512.MaxNumber(a, b));
}

/// <summary>min.NaN: a NaN operand yields NaN.</summary>
internal readonly struct MinimumNanF32 : IVectorBinary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => Nan.Canonical(Vector512.Min(a, b));
}

/// <inheritdoc cref="MinimumNanF32"/>
internal readonly struct MaximumNanF32 : IVectorBinary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => Nan.Canonical(Vector512.Max(a, b));
}

/// <inheritdoc cref="MinimumF32"/>
internal readonly struct MinimumF64 : IVectorBinary<double>
{
    public static Vector512<double> Invoke(Vector512<double> a, Vector512<double> b) => Vector512.MinNumber(a, b);
}

/// <inheritdoc cref="MinimumF32"/>
internal readonly struct MaximumF64 : IVectorBinary<double>
{
    public static Vector512<double> Invoke(Vector512<double> a, Vector512<double> b) => Vector512.MaxNumber(a, b);
}

internal readonly struct NegateF32 : IVectorUnary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a) => (a.AsUInt32() ^ Vector512.Create(0x80000000u)).AsSingle();
}

internal readonly struct NegateF64 : IVectorUnary<double>
{
    public static Vector512<double> Invoke(Vector512<double> a) => (a.AsUInt64() ^ Vector512.Create(1UL << 63)).AsDouble();
}

internal readonly struct AbsoluteF32 : IVectorUnary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a) => (a.AsUInt32() & Vector512.Create(0x7FFFFFFFu)).AsSingle();
}

internal readonly struct AbsoluteF64 : IVectorUnary<double>
{
    public static Vector512<double> Invoke(Vector512<double> a) => (a.AsUInt64() & Vector512.Create(ulong.MaxValue >> 1)).AsDouble();
}

/// <summary>The sign of a on the magnitude of b.</summary>
internal readonly struct CopySignF32 : IVectorBinary<uint>
{
    public static Vector512<uint> Invoke(Vector512<uint> a, Vector512<uint> b) =>
        (a & Vector512.Create(0x80000000u)) | (b & Vector512.Create(0x7FFFFFFFu));
}

/// <inheritdoc cref="CopySignF32"/>
internal readonly struct CopySignF64 : IVectorBinary<ulong>
{
    public static Vector512<ulong> Invoke(Vector512<ulong> a, Vector512<ulong> b) =>
        (a & Vector512.Create(1UL << 63)) | (b & Vector512.Create(ulong.MaxValue >> 1));
}

/// <summary>.ftz: subnormal operands and results count as zero of their sign.</summary>
internal static class Flush
{
    public static Vector512<float> Of(Vector512<float> v)
    {
        var magnitude = v.AsUInt32() & Vector512.Create(0x7FFFFFFFu);
        var subnormal = Vector512.LessThan(magnitude, Vector512.Create(0x00800000u));
        return Vector512.ConditionalSelect(subnormal, v.AsUInt32() & Vector512.Create(0x80000000u), v.AsUInt32()).AsSingle();
    }

    public static float Of(float v) => float.IsSubnormal(v) ? MathF.CopySign(0, v) : v;
}

/// <inheritdoc cref="Flush"/>
internal readonly struct Ftz1<TOp> : IVectorUnary<float> where TOp : IVectorUnary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a) => Flush.Of(TOp.Invoke(Flush.Of(a)));
}

/// <inheritdoc cref="Flush"/>
internal readonly struct Ftz2<TOp> : IVectorBinary<float> where TOp : IVectorBinary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => Flush.Of(TOp.Invoke(Flush.Of(a), Flush.Of(b)));
}

/// <inheritdoc cref="Flush"/>
internal readonly struct Ftz3<TOp> : IVectorTernary<float> where TOp : IVectorTernary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Flush.Of(TOp.Invoke(Flush.Of(a), Flush.Of(b), Flush.Of(c)));
}

/// <inheritdoc cref="Flush"/>
internal readonly struct FtzCompare<TOp> : IVectorCompare<float> where TOp : IVectorCompare<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => TOp.Invoke(Flush.Of(a), Flush.Of(b));
}

/// <summary>.sat: to [+0, 1], NaN to +0.</summary>
internal readonly struct Saturate2<TOp> : IVectorBinary<float> where TOp : IVectorBinary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => Saturate.Of(TOp.Invoke(a, b));
}

/// <inheritdoc cref="Saturate2{TOp}"/>
internal readonly struct Saturate3<TOp> : IVectorTernary<float> where TOp : IVectorTernary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Saturate.Of(TOp.Invoke(a, b, c));
}

internal static class Saturate
{
    public static Vector512<float> Of(Vector512<float> v) =>
        Vector512.MinNumber(Vector512.MaxNumber(v, Vector512<float>.Zero), Vector512<float>.One);
}

// Comparisons. A plain one is false with a NaN, ne too; one with u is true.

internal readonly struct Equal<T> : IVectorCompare<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => Vector512.Equals(a, b);
}

internal readonly struct NotEqual<T> : IVectorCompare<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => ~Vector512.Equals(a, b);
}

internal readonly struct Less<T> : IVectorCompare<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => Vector512.LessThan(a, b);
}

internal readonly struct LessOrEqual<T> : IVectorCompare<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => Vector512.LessThanOrEqual(a, b);
}

internal readonly struct Greater<T> : IVectorCompare<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => Vector512.GreaterThan(a, b);
}

internal readonly struct GreaterOrEqual<T> : IVectorCompare<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => Vector512.GreaterThanOrEqual(a, b);
}

/// <summary>The comparison that holds exactly where the opposite does not, so with a NaN.</summary>
internal readonly struct Unless<TOp, T> : IVectorCompare<T> where TOp : IVectorCompare<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => ~TOp.Invoke(a, b);
}

internal readonly struct Ordered<T> : IVectorCompare<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => Vector512.Equals(a, a) & Vector512.Equals(b, b);
}

/// <summary>ne of floats: unequal and neither a NaN.</summary>
internal readonly struct OrderedNotEqual<T> : IVectorCompare<T> where T : unmanaged
{
    public static Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => ~Vector512.Equals(a, b) & Ordered<T>.Invoke(a, b);
}
