/// <summary>A decoder in GPT-2's manner: tokens and positions are embedded, pass through blocks, and the embedding's own weights score the
/// next token.</summary>
sealed class LanguageModel : Module
{
    readonly Embedding tok, pos;
    readonly ModuleList<Block> blocks;
    readonly LayerNorm ln;
    readonly Linear head;

    public LanguageModel(int tokens, int time, int width, int heads, int layers)
    {
        tok = new(tokens, width);
        pos = new(time, width);
        blocks = new(Enumerable.Range(0, layers).Select(_ => new Block(width, heads)));
        ln = new(width);
        head = new(width, tokens, bias: false) { Weight = tok.Weight };
    }

    public override Tensor Forward(Tensor tokens)
    {
        var x = tok.Forward(tokens) + pos.Forward(Tensor.Arange(tokens.Shape[1]));
        foreach (var block in blocks) x = block.Forward(x);
        return head.Forward(ln.Forward(x));
    }
}
