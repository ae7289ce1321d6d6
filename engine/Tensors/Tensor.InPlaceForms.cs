namespace GpuTensor;

/// <content>In-place forms: this variable, and every view of it, gets the result. The result must fit this shape and may not be of a higher
/// kind than this dtype.
/// A leaf that requires gradients can only be changed under <see cref="NoGrad"/>; changing a value that a gradient needs is found out in
/// backward.</content>
public partial class Tensor
{
    /// <summary><see cref="Add(Tensor, Scalar?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Add_(Tensor other, Scalar? alpha = null) => Assign(Add(other.NotNull(), alpha), "add_");

    /// <summary><see cref="Sub(Tensor, Scalar?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Sub_(Tensor other, Scalar? alpha = null) => Assign(Sub(other.NotNull(), alpha), "sub_");

    /// <summary><see cref="Mul(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Mul_(Tensor other) => Assign(Mul(other.NotNull()), "mul_");

    /// <summary><see cref="Div(Tensor, string?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Div_(Tensor other, string? roundingMode = null) => Assign(Div(other.NotNull(), roundingMode), "div_");

    /// <summary><see cref="FloorDivide(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor FloorDivide_(Tensor other) => Assign(FloorDivide(other.NotNull()), "floor_divide_");

    /// <summary><see cref="Remainder(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Remainder_(Tensor other) => Assign(Remainder(other.NotNull()), "remainder_");

    /// <summary><see cref="Fmod(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Fmod_(Tensor other) => Assign(Fmod(other.NotNull()), "fmod_");

    /// <summary><see cref="Pow(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Pow_(Tensor exponent) => Assign(Pow(exponent.NotNull()), "pow_");

    /// <summary><see cref="Lerp(Tensor, Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Lerp_(Tensor end, Tensor weight) => Assign(Lerp(end.NotNull(), weight.NotNull()), "lerp_");

    /// <summary><see cref="MaskedFill(Tensor, Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor MaskedFill_(Tensor mask, Tensor value) => Assign(MaskedFill(mask.NotNull(), value.NotNull()), "masked_fill_");

    /// <summary><see cref="Add(Scalar, Scalar?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Add_(Scalar other, Scalar? alpha = null) => Assign(Add(other, alpha), "add_");

    /// <summary><see cref="Sub(Scalar, Scalar?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Sub_(Scalar other, Scalar? alpha = null) => Assign(Sub(other, alpha), "sub_");

    /// <summary><see cref="Mul(Scalar)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Mul_(Scalar other) => Assign(Mul(other), "mul_");

    /// <summary><see cref="Div(Scalar, string?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Div_(Scalar other, string? roundingMode = null) => Assign(Div(other, roundingMode), "div_");

    /// <summary><see cref="FloorDivide(Scalar)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor FloorDivide_(Scalar other) => Assign(FloorDivide(other), "floor_divide_");

    /// <summary><see cref="Remainder(Scalar)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Remainder_(Scalar other) => Assign(Remainder(other), "remainder_");

    /// <summary><see cref="Fmod(Scalar)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Fmod_(Scalar other) => Assign(Fmod(other), "fmod_");

    /// <summary><see cref="Pow(Scalar)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Pow_(Scalar exponent) => Assign(Pow(exponent), "pow_");

    /// <summary><see cref="Lerp(Tensor, Scalar)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Lerp_(Tensor end, Scalar weight) => Assign(Lerp(end.NotNull(), weight), "lerp_");

    /// <summary><see cref="MaskedFill(Tensor, Scalar)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor MaskedFill_(Tensor mask, Scalar value) => Assign(MaskedFill(mask.NotNull(), value), "masked_fill_");

    /// <summary><see cref="BitwiseAnd(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor BitwiseAnd_(Tensor other) => Assign(BitwiseAnd(other.NotNull()), "bitwise_and_");

    /// <summary><see cref="BitwiseOr(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor BitwiseOr_(Tensor other) => Assign(BitwiseOr(other.NotNull()), "bitwise_or_");

    /// <summary><see cref="BitwiseXor(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor BitwiseXor_(Tensor other) => Assign(BitwiseXor(other.NotNull()), "bitwise_xor_");

    /// <summary><see cref="BitwiseLeftShift(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor BitwiseLeftShift_(Tensor other) => Assign(BitwiseLeftShift(other.NotNull()), "bitwise_left_shift_");

    /// <summary><see cref="BitwiseRightShift(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor BitwiseRightShift_(Tensor other) => Assign(BitwiseRightShift(other.NotNull()), "bitwise_right_shift_");

    /// <summary><see cref="LogicalAnd(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor LogicalAnd_(Tensor other) => Assign(LogicalAnd(other.NotNull()), "logical_and_");

    /// <summary><see cref="LogicalOr(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor LogicalOr_(Tensor other) => Assign(LogicalOr(other.NotNull()), "logical_or_");

    /// <summary><see cref="LogicalXor(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor LogicalXor_(Tensor other) => Assign(LogicalXor(other.NotNull()), "logical_xor_");

    /// <summary><see cref="Atan2(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Atan2_(Tensor other) => Assign(Atan2(other.NotNull()), "atan2_");

    /// <summary><see cref="Hypot(Tensor)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Hypot_(Tensor other) => Assign(Hypot(other.NotNull()), "hypot_");

    /// <summary><see cref="Addcmul(Tensor, Tensor, Scalar?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Addcmul_(Tensor tensor1, Tensor tensor2, Scalar? value = null) =>
        Assign(Addcmul(tensor1.NotNull(), tensor2.NotNull(), value), "addcmul_");

    /// <summary><see cref="Addcdiv(Tensor, Tensor, Scalar?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Addcdiv_(Tensor tensor1, Tensor tensor2, Scalar? value = null) =>
        Assign(Addcdiv(tensor1.NotNull(), tensor2.NotNull(), value), "addcdiv_");

