using static GpuTensor.Conformance.OperatorClass;

namespace GpuTensor.Conformance;

internal static partial class OperatorTable
{
    private static IEnumerable<OperatorRow> Reductions() =>
    [
        Row("sum", "dim keepdim dtype", Accumulating, c => c.X.Sum(c.Dims("dim"), c.Bool("keepdim"), c.Type("dtype"))),
        Row("mean", "dim keepdim dtype", Accumulating, c => c.X.Mean(c.Dims("dim"), c.Bool("keepdim"), c.Type("dtype"))),
        Row("prod", "dim keepdim dtype", Accumulating, c => c.Has("dim")
            ? c.X.Prod(c.Int("dim"), c.Bool("keepdim"), c.Type("dtype"))
            : c.X.Prod(c.Type("dtype"))),
        Row("amax", "dim keepdim", OperatorClass.Movement, c => c.X.AMax(c.Dims("dim"), c.Bool("keepdim"))),
        Row("amin", "dim keepdim", OperatorClass.Movement, c => c.X.AMin(c.Dims("dim"), c.Bool("keepdim"))),
        Row("argmax", "dim keepdim", OperatorClass.Movement, c => c.X.ArgMax(c.IntOrNull("dim"), c.Bool("keepdim")), Ties.Position),
        Row("argmin", "dim keepdim", OperatorClass.Movement, c => c.X.ArgMin(c.IntOrNull("dim"), c.Bool("keepdim")), Ties.Position),
        Row("all", "dim keepdim", Exact, c => c.X.All(c.Dims("dim"), c.Bool("keepdim"))),
        Row("any", "dim keepdim", Exact, c => c.X.Any(c.Dims("dim"), c.Bool("keepdim"))),
        Row("count_nonzero", "dim", Exact, c => c.X.CountNonzero(c.Dims("dim"))),
        Row("var", "dim unbiased keepdim correction", Accumulating, c => c.X.Var(Over(c), Correction(c), c.Bool("keepdim"))),
        Row("std", "dim unbiased keepdim correction", Accumulating, c => c.X.Std(Over(c), Correction(c), c.Bool("keepdim"))),
        Row("norm", "p dim keepdim dtype", Accumulating, c => c.X.Norm(Order(c, "p"), c.Dims("dim"), c.Bool("keepdim"), c.Type("dtype"))),
        Row("linalg.vector_norm", "ord dim keepdim dtype", Accumulating, c =>
            c.X.Norm(Order(c, "ord"), c.Dims("dim"), c.Bool("keepdim"), c.Type("dtype"))),
        Row("logsumexp", "dim keepdim", Accumulating, c => c.X.LogSumExp(c.Dims("dim"), c.Bool("keepdim"))),
        Row("softmax", "dim dtype", Accumulating, c => c.X.Softmax(c.Int("dim"), c.Type("dtype"))),
        Row("log_softmax", "dim dtype", Accumulating, c => c.X.LogSoftmax(c.Int("dim"), c.Type("dtype"))),

        // Products
        Row("matmul", "other", Accumulating, c => c.X.MatMul(c.T("other"))),
        Row("mm", "mat2", Accumulating, c => c.X.Mm(c.T("mat2"))),
        Row("bmm", "mat2", Accumulating, c => c.X.Bmm(c.T("mat2"))),
        Row("mv", "vec", Accumulating, c => c.X.Mv(c.T("vec"))),
        Row("dot", "tensor", Accumulating, c => c.X.Dot(c.T("tensor"))),
        Row("einsum", "equation", Accumulating, c => Tensor.Einsum(c.Text("equation", ""), c.Xs)),
        Row("outer", "vec2", Exact, c => c.X.Outer(c.T("vec2"))),
        Row("addmm", "mat1 mat2 beta alpha", Accumulating, c =>
            c.X.Addmm(c.T("mat1"), c.T("mat2"), c.NumberOrNull("beta"), c.NumberOrNull("alpha"))),
        Row("baddbmm", "batch1 batch2 beta alpha", Accumulating,
            c => c.X.Baddbmm(c.T("batch1"), c.T("batch2"), c.NumberOrNull("beta"), c.NumberOrNull("alpha"))),
        Row("nn.functional.linear", "weight bias", Accumulating, c => c.X.Linear(c.T("weight"), c.TOrNull("bias"))),
    ];

    // var(unbiased) has an overload without a dimension: a bool in its place is not one.
    private static Dims Over(Call c) => c["dim"] is bool ? default : c.Dims("dim");

    private static double Correction(Call c) => c["dim"] is bool unbiased ? (unbiased ? 1 : 0) : c.Has("unbiased")
        ? (c.Bool("unbiased") ? 1 : 0) : c.Double("correction", 1);

    private static double Order(Call c, string name) => c[name] is "fro" ? 2 : c.Double(name, 2);
}
