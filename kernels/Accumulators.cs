namespace GpuTensor.Kernels;

/// <summary>What a reduction accumulates in, and how values go in and results come out.</summary>
internal static class Accumulators
{
    public static bool IsPosition(ReduceOp op) => op is ReduceOp.ArgMax or ReduceOp.ArgMin;

    /// <summary>Sums and products: the result's kind, halves in float32. Extrema: the value's kind. Positions: value and position side by side, so of one size.</summary>
    public static Kind Of(Reduce reduce, DType value, bool wide)
    {
        if (reduce.Op is ReduceOp.Max or ReduceOp.Min) return Kinds.Register(value);
        if (!IsPosition(reduce.Op)) return Kinds.Register(reduce.Type);
        var kind = Kinds.Register(value);
        if (kind.IsFloat()) return wide ? Kind.F64 : kind;
        return wide || kind == Kind.I64 ? Kind.I64 : Kind.I32;
    }

    /// <summary>A dtype whose registers are of that kind, for conversions.</summary>
    public static DType DType(Kind kind) => kind switch
    {
        Kind.Bool => GpuTensor.DType.Bool,
        Kind.U8 => GpuTensor.DType.UInt8,
        Kind.I8 => GpuTensor.DType.Int8,
        Kind.I16 => GpuTensor.DType.Int16,
        Kind.I32 => GpuTensor.DType.Int32,
        Kind.I64 => GpuTensor.DType.Int64,
        Kind.F32 => GpuTensor.DType.Float32,
        Kind.F64 => GpuTensor.DType.Float64,
        _ => throw new ArgumentException($"No register is {kind}."),
    };
}