    /// <summary><see cref="Addmm(Tensor, Tensor, Scalar?, Scalar?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Addmm_(Tensor mat1, Tensor mat2, Scalar? beta = null, Scalar? alpha = null) =>
        Assign(Addmm(mat1.NotNull(), mat2.NotNull(), beta, alpha), "addmm_");

    /// <summary><see cref="Clamp(Scalar?, Scalar?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Clamp_(Scalar? min = null, Scalar? max = null) => Assign(Clamp(min, max), "clamp_");

    /// <summary><see cref="ClampMin(Scalar)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor ClampMin_(Scalar min) => Assign(ClampMin(min), "clamp_min_");

    /// <summary><see cref="ClampMax(Scalar)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor ClampMax_(Scalar max) => Assign(ClampMax(max), "clamp_max_");

    /// <summary><see cref="Abs()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Abs_() => Assign(Abs(), "abs_");

    /// <summary><see cref="Neg()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Neg_() => Assign(Neg(), "neg_");

    /// <summary><see cref="Sign()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Sign_() => Assign(Sign(), "sign_");

    /// <summary><see cref="Square()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Square_() => Assign(Square(), "square_");

    /// <summary><see cref="Floor()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Floor_() => Assign(Floor(), "floor_");

    /// <summary><see cref="Ceil()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Ceil_() => Assign(Ceil(), "ceil_");

    /// <summary><see cref="Trunc()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Trunc_() => Assign(Trunc(), "trunc_");

    /// <summary><see cref="Frac()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Frac_() => Assign(Frac(), "frac_");

    /// <summary><see cref="Exp()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Exp_() => Assign(Exp(), "exp_");

    /// <summary><see cref="Exp2()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Exp2_() => Assign(Exp2(), "exp2_");

    /// <summary><see cref="Expm1()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Expm1_() => Assign(Expm1(), "expm1_");

    /// <summary><see cref="Log()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Log_() => Assign(Log(), "log_");

    /// <summary><see cref="Log2()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Log2_() => Assign(Log2(), "log2_");

    /// <summary><see cref="Log10()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Log10_() => Assign(Log10(), "log10_");

    /// <summary><see cref="Log1p()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Log1p_() => Assign(Log1p(), "log1p_");

    /// <summary><see cref="Sqrt()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Sqrt_() => Assign(Sqrt(), "sqrt_");

    /// <summary><see cref="Rsqrt()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Rsqrt_() => Assign(Rsqrt(), "rsqrt_");

    /// <summary><see cref="Reciprocal()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Reciprocal_() => Assign(Reciprocal(), "reciprocal_");

    /// <summary><see cref="Sin()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Sin_() => Assign(Sin(), "sin_");

    /// <summary><see cref="Cos()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Cos_() => Assign(Cos(), "cos_");

    /// <summary><see cref="Tan()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Tan_() => Assign(Tan(), "tan_");

    /// <summary><see cref="Asin()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Asin_() => Assign(Asin(), "asin_");

    /// <summary><see cref="Acos()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Acos_() => Assign(Acos(), "acos_");

    /// <summary><see cref="Atan()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Atan_() => Assign(Atan(), "atan_");

    /// <summary><see cref="Sinh()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Sinh_() => Assign(Sinh(), "sinh_");

    /// <summary><see cref="Cosh()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Cosh_() => Assign(Cosh(), "cosh_");

    /// <summary><see cref="Tanh()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Tanh_() => Assign(Tanh(), "tanh_");

    /// <summary><see cref="Asinh()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Asinh_() => Assign(Asinh(), "asinh_");

    /// <summary><see cref="Acosh()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Acosh_() => Assign(Acosh(), "acosh_");

    /// <summary><see cref="Atanh()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Atanh_() => Assign(Atanh(), "atanh_");

    /// <summary><see cref="Erf()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Erf_() => Assign(Erf(), "erf_");

    /// <summary><see cref="Erfc()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Erfc_() => Assign(Erfc(), "erfc_");

    /// <summary><see cref="Sigmoid()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Sigmoid_() => Assign(Sigmoid(), "sigmoid_");

    /// <summary><see cref="Relu()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Relu_() => Assign(Relu(), "relu_");

    /// <summary><see cref="LogicalNot()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor LogicalNot_() => Assign(LogicalNot(), "logical_not_");

    /// <summary><see cref="BitwiseNot()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor BitwiseNot_() => Assign(BitwiseNot(), "bitwise_not_");

    /// <summary><see cref="Round(int)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Round_(int decimals = 0) => Assign(Round(decimals), "round_");

    /// <summary><see cref="Tril(int)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Tril_(int diagonal = 0) => Assign(Tril(diagonal), "tril_");

    /// <summary><see cref="Triu(int)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Triu_(int diagonal = 0) => Assign(Triu(diagonal), "triu_");

    /// <summary>All elements zero.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Zero_() => Assign(FromScalar(Operators.Constants.Zero, DType, Device), "zero_");

    /// <summary>All elements one number, converted to this dtype.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Fill_(Scalar value) => Assign(FromScalar(value, DType, Device), "fill_");

    /// <summary>All elements the value of a 0-d tensor, converted to this dtype.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="TensorShapeException">The value has dimensions.</exception>
    public Tensor Fill_(Tensor value) =>
        value.NotNull().Rank == 0 ? Copy_(value)
            : throw new TensorShapeException($"fill_: the value must be 0-d, but has shape {value.Shape}.");

    /// <summary>The elements of another tensor, which broadcasts to this shape; converted to this dtype and moved to this device.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Copy_(Tensor source) => Assign(source.NotNull().To(Device).To(DType), "copy_");
}
