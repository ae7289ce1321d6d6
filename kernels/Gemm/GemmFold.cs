namespace GpuTensor.Kernels;

/// <summary>Rewrites a product with fewer batch dimensions: those of size 1 go, and one along which B is broadcast while A and the results
/// go on where their rows end becomes more rows ([batch, time, in]·[in, out] is one product of batch·time rows).</summary>
internal static class GemmFold
{
    public static GemmSpec Fold(GemmSpec spec)
    {
        for (int d = spec.Batch.Length - 1; d >= 0; d--)
            if (spec.Batch[d] == 1) spec = Without(spec, d, spec.M);
        while (spec.Batch.Length > 0 && JoinsRows(spec)) spec = Without(spec, spec.Batch.Length - 1, spec.M * spec.Batch[^1]);
        return spec;
    }

    private static bool JoinsRows(GemmSpec spec)
    {
        int d = spec.Batch.Length - 1;
        return GemmProgram.Addresses(spec.A).Concat(GemmProgram.Addresses(spec.Epilogue))
            .All(at => at.Strides[d] == spec.M * at.Strides[d + 1])
            && GemmProgram.Addresses(spec.B).All(at => at.Strides[d] == 0);
    }

    private static GemmSpec Without(GemmSpec spec, int d, SymInt rows)
    {
        Instruction[] Drop(Instruction[] code) =>
            GemmProgram.Map(code, at => new Access(at.Offset, [.. at.Strides[..d], .. at.Strides[(d + 1)..]]));
        return spec with { Batch = [.. spec.Batch[..d], .. spec.Batch[(d + 1)..]], M = rows,
            A = Drop(spec.A), B = Drop(spec.B), Epilogue = Drop(spec.Epilogue) };
    }
}
