sealed class Block(int width, int heads) : Module
{
    readonly LayerNorm ln1 = new(width), ln2 = new(width);
    readonly Linear qkv = new(width, 3 * width), proj = new(width, width), up = new(width, 4 * width), down = new(4 * width, width);

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
