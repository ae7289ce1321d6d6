using static GpuTensor.Conformance.OperatorClass;

namespace GpuTensor.Conformance;

internal static partial class OperatorTable
{
    private static IEnumerable<OperatorRow> Reductions() =>
    [
        Row("sum", "dim keepdim dtype", Accumulating, c => c.X.Sum(c.IntsOrNull("dim"), c.Bool("keepdim"), c.Type("dtype"))),
    ];
}
