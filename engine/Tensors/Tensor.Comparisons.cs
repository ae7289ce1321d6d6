using GpuTensor.Graph;
using GpuTensor.Operators;

namespace GpuTensor;

/// <content>Comparisons, logic, bits and choice.</content>
public partial class Tensor
{
    /// <summary>Where the elements are equal: bool.</summary>
    public Tensor Eq(Tensor other) => Binary(Comparisons.Eq, this, other);

    /// <inheritdoc cref="Eq(Tensor)"/>
    public Tensor Eq(Scalar other) => Binary(Comparisons.Eq, this, other);

    /// <summary>Where the elements differ: bool.</summary>
    public Tensor Ne(Tensor other) => Binary(Comparisons.Ne, this, other);

    /// <inheritdoc cref="Ne(Tensor)"/>
    public Tensor Ne(Scalar other) => Binary(Comparisons.Ne, this, other);

    /// <summary>Where this is less: bool.</summary>
    public Tensor Lt(Tensor other) => Binary(Comparisons.Lt, this, other);

    /// <inheritdoc cref="Lt(Tensor)"/>
    public Tensor Lt(Scalar other) => Binary(Comparisons.Lt, this, other);

    /// <summary>Where this is at most <paramref name="other"/>: bool.</summary>
    public Tensor Le(Tensor other) => Binary(Comparisons.Le, this, other);

    /// <inheritdoc cref="Le(Tensor)"/>
    public Tensor Le(Scalar other) => Binary(Comparisons.Le, this, other);

    /// <summary>Where this is greater: bool.</summary>
    public Tensor Gt(Tensor other) => Binary(Comparisons.Gt, this, other);

    /// <inheritdoc cref="Gt(Tensor)"/>
    public Tensor Gt(Scalar other) => Binary(Comparisons.Gt, this, other);

    /// <summary>Where this is at least <paramref name="other"/>: bool.</summary>
    public Tensor Ge(Tensor other) => Binary(Comparisons.Ge, this, other);

    /// <inheritdoc cref="Ge(Tensor)"/>
    public Tensor Ge(Scalar other) => Binary(Comparisons.Ge, this, other);

    /// <summary>Where both are not zero: bool.</summary>
    public Tensor LogicalAnd(Tensor other) => Binary(Logic.LogicalAnd, this, other);

    /// <summary>Where at least one is not zero: bool.</summary>
    public Tensor LogicalOr(Tensor other) => Binary(Logic.LogicalOr, this, other);

    /// <summary>Where exactly one is not zero: bool.</summary>
    public Tensor LogicalXor(Tensor other) => Binary(Logic.LogicalXor, this, other);

    /// <summary>The bits that both have (integers); of bools: and.</summary>
    public Tensor BitwiseAnd(Tensor other) => Binary(Logic.BitwiseAnd, this, other);

    /// <inheritdoc cref="BitwiseAnd(Tensor)"/>
    public Tensor BitwiseAnd(Scalar other) => Binary(Logic.BitwiseAnd, this, other);

    /// <summary>The bits that either has (integers); of bools: or.</summary>
    public Tensor BitwiseOr(Tensor other) => Binary(Logic.BitwiseOr, this, other);

    /// <inheritdoc cref="BitwiseOr(Tensor)"/>
    public Tensor BitwiseOr(Scalar other) => Binary(Logic.BitwiseOr, this, other);

    /// <summary>The bits that one of the two has (integers); of bools: exclusive or.</summary>
    public Tensor BitwiseXor(Tensor other) => Binary(Logic.BitwiseXor, this, other);

    /// <inheritdoc cref="BitwiseXor(Tensor)"/>
    public Tensor BitwiseXor(Scalar other) => Binary(Logic.BitwiseXor, this, other);

    /// <summary>The bits of integers shifted up.</summary>
    public Tensor BitwiseLeftShift(Tensor other) => Binary(Logic.ShiftLeft, this, other);

    /// <inheritdoc cref="BitwiseLeftShift(Tensor)"/>
    public Tensor BitwiseLeftShift(Scalar other) => Binary(Logic.ShiftLeft, this, other);

    /// <summary>The bits of integers shifted down, keeping the sign.</summary>
    public Tensor BitwiseRightShift(Tensor other) => Binary(Logic.ShiftRight, this, other);

    /// <inheritdoc cref="BitwiseRightShift(Tensor)"/>
    public Tensor BitwiseRightShift(Scalar other) => Binary(Logic.ShiftRight, this, other);

    /// <summary>Where the elements are NaN.</summary>
    public Tensor IsNaN() => Unary(Comparisons.IsNaN, this);

    /// <summary>Where the elements are +∞ or −∞.</summary>
    public Tensor IsInf() => Unary(Comparisons.IsInf, this);

    /// <summary>Where the elements are numbers: neither infinite nor NaN.</summary>
    public Tensor IsFinite() => Unary(Comparisons.IsFinite, this);

    /// <summary>Where the elements are zero.</summary>
    public Tensor LogicalNot() => Unary(Logic.LogicalNot, this);

    /// <summary>The bits inverted (integers), or the negation (bool).</summary>
    /// <exception cref="TensorDTypeException">The dtype is floating.</exception>
    public Tensor BitwiseNot() => Unary(Logic.BitwiseNot, this);

