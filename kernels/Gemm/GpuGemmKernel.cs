namespace GpuTensor.Kernels;

/// <summary>The kernel in the shape for GPUs: 256 work-items to a group, tiles of A and B in local memory, a square of accumulators to a work-item.</summary>
internal static class GpuGemmKernel
{
    private const int Side = 16, Depth = 16;

    public static GemmLaunch Generate(GemmSpec spec, Load a, Load b, bool wide, int preferredGroups, string description)
    {
        var types = GemmTypes.Of(spec.In);
        int rank = spec.Batch.Length;
        long batches = spec.Batch.Aggregate(1L, (x, y) => x * y);
        // The largest square that still gives every part of the device a group.
        int each = 4;
        while (each > 1 && batches * CpuGemmKernel.Ceil(spec.M, each * Side) * CpuGemmKernel.Ceil(spec.N, each * Side) < preferredGroups) each /= 2;
        int tile = each * Side;
        long rows = CpuGemmKernel.Ceil(spec.M, tile), columns = CpuGemmKernel.Ceil(spec.N, tile);

        var source = new GemmSource { Wide = wide };
        string aBase = source.Buffer(GemmTypes.Storage(a.Type), false, a.Buffer), bBase = source.Buffer(GemmTypes.Storage(b.Type), false, b.Buffer);
        var epilogue = new GemmEpilogue(spec, types, source);
        string m = source.Int("M", spec.M), n = source.Int("N", spec.N), k = source.Int("K", spec.K), t = types.Scalar;
        string am = source.Stride("a_m", a.At.Strides[rank]), ak = source.Stride("a_k", a.At.Strides[rank + 1]);
        string bk = source.Stride("b_k", b.At.Strides[rank]), bn = source.Stride("b_n", b.At.Strides[rank + 1]);

        source.Add($"""
                idx g = get_group_id(0);
                const int id = get_local_id(0), tx = id % {Side}, ty = id / {Side};
                const idx column = g % {source.Int("columns", columns)}; g /= I.columns;
                const idx block = g % {source.Int("blocks", rows)}; g /= I.blocks;

            """).Add(source.BatchCoordinates(spec.Batch)).Add($$"""
                const idx m0 = block * {{tile}}, n0 = column * {{tile}};
                __global const {{GemmTypes.Storage(a.Type)}}* restrict aTile = {{aBase}} + {{source.BatchAddress("a", a.At.Offset, a.At.Strides.AsSpan(0, rank))}};
                __global const {{GemmTypes.Storage(b.Type)}}* restrict bTile = {{bBase}} + {{source.BatchAddress("b", b.At.Offset, b.At.Strides.AsSpan(0, rank))}};
                __local {{t}} as[{{Depth}}][{{tile}} + 1], bs[{{Depth}}][{{tile}} + 1];
                {{t}} c[{{each}}][{{each}}];
                for (int i = 0; i < {{each}}; i++)
                    for (int j = 0; j < {{each}}; j++) c[i][j] = 0;
                for (idx k0 = 0; k0 < {{k}}; k0 += {{Depth}})
                {
                    const int depth = (int)min((idx){{Depth}}, {{k}} - k0);
                    for (int e = id; e < {{tile * Depth}}; e += {{Side * Side}})
                    {
                        const int i = {{Split(ak == "1", tile, out string ka)}}, ka = {{ka}};
                        const int j = {{Split(bn != "1", tile, out string kb)}}, kb = {{kb}};
                        as[ka][i] = m0 + i < {{m}} && ka < depth ? {{types.Load(a.Type, $"aTile + (m0 + i) * {am} + (k0 + ka) * {ak}", 1)}} : 0;
                        bs[kb][j] = n0 + j < {{n}} && kb < depth ? {{types.Load(b.Type, $"bTile + (k0 + kb) * {bk} + (n0 + j) * {bn}", 1)}} : 0;
                    }
                    barrier(CLK_LOCAL_MEM_FENCE);
                    // No step past K: adding a product of zeros would turn −0 into 0.
                    for (int k = 0; k < depth; k++)
                        for (int i = 0; i < {{each}}; i++)
                            for (int j = 0; j < {{each}}; j++)
                                c[i][j] = {{types.MultiplyAdd($"as[k][ty + i * {Side}]", $"bs[k][tx + j * {Side}]", "c[i][j]")}};
                    barrier(CLK_LOCAL_MEM_FENCE);
                }
                for (int i = 0; i < {{each}}; i++)
                    for (int j = 0; j < {{each}}; j++)
                    {
                        const idx m = m0 + ty + i * {{Side}}, n = n0 + tx + j * {{Side}};
                        if (m < {{m}} && n < {{n}}) { {{epilogue.Element("c[i][j]")}} }
                    }

            """);
        return source.Finish("gemm", rows * columns * batches, Side * Side, description);
    }

    // Neighbouring work-items read neighbouring elements: along k where that is the dense dimension, else along rows or columns.
    private static string Split(bool alongDepth, int tile, out string k)
    {
        k = alongDepth ? $"e % {Depth}" : $"e / {tile}";
        return alongDepth ? $"e / {Depth}" : $"e % {tile}";
    }
}
