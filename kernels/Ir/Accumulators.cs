namespace GpuTensor.Kernels;

/// <summary>What a reduction accumulates in, how two partial results become one, and what it starts from.</summary>
internal static class Accumulators
{
    public static bool IsPosition(ReduceOp op) => op is ReduceOp.ArgMax or ReduceOp.ArgMin;

    /// <summary>Sums and products: the result's kind, halves in float32. Extrema: the value's kind. Positions: value and position side by
    /// side, so of one size.</summary>
    public static Kind Of(Reduce reduce, DType value, bool wide)
    {
        if (reduce.Op is ReduceOp.Max or ReduceOp.Min) return Kinds.Register(value);
        if (!IsPosition(reduce.Op)) return Kinds.Register(reduce.Type);
        var kind = Kinds.Register(value);
        if (kind.IsFloat()) return wide ? Kind.F64 : kind;
        return wide || kind == Kind.I64 ? Kind.I64 : Kind.I32;
    }

    /// <summary>The function by which two partial results of a reduction become one.</summary>
    public static ScalarFunction Combine(ReduceOp op) => op switch
    {
        ReduceOp.Sum or ReduceOp.Dot => Add,
        ReduceOp.Prod => Multiply,
        ReduceOp.Max => Larger,
        ReduceOp.Min => Smaller,
        _ => throw new ArgumentException($"{op} keeps two values.", nameof(op)),
    };

    private static readonly ScalarFunction Add = Functions.Get("add"), Multiply = Functions.Get("mul");

    private static readonly ScalarFunction Larger = Functions.Get("max"), Smaller = Functions.Get("min");

    /// <summary>The step of a <see cref="ReduceOp.Dot"/>.</summary>
    public static readonly ScalarFunction MultiplyAdd = Functions.Get("fma");

    /// <summary>What a reduction starts from.</summary>
    public static string Identity(Dialect dialect, ReduceOp op, Kind kind)
    {
        bool lowest = op is ReduceOp.Max or ReduceOp.ArgMax;
        string value = (op, kind) switch
        {
            (ReduceOp.Sum or ReduceOp.Dot, _) => "0",
            (ReduceOp.Prod, Kind.Bool) or (ReduceOp.Min, Kind.Bool) => "1",
            (ReduceOp.Max, Kind.Bool) => "0",
            (ReduceOp.Prod, _) => "1",
            (_, Kind.F32 or Kind.F64) => lowest ? "-INFINITY" : "INFINITY",
            (_, Kind.U8) => lowest ? "0" : "255",
            (_, Kind.I8) => lowest ? "-128" : "127",
            (_, Kind.I16) => lowest ? "-32768" : "32767",
            (_, Kind.I32) => lowest ? "(-2147483647 - 1)" : "2147483647",
            _ => lowest ? $"0x8000000000000000{dialect.WideSuffix}" : $"0x7fffffffffffffff{dialect.WideSuffix}",
        };
        return $"({dialect.Type(kind)})({value})";
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
