using System.Runtime.Intrinsics;

namespace GpuTensor.CudaSimulator.Interpreter.Operations;

// Integers of 16 bits in lanes of 32: the upper half of a lane is always zero.

/// <summary>The lower half of a 32-bit result.</summary>
internal readonly struct Low16<TOp> : IVectorBinary<uint> where TOp : IVectorBinary<uint>
{
    public static Vector512<uint> Invoke(Vector512<uint> a, Vector512<uint> b) => TOp.Invoke(a, b) & Vector512.Create(0xFFFFu);
}

/// <inheritdoc cref="Low16{TOp}"/>
internal readonly struct Low16Ternary<TOp> : IVectorTernary<uint> where TOp : IVectorTernary<uint>
{
    public static Vector512<uint> Invoke(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) =>
        TOp.Invoke(a, b, c) & Vector512.Create(0xFFFFu);
}

/// <summary>An operation on the sign-extended lanes, cut to 16 bits again.</summary>
internal readonly struct Signed16<TOp> : IVectorBinary<uint> where TOp : IVectorBinary<int>
{
    public static Vector512<uint> Invoke(Vector512<uint> a, Vector512<uint> b) =>
        TOp.Invoke(Extend16.Of(a), Extend16.Of(b)).AsUInt32() & Vector512.Create(0xFFFFu);
}

/// <inheritdoc cref="Signed16{TOp}"/>
internal readonly struct Signed16Unary<TOp> : IVectorUnary<uint> where TOp : IVectorUnary<int>
{
    public static Vector512<uint> Invoke(Vector512<uint> a) => TOp.Invoke(Extend16.Of(a)).AsUInt32() & Vector512.Create(0xFFFFu);
}

/// <inheritdoc cref="Signed16{TOp}"/>
internal readonly struct Signed16Compare<TOp> : IVectorCompare<uint> where TOp : IVectorCompare<int>
{
    public static Vector512<uint> Invoke(Vector512<uint> a, Vector512<uint> b) => TOp.Invoke(Extend16.Of(a), Extend16.Of(b)).AsUInt32();
}

internal static class Extend16
{
    public static Vector512<int> Of(Vector512<uint> a) => Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(a, 16).AsInt32(), 16);
}
