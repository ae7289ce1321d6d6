using GpuTensor.Operators;

namespace GpuTensor;

/// <content>C#'s operators. Each comes for two tensors and for a tensor and a number on either side; numbers promote by kind
/// (<see cref="Scalar"/>).</content>
public partial class Tensor
{
    /// <summary>A 0-d tensor of the number: float32, int64 or bool by kind, on the default device; it mixes with tensors of any
    /// device.</summary>
    public static implicit operator Tensor(Scalar value) => FromScalar(value);

    /// <inheritdoc cref="op_Implicit(Scalar)"/>
    public static implicit operator Tensor(double value) => FromScalar(value);

    /// <inheritdoc cref="op_Implicit(Scalar)"/>
    public static implicit operator Tensor(float value) => FromScalar(value);

    /// <inheritdoc cref="op_Implicit(Scalar)"/>
    public static implicit operator Tensor(Half value) => FromScalar(value);

    /// <inheritdoc cref="op_Implicit(Scalar)"/>
    public static implicit operator Tensor(int value) => FromScalar(value);

    /// <inheritdoc cref="op_Implicit(Scalar)"/>
    public static implicit operator Tensor(long value) => FromScalar(value);

    /// <inheritdoc cref="op_Implicit(Scalar)"/>
    public static implicit operator Tensor(byte value) => FromScalar(value);

    /// <inheritdoc cref="op_Implicit(Scalar)"/>
    public static implicit operator Tensor(ushort value) => FromScalar(value);

    /// <inheritdoc cref="op_Implicit(Scalar)"/>
    public static implicit operator Tensor(uint value) => FromScalar(value);

    /// <inheritdoc cref="op_Implicit(Scalar)"/>
    /// <exception cref="TensorDTypeException">It is larger than int64 holds.</exception>
    public static implicit operator Tensor(ulong value) => FromScalar(value);

    /// <inheritdoc cref="op_Implicit(Scalar)"/>
    public static implicit operator Tensor(bool value) => FromScalar(value);

    /// <summary>The negative.</summary>
    /// <exception cref="TensorDTypeException">The tensor is bool.</exception>
    public static Tensor operator -(Tensor a) => Unary(Arithmetic.Neg, a);

    /// <summary>The tensor itself.</summary>
    public static Tensor operator +(Tensor a) => a.NotNull();

    /// <summary>The bits inverted (integers), or the negation (bool).</summary>
    public static Tensor operator ~(Tensor a) => a.NotNull().BitwiseNot();

    /// <summary>The sum, element by element, broadcast; of bools: or.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => Binary(Arithmetic.Add, a, b);

    /// <inheritdoc cref="op_Addition(Tensor, Tensor)"/>
    public static Tensor operator +(Tensor a, Scalar b) => Binary(Arithmetic.Add, a, b);

    /// <inheritdoc cref="op_Addition(Tensor, Tensor)"/>
    public static Tensor operator +(Scalar a, Tensor b) => Binary(Arithmetic.Add, a, b);

    /// <summary>The difference, element by element, broadcast; not of bools.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => Binary(Arithmetic.Sub, a, b);

    /// <inheritdoc cref="op_Subtraction(Tensor, Tensor)"/>
    public static Tensor operator -(Tensor a, Scalar b) => Binary(Arithmetic.Sub, a, b);

    /// <inheritdoc cref="op_Subtraction(Tensor, Tensor)"/>
    public static Tensor operator -(Scalar a, Tensor b) => Binary(Arithmetic.Sub, a, b);

    /// <summary>The product, element by element, broadcast; of bools: and.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => Binary(Arithmetic.Mul, a, b);

    /// <inheritdoc cref="op_Multiply(Tensor, Tensor)"/>
    public static Tensor operator *(Tensor a, Scalar b) => Binary(Arithmetic.Mul, a, b);

    /// <inheritdoc cref="op_Multiply(Tensor, Tensor)"/>
    public static Tensor operator *(Scalar a, Tensor b) => Binary(Arithmetic.Mul, a, b);

    /// <summary>The quotient, element by element, broadcast; integers give float32.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => Binary(Arithmetic.Div, a, b);

    /// <inheritdoc cref="op_Division(Tensor, Tensor)"/>
    public static Tensor operator /(Tensor a, Scalar b) => Binary(Arithmetic.Div, a, b);

    /// <inheritdoc cref="op_Division(Tensor, Tensor)"/>
    public static Tensor operator /(Scalar a, Tensor b) => Binary(Arithmetic.Div, a, b);

    /// <summary>The rest of the division, with the divisor's sign, as Python's <c>%</c>.</summary>
    public static Tensor operator %(Tensor a, Tensor b) => Binary(Arithmetic.Remainder, a, b);

    /// <inheritdoc cref="op_Modulus(Tensor, Tensor)"/>
    public static Tensor operator %(Tensor a, Scalar b) => Binary(Arithmetic.Remainder, a, b);

    /// <inheritdoc cref="op_Modulus(Tensor, Tensor)"/>
    public static Tensor operator %(Scalar a, Tensor b) => Binary(Arithmetic.Remainder, a, b);

    /// <summary>Where a is less than b: bool.</summary>
    public static Tensor operator <(Tensor a, Tensor b) => Binary(Comparisons.Lt, a, b);

    /// <inheritdoc cref="op_LessThan(Tensor, Tensor)"/>
    public static Tensor operator <(Tensor a, Scalar b) => Binary(Comparisons.Lt, a, b);

    /// <inheritdoc cref="op_LessThan(Tensor, Tensor)"/>
    public static Tensor operator <(Scalar a, Tensor b) => Binary(Comparisons.Lt, a, b);

