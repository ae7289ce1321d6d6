using GpuTensor.Kernels;

namespace GpuTensor.Graph;

/// <summary>Operators that move and make values rather than compute: leaves, scalars, copies, conversions, positions, concatenation,
/// assignment under a view.</summary>
internal static class Basic
{
    public static readonly Operator Leaf = new("leaf", Iteration.Leaf);

    public static readonly Operator Scalar = new("scalar", Iteration.Number)
    {
        Reference = c =>
        {
            if (c.Out.IsReal) c.Out.Real[0] = BitConverter.Int64BitsToDouble(c.Node.Number!.Bits);
            else c.Out.Integer[0] = c.Node.Number!.Bits;
        },
    };

    /// <summary>A scalar whose value is hashed with the graph (<see cref="ConstantNumber"/>), so that it may be written into a
    /// kernel.</summary>
    public static readonly Operator Constant = new("constant", Iteration.Number) { Reference = Scalar.Reference };

    public static readonly Operator Copy = new("clone", Iteration.Pointwise)
    {
        Emit = code => code.Read(0),
        Gradient = c => c.Return(0, c.Grad),
        Reference = c => c.Map(x => x, x => x),
    };

    /// <summary>The numbers of operand 1 with the history of operand 0: an in-place change through a detached handle.</summary>
    public static readonly Operator SetData = new("set_data", Iteration.Pointwise)
    {
        Emit = code => code.Read(1),
        Gradient = c => c.Return(0, c.Grad),
        Reference = c => (c.In[0], c.In[1]) = (c.In[1], c.In[0]),
    };

    /// <summary>Whether an operator gives the elements of an operand as they are.</summary>
    public static bool IsCopy(Operator op) => op == Copy || op == SetData;

    public static readonly Operator Cast = new("to", Iteration.Pointwise)
    {
        Emit = code => code.Add(new Cast(code.Read(0), code.DType)),
        GradName = "ToCopyBackward",
        Gradient = c => c.Return(0, c.Grad.To(c.Node[0].DType)),
        Reference = c =>
        {
            for (int i = 0; i < c.Out.Shape.ElementCount; i++)
                if (c.Out.DType == DType.Bool) c.Out.Integer[i] = (c.In[0].IsReal ? c.In[0].Real[i] != 0 : c.In[0].Integer[i] != 0) ? 1 : 0;
                else if (c.Out.IsReal) c.Out.Real[i] = c.In[0].IsReal ? c.In[0].Real[i] : Casts.ToReal(c.In[0].Integer[i], c.Out.DType);
                else c.Out.Integer[i] = c.In[0].IsReal ? Casts.ToInteger(c.In[0].Real[i], c.Out.DType) : c.In[0].Integer[i];
        },
    };

    /// <summary>Offset + Σ stride·index, as int64.</summary>
    public static readonly Operator Index = new("arange", Iteration.Pointwise)
    {
        Emit = code =>
        {
            var view = ((ViewAttributes)code.Attributes!).View;
            return code.Add(new Affine(code.At(view.Offset, view.Strides, ..)));
        },
        Reference = c =>
        {
            var view = ((ViewAttributes)c.Node.Attributes!).View;
            var source = Enumerable.Range(0, view.Shape.Rank).ToArray();
            for (long i = 0; i < c.Out.Shape.ElementCount; i++)
            {
                long rest = i, at = view.Offset;
                for (int d = view.Shape.Rank - 1; d >= 0; d--)
                {
                    at += rest % view.Shape.Span[d] * view.Strides[d];
                    rest /= view.Shape.Span[d];
                }
                c.Out.Integer[i] = at;
            }
        },
    };

    public static readonly Operator ViewAssign = new("copy_slices", Iteration.Container)
    {
        GradName = "CopySlices",
        Gradient = c =>
        {
            var view = ((ViewAttributes)c.Node.Attributes!).View;
            if (c.Needs(0)) c.Return(0, c.Grad.ViewAssign(view, Tensor.Zeros(view.Shape, c.Grad.DType, c.Grad.Device)));
            if (c.Needs(1)) c.Return(1, c.Grad.ViewAs(view));
        },
        Reference = c =>
        {
            var view = ((ViewAttributes)c.Node.Attributes!).View;
            if (c.Out.IsReal) c.In[0].Real.CopyTo(c.Out.Real, 0);
            else c.In[0].Integer.CopyTo(c.Out.Integer, 0);
            for (long i = 0; i < view.Shape.ElementCount; i++)
            {
                long rest = i, at = view.Offset;
                for (int d = view.Shape.Rank - 1; d >= 0; d--)
                {
                    at += rest % view.Shape.Span[d] * view.Strides[d];
                    rest /= view.Shape.Span[d];
                }
                if (c.Out.IsReal) c.Out.Real[at] = c.In[1].Real[i];
                else c.Out.Integer[at] = c.In[1].Integer[i];
            }
        },
    };

    /// <summary>Operands one after the other along dimension 0 (each contiguous).</summary>
    public static readonly Operator Concat = new("cat", Iteration.Container)
    {
        Gradient = c =>
        {
            int at = 0;
            for (int i = 0; i < c.Node.OperandCount; i++)
            {
                int length = c.Node[i].Shape[0];
                if (c.Needs(i)) c.Return(i, c.Grad.Narrow(0, at, length));
                at += length;
            }
        },
        Reference = c =>
        {
            int at = 0;
            foreach (var input in c.In)
            {
                if (c.Out.IsReal) input.Real.CopyTo(c.Out.Real, at);
                else input.Integer.CopyTo(c.Out.Integer, at);
                at += (int)input.Shape.ElementCount;
            }
        },
    };
}
