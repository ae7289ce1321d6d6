using GpuTensor.Nn;
using static GpuTensor.Conformance.OperatorClass;

namespace GpuTensor.Conformance;

internal static partial class OperatorTable
{
    /// <summary>Functions of <see cref="F"/>.</summary>
    private static IEnumerable<OperatorRow> Functional() =>
    [
        Row("nn.functional.cross_entropy", "target weight ignore_index reduction label_smoothing", Accumulating, c =>
            F.CrossEntropy(c.X, c.T("target"),
            c.TOrNull("weight"), c.Int("ignore_index", -100), c.Text("reduction", "mean"), c.Double("label_smoothing", 0))),
        Row("nn.functional.nll_loss", "target weight ignore_index reduction", Accumulating, c => F.NllLoss(c.X, c.T("target"),
            c.TOrNull("weight"), c.Int("ignore_index", -100), c.Text("reduction", "mean"))),
        Row("nn.functional.mse_loss", "target reduction", Accumulating, c => F.MseLoss(c.X, c.T("target"), c.Text("reduction", "mean"))),
        Row("nn.functional.l1_loss", "target reduction", Accumulating, c => F.L1Loss(c.X, c.T("target"), c.Text("reduction", "mean"))),
        Row("nn.functional.smooth_l1_loss", "target reduction beta", Accumulating,
            c => F.SmoothL1Loss(c.X, c.T("target"), c.Text("reduction", "mean"), c.Double("beta", 1))),
        Row("nn.functional.huber_loss", "target reduction delta", Accumulating,
            c => F.HuberLoss(c.X, c.T("target"), c.Text("reduction", "mean"), c.Double("delta", 1))),
        Row("nn.functional.binary_cross_entropy", "target weight reduction", Accumulating,
            c => F.BinaryCrossEntropy(c.X, c.T("target"), c.TOrNull("weight"), c.Text("reduction", "mean"))),
        Row("nn.functional.binary_cross_entropy_with_logits", "target weight reduction pos_weight", Accumulating,
            c => F.BinaryCrossEntropyWithLogits(c.X, c.T("target"), c.TOrNull("weight"), c.Text("reduction", "mean"),
                c.TOrNull("pos_weight"))),
        Row("nn.functional.kl_div", "target reduction log_target", Accumulating,
            c => F.KlDiv(c.X, c.T("target"), c.Text("reduction", "mean"), c.Bool("log_target"))),

        Row("nn.functional.layer_norm", "normalized_shape weight bias eps", Accumulating, c =>
            F.LayerNorm(c.X, Shape.Create(c.Ints("normalized_shape")),
            c.TOrNull("weight"), c.TOrNull("bias"), c.Double("eps", 1e-5))),
        Row("nn.functional.rms_norm", "normalized_shape weight eps", Accumulating,
            c => F.RmsNorm(c.X, Shape.Create(c.Ints("normalized_shape")), c.TOrNull("weight"), c.DoubleOrNull("eps"))),
        Row("nn.functional.group_norm", "num_groups weight bias eps", Accumulating,
            c => F.GroupNorm(c.X, c.Int("num_groups"), c.TOrNull("weight"), c.TOrNull("bias"), c.Double("eps", 1e-5))),

        .. Convolutions(),

        // The database of operators gives the weight first.
        Row("nn.functional.embedding", "input padding_idx", OperatorClass.Movement, c =>
            F.Embedding(c.T("input"), c.X, c.IntOrNull("padding_idx"))),
        Row("nn.functional.scaled_dot_product_attention", "key value attn_mask dropout_p is_causal scale", Accumulating,
            c => c.Double("dropout_p", 0) > 0 ? throw new NotHereException("dropout is random")
            : F.ScaledDotProductAttention(c.X, c.T("key"), c.T("value"),
                c.TOrNull("attn_mask"), 0, c.Bool("is_causal"), c.DoubleOrNull("scale"))),
    ];

    private static IEnumerable<OperatorRow> Convolutions()
    {
        const string Parameters = "weight bias stride padding dilation groups";
        const string Transposed = "weight bias stride padding output_padding groups dilation";
        yield return Row("nn.functional.conv1d", Parameters, Accumulating, c => F.Conv1d(c.X, c.T("weight"), c.TOrNull("bias"),
            c.Sizes("stride"), PaddingOf(c), c.Sizes("dilation"), c.Int("groups", 1)));
        yield return Row("nn.functional.conv2d", Parameters, Accumulating, c => F.Conv2d(c.X, c.T("weight"), c.TOrNull("bias"),
            c.Sizes("stride"), PaddingOf(c), c.Sizes("dilation"), c.Int("groups", 1)));
        yield return Row("nn.functional.conv3d", Parameters, Accumulating, c => F.Conv3d(c.X, c.T("weight"), c.TOrNull("bias"),
            c.Sizes("stride"), PaddingOf(c), c.Sizes("dilation"), c.Int("groups", 1)));
        yield return Row("nn.functional.conv_transpose1d", Transposed, Accumulating, c => F.ConvTranspose1d(c.X, c.T("weight"),
            c.TOrNull("bias"), c.Sizes("stride"), c.Sizes("padding"), c.Sizes("output_padding"), c.Int("groups", 1), c.Sizes("dilation")));
        yield return Row("nn.functional.conv_transpose2d", Transposed, Accumulating, c => F.ConvTranspose2d(c.X, c.T("weight"),
            c.TOrNull("bias"), c.Sizes("stride"), c.Sizes("padding"), c.Sizes("output_padding"), c.Int("groups", 1), c.Sizes("dilation")));
        yield return Row("nn.functional.conv_transpose3d", Transposed, Accumulating, c => F.ConvTranspose3d(c.X, c.T("weight"),
            c.TOrNull("bias"), c.Sizes("stride"), c.Sizes("padding"), c.Sizes("output_padding"), c.Int("groups", 1), c.Sizes("dilation")));
    }

    private static Padding PaddingOf(Call c) => c["padding"] is string mode ? mode : c.Sizes("padding");
}
