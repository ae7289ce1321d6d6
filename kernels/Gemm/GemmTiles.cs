namespace GpuTensor.Kernels;

/// <summary>Which tiles a CPU may use, and which it uses unless it was tuned.</summary>
internal static class GemmTiles
{
    // (rows, vectors of 64 bytes): accumulators, a row of B and one element of A fill the 32 registers of AVX-512, or the 16 of AVX2, where a vector takes two.
    // The first is the best in most measurements; the others are within 10 % of it on one machine and far apart on the next.
    private static readonly (int Rows, int Vectors)[] Wide = [(6, 4), (9, 3), (12, 2), (14, 2), (4, 6)];
    private static readonly (int Rows, int Vectors)[] Narrow = [(6, 1), (3, 2), (4, 1)];

    // Independent accumulators that keep two multiply-add units busy over their latency.
    private const int Busy = 8;

    /// <summary>The tile that wastes least of the product at its edges; of those, the first.</summary>
    public static GemmTile Default(GemmSpec spec, DeviceProfile profile)
    {
        int lanes = GemmTypes.Of(spec.In).Lanes;
        bool wide = profile.VectorRegisterLanes >= 16;
        if (spec.M <= 5) return Flat((int)spec.M, spec.N, lanes, wide);
        // One vector covers all columns: more rows instead.
        if (spec.N <= lanes) return new GemmTile((int)Math.Min(spec.M, wide ? 14 : 6), lanes);
        var best = Candidates(spec, profile)[0];
        foreach (var tile in Candidates(spec, profile))
            // A tenth, because another tile is another kernel to compile.
            if (Covered(spec, tile) * 1.1 < Covered(spec, best)) best = tile;
        return best;
    }

    /// <summary>The tiles worth timing, the best guess first.</summary>
    public static GemmTile[] Candidates(GemmSpec spec, DeviceProfile profile)
    {
        int lanes = GemmTypes.Of(spec.In).Lanes;
        return [.. (profile.VectorRegisterLanes >= 16 ? Wide : Narrow).Select(t => new GemmTile((int)Math.Min(t.Rows, spec.M), t.Vectors * lanes)).Distinct()];
    }

    // Few rows: wide tiles, or the chain of each accumulator would leave the units idle.
    private static GemmTile Flat(int rows, long columns, int lanes, bool wide)
    {
        int vectors = wide ? Math.Min(24 / rows, Busy) : Math.Max(6 / rows, 1);
        return new GemmTile(rows, lanes * (int)Math.Min(vectors, (columns + lanes - 1) / lanes));
    }

    private static double Covered(GemmSpec spec, GemmTile tile) =>
        (double)CpuGemmKernel.Ceil(spec.M, tile.Rows) * tile.Rows * CpuGemmKernel.Ceil(spec.N, tile.Columns) * tile.Columns;
}
