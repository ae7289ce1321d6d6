using GpuTensor.Nn;

namespace GpuTensor.Conformance;

/// <summary>A language model of two blocks whose output layer is its token table.</summary>
internal sealed class Gpt : Module
{
    private readonly Embedding tok = new(96, 32), pos = new(32, 32);
    private readonly GptBlock[] blocks = [new(32, 4), new(32, 4)];
    private readonly LayerNorm ln = new(32);
    private readonly Linear head;

    public Gpt() => head = new(32, 96, bias: false) { Weight = tok.Weight };

    public override Tensor Forward(Tensor tokens)
    {
        var x = tok.Forward(tokens) + pos.Forward(Tensor.Arange(tokens.Shape[1], device: tokens.Device));
        foreach (var block in blocks) x = block.Forward(x);
        return head.Forward(ln.Forward(x));
    }
}

/// <summary>Causal attention and a layer of four times the width, each after a norm and beside the residual.</summary>
internal sealed class GptBlock(int width, int heads) : Module
{
    private readonly LayerNorm ln1 = new(width), ln2 = new(width);
    private readonly Linear qkv = new(width, 3 * width), proj = new(width, width);
    private readonly Linear up = new(width, 4 * width), down = new(4 * width, width);

    public override Tensor Forward(Tensor x)
    {
        var (batch, time) = (x.Shape[0], x.Shape[1]);
        var parts = qkv.Forward(ln1.Forward(x)).Split(width, dim: 2);
        Tensor Heads(Tensor t) => t.View(batch, time, heads, width / heads).Transpose(1, 2);
        var y = F.ScaledDotProductAttention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), isCausal: true);
        x = x + proj.Forward(y.Transpose(1, 2).Reshape(batch, time, width));
        return x + down.Forward(F.Gelu(up.Forward(ln2.Forward(x)), approximate: "tanh"));
    }
}
