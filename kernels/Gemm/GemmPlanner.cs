namespace GpuTensor.Kernels;

/// <summary>Turns a product into launches: on a CPU it decides which operands are packed, on a GPU there is one kernel.</summary>
internal static class GemmPlanner
{
    // Packing B costs reads and writes of K·N for 2·M·N·K of arithmetic: below this many rows B is read in place where its rows are dense.
    private const long RowsWorthPacking = 256;

    /// <summary>The plan.</summary>
    /// <param name="tile">Overrides <see cref="GemmTiles.Default"/>; on a GPU there is nothing to choose.</param>
    /// <param name="forceWide">64-bit indices where 32 bits would do.</param>
    public static GemmPlan Plan(GemmSpec spec, DeviceProfile profile, GemmTile? tile = null, bool forceWide = false)
    {
        spec = GemmFold.Fold(spec);
        if (spec.A is not [Load a] || spec.B is not [Load b]) throw new ArgumentException("an operand is a bare load");
        if (spec.M == 0 || spec.N == 0 || spec.Batch.Contains(0)) return new GemmPlan([], []);
        string what = $"{(spec.Batch.Length > 0 ? $"[{string.Join(", ", spec.Batch)}] × " : "")}[{spec.M}, {spec.K}]·[{spec.K}, {spec.N}] {spec.In.Name()}";
        var chosen = tile ?? GemmTiles.Default(spec, profile);
        bool wide = forceWide || IsWide(spec, chosen);
        if (!profile.IsCpu) return new GemmPlan([GpuGemmKernel.Generate(spec, a, b, wide, profile.PreferredGroups, $"matrix product {what}")], []);
        if (FlatGemmKernel.Suits(spec, b)) return new GemmPlan([FlatGemmKernel.Generate(spec, a, b, wide, profile.PreferredGroups, $"matrix product {what}")], []);

        var launches = new List<GemmLaunch>();
        var scratch = new List<long>();
        var left = Operand(a, spec.M, chosen.Rows, true);
        var right = Operand(b, spec.N, chosen.Columns, false);
        launches.Add(CpuGemmKernel.Generate(spec, chosen, left, right, wide, profile.PreferredGroups, $"matrix product {what}"));
        return new GemmPlan([.. launches], [.. scratch]);

        GemmOperand Operand(Load load, long count, int width, bool isA)
        {
            int rank = spec.Batch.Length;
            long[] s = load.At.Strides;
            var (lane, depth) = isA ? (s[rank], s[rank + 1]) : (s[rank + 1], s[rank]);
            bool ready = load.Type is DType.Float32 or DType.Float64;
            // A is read a scalar at a time, so any strides that stay within few pages do.
            bool direct = ready && (isA ? lane <= 1 || depth <= 1 : lane == 1 && count >= width && spec.M < RowsWorthPacking && !Aliases(depth, load.Type));
            if (direct) return new GemmOperand(load.Buffer, false, load.At.Offset, s[..rank], lane, depth);

            int[] kept = Enumerable.Range(0, rank).Where(d => s[d] != 0).ToArray();
            var types = GemmTypes.Of(spec.In);
            long each = CpuGemmKernel.Ceil(count, width) * spec.K * width;
            long[] batch = kept.Select(d => spec.Batch[d]).ToArray(), strides = new long[rank];
            long elements = each;
            for (int i = kept.Length - 1; i >= 0; i--)
            {
                strides[kept[i]] = elements;
                elements *= batch[i];
            }
            int argument = spec.Buffers.Length + scratch.Count;
            scratch.Add(Math.Max(elements, 1) * types.Size);
            if (spec.K > 0)
                launches.Add(GemmPack.Generate(types, batch, [.. kept.Select(d => s[d]), lane, depth], load, count, spec.K, width, argument, wide,
                    profile.PreferredGroups, $"packing of {(isA ? "the left" : "the right")} operand of {what}"));
            return new GemmOperand(argument, true, 0, strides, 0, 0);
        }
    }

    // Rows whose distance is a multiple of 4 KB fall in the same few sets of the first-level cache.
    private static bool Aliases(long stride, DType dtype) => stride * dtype.Size() % 4096 == 0 && stride != 0;

    private static bool IsWide(GemmSpec spec, GemmTile tile)
    {
        static long Span(Access at, params ReadOnlySpan<long> sizes)
        {
            long last = Math.Abs(at.Offset);
            for (int d = 0; d < sizes.Length; d++) last += Math.Abs(at.Strides[d]) * sizes[d];
            return last;
        }
        long most = 0, batches = spec.Batch.Aggregate(1L, (x, y) => x * y);
        foreach (var (code, rows, columns) in new[] { (spec.A, spec.M, spec.K), (spec.B, spec.K, spec.N), (spec.Epilogue, spec.M, spec.N) })
            foreach (var instruction in code)
                if (GemmFold.AccessOf(instruction) is { } at) most = Math.Max(most, Span(at, [.. spec.Batch, rows, columns]));
        most = Math.Max(most, batches * (spec.M + tile.Rows) * Math.Max(spec.K, 1));
        most = Math.Max(most, batches * (spec.N + tile.Columns) * Math.Max(spec.K, 1));
        return most + 4096 > int.MaxValue;
    }
}
