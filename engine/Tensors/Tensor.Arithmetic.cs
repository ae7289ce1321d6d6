using System.Runtime.CompilerServices;
using GpuTensor.Graph;
using GpuTensor.Operators;
using static GpuTensor.Operators.Constants;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>This tensor's numbers in another dtype, by C#'s casts on every device: floating to integer cuts the fraction off, what
    /// int32 or int64 cannot hold becomes the nearest number they can, NaN becomes 0; narrower integers are reached by way of int32 and
    /// wrap (300.7 is 44 as uint8); anything to bool is ≠ 0.</summary>
    public Tensor To(DType dtype) => dtype == DType ? this : Apply(Basic.Cast, dtype, Shape, Operand);

    /// <summary>The dtype of an operation of two tensors: tensors with dimensions outrank 0-d ones of the same category, as in
    /// PyTorch.</summary>
    internal static DType ResultType(Tensor a, Tensor b) => ResultType(a.DType, a.Rank, b.DType, b.Rank);

    private static DType ResultType(DType a, int rankA, DType b, int rankB)
    {
        if (rankA == 0 == (rankB == 0)) return DTypes.Promote(a, b);
        var (ranked, zero) = rankA == 0 ? (b, a) : (a, b);
        return zero.Category() > ranked.Category() ? DTypes.Promote(ranked, zero) : ranked;
    }

    /// <summary>The common dtype of three tensors.</summary>
    private static DType ResultType(Tensor a, Tensor b, Tensor c)
    {
        // Those with dimensions first: a 0-d one between them must not decide.
        DType? ranked = null, zero = null;
        foreach (var x in (ReadOnlySpan<Tensor>)[a, b, c])
            if (x.Rank > 0) ranked = ranked is { } r ? DTypes.Promote(r, x.DType) : x.DType;
            else zero = zero is { } z ? DTypes.Promote(z, x.DType) : x.DType;
        return ranked is not { } dims ? zero!.Value : zero is { } one ? ResultType(dims, 1, one, 0) : dims;
    }

    private static DType ResultType(Tensor a, Scalar b) => b.PromoteWith(a.DType);

    private static DType ResultType(Scalar a, Tensor b) => a.PromoteWith(b.DType);

    /// <summary>A pointwise operator on two tensors: broadcast, promoted, by the operator's own rule for dtypes.</summary>
    internal static Tensor Binary(Operator op, Tensor a, Tensor b, [CallerArgumentExpression(nameof(a))] string? nameOfA = null,
        [CallerArgumentExpression(nameof(b))] string? nameOfB = null)
    {
        a.NotNull(nameOfA);
        b.NotNull(nameOfB);
        Unify(ref a, ref b);
        var result = Types(ref op, ResultType(a, b), out var dtype);
        var shape = GpuTensor.Shape.Broadcast(a.Shape, b.Shape, op.Name);
        return Apply(op, result, shape, a.To(dtype).Broadcast(shape), b.To(dtype).Broadcast(shape));
    }

    /// <summary>A pointwise operator on a tensor and a number.</summary>
    internal static Tensor Binary(Operator op, Tensor a, Scalar b, [CallerArgumentExpression(nameof(a))] string? nameOfA = null)
    {
        a.NotNull(nameOfA);
        var result = Types(ref op, ResultType(a, b), out var dtype);
        return Apply(op, result, a.Shape, a.To(dtype).Operand, FromScalar(b, dtype, a.Device, a.Shape));
    }

    /// <summary>A pointwise operator on a number and a tensor.</summary>
    internal static Tensor Binary(Operator op, Scalar a, Tensor b, [CallerArgumentExpression(nameof(b))] string? nameOfB = null)
    {
        b.NotNull(nameOfB);
        var result = Types(ref op, ResultType(a, b), out var dtype);
        return Apply(op, result, b.Shape, FromScalar(a, dtype, b.Device, b.Shape), b.To(dtype).Operand);
    }

    /// <summary>A pointwise operator on one tensor.</summary>
    internal static Tensor Unary(Operator op, Tensor x, [CallerArgumentExpression(nameof(x))] string? nameOfX = null)
    {
        x.NotNull(nameOfX);
        var result = Types(ref op, x.DType, out var dtype);
        return Apply(op, result, x.Shape, x.To(dtype).Operand);
    }

    /// <summary>The operator's rule: which dtype it computes promoted operands in, and which it gives.</summary>
    private static DType Types(ref Operator op, DType promoted, out DType computed)
    {
        var rule = op.Types;
        computed = (rule & TypeRule.TakesBool) != 0 ? DType.Bool : (rule & TypeRule.Floats) != 0 && !promoted.IsFloatingPoint()
            ? DType.Float32 : promoted;
        if ((computed == DType.Bool && (rule & TypeRule.RefusesBool) != 0)
            || (computed.IsFloatingPoint() && (rule & TypeRule.RefusesFloats) != 0))
            throw new TensorDTypeException($"{op.Name} is not defined for {computed.Name()}; convert with To(dtype) first.");
        if (computed == DType.Bool && op.ForBool is { } forBool) op = forBool;
        return (rule & TypeRule.GivesBool) != 0 ? DType.Bool : computed;
    }

    /// <summary>A number that became a tensor on the default device goes where the other operand is.</summary>
    private static void Unify(ref Tensor a, ref Tensor b)
    {
        if (a.Device == b.Device) return;
        if (b.IsNumber) b = b.NumberOn(a.Device);
        else if (a.IsNumber) a = a.NumberOn(b.Device);
    }

    private bool IsNumber => Rank == 0 && Node is { Op.Iteration: Iteration.Number, Number: not null };

    private Tensor NumberOn(Device device) =>
        FromNode(Recorder.For(device).Record(Node.Op, DType, GpuTensor.Shape.Scalar, attributes: Node.Attributes));

    /// <summary>This tensor if its dtype is floating, else as float32.</summary>
    internal Tensor Floating() => DType.IsFloatingPoint() ? this : To(DType.Float32);

    /// <summary>The sum with <paramref name="other"/>, or with alpha · other; broadcast, promoted.</summary>
    public Tensor Add(Tensor other, Scalar? alpha = null) => alpha is { } factor ? AddScaled(other.NotNull(), factor)
        : this + other.NotNull();

    /// <summary>The sum with a number, or with alpha times it.</summary>
    public Tensor Add(Scalar other, Scalar? alpha = null) => alpha is { } factor ? this + Times(other, factor) : this + other;

    /// <summary>The difference from <paramref name="other"/>, or from alpha · other; broadcast, promoted.</summary>
    /// <exception cref="TensorDTypeException">Both are bool.</exception>
    public Tensor Sub(Tensor other, Scalar? alpha = null) =>
        alpha is { } factor ? AddScaled(other.NotNull(), Times(factor, -1L), "sub") : this - other.NotNull();

    /// <summary>The difference from a number, or from alpha times it.</summary>
    /// <exception cref="TensorDTypeException">Both are bool.</exception>
    public Tensor Sub(Scalar other, Scalar? alpha = null) => alpha is { } factor ? this - Times(other, factor) : this - other;

    // this + factor · other; floating numbers are rounded once, as PyTorch's kernels do it.
    private Tensor AddScaled(Tensor other, Scalar factor, string op = "add")
    {
        var (a, b) = (this, other);
        Unify(ref a, ref b);
        var type = ResultType(a, b);
        if (type == DType.Bool && op == "sub") throw new TensorDTypeException("sub is not defined for bool; convert with To(dtype) first.");
        if (factor.Kind == DType.Float64 && !type.IsFloatingPoint())
            throw new TensorDTypeException($"{op}: alpha must be a whole number for {type.Name()}.");
        return type == DType.Bool ? a + b * factor : Fma(b.To(type), FromScalar(factor, type, a.Device), a.To(type));
    }

    private static Tensor Scaled(Tensor x, Scalar? alpha) => alpha is { } factor ? x * factor : x;

    private static Scalar Times(Scalar a, Scalar b) =>
        a.Kind == DType.Float64 || b.Kind == DType.Float64 ? a.ToDouble() * b.ToDouble() : (Scalar)(a.ToInt64() * b.ToInt64());

    /// <summary>The product; broadcast, promoted.</summary>
    public Tensor Mul(Tensor other) => this * other.NotNull();

    /// <summary>The product with a number.</summary>
    public Tensor Mul(Scalar other) => this * other;

    /// <summary>The quotient; broadcast, promoted. Integers give float32, unless rounded.</summary>
    /// <param name="other">The divisor.</param>
    /// <param name="roundingMode"><c>"trunc"</c> rounds towards zero, <c>"floor"</c> down (Python's <c>//</c>), keeping integers; null does
    /// not round.</param>
    public Tensor Div(Tensor other, string? roundingMode = null) =>
        roundingMode is null ? this / other.NotNull() : Binary(Rounded(roundingMode), this, other);

    /// <summary>The quotient by a number. Integers give float32, unless rounded.</summary>
    /// <inheritdoc cref="Div(Tensor, string?)"/>
    public Tensor Div(Scalar other, string? roundingMode = null) =>
        roundingMode is null ? this / other : Binary(Rounded(roundingMode), this, other);

    private static Operator Rounded(string mode) => mode switch
    {
        "trunc" => Arithmetic.TruncDiv,
        "floor" => Arithmetic.FloorDiv,
        _ => throw new ArgumentException($"Div: roundingMode is \"trunc\", \"floor\" or null, not \"{mode}\".", nameof(mode)),
    };

    /// <summary>The quotient rounded down, Python's <c>//</c>.</summary>
    public Tensor FloorDivide(Tensor other) => Binary(Arithmetic.FloorDiv, this, other);

    /// <summary>The quotient rounded down, Python's <c>//</c>.</summary>
    public Tensor FloorDivide(Scalar other) => Binary(Arithmetic.FloorDiv, this, other);

    /// <summary>The rest of the division, with the divisor's sign: Python's <c>%</c>.</summary>
    public Tensor Remainder(Tensor other) => this % other.NotNull();

    /// <summary>The rest of the division, with the divisor's sign: Python's <c>%</c>.</summary>
    public Tensor Remainder(Scalar other) => this % other;

    /// <summary>The rest of a number's division by this tensor.</summary>
    public static Tensor Remainder(Scalar self, Tensor other) => self % other.NotNull();

    /// <summary>The rest of the division, with the dividend's sign: C's <c>fmod</c>.</summary>
    public Tensor Fmod(Tensor other) => Binary(Arithmetic.Fmod, this, other);

    /// <summary>The rest of the division, with the dividend's sign: C's <c>fmod</c>.</summary>
    public Tensor Fmod(Scalar other) => Binary(Arithmetic.Fmod, this, other);

    /// <summary>This tensor to the power of another; broadcast, promoted.</summary>
    public Tensor Pow(Tensor exponent) => Binary(Arithmetic.Pow, this, exponent);

    /// <summary>This tensor to the power of a number. The exponents 2, 3, ½ and −1 are products, a square root and a reciprocal.</summary>
    /// <exception cref="TensorDTypeException">An integer tensor to a negative whole power.</exception>
    public Tensor Pow(Scalar exponent)
    {
        if (!DType.IsFloatingPoint() && exponent.Kind != DType.Float64 && exponent.ToInt64() < 0)
            throw new TensorDTypeException($"Pow: integers to negative whole powers are not whole; the tensor is {DType.Name()}, the "
                + $"exponent {exponent}. Convert with To(dtype) first.");
        var x = To(exponent.PromoteWith(DType));
        double n = exponent.ToDouble();
        return n == 2 && x.DType != DType.Bool ? x * x
            : n == 3 && x.DType != DType.Bool ? x * x * x
            : x.DType.IsFloatingPoint() && n == 0.5 ? x.Sqrt()
            : x.DType.IsFloatingPoint() && n == -1 ? x.Reciprocal()
            : Binary(Arithmetic.Pow, x, exponent);
    }

    /// <summary>A number to the power of each element.</summary>
    public static Tensor Pow(Scalar self, Tensor exponent) => Binary(Arithmetic.Pow, self, exponent);

    /// <summary>The angle of the point (other, this) in radians, in all four quadrants.</summary>
    public Tensor Atan2(Tensor other) => Binary(Arithmetic.Atan2, this, other);

    /// <summary>√(this² + other²) without overflow in between.</summary>
    public Tensor Hypot(Tensor other) => Binary(Arithmetic.Hypot, this, other);

    /// <summary>The larger of each pair; NaN wins.</summary>
    public Tensor Maximum(Tensor other) => Binary(Arithmetic.Maximum, this, other);

    /// <summary>The smaller of each pair; NaN wins.</summary>
    public Tensor Minimum(Tensor other) => Binary(Arithmetic.Minimum, this, other);

    /// <summary>a·b + c, rounded once, for tensors of one dtype.</summary>
    internal static Tensor Fma(Tensor a, Tensor b, Tensor c)
    {
        var shape = GpuTensor.Shape.Broadcast(GpuTensor.Shape.Broadcast(a.Shape, b.Shape, "fma"), c.Shape, "fma");
        return Apply(Arithmetic.Fma, a.DType, shape, a.Broadcast(shape), b.Broadcast(shape), [c.Broadcast(shape)]);
    }

    private static void UnifyAll(ref Tensor a, ref Tensor b, ref Tensor c)
    {
        Unify(ref a, ref b);
        Unify(ref a, ref c);
        Unify(ref b, ref c);
    }

    /// <summary>this + value · tensor1 · tensor2, broadcast, in the common dtype of the three; for integers the fraction of value is cut
    /// off.</summary>
    public Tensor Addcmul(Tensor tensor1, Tensor tensor2, Scalar? value = null)
    {
        ArgumentNullException.ThrowIfNull(tensor1);
        ArgumentNullException.ThrowIfNull(tensor2);
        var self = this;
        UnifyAll(ref self, ref tensor1, ref tensor2);
        var type = ResultType(self, tensor1, tensor2);
        if (type == DType.Bool) return self + Scaled(tensor1, value) * tensor2;
        if (!type.IsFloatingPoint()) return self.To(type) + Scaled(tensor1.To(type), Whole(value)) * tensor2.To(type);
        // Half types in float32, and rounded once after the product, as PyTorch's kernels do it.
        var wide = Wider(type);
        return Fma(Scaled(tensor1.To(wide), value), tensor2.To(wide), self.To(wide)).To(type);
    }

    /// <summary>this + value · tensor1 / tensor2, broadcast, in the common dtype of the three.</summary>
    /// <exception cref="TensorDTypeException">The quotient would be of integers.</exception>
    public Tensor Addcdiv(Tensor tensor1, Tensor tensor2, Scalar? value = null)
    {
        ArgumentNullException.ThrowIfNull(tensor1);
        ArgumentNullException.ThrowIfNull(tensor2);
        if (!tensor1.DType.IsFloatingPoint() && !tensor2.DType.IsFloatingPoint())
            throw new TensorDTypeException($"Addcdiv divides floating-point tensors, not {tensor1.DType.Name()} by "
                + $"{tensor2.DType.Name()}.");
        var self = this;
        UnifyAll(ref self, ref tensor1, ref tensor2);
        var type = ResultType(self, tensor1, tensor2);
        var wide = Wider(type);
        return (self.To(wide) + Scaled(tensor1.To(wide), value) / tensor2.To(wide)).To(type);
    }

    /// <summary>this + weight · (end − this), broadcast, in the common dtype of the three.</summary>
    /// <remarks>For weights of ½ and more counted from the end, as PyTorch does it.</remarks>
    public Tensor Lerp(Tensor end, Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(end);
        ArgumentNullException.ThrowIfNull(weight);
        var self = this;
        UnifyAll(ref self, ref end, ref weight);
        var common = ResultType(self, end, weight);
        if (!common.IsFloatingPoint())
            throw new TensorDTypeException($"lerp is not defined for {common.Name()}; convert with To(dtype) first.");
        var type = Wider(common);
        var (from, to, share) = (self.To(type), end.To(type), weight.To(type));
        var small = share.Abs() < OneHalf;
        return Fma(Where(small, share, share - One), to - from, Where(small, from, to)).To(common);
    }

    /// <summary>this + weight · (end − this).</summary>
    public Tensor Lerp(Tensor end, Scalar weight) => Lerp(end.NotNull(), FromScalar(weight, ResultType(this, end), Device));
}
