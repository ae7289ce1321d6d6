namespace GpuTensor.Kernels;

/// <summary>What a register or a stored element is to a dialect. A Bool register is an int, or an int vector: scalars 0 or 1, vector lanes
/// 0 or −1, so that comparisons, <c>!</c>, <c>&amp;</c>, <c>|</c> and <c>?:</c> read the same at both widths.</summary>
internal enum Kind : byte { Bool, U8, I8, U16, I16, U32, I32, U64, I64, F32, F64 }

internal static class Kinds
{
    private static readonly string[] Suffixes = ["b", "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"];

    /// <summary>The kind of a register of a dtype: halves are computed in float32.</summary>
    public static Kind Register(DType dtype) => dtype switch
    {
        DType.Bool => Kind.Bool,
        DType.UInt8 => Kind.U8,
        DType.Int8 => Kind.I8,
        DType.Int16 => Kind.I16,
        DType.Int32 => Kind.I32,
        DType.Int64 => Kind.I64,
        DType.Float64 => Kind.F64,
        _ => Kind.F32,
    };

    /// <summary>The kind of an element in memory.</summary>
    public static Kind Stored(DType dtype) => dtype == DType.Bool ? Kind.U8 : dtype.IsHalf() ? Kind.U16 : Register(dtype);

    public static int Size(this Kind kind) => kind switch
    {
        Kind.U8 or Kind.I8 => 1,
        Kind.U16 or Kind.I16 => 2,
        Kind.I64 or Kind.U64 or Kind.F64 => 8,
        _ => 4,
    };

    public static bool IsFloat(this Kind kind) => kind >= Kind.F32;

    /// <summary>The signed integer of the same size: what a vector comparison of this kind gives.</summary>
    public static Kind Mask(this Kind kind) => kind.Size() switch { 1 => Kind.I8, 2 => Kind.I16, 4 => Kind.I32, _ => Kind.I64 };

    public static Kind Unsigned(this Kind kind) => kind.Size() switch { 1 => Kind.U8, 2 => Kind.U16, 4 => Kind.U32, _ => Kind.U64 };

    public static string Suffix(this Kind kind) => Suffixes[(int)kind];

    public static bool TryParse(string suffix, out Kind kind)
    {
        int i = Array.IndexOf(Suffixes, suffix);
        kind = (Kind)Math.Max(i, 0);
        return i >= 0;
    }
}
