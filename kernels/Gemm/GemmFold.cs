namespace GpuTensor.Kernels;

/// <summary>Rewrites a product with fewer batch dimensions: those of size 1 go, and one along which B is broadcast while A and the results go on where their rows end
/// becomes more rows ([batch, time, in]·[in, out] is one product of batch·time rows).</summary>
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
        bool Follows(Instruction i) => AccessOf(i) is not { } at || at.Strides[d] == spec.M * at.Strides[d + 1];
        return spec.A.All(Follows) && spec.Epilogue.All(Follows) && spec.B.All(i => AccessOf(i) is not { } at || at.Strides[d] == 0);
    }

    private static GemmSpec Without(GemmSpec spec, int d, long rows)
    {
        Instruction[] Drop(Instruction[] code) => [.. code.Select(i => AccessOf(i) is { } at ? With(i, new Access(at.Offset, [.. at.Strides[..d], .. at.Strides[(d + 1)..]])) : i)];
        return spec with { Batch = [.. spec.Batch[..d], .. spec.Batch[(d + 1)..]], M = rows, A = Drop(spec.A), B = Drop(spec.B), Epilogue = Drop(spec.Epilogue) };
    }

    /// <summary>The address an instruction computes, if it does.</summary>
    public static Access? AccessOf(Instruction instruction) => instruction switch
    {
        Load load => load.At,
        Gather gather => gather.At,
        Store store => store.At,
        Affine affine => affine.At,
        _ => null,
    };

    private static Instruction With(Instruction instruction, Access at) => instruction switch
    {
        Load load => load with { At = at },
        Gather gather => gather with { At = at },
        Store store => store with { At = at },
        Affine affine => affine with { At = at },
        _ => instruction,
    };
}
