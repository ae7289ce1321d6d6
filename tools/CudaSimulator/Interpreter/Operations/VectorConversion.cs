using System.Runtime.Intrinsics;

namespace GpuTensor.CudaSimulator.Interpreter.Operations;

// Conversions between float32 and 32-bit integers as vectors. The results are bits of the destination in lanes of the source's type.

internal readonly struct ConvertS32ToF32 : IVectorUnary<int>
{
    public static Vector512<int> Invoke(Vector512<int> a) => Vector512.ConvertToSingle(a).AsInt32();
}

internal readonly struct ConvertU32ToF32 : IVectorUnary<uint>
{
    public static Vector512<uint> Invoke(Vector512<uint> a) => Vector512.ConvertToSingle(a).AsUInt32();
}

/// <summary>Toward zero, clamped; a NaN is zero.</summary>
internal readonly struct ConvertF32ToS32 : IVectorUnary<float>
{
    public static Vector512<float> Invoke(Vector512<float> a) => Vector512.ConvertToInt32(a).AsSingle();
}
