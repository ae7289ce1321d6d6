using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Operators;

/// <summary>Random words: the same integers on every device.</summary>
internal static class RandomNumbers
{
    /// <summary>Word i of the stream that starts at the node's block, as an int64 in [0, 2³²); operand 0 is the key (0-d int64).</summary>
    public static readonly Operator Words = new("philox", OperatorKind.Random)
    {
        Function = Functions.Get("philox"),
        Reference = c =>
        {
            for (int i = 0; i < c.Out.Integer.Length; i++) c.Out.Integer[i] = Philox.Word(c.In[0].Integer[0], c.Node.Number!.Bits, i);
        },
    };
}
