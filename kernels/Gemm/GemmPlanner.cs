using System.Globalization;

namespace GpuTensor.Kernels;

/// <summary>Turns a product into launches: on a CPU it decides which operands are prepared first, on a GPU there is one kernel.</summary>
internal static class GemmPlanner
{
    // Packing B costs reads and writes of K·N for 2·M·N·K of arithmetic: below this many rows B is read in place where its rows are dense.
    private const long RowsWorthPacking = 256;

    /// <summary>The plan. Its results may take the place of an epilogue's inputs, but not of the operands.</summary>
    /// <param name="tile">Overrides <see cref="GemmTiles.Default"/>; on a GPU there is nothing to choose.</param>
    /// <param name="forceWide">64-bit indices where 32 bits would do.</param>
    public static GemmPlan Plan(GemmSpec spec, DeviceProfile profile, Dialect dialect, GemmTile? tile = null, bool forceWide = false)
    {
        var symbolic = Write(spec, profile, dialect, tile, forceWide);
        return new([.. symbolic.Launches.Select(l => new GemmLaunch(l.Kernel.Evaluate(), l.Buffers, l.Scalars, Describe(l, spec)))],
            Array.ConvertAll(symbolic.Scratch, n => (long)n));
    }

    /// <summary>What a launch of a product does, for people.</summary>
    public static string Describe(SymbolicLaunch launch, GemmSpec spec)
    {
        spec = GemmFold.Fold(spec);
        string batches = spec.Batch.Length > 0 ? $"[{string.Join(", ", spec.Batch)}] × " : "";
        return string.Format(CultureInfo.InvariantCulture, launch.Description,
            $"{batches}[{spec.M}, {spec.K}]·[{spec.K}, {spec.N}] {spec.In.Name()}");
    }

    /// <summary>The same of sizes that may be a trace's.</summary>
    public static SymbolicPlan Write(GemmSpec spec, DeviceProfile profile, Dialect dialect, GemmTile? tile = null, bool forceWide = false)
    {
        if (spec.M == 0 || spec.N == 0 || Array.Exists(spec.Batch, b => b == 0)) return new([], []);
        spec = GemmFold.Fold(spec);
        const string what = "{0}", main = "matrix product {0}";
        var chosen = tile ?? GemmTiles.Default(spec, profile);
        var reach = Reach(spec, chosen);
        bool wide = forceWide || reach > int.MaxValue - 4096;
        if (!profile.IsCpu) return new([GpuGemmKernel.Generate(spec, profile, dialect, wide, main)], []);
        if (FlatGemmKernel.Suits(spec)) return new([FlatGemmKernel.Generate(spec, profile, dialect, wide, main)], []);

        int rank = spec.Batch.Length;
        var launches = new List<SymbolicLaunch>();
        var scratch = new List<SymInt>();
        var accumulator = GemmAccumulator.Of(spec.In);
        // One entry for each scratch buffer there may be.
        DType[] types = [accumulator, accumulator];
        var left = Left();
        var right = Right();
        launches.Add(CpuGemmKernel.Generate(spec, chosen, left, right, types, profile, dialect, wide, main));
        return new([.. launches], [.. scratch]);

        // A is read a number at a time: in place, or after a pointwise kernel has made accumulators of it in the same layout.
        GemmOperand Left()
        {
            if (GemmProgram.IsReady(spec.A, spec.In)) return new GemmOperand(((Load)spec.A[0]).Buffer, ((Load)spec.A[0]).At, false);
            bool alongRows = GemmProgram.DenserAlong(spec.A, rank, rank + 1);
            SymInt inner = alongRows ? spec.M : spec.K, pitch = SymInt.Ceil(inner, 16) * 16;
            if (pitch * accumulator.Size() % 4096 == 0) pitch += 16;
            var (batch, strides, elements) = Batches(spec.A, pitch * (alongRows ? spec.K : spec.M));
            var at = new Access(0, [.. strides, alongRows ? 1 : pitch, alongRows ? pitch : 1]);
            int argument = Scratch(elements);
            if (spec.K == 0) return new GemmOperand(argument, at, false);
            launches.Add(GemmWiden.Generate(spec, Keep(spec.A, batch), [.. batch.Select(d => spec.Batch[d])], Project(at, batch),
                argument, types, profile, dialect, wide,
                $"left operand of {what}"));
            return new GemmOperand(argument, at, false);
        }

        GemmOperand Right()
        {
            if (GemmProgram.IsReady(spec.B, spec.In) && spec.B is [Load { At: var own, Buffer: int buffer }]
                && own.Strides[rank + 1] == 1 && spec.N >= chosen.Columns
                && spec.M < RowsWorthPacking && own.Strides[rank] * accumulator.Size() % 4096 != 0)
                return new GemmOperand(buffer, own, false);
            var (batch, strides, elements) = Batches(spec.B, SymInt.Ceil(spec.N, chosen.Columns) * chosen.Columns * spec.K);
            int argument = Scratch(elements);
            if (spec.K > 0)
                launches.Add(GemmPack.Generate(spec, Keep(spec.B, batch), [.. batch.Select(d => spec.Batch[d])], chosen.Columns,
                    argument, types, profile, dialect, wide,
                    $"packing of the right operand of {what}"));
            return new GemmOperand(argument, new Access(0, [.. strides, 0, 0]), true);
        }

        int Scratch(SymInt elements)
        {
            // Where the count may have wrapped, more than any device has, so that the planner refuses.
            scratch.Add(reach > MostElements ? MostElements : SymInt.Max(elements, 1) * accumulator.Size());
            return spec.Buffers.Length + scratch.Count - 1;
        }

        // The batch dimensions an operand is not broadcast along, and the strides of its prepared form.
        (int[] Batch, SymInt[] Strides, SymInt Elements) Batches(Instruction[] code, SymInt each)
        {
            int[] batch = [.. Enumerable.Range(0, rank).Where(d => GemmProgram.Addresses(code).Any(at => at.Strides[d] != 0))];
            var strides = new SymInt[rank];
            for (int i = batch.Length - 1; i >= 0; i--) (strides[batch[i]], each) = (each, each * spec.Batch[batch[i]]);
            return (batch, strides, each);
        }

        Instruction[] Keep(Instruction[] code, int[] batch) => GemmProgram.Map(code, at => Project(at, batch));

        Access Project(Access at, int[] batch) =>
            new(at.Offset, [.. batch.Select(d => at.Strides[d]), at.Strides[rank], at.Strides[rank + 1]]);
    }

    private const long MostElements = 1L << 56;

    /// <summary>Above every position in memory.</summary>
    private static SymInt Reach(GemmSpec spec, GemmTile tile)
    {
        SymInt most = 0, batches = 1;
        foreach (var size in spec.Batch) batches = SymInt.Reach(batches, size);
        foreach (var (code, rows, columns) in new[] { (spec.A, spec.M, spec.K), (spec.B, spec.K, spec.N), (spec.Epilogue, spec.M, spec.N) })
            foreach (var at in GemmProgram.Addresses(code)) most = SymInt.Max(most, at.Reach([.. spec.Batch, rows, columns]));
        // The prepared operands, with their padding.
        most = SymInt.Max(most, SymInt.Reach(SymInt.Reach(batches, spec.M + 32), spec.K + 32));
        return SymInt.Max(most, SymInt.Reach(SymInt.Reach(batches, spec.N + tile.Columns), SymInt.Max(spec.K, 1)));
    }
}
