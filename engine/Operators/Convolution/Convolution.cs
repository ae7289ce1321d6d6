using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Operators;

/// <summary>Convolutions of any number of spatial dimensions, as PyTorch defines them (cross-correlation: the kernel is not flipped). Input
/// (n, c, spatial…), weights (f, c / groups, spatial…), result (n, f, spatial…).</summary>
/// <remarks>The three operators are linear in each operand, and the gradients of each are the other two: <c>∂⟨g, conv(x, w)⟩</c> is
/// <c>transposed(g, w)</c> for x and <c>weightGradient(g, x)</c> for w. So gradients of any order are these kernels, with their own order
/// of sums.</remarks>
internal static class Convolution
{
    /// <summary>Operands: input and weights.</summary>
    public static readonly Operator Forward = new("convolution", Iteration.Kernel)
    {
        Kernel = (a, spec, profile, dialect) =>
            new ForwardConvolution(spec, ConvolutionAttributes.Of(a), profile, dialect).Generate(),
        Flops = (shape, operands) => Products(shape, operands[1]),
        Saves = Saves.AB,
        SavesFor = [Saves.B, Saves.A],
        Gradient = c =>
        {
            if (c.Needs(0)) c.Return(0, Apply(Transposed!, c.Node, c.Grad.Operand, c.Operand(1), c.Node[0].Shape));
            if (c.Needs(1)) c.Return(1, Apply(WeightGradient!, c.Node, c.Grad.Operand, c.Operand(0), c.Node[1].Shape));
        },
        Reference = c => ConvolutionReference.Run(c, c.In[0], c.In[1], c.Out),
    };

    /// <summary>Operands: a tensor of the shape of a convolution's result, and the weights; the result has the shape of the convolution's
    /// input. Also a layer of its own, conv_transpose.</summary>
    public static readonly Operator Transposed = new("convolution_transpose", Iteration.Kernel)
    {
        Kernel = (a, spec, profile, dialect) =>
            new TransposedConvolution(spec, ConvolutionAttributes.Of(a), profile, dialect).Generate(),
        Flops = (_, operands) => Products(operands[0], operands[1]),
        Saves = Saves.AB,
        SavesFor = [Saves.B, Saves.A],
        Gradient = c =>
        {
            if (c.Needs(0)) c.Return(0, Apply(Forward, c.Node, c.Grad.Operand, c.Operand(1), c.Node[0].Shape));
            if (c.Needs(1)) c.Return(1, Apply(WeightGradient!, c.Node, c.Operand(0), c.Grad.Operand, c.Node[1].Shape));
        },
        Reference = c => ConvolutionReference.Run(c, c.Out, c.In[1], c.In[0]),
    };

    /// <summary>Operands: the gradient of a convolution's result, and its input; the result has the shape of the weights.</summary>
    public static readonly Operator WeightGradient = new("convolution_weight_gradient", Iteration.Kernel)
    {
        Kernel = (a, spec, profile, dialect) =>
            new Kernels.WeightGradient(spec, ConvolutionAttributes.Of(a), profile, dialect).Generate(),
        Flops = (shape, operands) => Products(operands[0], shape),
        Saves = Saves.AB,
        SavesFor = [Saves.B, Saves.A],
        Gradient = c =>
        {
            if (c.Needs(0)) c.Return(0, Apply(Forward, c.Node, c.Operand(1), c.Grad.Operand, c.Node[0].Shape));
            if (c.Needs(1)) c.Return(1, Apply(Transposed, c.Node, c.Operand(0), c.Grad.Operand, c.Node[1].Shape));
        },
        Reference = c => ConvolutionReference.Run(c, c.In[1], c.Out, c.In[0]),
    };

    private static Tensor Apply(Operator op, Node node, Operand a, Operand b, Shape shape) =>
        Tensor.Apply(op, a.DType, shape, a, b, attributes: node.Attributes);

    /// <summary>Two operations for each product: so many weights meet each element.</summary>
    private static long Products(Shape result, Shape weights) =>
        weights[0] == 0 ? 0 : 2 * result.ElementCount * (weights.ElementCount / weights[0]);
}
