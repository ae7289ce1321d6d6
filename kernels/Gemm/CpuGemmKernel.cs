using System.Text;

namespace GpuTensor.Kernels;

/// <summary>The main kernel in the shape for CPUs: a work-item to a work-group, a tile of accumulators in vector registers, K in blocks between which they are spilled, several
/// tiles below each other against one column panel.</summary>
internal static class CpuGemmKernel
{
    public static GemmLaunch Generate(GemmSpec spec, GemmTile tile, GemmOperand a, GemmOperand b, bool wide, int preferredGroups, string description)
    {
        var types = GemmTypes.Of(spec.In);
        int vectors = tile.Columns / GemmTypes.Lanes;
        bool blocked = spec.K > tile.DepthBlock;
        var source = new GemmSource { Wide = wide };
        string aBase = source.Buffer(types.Scalar, false, a.Argument), bBase = source.Buffer(types.Scalar, false, b.Argument);
        var epilogue = new GemmEpilogue(spec, types, source);

        long panels = Ceil(spec.M, tile.Rows), columns = Ceil(spec.N, tile.Columns), batches = spec.Batch.Aggregate(1L, (x, y) => x * y);
        long panelsEach = Math.Clamp(panels * columns * batches / preferredGroups, 1, Math.Min(tile.RowPanels, panels));
        long rowBlocks = Ceil(panels, panelsEach);
        string m = source.Int("M", spec.M), n = source.Int("N", spec.N), k = source.Int("K", spec.K);
        string r = tile.Rows.ToString(), c = tile.Columns.ToString(), vec = types.Vector, t = types.Scalar;

        source.Add($"""
                idx g = get_group_id(0);
                const idx column = g % {source.Int("columns", columns)}; g /= I.columns;
                const idx block = g % {source.Int("blocks", rowBlocks)}; g /= I.blocks;

            """).Add(source.BatchCoordinates(spec.Batch));
        source.Add($$"""
                const idx first = block * {{source.Int("each", panelsEach)}}, last = min(first + I.each, {{source.Int("panels", panels)}});
                const idx from = column * {{c}};
                const idx n0 = {{(b.Packed ? "from" : $"min(from, {n} - {c})")}};
                __global const {{t}}* restrict aTile = {{aBase}} + {{source.BatchAddress("a", a.Offset, a.Batch)}};
                __global const {{t}}* restrict bTile = {{bBase}} + {{source.BatchAddress("b", b.Offset, b.Batch)}} + {{(b.Packed ? $"column * {k} * {c}" : "n0")}};
                {{vec}} tile[{{(blocked ? tile.RowPanels : 1) * tile.Rows * vectors}}];

            """);
        source.Add(blocked
            ? $"    for (idx k0 = 0; k0 < {k}; k0 += {tile.DepthBlock})\n    {{\n        const idx k1 = min(k0 + {tile.DepthBlock}, {k});\n"
            : $"    {{\n        const idx k0 = 0, k1 = {k};\n");
        source.Add($$"""
                    for (idx p = first; p < last; p++)
                    {
                        {{vec}}* t = tile{{(blocked ? $" + (p - first) * {tile.Rows * vectors}" : "")}};

            """);
        Rows(source, tile.Rows, vectors, (i, j) => $"            {vec} c{i}_{j} = 0;\n");
        if (blocked)
        {
            source.Add("            if (k0 != 0)\n            {\n");
            Rows(source, tile.Rows, vectors, (i, j) => $"                c{i}_{j} = t[{i * vectors + j}];\n");
            source.Add("            }\n");
        }
        string depth = a.Packed ? r : source.Stride("a_k", a.Depth);
        if (a.Packed) source.Add($"            __global const {t}* restrict a = aTile + (p * {k} + k0) * {r};\n");
        else
        {
            // Rows past the last read the last: their sums are not stored.
            string lane = source.Stride("a_m", a.Lane);
            for (int i = 0; i < tile.Rows; i++)
                source.Add($"            __global const {t}* restrict a{i} = aTile + min(p * {r} + {i}, {m} - 1) * {lane} + k0 * {depth};\n");
        }
        string bDepth = b.Packed ? c : source.Stride("b_k", b.Depth);
        source.Add($$"""
                        __global const {{t}}* restrict b = bTile + k0 * {{bDepth}};
                        for (idx k = 0; k < k1 - k0; k++, b += {{bDepth}}{{(a.Packed ? $", a += {r}" : "")}})
                        {

            """);
        for (int j = 0; j < vectors; j++) source.Add($"                const {vec} b{j} = vload{GemmTypes.Lanes}({j}, b);\n");
        for (int i = 0; i < tile.Rows; i++)
        {
            string element = a.Packed ? $"a[{i}]" : depth == "1" ? $"a{i}[k]" : $"a{i}[k * {depth}]";
            source.Add($"                const {vec} x{i} = ({vec})({element});\n");
            for (int j = 0; j < vectors; j++) source.Add($"                c{i}_{j} = {types.MultiplyAdd($"x{i}", $"b{j}", $"c{i}_{j}")};\n");
        }
        source.Add("            }\n");
        Rows(source, tile.Rows, vectors, (i, j) => $"            t[{i * vectors + j}] = c{i}_{j};\n");
        source.Add($$"""
                        if (k1 == {{k}})
                            for (idx i = 0; i < min((idx){{r}}, {{m}} - p * {{r}}); i++)
                            {
                                const idx m = p * {{r}} + i;
            {{epilogue.Row(GemmTypes.Lanes, vectors, n)}}
                            }
                    }
                }

            """);
        return source.Finish("gemm", rowBlocks * columns * batches, 1, description);
    }

    internal static long Ceil(long x, long y) => (x + y - 1) / y;

    private static void Rows(GemmSource source, int rows, int vectors, Func<int, int, string> line)
    {
        var text = new StringBuilder();
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < vectors; j++) text.Append(line(i, j));
        source.Add(text.ToString());
    }
}
