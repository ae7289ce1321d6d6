namespace GpuTensor.Graph;

/// <summary>A tensor on the reference device while an operator runs: elements in row-major order as double (floating dtypes) or long
/// (integers, bool).</summary>
internal readonly struct ReferenceArray(DType dtype, Shape shape, double[]? real, long[]? integer)
{
    public DType DType { get; } = dtype;

    public Shape Shape { get; } = shape;

    /// <summary>The elements of a floating dtype.</summary>
    public double[] Real => real ?? throw new InvalidOperationException($"{DType.Name()} holds integers.");

    /// <summary>The elements of an integer dtype or bool.</summary>
    public long[] Integer => integer ?? throw new InvalidOperationException($"{DType.Name()} holds floating-point numbers.");

    public bool IsReal => real is not null;

    public static ReferenceArray Make(DType dtype, Shape shape) => dtype.IsFloatingPoint()
        ? new(dtype, shape, HostMemory.Allocate<double>(shape.ElementCount, $"{dtype.Name()} {shape} as numbers"), null)
        : new(dtype, shape, null, HostMemory.Allocate<long>(shape.ElementCount, $"{dtype.Name()} {shape} as numbers"));

    /// <summary>The elements in the dtype: floats rounded to nearest even, integers wrapped, bool ≠ 0.</summary>
    public HostArray Rounded()
    {
        var result = new HostArray(DType, Shape);
        int n = checked((int)Shape.ElementCount);
        switch (DType)
        {
            case DType.Float64: Real.CopyTo(result.As<double>()); break;
            case DType.Float32: for (int i = 0; i < n; i++) result.As<float>()[i] = (float)Real[i]; break;
            case DType.Float16: for (int i = 0; i < n; i++) result.As<Half>()[i] = (Half)Real[i]; break;
            case DType.BFloat16: for (int i = 0; i < n; i++) result.As<ushort>()[i] = HalfBits.ToBFloat16(ToOddFloat(Real[i])); break;
            case DType.Int64: Integer.CopyTo(result.As<long>()); break;
            case DType.Int32: for (int i = 0; i < n; i++) result.As<int>()[i] = unchecked((int)Integer[i]); break;
            case DType.Int16: for (int i = 0; i < n; i++) result.As<short>()[i] = unchecked((short)Integer[i]); break;
            case DType.Bool: for (int i = 0; i < n; i++) result.Data[i] = (byte)(Integer[i] != 0 ? 1 : 0); break;
            default: for (int i = 0; i < n; i++) result.Data[i] = unchecked((byte)Integer[i]); break;
        }
        return result;
    }

    /// <summary>Double to float, rounded to odd, so that rounding on to a half type rounds once in effect.</summary>
    private static float ToOddFloat(double value)
    {
        float nearest = (float)value;
        if (nearest == value || !float.IsFinite(nearest)) return nearest;
        if (nearest == 0) return float.CopySign(float.Epsilon, nearest);
        uint bits = BitConverter.SingleToUInt32Bits(nearest);
        if ((bits & 1) != 0) return nearest;
        // Even and inexact: the neighbour on the other side of the value is odd.
        bool up = value > nearest == nearest >= 0;
        return BitConverter.UInt32BitsToSingle(up ? bits + 1 : bits - 1);
    }
}
