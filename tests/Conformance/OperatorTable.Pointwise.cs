using static GpuTensor.Conformance.OperatorClass;

namespace GpuTensor.Conformance;

internal static partial class OperatorTable
{
    private static IEnumerable<OperatorRow> Pointwise() =>
    [
        Row("mul", "other", Exact, c => c.X * c.T("other")),
        Row("neg", "", Exact, c => -c.X),
    ];
}
