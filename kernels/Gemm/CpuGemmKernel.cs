using System.Globalization;
namespace GpuTensor.Kernels;

/// <summary>Where the main kernel reads an operand, as accumulators.</summary>
/// <param name="Argument">The buffer, of the spec or of the scratch after those.</param>
/// <param name="At">Offset, and strides along (batch…, m, k) of A or (batch…, k, n) of B; of packed B only those of the batch count.</param>
/// <param name="Packed">B in panels.</param>
internal readonly record struct GemmOperand(int Argument, Access At, bool Packed);

/// <summary>The main kernel in the shape for CPUs: a work-item to a work-group, a tile of accumulators in vector registers, K in blocks between which they are spilled, several
/// tiles below each other against one column panel. A is read in place, a number at a time; B in panels, or in place where its rows are dense.</summary>
internal static class CpuGemmKernel
{
    private const int Lanes = GemmAccumulator.Lanes;

    public static GemmLaunch Generate(GemmSpec spec, GemmTile tile, GemmOperand a, GemmOperand b, IReadOnlyList<DType> scratch, DeviceProfile profile, Dialect dialect, bool wide,
        string description)
    {
        int vectors = tile.Columns / Lanes, rank = spec.Batch.Length, size = tile.Rows * vectors;
        bool blocked = spec.K > tile.DepthBlock;
        var writer = new GemmKernelWriter("gemm", spec, profile, dialect, wide, [spec.Epilogue], scratch, (a.Argument, false), (b.Argument, false));
        var o = writer.Out;
        string vector = writer.Type(Lanes), x = writer.X;

        long panels = Ceil(spec.M, tile.Rows), columns = Ceil(spec.N, tile.Columns), batches = spec.Batch.Aggregate(1L, (p, q) => p * q);
        long each = Math.Clamp(panels * columns * batches / profile.PreferredGroups, 1, Math.Min(tile.RowPanels, panels)), blocks = Ceil(panels, each);
        string m = o.Slot(spec.M), n = o.Slot(spec.N), k = o.Slot(spec.K), e = o.Slot(each), p = o.Slot(panels);
        writer.Coordinate("column", columns);
        writer.Coordinate("block", blocks);
        writer.BatchCoordinates(spec.Batch);
        o.Line($"const {x} first = block * {e}, last = min(first + {e}, {p}), from = column * {tile.Columns}, to = min(from + {tile.Columns}, {n});");
        // The last panel of an unpacked B begins where a whole one still fits; what the one before it stores too is not stored again.
        o.Line($"const {x} left = {(b.Packed ? "from" : $"min(from, {n} - {tile.Columns})")};");
        o.Line($"{writer.Pointer()}{dialect.Restrict}A = {writer.Accumulators(a.Argument)} + {writer.BatchAddress(a.At, rank)};");
        o.Line($"{writer.Pointer()}{dialect.Restrict}B = {writer.Accumulators(b.Argument)} + {writer.BatchAddress(b.At, rank)} + "
            + (b.Packed ? $"column * {k} * {tile.Columns};" : "left;"));
        // One more vector: the last columns of an unpacked B are read from the middle of one.
        o.Line($"{vector} tile[{(blocked ? tile.RowPanels : 1) * size + 1}];");
        string aRow = writer.Stride(a.At.Strides[rank]), aStep = writer.Stride(a.At.Strides[rank + 1]);
        string bStep = b.Packed ? tile.Columns.ToString(CultureInfo.InvariantCulture) : writer.Stride(b.At.Strides[rank]);
        var epilogue = writer.Element(spec.Epilogue, spec.Batch, spec.M, spec.N, "m", "j", rank + 1, "v");

        if (blocked) o.Open($"for ({x} k0 = 0; k0 < {k}; k0 += {tile.DepthBlock})");
        else o.Open("");
        o.Line(blocked ? $"const {x} k1 = min(k0 + {tile.DepthBlock}, {k});" : $"const {x} k0 = 0, k1 = {k};");
        o.Open($"for ({x} p = first; p < last; p++)");
        o.Line($"{vector}* t = tile{(blocked ? $" + (p - first) * {size}" : "")};");
        Each((i, j) => $"{vector} c{i}_{j} = 0;");
        if (blocked)
        {
            o.Open("if (k0 != 0)");
            Each((i, j) => $"c{i}_{j} = t[{i * vectors + j}];");
            o.Close();
        }
        // Rows past the last read the last: their sums are not stored.
        for (int i = 0; i < tile.Rows; i++)
            o.Line($"{writer.Pointer()}{dialect.Restrict}a{i} = A + min(p * {tile.Rows} + {i}, {m} - 1) * {aRow} + k0 * {aStep};");
        o.Line($"{writer.Pointer()}{dialect.Restrict}b = B + k0 * {bStep};");
        o.Open($"for ({x} k = 0; k < k1 - k0; k++, b += {bStep})");
        for (int j = 0; j < vectors; j++) o.Line($"const {vector} y{j} = vload16({j}, b);");
        for (int i = 0; i < tile.Rows; i++)
        {
            o.Line($"const {vector} x{i} = ({vector})(a{i}[{(aStep == "1" ? "k" : $"k * {aStep}")}]);");
            for (int j = 0; j < vectors; j++) o.Line($"c{i}_{j} = {GemmAccumulator.MultiplyAdd(spec.In, $"x{i}", $"y{j}", $"c{i}_{j}")};");
        }
        o.Close();
        Each((i, j) => $"t[{i * vectors + j}] = c{i}_{j};");
        if (blocked) o.Line($"if (k1 != {k}) continue;");
        o.Open($"for (int i = 0; i < min(({x}){tile.Rows}, {m} - p * {tile.Rows}); i++)");
        o.Line($"const {x} m = p * {tile.Rows} + i;");
        Row(writer, epilogue, $"((const {writer.Type()}*)(t + i * {vectors}) + (j - left))");
        o.Close();
        o.Close();
        o.Close();
        return writer.Finish(blocks * columns * batches, 1, description);

        void Each(Func<int, int, string> line)
        {
            for (int i = 0; i < tile.Rows; i++)
                for (int j = 0; j < vectors; j++) o.Line(line(i, j));
        }
    }

    /// <summary>Writes the epilogue of the columns [from, to) of row <c>m</c>.</summary>
    /// <param name="element">Where the product's elements from column <c>j</c> on stand in private memory.</param>
    public static void Row(GemmKernelWriter writer, GemmElement epilogue, string element)
    {
        var o = writer.Out;
        epilogue.WriteUniform();
        o.Line($"{writer.X} j = from;");
        o.Open($"for (; j + {Lanes} <= to; j += {Lanes})");
        o.Line($"const {writer.Type(Lanes)} product = vload16(0, {element});");
        epilogue.WriteLanes("", "product");
        o.Close();
        o.Open("if (j < to)");
        o.Line($"const int part = (int)(to - j);").Line($"const {writer.Type(Lanes)} product = vload16(0, {element});");
        epilogue.WriteLanes("part", "product");
        o.Close();
    }

    internal static long Ceil(long x, long y) => (x + y - 1) / y;
}
