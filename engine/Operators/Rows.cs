using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Operators;

/// <summary>Makes the rows of pointwise operators. The name is also the function of the kernels; gradients of half types are computed in
/// float32 and rounded once.</summary>
internal static class Rows
{
    /// <summary>A function of one floating number whose derivative is written with its argument.</summary>
    /// <param name="name">PyTorch's name.</param>
    /// <param name="f">The reference.</param>
    /// <param name="gradient">From the result's gradient and the argument to the argument's gradient.</param>
    /// <param name="own">The scalar function, where it is no row of <see cref="Functions"/>.</param>
    public static Operator OfInput(string name, Func<double, double> f, Func<Tensor, Tensor, Tensor> gradient,
        ScalarFunction? own = null) => new(name, Iteration.Pointwise)
    {
        Function = own ?? Functions.Get(name),
        Types = TypeRule.Floats,
        Saves = Saves.A,
        Gradient = c => c.Return(0, gradient(Wide(c.Grad), Wide(c.A))),
        Reference = c => c.Map(f),
    };

    /// <summary>A function of one floating number whose derivative is written with its result.</summary>
    public static Operator OfOutput(string name, Func<double, double> f, Func<Tensor, Tensor, Tensor> gradient) =>
        new(name, Iteration.Pointwise)
    {
        Function = Functions.Get(name),
        Types = TypeRule.Floats,
        Saves = Saves.Output,
        Gradient = c => c.Return(0, gradient(Wide(c.Grad), Wide(c.Output))),
        Reference = c => c.Map(f),
    };

    /// <summary>A function of one number that is constant between jumps: its gradient is zero.</summary>
    public static Operator Steps(string name, Func<double, double> real, Func<long, long> integer) => new(name, Iteration.Pointwise)
    {
        Function = Functions.Get(name),
        Gradient = c => c.Return(0, Tensor.ZerosLike(c.Grad)),
        Reference = c => c.Map(real, integer),
    };

    /// <summary>A function of two numbers. The rules give the gradient of each operand; the sets say what each of them reads.</summary>
    public static Operator OfTwo(string name, Func<double, double, double> real, Func<long, long, long> integer,
        Func<GradientContext, Tensor> a, Func<GradientContext, Tensor> b, Saves savesForA = default, Saves savesForB = default,
        TypeRule types = TypeRule.Same, Operator? forBool = null, string? function = null) => new(name, Iteration.Pointwise)
    {
        Function = Functions.Get(function ?? name),
        Types = types,
        ForBool = forBool,
        Saves = savesForA | savesForB,
        SavesFor = [savesForA, savesForB],
        Gradient = c =>
        {
            if (c.Needs(0)) c.Return(0, a(c));
            if (c.Needs(1)) c.Return(1, b(c));
        },
        Reference = c => c.Map(real, integer),
    };

    /// <summary>A comparison of two numbers: bool.</summary>
    public static Operator Comparison(string name, Func<double, double, bool> real, Func<long, long, bool> integer) =>
        new(name, Iteration.Pointwise)
    {
        Function = Functions.Get(name),
        Types = TypeRule.GivesBool,
        Reference = c => c.Test(real, integer),
    };

    /// <summary>A predicate of one floating number: bool.</summary>
    public static Operator Predicate(string name, Func<double, bool> real) => new(name, Iteration.Pointwise)
    {
        Function = Functions.Get(name),
        Types = TypeRule.Floats | TypeRule.GivesBool,
        Reference = c =>
        {
            for (int i = 0; i < c.Out.Integer.Length; i++) c.Out.Integer[i] = real(c.In[0].Real[i]) ? 1 : 0;
        },
    };

    /// <summary>A function of integers (or bools) only.</summary>
    public static Operator OfIntegers(string name, Func<long, long, DType, long> f, TypeRule types = TypeRule.RefusesFloats,
        Operator? forBool = null)
        => new(name, Iteration.Pointwise)
    {
        Function = Functions.Get(name),
        Types = types,
        ForBool = forBool,
        Reference = c =>
        {
            for (int i = 0; i < c.Out.Integer.Length; i++) c.Out.Integer[i] = f(c.In[0].Integer[i], c.In[^1].Integer[i], c.Out.DType);
        },
    };

    /// <summary>Half types widened to float32, in which rules and compositions on them are computed.</summary>
    public static Tensor Wide(Tensor x) => x.DType.IsHalf() ? x.To(DType.Float32) : x;
}
