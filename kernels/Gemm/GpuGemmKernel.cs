namespace GpuTensor.Kernels;

/// <summary>The kernel in the shape for GPUs: 256 work-items to a group, tiles of A and B in local memory, a square of accumulators to a
/// work-item.</summary>
internal static class GpuGemmKernel
{
    private const int Side = 16, Depth = 16;

    public static SymbolicLaunch Generate(GemmSpec spec, DeviceProfile profile, Dialect dialect, bool wide, string description)
    {
        int rank = spec.Batch.Length;
        SymInt batches = SymInt.Product(spec.Batch);
        // The largest square that still gives every part of the device a group.
        int each = 4;
        while (each > 1 && Groups(each * Side) < profile.PreferredGroups) each /= 2;
        int tile = each * Side;
        SymInt rows = SymInt.Ceil(spec.M, tile), columns = SymInt.Ceil(spec.N, tile);

        var writer = new GemmKernelWriter("gemm", spec, profile, dialect, wide, [spec.A, spec.B, spec.Epilogue], []);
        var o = writer.Out;
        string x = writer.X, type = writer.Type(), m = o.Slot(spec.M), n = o.Slot(spec.N), k = o.Slot(spec.K);
        // One more to a row, so that neither way of filling it meets in one bank.
        int pitch = tile + 1;
        int words = (Depth * pitch * GemmAccumulator.KindOf(spec.In).Size() + 7) / 8;
        string pointer = $"{dialect.Local}{type}*";
        o.DynamicLocal("shared");
        o.Variables(pointer, ("as", $"({pointer})shared")).Variables(pointer, ("bs", $"({pointer})(shared + {words})"));
        o.Let("int", ("tx", $"(int){dialect.LocalIds[0]}"), ("ty", $"(int){dialect.LocalIds[1]}"), ("id", $"ty * {Side} + tx"));
        var grid = writer.Tiles(columns, rows, batches, 2 * 8 * words);
        writer.BatchCoordinates(spec.Batch);
        o.Let(x, ("top", $"block * {tile}"), ("left", $"column * {tile}"));
        var left = writer.Element(spec.A, spec.Batch, spec.M, spec.K, "m", "l", -1, "a");
        var right = writer.Element(spec.B, spec.Batch, spec.K, spec.N, "l", "n", -1, "w");
        var epilogue = writer.Element(spec.Epilogue, spec.Batch, spec.M, spec.N, "m", "n", rank + 1, "v");

        o.Variable(type, $"c[{each}][{each}]");
        Square(() => o.Line("c[i][j] = 0;"));
        using (o.For($"{x} k0 = 0", $"k0 < {k}", $"k0 += {Depth}", uniform: true))
        {
            o.Let("int", "depth", $"(int)min(({x}){Depth}, {k} - k0)");
            Stage(left, "as", "m", "top", m, GemmProgram.DenserAlong(spec.A, rank + 1, rank));
            Stage(right, "bs", "n", "left", n, GemmProgram.DenserAlong(spec.B, rank, rank + 1));
            o.Barrier();
            // No step past K: adding a product of zeros would turn −0 into 0.
            string a = $"as[q * {pitch} + ty + i * {Side}]", b = $"bs[q * {pitch} + tx + j * {Side}]";
            string product = GemmAccumulator.MultiplyAdd(spec.In, a, b, "c[i][j]");
            using (o.Count("int", "q", "depth")) Square(() => o.Line($"c[i][j] = {product};"));
            o.Barrier();
        }
        using (o.Count("int", "i", $"{each}"))
        {
            o.Let(x, "m", $"top + ty + i * {Side}").Break($"m >= {m}");
            epilogue.WriteUniform();
            using (o.Count("int", "j", $"{each}"))
            {
                o.Let(x, "n", $"left + tx + j * {Side}").Break($"n >= {n}");
                epilogue.WriteLanes("", "c[i][j]");
            }
        }
        return writer.Finish(grid, new(Side, Side), description);

        SymInt Groups(int tile) => batches * SymInt.Ceil(spec.M, tile) * SymInt.Ceil(spec.N, tile);

        // For each accumulator of a work-item.
        void Square(Action write)
        {
            using (o.Count("int", "i", $"{each}"))
            using (o.Count("int", "j", $"{each}")) write();
        }

        // Neighbouring work-items read neighbouring elements: along k where that is the dense dimension, else along rows or columns.
        void Stage(ElementWriter element, string target, string index, string start, string count, bool alongDepth)
        {
            using (o.For("int e = id", $"e < {tile * Depth}", $"e += {Side * Side}"))
            {
                if (alongDepth) o.Let("int", ("q", $"e % {Depth}"), ("i", $"e / {Depth}"));
                else o.Let("int", ("q", $"e / {tile}"), ("i", $"e % {tile}"));
                o.Let(x, (index, start + " + i"), ("l", "k0 + q")).Variable(type, "value", "0");
                using (o.If($"{index} < {count} && q < depth"))
                {
                    element.WriteUniform();
                    o.Line($"value = {element.Value(1)};");
                }
                o.Line($"{target}[q * {pitch} + i] = value;");
            }
        }
    }
}