    /// <summary>Elements of <paramref name="a"/> where the condition holds, else of <paramref name="b"/>; all three broadcast, a and b
    /// promoted.</summary>
    /// <exception cref="TensorDTypeException">The condition is not bool.</exception>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Unify(ref a, ref b);
        Unify(ref condition, ref a);
        Unify(ref condition, ref b);
        var dtype = ResultType(a, b);
        return Choose(condition, GpuTensor.Shape.Broadcast(a.Shape, b.Shape, "where"), dtype, a, default, b, default);
    }

    /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
    public static Tensor Where(Tensor condition, Tensor a, Scalar b)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(a);
        var dtype = ResultType(a, b);
        return Choose(condition, a.Shape, dtype, a, default, null, b);
    }

    /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
    public static Tensor Where(Tensor condition, Scalar a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(b);
        var dtype = ResultType(a, b);
        return Choose(condition, b.Shape, dtype, null, a, b, default);
    }

    /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
    public static Tensor Where(Tensor condition, Scalar a, Scalar b)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var dtype = a.Kind.Category() >= b.Kind.Category() ? a.PromoteWith(DType.Bool) : b.PromoteWith(DType.Bool);
        return Choose(condition, GpuTensor.Shape.Scalar, dtype, null, a, null, b);
    }

    /// <summary>The choice between two tensors, or numbers where a tensor is null.</summary>
    private static Tensor Choose(Tensor condition, Shape values, DType dtype, Tensor? a, Scalar numberA, Tensor? b, Scalar numberB)
    {
        if (condition.DType != DType.Bool)
            throw new TensorDTypeException($"where: the condition must be bool, not {condition.DType.Name()}.");
        var shape = GpuTensor.Shape.Broadcast(condition.Shape, values, "where");
        var device = (a ?? b ?? condition).Device;
        return Apply(Logic.Where, dtype, shape, condition.Broadcast(shape),
            a is null ? FromScalar(numberA, dtype, device, shape) : a.To(dtype).Broadcast(shape),
            [b is null ? FromScalar(numberB, dtype, device, shape) : b.To(dtype).Broadcast(shape)]);
    }

    /// <summary>These elements where the condition holds, else those of <paramref name="other"/>.</summary>
    public Tensor Where(Tensor condition, Tensor other) => Where(condition.NotNull(), this, other.NotNull());

    /// <summary>These elements where the condition holds, else a number.</summary>
    public Tensor Where(Tensor condition, Scalar other) => Where(condition.NotNull(), this, other);

    /// <summary>A copy with <paramref name="value"/> where the mask (bool, broadcasts to this shape) holds.</summary>
    /// <exception cref="TensorDTypeException">The mask is not bool, or the value is of a higher kind than this dtype.</exception>
    public Tensor MaskedFill(Tensor mask, Scalar value)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (value.Kind == DType.Float64 && DType.IsInteger())
            throw new TensorDTypeException($"masked_fill: {value} cannot be stored in a tensor of {DType.Name()}.");
        return Where(mask, FromScalar(value, DType, Device), this);
    }

    /// <summary>A copy with the 0-d <paramref name="value"/> where the mask (bool) holds.</summary>
    /// <exception cref="TensorShapeException">The value has dimensions.</exception>
    /// <exception cref="TensorDTypeException">The mask is not bool, or the value is of a higher kind than this dtype.</exception>
    public Tensor MaskedFill(Tensor mask, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(value);
        if (value.Rank != 0)
            throw new TensorShapeException($"masked_fill: the value must be a number or 0-d, but has shape {value.Shape}.");
        if (value.DType.Category() > DType.Category())
            throw new TensorDTypeException($"masked_fill: a {value.DType.Name()} cannot be stored in a tensor of {DType.Name()}.");
        return Where(mask, value.To(DType), this);
    }

    /// <summary>Where |this − other| ≤ atol + rtol · |other|; equal infinities are close.</summary>
    public Tensor IsClose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNaN = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (DType != other.DType) throw new TensorDTypeException($"is_close: the dtypes differ, {DType.Name()} and {other.DType.Name()}.");
        var close = Eq(other);
        if (DType.IsFloatingPoint()) close |= IsFinite() & other.IsFinite() & ((this - other).Abs() <= atol + rtol * other.Abs());
        else if (DType != DType.Bool && (rtol != 0 || atol != 0)) close |= (this - other).Abs() <= atol
            + rtol * other.Abs().To(DType.Float64);
        return equalNaN && DType.IsFloatingPoint() ? close | (IsNaN() & other.IsNaN()) : close;
    }

    /// <summary>Whether all elements are close (<see cref="IsClose"/>); flushes and waits. Shapes broadcast.</summary>
    public bool AllClose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNaN = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        using var mode = NoGrad();
        return IsClose(other, rtol, atol, equalNaN).All().Item<bool>();
    }

    /// <summary>Whether both have one shape and the same elements; flushes and waits. NaN equals nothing.</summary>
    public bool Equal(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Shape != other.Shape) return false;
        using var mode = NoGrad();
        return Eq(other).All().Item<bool>();
    }
}
