using System.Globalization;
namespace GpuTensor.Kernels;

/// <summary>Where the main kernel reads an operand, as accumulators.</summary>
/// <param name="Argument">The buffer, of the spec or of the scratch after those.</param>
/// <param name="At">Offset, and strides along (batch…, m, k) of A or (batch…, k, n) of B; of packed B only those of the batch
/// count.</param>
/// <param name="Packed">B in panels.</param>
internal readonly record struct GemmOperand(int Argument, Access At, bool Packed);

/// <summary>The main kernel in the shape for CPUs: a work-item to a work-group, a tile of accumulators in vector registers, K in blocks
/// between which they are spilled, several tiles below each other against one column panel. A is read in place, a number at a time; B in
/// panels, or in place where its rows are dense.</summary>
internal static class CpuGemmKernel
{
    private const int Lanes = GemmAccumulator.Lanes;

    public static SymbolicLaunch Generate(GemmSpec spec, GemmTile tile, GemmOperand a, GemmOperand b,
        IReadOnlyList<DType> scratch, DeviceProfile profile, Dialect dialect, bool wide,
        string description)
    {
        int vectors = tile.Columns / Lanes, rank = spec.Batch.Length, size = tile.Rows * vectors;
        bool blocked = spec.K > tile.DepthBlock;
        var writer = new GemmKernelWriter("gemm", spec, profile, dialect, wide, [spec.Epilogue], scratch,
            (a.Argument, false), (b.Argument, false));
        var o = writer.Out;
        string vector = writer.Type(Lanes), x = writer.X;

        SymInt panels = SymInt.Ceil(spec.M, tile.Rows), columns = SymInt.Ceil(spec.N, tile.Columns), batches = SymInt.Product(spec.Batch);
        SymInt each = SymInt.Clamp(panels * columns * batches / profile.PreferredGroups, 1, SymInt.Min(tile.RowPanels, panels));
        SymInt blocks = SymInt.Ceil(panels, each);
        string m = o.Slot(spec.M), n = o.Slot(spec.N), k = o.Slot(spec.K), e = o.Slot(each), p = o.Slot(panels);
        writer.Coordinate("column", columns);
        writer.Coordinate("block", blocks);
        writer.BatchCoordinates(spec.Batch);
        o.Let(x, ("first", $"block * {e}"), ("last", $"min(first + {e}, {p})"),
            ("from", $"column * {tile.Columns}"), ("to", $"min(from + {tile.Columns}, {n})"));
        // The last panel of an unpacked B begins where a whole one still fits; what the one before it stores too is not stored again.
        o.Let(x, "left", b.Packed ? "from" : $"min(from, {n} - {tile.Columns})");
        string pointer = $"{writer.Pointer()} {dialect.Restrict}".TrimEnd();
        o.Variable(pointer, "A", $"{writer.Accumulators(a.Argument)} + {writer.BatchAddress(a.At, rank)}");
        o.Variable(pointer, "B", $"{writer.Accumulators(b.Argument)} + {writer.BatchAddress(b.At, rank)} + "
            + (b.Packed ? $"column * {k} * {tile.Columns}" : "left"));
        // One more vector: the last columns of an unpacked B are read from the middle of one.
        o.Variable(vector, $"tile[{(blocked ? tile.RowPanels : 1) * size + 1}]");
        string aRow = writer.Stride(a.At.Strides[rank]), aStep = writer.Stride(a.At.Strides[rank + 1]);
        string bStep = b.Packed ? tile.Columns.ToString(CultureInfo.InvariantCulture) : writer.Stride(b.At.Strides[rank]);
        var epilogue = writer.Element(spec.Epilogue, spec.Batch, spec.M, spec.N, "m", "j", rank + 1, "v");

        using (blocked ? o.For($"{x} k0 = 0", $"k0 < {k}", $"k0 += {tile.DepthBlock}") : o.Block())
        {
            if (blocked) o.Let(x, "k1", $"min(k0 + {tile.DepthBlock}, {k})");
            else o.Let(x, ("k0", "0"), ("k1", k));
            using (o.For($"{x} p = first", "p < last", "p++"))
            {
                Tile();
                if (blocked) o.Continue($"k1 != {k}");
                using (o.Count("int", "i", $"min(({x}){tile.Rows}, {m} - p * {tile.Rows})"))
                {
                    o.Let(x, "m", $"p * {tile.Rows} + i");
                    Row(writer, epilogue, $"((const {writer.Type()}*)(t + i * {vectors}) + (j - left))");
                }
            }
        }
        return writer.Finish(blocks * columns * batches, 1, description);

        void Tile()
        {
            o.Variable(vector + "*", "t", $"tile{(blocked ? $" + (p - first) * {size}" : "")}");
            Each((i, j) => o.Variable(vector, $"c{i}_{j}", "0"));
            if (blocked)
                using (o.If("k0 != 0")) Each((i, j) => o.Line($"c{i}_{j} = t[{i * vectors + j}];"));
            // Rows past the last read the last: their sums are not stored.
            for (int i = 0; i < tile.Rows; i++)
                o.Variable(pointer, "a" + i, $"A + min(p * {tile.Rows} + {i}, {m} - 1) * {aRow} + k0 * {aStep}");
            o.Variable(pointer, "b", $"B + k0 * {bStep}");
            using (o.For($"{x} k = 0", "k < k1 - k0", $"k++, b += {bStep}"))
            {
                for (int j = 0; j < vectors; j++) o.Let(vector, "y" + j, $"vload16({j}, b)");
                for (int i = 0; i < tile.Rows; i++)
                {
                    o.Let(vector, "x" + i, $"({vector})(a{i}[{(aStep == "1" ? "k" : $"k * {aStep}")}])");
                    for (int j = 0; j < vectors; j++)
                        o.Line($"c{i}_{j} = {GemmAccumulator.MultiplyAdd(spec.In, $"x{i}", $"y{j}", $"c{i}_{j}")};");
                }
            }
            Each((i, j) => o.Line($"t[{i * vectors + j}] = c{i}_{j};"));
        }

        void Each(Action<int, int> write)
        {
            for (int i = 0; i < tile.Rows; i++)
                for (int j = 0; j < vectors; j++) write(i, j);
        }
    }

    /// <summary>Writes the epilogue of the columns [from, to) of row <c>m</c>.</summary>
    /// <param name="element">Where the product's elements from column <c>j</c> on stand in private memory.</param>
    public static void Row(GemmKernelWriter writer, ElementWriter epilogue, string element)
    {
        var o = writer.Out;
        epilogue.WriteUniform();
        o.Variable(writer.X, "j", "from");
        using (o.For("", $"j + {Lanes} <= to", $"j += {Lanes}"))
        {
            o.Let(writer.Type(Lanes), "product", $"vload16(0, {element})");
            epilogue.WriteLanes("", "product");
        }
        using (o.If("j < to"))
        {
            o.Let("int", "part", "(int)(to - j)").Let(writer.Type(Lanes), "product", $"vload16(0, {element})");
            epilogue.WriteLanes("part", "product");
        }
    }
}
