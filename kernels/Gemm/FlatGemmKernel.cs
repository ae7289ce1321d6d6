namespace GpuTensor.Kernels;

/// <summary>The product of a few rows with a B that is dense along k (a linear layer at batch 1): B would be packed and read once, so
/// squares of it are transposed in registers where they are used.</summary>
internal static class FlatGemmKernel
{
    /// <summary>With more rows, packing pays.</summary>
    private const int MostRows = 5;

    private const int Lanes = GemmAccumulator.Lanes;

    /// <summary>True for the products that this kernel is for.</summary>
    public static bool Suits(GemmSpec spec) =>
        spec.M <= MostRows && GemmProgram.DenserAlong(spec.B, spec.Batch.Length, spec.Batch.Length + 1);

    public static SymbolicLaunch Generate(GemmSpec spec, DeviceProfile profile, Dialect dialect, bool wide, string description)
    {
        int rank = spec.Batch.Length, rows = (int)spec.M;
        SymInt columns = SymInt.Ceil(spec.N, Lanes), batches = SymInt.Product(spec.Batch);
        SymInt each = SymInt.Clamp(columns * batches / profile.PreferredGroups, 1, columns), blocks = SymInt.Ceil(columns, each);
        var writer = new GemmKernelWriter("gemv", spec, profile, dialect, wide, [spec.A, spec.B, spec.Epilogue], []);
        var o = writer.Out;
        string x = writer.X, vector = writer.Type(Lanes), n = o.Slot(spec.N), k = o.Slot(spec.K), e = o.Slot(each);
        writer.Coordinate("block", blocks);
        writer.BatchCoordinates(spec.Batch);
        var left = writer.Element(spec.A, spec.Batch, spec.M, spec.K, "m", "j", rank + 1, "a");
        var right = writer.Element(spec.B, spec.Batch, spec.K, spec.N, "j", "n", rank, "w");
        var epilogue = writer.Element(spec.Epilogue, spec.Batch, spec.M, spec.N, "m", "j", rank + 1, "v");

        using (o.For($"{x} from = block * {e} * {Lanes}", $"from < min((block + 1) * {e} * {Lanes}, {n})", $"from += {Lanes}"))
        {
            o.Let(x, "to", $"min(from + {Lanes}, {n})");
            o.Variables(vector, [.. Enumerable.Range(0, rows).Select(i => ($"c{i}", (string?)"0"))]);
            using (o.For($"{x} j = 0", $"j < {k}", $"j += {Lanes}")) Square();
            o.Let(vector, $"t[{rows}]", $"{{ {string.Join(", ", Enumerable.Range(0, rows).Select(i => $"c{i}"))} }}");
            using (o.Count("int", "m", $"{rows}")) CpuGemmKernel.Row(writer, epilogue, $"((const {writer.Type()}*)(t + m) + (j - from))");
        }
        return writer.Finish(blocks * batches, 1, description);

        // Adds what a square of B and as much of each row of A come to.
        void Square()
        {
            o.Let("int", "depth", $"(int)min({k} - j, ({x}){Lanes})");
            o.Variables(vector, ($"square[{Lanes}]", null), ($"line[{rows}]", null));
            using (o.Count("int", "m", $"{rows}"))
            {
                left.WriteUniform();
                left.WriteWholeOrPart("depth", () => o.Line($"line[m] = {left.Value(Lanes)};"));
            }
            GemmPack.Square(writer, right, "square", "from + i", n, "depth");
            GemmTranspose.Write(writer, "square");
            o.Variable($"const {writer.Type()}*", "s", $"(const {writer.Type()}*)line");
            using (o.If($"depth == {Lanes}"))
                for (int i = 0; i < Lanes; i++) Steps(i);
            // No step past K: adding a product of zeros would turn −0 into 0.
            using (o.Else())
                for (int i = 0; i < Lanes - 1; i++)
                    using (o.If($"{i} < depth")) Steps(i);
        }

        void Steps(int depth)
        {
            for (int i = 0; i < rows; i++)
                o.Line($"c{i} = {GemmAccumulator.MultiplyAdd(spec.In, $"({vector})(s[{i * Lanes + depth}])", $"r{depth}", $"c{i}")};");
        }
    }
}
