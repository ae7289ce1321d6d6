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
            Row("cat", "dim", move, c => Tensor.Cat(c.Xs, c.Int("dim", 0))),
            Row("stack", "dim", move, c => Tensor.Stack(c.Xs, c.Int("dim", 0))),
            Row("split", "split_size_or_sections dim", move, c => c["split_size_or_sections"] is long
                ? c.X.Split(c.Int("split_size_or_sections"), c.Int("dim", 0))
                : c.X.Split(c.Ints("split_size_or_sections"), c.Int("dim", 0))),
            Row("chunk", "chunks dim", move, c => c.X.Chunk(c.Int("chunks"), c.Int("dim", 0))),
            Row("repeat", "repeats", move, c => c.X.Repeat(c.Ints("repeats"))),
            Row("tile", "dims", move, c => c.X.Tile(c.Ints("dims"))),
            Row("flip", "dims", move, c => c.X.Flip(c.Ints("dims"))),
            Row("roll", "shifts dims", move, c => c["shifts"] is long && !(c["dims"] is List<object?>)
                ? c.X.Roll(c.Int("shifts"), c.IntOrNull("dims"))
                : c.X.Roll(c.Ints("shifts"), c.Has("dims") ? c.Ints("dims") : [])),
            Row("tril", "diagonal", move, c => c.X.Tril(c.Int("diagonal", 0))),
            Row("triu", "diagonal", move, c => c.X.Triu(c.Int("diagonal", 0))),
            Row("squeeze", "dim", move, c => c["dim"] is List<object?> ? Squeezed(c.X, c.Ints("dim")) : c.X.Squeeze(c.IntOrNull("dim"))),
            Row("diagonal", "offset dim1 dim2", move, c => c.X.Diagonal(c.Int("offset", 0), c.Int("dim1", 0), c.Int("dim2", 1))),
            Row("unfold", "dimension size step", move, c => c.X.Unfold(c.Int("dimension"), c.Int("size"), c.Int("step"))),
            Row("slice", "dim start end step", move, c =>
                c.X[[.. Enumerable.Repeat(TensorIndex.Slice(), Positive(c.Int("dim", 0), c.X.Rank)),
                TensorIndex.Slice(c.IntOrNull("start"), c.IntOrNull("end"), c.Int("step", 1))]]),
            Row("__getitem__", "index", move, c => c.X[Indices(c["index"])]),
            Row("nn.functional.pad", "pad mode value", move, c =>
                c.X.Pad(c.Ints("pad"), c.Text("mode", "constant"), c.NumberOrNull("value"))),
            Row("gather", "dim index", move, c => c.X.Gather(c.Int("dim"), c.T("index"))),
            Row("take_along_dim", "indices dim", move, c => c.X.TakeAlongDim(c.T("indices"), c.IntOrNull("dim"))),
            Row("index_select", "dim index", move, c => c.X.IndexSelect(c.Int("dim"), c.T("index"))),
            Row("index_add", "dim index source alpha", OperatorClass.Accumulating, c =>
                c.X.IndexAdd(c.Int("dim"), c.T("index"), c.T("source"), c.NumberOrNull("alpha"))),
            Row("scatter", "dim index src reduce", OperatorClass.Accumulating, c => c.Either("src",
                t => c.X.Scatter(c.Int("dim"), c.T("index"), t, c.TextOrNull("reduce")),
                s => c.X.Scatter(c.Int("dim"), c.T("index"), s, c.TextOrNull("reduce")))),
            Row("scatter_add", "dim index src", OperatorClass.Accumulating, c => c.X.ScatterAdd(c.Int("dim"), c.T("index"), c.T("src"))),
            Row("masked_select", "mask", move, c => c.X.MaskedSelect(c.T("mask"))),
            Row("nonzero", "as_tuple", move, c => c.Bool("as_tuple")
                ? (c.X.Rank == 0 ? c.X.Reshape(1) : c.X).Nonzero().Unbind(1)
                : c.X.Nonzero()),
            Row("sort", "dim descending stable", move, c => c.X.Sort(c.Int("dim", -1), c.Bool("descending")), Ties.Distinct),
            Row("topk", "k dim largest sorted", move, c =>
                c.X.TopK(c.Int("k"), c.Int("dim", -1), c.Bool("largest", true), c.Bool("sorted", true)), Ties.Distinct),
            Row("cumsum", "dim dtype", OperatorClass.Accumulating, c => c.X.CumSum(c.Int("dim"), c.Type("dtype"))),
            Row("cumprod", "dim dtype", OperatorClass.Accumulating, c => c.X.CumProd(c.Int("dim"), c.Type("dtype"))),
            Row("cummax", "dim", move, c => c.X.CumMax(c.Int("dim")), Ties.Repeating),
            Row("cummin", "dim", move, c => c.X.CumMin(c.Int("dim")), Ties.Repeating),
            Row("nn.functional.one_hot", "num_classes", move, c => c.X.OneHot(c.Int("num_classes", -1))),
        ];
    }

    private static int Positive(int dim, int rank) => dim < 0 ? dim + rank : dim;

    private static Tensor Squeezed(Tensor x, int[] dims)
    {
        // From the back, so that the others keep their numbers.
        foreach (int d in dims.Select(d => Positive(d, x.Rank)).Distinct().OrderDescending()) x = x.Squeeze(d);
        return x;
    }

    // What stands between Python's brackets: a list at the top is a tuple, one entry a dimension, but for a list of integers alone, which
    // is x[[1, 2]].
    private static TensorIndex[] Indices(object? index) => index is List<object?> tuple && !tuple.TrueForAll(i => i is long)
        ? [.. tuple.Select(One)] : [One(index)];

    private static TensorIndex One(object? index) => index switch
    {
        long position => (int)position,
        Tensor tensor => tensor,
        SliceValue slice => TensorIndex.Slice(slice.Start, slice.Stop, slice.Step ?? 1),
        EllipsisValue => TensorIndex.Ellipsis,
        null => TensorIndex.NewAxis,
        List<object?> positions =>
            positions.Select(p => p is long n ? (int)n : throw new UnwritableCallException("an index list holds integers.")).ToArray(),
        _ => throw new UnwritableCallException($"{index.GetType().Name} is no index."),
    };
}
