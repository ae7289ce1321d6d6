namespace GpuTensor;

/// <summary>The element type of a tensor. Names and promotion order are PyTorch's.</summary>
public enum DType : byte
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,
    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8,
    /// <summary>Signed 8-bit integer.</summary>
    Int8,
    /// <summary>Signed 16-bit integer.</summary>
    Int16,
    /// <summary>Signed 32-bit integer.</summary>
    Int32,
    /// <summary>Signed 64-bit integer.</summary>
    Int64,
    /// <summary>IEEE 754 binary16.</summary>
    Float16,
    /// <summary>The upper 16 bits of binary32 (8 exponent bits, 7 fraction bits).</summary>
    BFloat16,
    /// <summary>IEEE 754 binary32.</summary>
    Float32,
    /// <summary>IEEE 754 binary64.</summary>
    Float64,
}

/// <summary>Facts about each <see cref="DType"/>: one row a type.</summary>
public static class DTypes
{
    private readonly record struct Row(string Name, int Size, int Category, double Epsilon);

    // Category orders promotion: bool < integer < floating.
    private static readonly Row[] Rows =
    [
        new("bool", 1, 0, 0), new("uint8", 1, 1, 0), new("int8", 1, 1, 0), new("int16", 2, 1, 0),
            new("int32", 4, 1, 0), new("int64", 8, 1, 0),
        new("float16", 2, 2, 1.0 / 1024), new("bfloat16", 2, 2, 1.0 / 128), new("float32", 4, 2, 1.1920928955078125e-07),
        new("float64", 8, 2, 2.220446049250313e-16),
    ];

    /// <summary>Every dtype, in declaration order.</summary>
    public static IReadOnlyList<DType> All { get; } = Enum.GetValues<DType>();

    /// <summary>PyTorch's name: <c>float32</c>, <c>int64</c>, <c>bool</c>, …</summary>
    public static string Name(this DType dtype) => Rows[(int)dtype].Name;

    /// <summary>Bytes per element.</summary>
    public static int Size(this DType dtype) => Rows[(int)dtype].Size;

    /// <summary>True for float16, bfloat16, float32 and float64.</summary>
    public static bool IsFloatingPoint(this DType dtype) => Rows[(int)dtype].Category == 2;

    /// <summary>True for the signed and unsigned integers; false for bool.</summary>
    public static bool IsInteger(this DType dtype) => Rows[(int)dtype].Category == 1;

    /// <summary>True for float16 and bfloat16: stored in 16 bits, computed in float32.</summary>
    public static bool IsHalf(this DType dtype) => dtype is DType.Float16 or DType.BFloat16;

    /// <summary>The distance from 1 to the next larger number; 0 for integers and bool.</summary>
    public static double Epsilon(this DType dtype) => Rows[(int)dtype].Epsilon;

    internal static int Category(this DType dtype) => Rows[(int)dtype].Category;

    /// <summary>The dtype of that PyTorch name, or false.</summary>
    public static bool TryParse(string name, out DType dtype)
    {
        int i = Array.FindIndex(Rows, r => r.Name == name);
        dtype = (DType)Math.Max(i, 0);
        return i >= 0;
    }

    /// <summary>The dtype of an operation on two tensors, as <c>torch.promote_types</c>: the higher category wins, then the wider type;
    /// uint8 with a signed type of its size gives int16, float16 with bfloat16 gives float32.</summary>
    public static DType Promote(DType a, DType b)
    {
        if (a == b) return a;
        if (a.Category() != b.Category()) return a.Category() > b.Category() ? a : b;
        if (a.IsHalf() && b.IsHalf()) return DType.Float32;
        if ((a, b) is (DType.UInt8, DType.Int8) or (DType.Int8, DType.UInt8)) return DType.Int16;
        return (DType)Math.Max((int)a, (int)b);
    }
}
