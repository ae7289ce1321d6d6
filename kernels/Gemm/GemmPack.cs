namespace GpuTensor.Kernels;

/// <summary>The kernel that packs an operand into panels [batch][panel][k][lane], widened to the accumulators' type, zeros past the last row or column.</summary>
internal static class GemmPack
{
    /// <summary>Generates it.</summary>
    /// <param name="batch">Sizes of the batch dimensions that the operand is not broadcast along.</param>
    /// <param name="load">The operand's values; <paramref name="strides"/> are its strides along those dimensions, the lanes and k.</param>
    /// <param name="count">Rows of A or columns of B.</param>
    public static GemmLaunch Generate(GemmTypes types, long[] batch, long[] strides, Load load, long count, long depth, int width, int target, bool wide,
        int preferredGroups, string description)
    {
        long panels = CpuGemmKernel.Ceil(count, width), batches = batch.Aggregate(1L, (x, y) => x * y);
        // Chunks of k in whole squares of the transposition.
        long chunk = Math.Max(GemmTypes.Lanes, depth * panels * batches / preferredGroups / GemmTypes.Lanes * GemmTypes.Lanes);
        long chunks = CpuGemmKernel.Ceil(depth, chunk);
        var source = new GemmSource { Wide = wide };
        string from = source.Buffer(GemmTypes.Storage(load.Type), false, load.Buffer), to = source.Buffer(types.Scalar, true, target);
        string lane = source.Stride("lane", strides[batch.Length]), step = source.Stride("step", strides[batch.Length + 1]), t = types.Scalar;
        source.Add($$"""
                idx g = get_group_id(0);
                const idx k0 = g % {{source.Int("chunks", chunks)}} * {{source.Int("chunk", chunk)}}, k1 = min(k0 + I.chunk, {{source.Int("K", depth)}}); g /= I.chunks;
                const idx panel = g % {{source.Int("panels", panels)}};
                __global {{t}}* restrict to = {{to}} + (g * I.K + k0) * {{width}};
                g /= I.panels;

            """).Add(source.BatchCoordinates(batch)).Add($$"""
                __global const {{GemmTypes.Storage(load.Type)}}* restrict from = {{from}} + {{source.BatchAddress("a", load.At.Offset, strides.AsSpan(0, batch.Length))}}
                    + panel * {{width}} * {{lane}} + k0 * {{step}};
                const int lanes = (int)min((idx){{width}}, {{source.Int("count", count)}} - panel * {{width}});
                idx k = 0;
                if (lanes == {{width}})
                {

            """);
        if (lane == "1") Copy(source, types, load.Type, width, step);
        else if (step == "1") Transpose(source, types, load.Type, width, lane);
        source.Add($$"""
                }
                for (; k < k1 - k0; k++, from += {{step}}, to += {{width}})
                    for (int i = 0; i < {{width}}; i++)
                        to[i] = i < lanes ? {{types.Load(load.Type, $"from + i * {lane}", 1)}} : 0;

            """);
        return source.Finish("pack", batches * panels * chunks, 1, description);
    }

    private static void Copy(GemmSource source, GemmTypes types, DType dtype, int width, string step)
    {
        source.Add($"        for (; k < k1 - k0; k++, from += {step}, to += {width})\n        {{\n");
        foreach (var (at, lanes) in Pieces(width, GemmTypes.Lanes))
            source.Add($"            {StoreTo(lanes, $"to + {at}", types.Load(dtype, $"from + {at}", lanes))}\n");
        source.Add("        }\n");
    }

    /// <summary>Squares of lanes × lanes elements: read along k, written along the lanes.</summary>
    private static void Transpose(GemmSource source, GemmTypes types, DType dtype, int width, string lane)
    {
        int l = GemmTypes.Lanes;
        source.Add($"        for (; k + {l} <= k1 - k0; k += {l}, from += {l}, to += {l * width})\n        {{\n");
        // A loop over the whole squares: unrolled, four of them took PoCL three seconds to compile.
        if (width >= l)
        {
            source.Add($"            #pragma unroll 1\n            for (int start = 0; start < {width / l * l}; start += {l})\n            {{\n");
            Square(source, types, dtype, width, lane, l);
            source.Add("            }\n");
        }
        if (width % l != 0)
        {
            source.Add($"            {{\n                const int start = {width / l * l};\n");
            Square(source, types, dtype, width, lane, width % l);
            source.Add("            }\n");
        }
        source.Add("        }\n");
    }

    private static void Square(GemmSource source, GemmTypes types, DType dtype, int width, string lane, int rows)
    {
        int l = GemmTypes.Lanes;
        GemmTranspose.Square(source, types, rows, i => types.Load(dtype, $"from + (start + {i}) * {lane}", l));
        for (int i = 0; i < l; i++)
            foreach (var (at, lanes) in Pieces(rows, l))
            {
                string part = lanes == l ? "" : lanes == 1 ? $".s{at:x}" : $".s{string.Concat(Enumerable.Range(at, lanes).Select(e => e.ToString("x")))}";
                source.Add($"                {StoreTo(lanes, $"to + start + {i * width + at}", $"r{i}{part}")}\n");
            }
    }

    private static string StoreTo(int lanes, string pointer, string value) => lanes == 1 ? $"*({pointer}) = {value};" : $"vstore{lanes}({value}, 0, {pointer});";

    /// <summary>A width as vectors of 16, 8, 4, 2 and 1 lanes.</summary>
    private static IEnumerable<(int At, int Lanes)> Pieces(int width, int most)
    {
        for (int at = 0, lanes = most; at < width; at += lanes)
        {
            while (lanes > width - at) lanes /= 2;
            yield return (at, lanes);
        }
    }
}
