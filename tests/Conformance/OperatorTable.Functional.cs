using GpuTensor.Nn;
using static GpuTensor.Conformance.OperatorClass;

namespace GpuTensor.Conformance;

internal static partial class OperatorTable
{
    /// <summary>Functions of <see cref="F"/>.</summary>
    private static IEnumerable<OperatorRow> Functional() =>
    [
        Row("nn.functional.cross_entropy", "target weight ignore_index reduction label_smoothing", Accumulating, c => F.CrossEntropy(c.X, c.T("target"),
            c.TOrNull("weight"), c.Int("ignore_index", -100), c.Text("reduction", "mean"), c.Double("label_smoothing", 0))),
        Row("nn.functional.nll_loss", "target weight ignore_index reduction", Accumulating, c => F.NllLoss(c.X, c.T("target"),
            c.TOrNull("weight"), c.Int("ignore_index", -100), c.Text("reduction", "mean"))),
        Row("nn.functional.mse_loss", "target reduction", Accumulating, c => F.MseLoss(c.X, c.T("target"), c.Text("reduction", "mean"))),
        Row("nn.functional.l1_loss", "target reduction", Accumulating, c => F.L1Loss(c.X, c.T("target"), c.Text("reduction", "mean"))),
    ];
}
