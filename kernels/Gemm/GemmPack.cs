namespace GpuTensor.Kernels;

/// <summary>The kernel that packs B into panels [batch][panel][k][column], as accumulators, zeros past the last column.</summary>
internal static class GemmPack
{
    private const int Lanes = GemmAccumulator.Lanes;

    /// <summary>Generates it.</summary>
    /// <param name="batch">Sizes of the batch dimensions that B is not broadcast along, those of <paramref name="code"/>.</param>
    /// <param name="width">Columns of a panel.</param>
    /// <param name="target">The buffer of the panels.</param>
    public static SymbolicLaunch Generate(GemmSpec spec, Instruction[] code, SymInt[] batch, int width, int target,
        IReadOnlyList<DType> scratch, DeviceProfile profile, Dialect dialect,
        bool wide, string description)
    {
        SymInt panels = SymInt.Ceil(spec.N, width), batches = SymInt.Product(batch);
        // Chunks of k in whole squares of the transposition.
        SymInt chunk = SymInt.Max(Lanes, spec.K * panels * batches / profile.PreferredGroups / Lanes * Lanes);
        SymInt chunks = SymInt.Ceil(spec.K, chunk);
        var writer = new GemmKernelWriter("pack", spec, profile, dialect, wide, [code], scratch, (target, true));
        var o = writer.Out;
        bool transpose = GemmProgram.DenserAlong(code, batch.Length, batch.Length + 1);
        string n = o.Slot(spec.N), k = o.Slot(spec.K), c = o.Slot(chunk);
        writer.Coordinate("chunk", chunks);
        o.Let(writer.X, ("k0", $"chunk * {c}"), ("k1", $"min(k0 + {c}, {k})"));
        o.Variable(writer.Pointer(true), "to", $"{writer.Accumulators(target, true)} + (g * {k} + k0) * {width}");
        writer.Coordinate("panel", panels);
        writer.BatchCoordinates(batch);
        if (transpose) Transposed();
        else Straight();
        return writer.Finish(batches * panels * chunks, 1, description);

        void Straight()
        {
            var element = writer.Element(code, batch, spec.K, spec.N, "k", "j", batch.Length + 1, "v");
            using (o.For($"{writer.X} k = k0", "k < k1", $"k++, to += {width}"))
            {
                element.WriteUniform();
                using (o.For("int s = 0", $"s < {width}", $"s += {Lanes}"))
                {
                    o.Let(writer.X, "j", $"panel * {width} + s");
                    using (o.If($"j + {Lanes} <= {n}"))
                    {
                        element.WriteLanes("");
                        o.Line($"vstore16({element.Value(Lanes)}, 0, to + s);");
                    }
                    using (o.Else())
                    {
                        o.Line($"vstore16(({writer.Type(Lanes)})(0), 0, to + s);");
                        using (o.If($"j < {n}"))
                        {
                            o.Let("int", "part", $"(int)({n} - j)");
                            element.WriteLanes("part");
                            o.Variable(writer.Type(), $"lane[{Lanes}]").Line($"vstore16({element.Value(Lanes)}, 0, lane);");
                            using (o.Count("int", "i", "part")) o.Line("to[s + i] = lane[i];");
                        }
                    }
                }
            }
        }

        // Squares: read along k, written along the columns.
        void Transposed()
        {
            var element = writer.Element(code, batch, spec.K, spec.N, "j", "n", batch.Length, "v");
            using (o.For($"{writer.X} j = k0", "j < k1", $"j += {Lanes}"))
            {
                o.Let("int", "depth", $"(int)min(k1 - j, ({writer.X}){Lanes})");
                // A loop: unrolled, four squares took PoCL three seconds to compile.
                using (o.For("int s = 0", $"s < {width}", $"s += {Lanes}, to += {Lanes}", pragma: "#pragma unroll 1"))
                {
                    o.Variable(writer.Type(Lanes), $"square[{Lanes}]");
                    Square(writer, element, "square", $"panel * {width} + s + i", n, "depth");
                    GemmTranspose.Write(writer, "square");
                    using (o.If($"depth == {Lanes}"))
                        for (int i = 0; i < Lanes; i++) o.Line($"vstore16(r{i}, 0, to + {i * width});");
                    using (o.Else())
                        for (int i = 0; i < Lanes - 1; i++)
                            using (o.If($"{i} < depth")) o.Line($"vstore16(r{i}, 0, to + {i * width});");
                }
                o.Line($"to += {(Lanes - 1) * width};");
            }
        }
    }

    /// <summary>Fills square[i] with the <paramref name="depth"/> elements along k of column i: zeros past the last column.</summary>
    public static void Square(GemmKernelWriter writer, ElementWriter element, string square, string column, string columns, string depth)
    {
        var o = writer.Out;
        using (o.Count("int", "i", $"{Lanes}"))
        {
            o.Let(writer.X, "n", column).Line($"{square}[i] = 0;").Continue($"n >= {columns}");
            element.WriteUniform();
            element.WriteWholeOrPart(depth, () => o.Line($"{square}[i] = {element.Value(Lanes)};"));
        }
    }
}