    /// <summary>Where a is greater than b: bool.</summary>
    public static Tensor operator >(Tensor a, Tensor b) => Binary(Comparisons.Gt, a, b);

    /// <inheritdoc cref="op_GreaterThan(Tensor, Tensor)"/>
    public static Tensor operator >(Tensor a, Scalar b) => Binary(Comparisons.Gt, a, b);

    /// <inheritdoc cref="op_GreaterThan(Tensor, Tensor)"/>
    public static Tensor operator >(Scalar a, Tensor b) => Binary(Comparisons.Gt, a, b);

    /// <summary>Where a is at most b: bool.</summary>
    public static Tensor operator <=(Tensor a, Tensor b) => Binary(Comparisons.Le, a, b);

    /// <inheritdoc cref="op_LessThanOrEqual(Tensor, Tensor)"/>
    public static Tensor operator <=(Tensor a, Scalar b) => Binary(Comparisons.Le, a, b);

    /// <inheritdoc cref="op_LessThanOrEqual(Tensor, Tensor)"/>
    public static Tensor operator <=(Scalar a, Tensor b) => Binary(Comparisons.Le, a, b);

    /// <summary>Where a is at least b: bool.</summary>
    public static Tensor operator >=(Tensor a, Tensor b) => Binary(Comparisons.Ge, a, b);

    /// <inheritdoc cref="op_GreaterThanOrEqual(Tensor, Tensor)"/>
    public static Tensor operator >=(Tensor a, Scalar b) => Binary(Comparisons.Ge, a, b);

    /// <inheritdoc cref="op_GreaterThanOrEqual(Tensor, Tensor)"/>
    public static Tensor operator >=(Scalar a, Tensor b) => Binary(Comparisons.Ge, a, b);

    /// <summary>The bits that both have (integers); of bools: and.</summary>
    public static Tensor operator &(Tensor a, Tensor b) => Binary(Logic.BitwiseAnd, a, b);

    /// <inheritdoc cref="op_BitwiseAnd(Tensor, Tensor)"/>
    public static Tensor operator &(Tensor a, Scalar b) => Binary(Logic.BitwiseAnd, a, b);

    /// <inheritdoc cref="op_BitwiseAnd(Tensor, Tensor)"/>
    public static Tensor operator &(Scalar a, Tensor b) => Binary(Logic.BitwiseAnd, a, b);

    /// <summary>The bits that either has (integers); of bools: or.</summary>
    public static Tensor operator |(Tensor a, Tensor b) => Binary(Logic.BitwiseOr, a, b);

    /// <inheritdoc cref="op_BitwiseOr(Tensor, Tensor)"/>
    public static Tensor operator |(Tensor a, Scalar b) => Binary(Logic.BitwiseOr, a, b);

    /// <inheritdoc cref="op_BitwiseOr(Tensor, Tensor)"/>
    public static Tensor operator |(Scalar a, Tensor b) => Binary(Logic.BitwiseOr, a, b);

    /// <summary>The bits that one of the two has (integers); of bools: exclusive or.</summary>
    public static Tensor operator ^(Tensor a, Tensor b) => Binary(Logic.BitwiseXor, a, b);

    /// <inheritdoc cref="op_ExclusiveOr(Tensor, Tensor)"/>
    public static Tensor operator ^(Tensor a, Scalar b) => Binary(Logic.BitwiseXor, a, b);

    /// <inheritdoc cref="op_ExclusiveOr(Tensor, Tensor)"/>
    public static Tensor operator ^(Scalar a, Tensor b) => Binary(Logic.BitwiseXor, a, b);

    /// <summary>The bits of integers shifted up.</summary>
    public static Tensor operator <<(Tensor a, Tensor b) => Binary(Logic.ShiftLeft, a, b);

    /// <inheritdoc cref="op_LeftShift(Tensor, Tensor)"/>
    public static Tensor operator <<(Tensor a, Scalar b) => Binary(Logic.ShiftLeft, a, b);

    /// <summary>The bits of integers shifted down, keeping the sign.</summary>
    public static Tensor operator >>(Tensor a, Tensor b) => Binary(Logic.ShiftRight, a, b);

    /// <inheritdoc cref="op_RightShift(Tensor, Tensor)"/>
    public static Tensor operator >>(Tensor a, Scalar b) => Binary(Logic.ShiftRight, a, b);

    /// <summary>Adds a tensor in place, as <c>Add_</c>.</summary>
    public void operator +=(Tensor other) => Add_(other);

    /// <summary>Adds a number in place, as <c>Add_</c>.</summary>
    public void operator +=(Scalar other) => Add_(other);

    /// <summary>Subtracts a tensor in place, as <c>Sub_</c>.</summary>
    public void operator -=(Tensor other) => Sub_(other);

    /// <summary>Subtracts a number in place, as <c>Sub_</c>.</summary>
    public void operator -=(Scalar other) => Sub_(other);

    /// <summary>Multiplies by a tensor in place, as <c>Mul_</c>.</summary>
    public void operator *=(Tensor other) => Mul_(other);

    /// <summary>Multiplies by a number in place, as <c>Mul_</c>.</summary>
    public void operator *=(Scalar other) => Mul_(other);

    /// <summary>Divides by a tensor in place, as <c>Div_</c>.</summary>
    public void operator /=(Tensor other) => Div_(other);

    /// <summary>Divides by a number in place, as <c>Div_</c>.</summary>
    public void operator /=(Scalar other) => Div_(other);

    /// <summary>Takes the rest of the division by a tensor in place, as <c>Remainder_</c>.</summary>
    public void operator %=(Tensor other) => Remainder_(other);

    /// <summary>Takes the rest of the division by a number in place, as <c>Remainder_</c>.</summary>
    public void operator %=(Scalar other) => Remainder_(other);
}
