using System.Globalization;

namespace GpuTensor;

/// <summary>A number handed to an operator. Its kind (bool, integer, floating) takes part in promotion, its .NET type does not:
/// int64 × 1.5 is float32, float16 × 2.0 is float16.</summary>
public readonly struct Scalar : IEquatable<Scalar>
{
    private readonly double real;
    private readonly long integer;

    private Scalar(double real, long integer, DType kind, bool isConstant = false, Func<double>? source = null) =>
        (this.real, this.integer, Kind, IsConstant, Source) = (real, integer, kind, isConstant, source);

    /// <summary>A number that is worked out anew at each replay of a compiled step: a learning rate, a step's bias correction.</summary>
    internal static Scalar Live(Func<double> source) => new(source(), 0, DType.Float64, source: source);

    /// <summary>Where the number comes from, if it may change between replays of a compiled step.</summary>
    internal Func<double>? Source { get; }

    /// <summary>The kind: <see cref="GpuTensor.DType.Bool"/>, <see cref="GpuTensor.DType.Int64"/> or
    /// <see cref="GpuTensor.DType.Float64"/>.</summary>
    public DType Kind { get; }

    /// <summary>Part of an operator's definition rather than a caller's number: it may stand in a kernel's source.</summary>
    internal bool IsConstant { get; }

    /// <summary>A number that belongs to an operator's definition (the ½ of a gelu): it may fold into the kernel, where a caller's number
    /// is an argument.</summary>
    internal static Scalar Constant(double value) => new(value, 0, DType.Float64, isConstant: true);

    /// <summary>A whole number that belongs to an operator's definition; it leaves the dtype of what it meets alone.</summary>
    internal static Scalar Constant(long value) => new(0, value, DType.Int64, isConstant: true);

    /// <summary>The value as a double.</summary>
    public double ToDouble() => Kind == DType.Float64 ? real : integer;

    /// <summary>The value as an integer; a floating value is truncated.</summary>
    public long ToInt64() => Kind == DType.Float64 ? (long)real : integer;

    /// <summary>How kernels get it as an argument of a dtype: the bits of a double, or a long.</summary>
    internal long BitsAs(DType dtype)
    {
        bool isReal = Kind == DType.Float64;
        if (dtype.IsFloatingPoint()) return BitConverter.DoubleToInt64Bits(isReal ? real : Casts.ToReal(integer, dtype));
        return isReal ? Casts.ToInteger(real, dtype) : dtype == DType.Bool ? (integer != 0 ? 1 : 0) : integer;
    }

    /// <summary>From a floating-point number.</summary>
    public static implicit operator Scalar(double value) => new(value, 0, DType.Float64);

    /// <summary>From a floating-point number.</summary>
    public static implicit operator Scalar(float value) => new(value, 0, DType.Float64);

    /// <summary>From a floating-point number.</summary>
    public static implicit operator Scalar(Half value) => new((double)value, 0, DType.Float64);

    /// <summary>From an integer.</summary>
    public static implicit operator Scalar(int value) => new(0, value, DType.Int64);

    /// <summary>From an integer.</summary>
    public static implicit operator Scalar(long value) => new(0, value, DType.Int64);

    /// <summary>From an integer.</summary>
    public static implicit operator Scalar(byte value) => new(0, value, DType.Int64);

    /// <summary>From an integer.</summary>
    public static implicit operator Scalar(ushort value) => new(0, value, DType.Int64);

    /// <summary>From an integer.</summary>
    public static implicit operator Scalar(uint value) => new(0, value, DType.Int64);

    /// <summary>From an integer; without this C# would round it to a float.</summary>
    /// <exception cref="TensorDTypeException">It is larger than int64 holds.</exception>
    public static implicit operator Scalar(ulong value) => value <= long.MaxValue ? new(0, (long)value, DType.Int64)
        : throw new TensorDTypeException($"{value} is larger than int64 holds, {long.MaxValue}; convert it to double first.");

    /// <summary>From a truth value.</summary>
    public static implicit operator Scalar(bool value) => new(0, value ? 1 : 0, DType.Bool);

    /// <summary>The dtype of an operation of a tensor with this scalar, as PyTorch's rule for Python numbers.</summary>
    internal DType PromoteWith(DType tensor) => Kind.Category() <= tensor.Category() ? tensor : Kind == DType.Float64 ? DType.Float32
        : Kind;

    /// <inheritdoc/>
    public bool Equals(Scalar other) => Kind == other.Kind && real.Equals(other.real) && integer == other.integer;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar s && Equals(s);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(real, integer, Kind);

    /// <summary>Equal kind and value.</summary>
    public static bool operator ==(Scalar a, Scalar b) => a.Equals(b);

    /// <summary>Different kind or value.</summary>
    public static bool operator !=(Scalar a, Scalar b) => !a.Equals(b);

    /// <inheritdoc/>
    public override string ToString() => Kind switch { DType.Float64 => real.ToString("R", CultureInfo.InvariantCulture),
        DType.Bool => integer != 0 ? "True" : "False", _ => integer.ToString(CultureInfo.InvariantCulture) };
}
