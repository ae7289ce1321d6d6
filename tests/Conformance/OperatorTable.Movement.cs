namespace GpuTensor.Conformance;

internal static partial class OperatorTable
{
    private static IEnumerable<OperatorRow> Movement()
    {
        const OperatorClass move = OperatorClass.Movement;
        return
        [
            Row("view", "shape", move, c => c.X.View(Shape.Create(c.Ints("shape")))),
            Row("reshape", "shape", move, c => c.X.Reshape(Shape.Create(c.Ints("shape")))),
            Row("permute", "dims", move, c => c.X.Permute(c.Ints("dims"))),
            Row("transpose", "dim0 dim1", move, c => c.X.Transpose(c.Int("dim0"), c.Int("dim1"))),
            Row("expand", "shape", move, c => c.X.Expand(Shape.Create(c.Ints("shape")))),
            Row("narrow", "dim start length", move, c => c.IsTensor("start")
                ? c.X.Narrow(c.Int("dim"), c.T("start"), c.Int("length"))
                : c.X.Narrow(c.Int("dim"), c.Int("start"), c.Int("length"))),
            Row("select", "dim index", move, c => c.X.Select(c.Int("dim"), c.Int("index"))),
            Row("unsqueeze", "dim", move, c => c.X.Unsqueeze(c.Int("dim"))),
        ];
    }
}
