namespace GpuTensor.Kernels;

/// <summary>The product of a few rows with a B that is dense along k (a linear layer at batch 1): B would be packed and read once, so squares of it are transposed in registers
/// where they are used.</summary>
internal static class FlatGemmKernel
{
    /// <summary>With more rows, packing pays.</summary>
    public const int MostRows = 5;

    /// <summary>True for the products that this kernel is for.</summary>
    public static bool Suits(GemmSpec spec, Load b)
    {
        int rank = spec.Batch.Length;
        return spec.M <= MostRows && spec.N >= GemmTypes.Lanes && b.At.Strides[rank] == 1 && b.At.Strides[rank + 1] != 1;
    }

    public static GemmLaunch Generate(GemmSpec spec, Load a, Load b, bool wide, int preferredGroups, string description)
    {
        var types = GemmTypes.Of(spec.In);
        int rank = spec.Batch.Length, rows = (int)spec.M, l = GemmTypes.Lanes;
        long columns = CpuGemmKernel.Ceil(spec.N, l), batches = spec.Batch.Aggregate(1L, (x, y) => x * y);
        long each = Math.Clamp(columns * batches / preferredGroups, 1, columns), blocks = CpuGemmKernel.Ceil(columns, each);
        var source = new GemmSource { Wide = wide };
        string aBase = source.Buffer(GemmTypes.Storage(a.Type), false, a.Buffer), bBase = source.Buffer(GemmTypes.Storage(b.Type), false, b.Buffer);
        var epilogue = new GemmEpilogue(spec, types, source);
        string n = source.Int("N", spec.N), k = source.Int("K", spec.K), vec = types.Vector;
        string am = source.Stride("a_m", a.At.Strides[rank]), ak = source.Stride("a_k", a.At.Strides[rank + 1]), bn = source.Stride("b_n", b.At.Strides[rank + 1]);
        string Step(string element, string vector) =>
            string.Concat(Enumerable.Range(0, rows).Select(i =>
                $"                c{i} = {types.MultiplyAdd($"({vec})({types.Load(a.Type, $"aTile + {i} * {am} + ({element}) * {ak}", 1)})", vector, $"c{i}")};\n"));

        source.Add($"""
                idx g = get_group_id(0);
                const idx block = g % {source.Int("blocks", blocks)}; g /= I.blocks;

            """).Add(source.BatchCoordinates(spec.Batch)).Add($$"""
                __global const {{GemmTypes.Storage(a.Type)}}* restrict aTile = {{aBase}} + {{source.BatchAddress("a", a.At.Offset, a.At.Strides.AsSpan(0, rank))}};
                __global const {{GemmTypes.Storage(b.Type)}}* restrict bTile = {{bBase}} + {{source.BatchAddress("b", b.At.Offset, b.At.Strides.AsSpan(0, rank))}};
                for (idx column = block * {{source.Int("each", each)}}; column < min((block + 1) * I.each, {{source.Int("columns", columns)}}); column++)
                {
                    const idx from = column * {{l}}, n0 = min(from, {{n}} - {{l}});
                    __global const {{GemmTypes.Storage(b.Type)}}* restrict b = bTile + n0 * {{bn}};
                    {{vec}} {{string.Join(", ", Enumerable.Range(0, rows).Select(i => $"c{i} = 0"))}};
                    idx k = 0;
                    for (; k + {{l}} <= {{k}}; k += {{l}}, b += {{l}})
                    {

            """);
        GemmTranspose.Square(source, types, l, i => types.Load(b.Type, $"b + {i} * {bn}", l));
        for (int i = 0; i < l; i++) source.Add(Step($"k + {i}", $"r{i}"));
        source.Add($$"""
                    }
                    for (; k < {{k}}; k++, b++)
                    {
                        {{types.Scalar}} lane[{{l}}];
                        for (int i = 0; i < {{l}}; i++) lane[i] = {{types.Load(b.Type, $"b + i * {bn}", 1)}};
                        const {{vec}} r = vload{{l}}(0, lane);
            {{Step("k", "r")}}            }
                    const {{vec}} t[{{rows}}] = { {{string.Join(", ", Enumerable.Range(0, rows).Select(i => $"c{i}"))}} };
                    for (idx i = 0; i < {{rows}}; i++)
                    {
                        const idx m = i;
            {{epilogue.Row(l, 1, n)}}
                    }
                }

            """);
        return source.Finish("gemv", blocks * batches, 1, description);
    }
}
