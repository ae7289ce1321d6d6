namespace GpuTensor.Kernels;

/// <summary>The product of a few rows with a B that is dense along k (a linear layer at batch 1): B would be packed and read once, so squares of it are transposed in registers
/// where they are used.</summary>
internal static class FlatGemmKernel
{
    /// <summary>With more rows, packing pays.</summary>
    private const int MostRows = 5;

    private const int Lanes = GemmAccumulator.Lanes;

    /// <summary>True for the products that this kernel is for.</summary>
    public static bool Suits(GemmSpec spec) => spec.M <= MostRows && GemmProgram.DenserAlong(spec.B, spec.Batch.Length, spec.Batch.Length + 1);

    public static GemmLaunch Generate(GemmSpec spec, DeviceProfile profile, Dialect dialect, bool wide, string description)
    {
        int rank = spec.Batch.Length, rows = (int)spec.M;
        long columns = CpuGemmKernel.Ceil(spec.N, Lanes), batches = spec.Batch.Aggregate(1L, (p, q) => p * q);
        long each = Math.Clamp(columns * batches / profile.PreferredGroups, 1, columns), blocks = CpuGemmKernel.Ceil(columns, each);
        var writer = new GemmKernelWriter("gemv", spec, profile, dialect, wide, [spec.A, spec.B, spec.Epilogue], []);
        var o = writer.Out;
        string x = writer.X, vector = writer.Type(Lanes), n = o.Slot(spec.N), k = o.Slot(spec.K), e = o.Slot(each);
        writer.Coordinate("block", blocks);
        writer.BatchCoordinates(spec.Batch);
        var left = writer.Element(spec.A, spec.Batch, spec.M, spec.K, "m", "j", rank + 1, "a");
        var right = writer.Element(spec.B, spec.Batch, spec.K, spec.N, "j", "n", rank, "w");
        var epilogue = writer.Element(spec.Epilogue, spec.Batch, spec.M, spec.N, "m", "j", rank + 1, "v");

        o.Open($"for ({x} from = block * {e} * {Lanes}; from < min((block + 1) * {e} * {Lanes}, {n}); from += {Lanes})");
        o.Line($"const {x} to = min(from + {Lanes}, {n});");
        o.Line($"{vector} {string.Join(", ", Enumerable.Range(0, rows).Select(i => $"c{i} = 0"))};");
        o.Open($"for ({x} j = 0; j < {k}; j += {Lanes})");
        o.Line($"const int depth = (int)min({k} - j, ({x}){Lanes});");
        o.Line($"{vector} square[{Lanes}], line[{rows}];");
        o.Open($"for (int m = 0; m < {rows}; m++)");
        left.WriteUniform();
        o.Open($"if (depth == {Lanes})");
        left.WriteLanes("");
        o.Line($"line[m] = {left.Value(Lanes)};");
        o.Close();
        o.Open("else");
        left.WriteLanes("depth");
        o.Line($"line[m] = {left.Value(Lanes)};");
        o.Close();
        o.Close();
        GemmPack.Square(writer, right, "square", "from + i", n, "depth");
        GemmTranspose.Write(writer, "square");
        o.Line($"const {writer.Type()}* s = (const {writer.Type()}*)line;");
        o.Open($"if (depth == {Lanes})");
        for (int i = 0; i < Lanes; i++) Steps(i, "");
        o.Close();
        // No step past K: adding a product of zeros would turn −0 into 0.
        o.Open("else");
        for (int i = 0; i < Lanes - 1; i++) Steps(i, $"if ({i} < depth) ");
        o.Close();
        o.Close();
        o.Line($"const {vector} t[{rows}] = {{ {string.Join(", ", Enumerable.Range(0, rows).Select(i => $"c{i}"))} }};");
        o.Open($"for (int m = 0; m < {rows}; m++)");
        CpuGemmKernel.Row(writer, epilogue, $"((const {writer.Type()}*)(t + m) + (j - from))");
        o.Close();
        o.Close();
        return writer.Finish(blocks * batches, 1, description);

        void Steps(int depth, string condition)
        {
            for (int i = 0; i < rows; i++)
                o.Line($"{condition}c{i} = {GemmAccumulator.MultiplyAdd(spec.In, $"({vector})(s[{i * Lanes + depth}])", $"r{depth}", $"c{i}")};");
        }
    }
}
