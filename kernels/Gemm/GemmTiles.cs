namespace GpuTensor.Kernels;

/// <summary>Which tiles a CPU may use, and which it uses unless it was tuned.</summary>
internal static class GemmTiles
{
    // (rows, registers to a row): accumulators, a row of B and one element of A fill the 32 registers of AVX-512 or the 16 of AVX2. The
    // first is the best in most measurements;
    // the others are within 10 % of it on one machine and far apart on the next.
    private static readonly (int Rows, int Registers)[] Wide = [(6, 4), (9, 3), (12, 2), (14, 2), (4, 6)];

    private static readonly (int Rows, int Registers)[] Narrow = [(6, 2), (3, 4), (4, 2)];

    // Independent accumulators that keep two multiply-add units busy over their latency.
    private const int Busy = 8;

    /// <summary>The tile that wastes least of the product at its edges; of those, the first.</summary>
    public static GemmTile Default(GemmSpec spec, DeviceProfile profile)
    {
        var (all, registers) = Registers(spec, profile);
        if (spec.M <= 5) return Flat((int)spec.M, spec.N, all, registers);
        // One vector covers all columns: more rows instead.
        if (spec.N <= GemmAccumulator.Lanes)
            return new GemmTile((int)SymInt.Min(spec.M, Math.Min(14, all / registers)), GemmAccumulator.Lanes);
        var best = Candidates(spec, profile)[0];
        foreach (var tile in Candidates(spec, profile))
            // A tenth, because another tile is another kernel to compile.
            if (Covered(spec, tile) * 11 < Covered(spec, best) * 10) best = tile;
        return best;
    }

    /// <summary>The tiles worth timing, the best guess first.</summary>
    public static GemmTile[] Candidates(GemmSpec spec, DeviceProfile profile)
    {
        var (_, registers) = Registers(spec, profile);
        return
        [
            .. (profile.VectorRegisterLanes >= 16 ? Wide : Narrow).Where(t => t.Registers % registers == 0)
                .Select(t => new GemmTile((int)SymInt.Min(t.Rows, spec.M), t.Registers / registers * GemmAccumulator.Lanes)).Distinct(),
        ];
    }

    // Registers for accumulators, and how many a vector takes.
    private static (int All, int EachVector) Registers(GemmSpec spec, DeviceProfile profile) => profile.VectorRegisterLanes >= 16
        ? (28, GemmAccumulator.Of(spec.In).Size() / 4)
        : (12, GemmAccumulator.Of(spec.In).Size() / 2);

    // Few rows: wide tiles, or the chain of each accumulator would leave the units idle.
    private static GemmTile Flat(int rows, SymInt columns, int all, int registers)
    {
        var vectors = SymInt.Clamp(Math.Min(all / rows, Busy) / registers, 1, SymInt.Ceil(columns, GemmAccumulator.Lanes));
        return new GemmTile(rows, GemmAccumulator.Lanes * (int)vectors);
    }

    private static SymInt Covered(GemmSpec spec, GemmTile tile) =>
        SymInt.Ceil(spec.M, tile.Rows) * tile.Rows * SymInt.Ceil(spec.N, tile.Columns) * tile.Columns;
}
