using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Operators;

/// <summary>Random words: the same integers on every device.</summary>
internal static class RandomNumbers
{
    /// <summary>Word i of the stream that starts at the node's block, as an int64 in [0, 2³²); operand 0 is the key (0-d int64).</summary>
    public static readonly Operator Words = new("philox", Iteration.Pointwise)
    {
        IsRandom = true,
        Emit = code =>
        {
            int key = code.Read(0), first = code.Number();
            return code.Add(new Apply("philox", DType.Int64, [key, first, code.Add(new Affine(code.Position()))]));
        },
        Function = Functions.Get("philox"),
        Reference = c =>
        {
            for (int i = 0; i < c.Out.Integer.Length; i++) c.Out.Integer[i] = Philox.Word(c.In[0].Integer[0], c.Node.Number!.Bits, i);
        },
    };
}
