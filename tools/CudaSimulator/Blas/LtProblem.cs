using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Blas;

/// <summary>A product as cublasLt sees it: a description and four layouts. Says whether it makes sense, whether there is an algorithm, and
/// knows an algorithm of its own again.</summary>
internal sealed class LtProblem
{
    private readonly LtDescription _description;
    private readonly LtLayout _a, _b, _c, _d;

    public LtProblem(LtDescription description, LtLayout a, LtLayout b, LtLayout c, LtLayout d)
    {
        (_description, _a, _b, _c, _d) = (description, a, b, c, d);
        TransposeA = Exports.CublasExports.Transposed(description.TransposeA);
        TransposeB = Exports.CublasExports.Transposed(description.TransposeB);
        (M, N, K) = (d.Rows, d.Columns, TransposeA ? a.Rows : a.Columns);
        Require((TransposeA ? a.Columns : a.Rows) == M, $"op(A) has {(TransposeA ? a.Columns : a.Rows)} rows, D has {M}");
        Require((TransposeB ? b.Rows : b.Columns) == N, $"op(B) has {(TransposeB ? b.Rows : b.Columns)} columns, D has {N}");
        Require((TransposeB ? b.Columns : b.Rows) == K, $"op(A) has {K} columns, op(B) has {(TransposeB ? b.Columns : b.Rows)} rows");
        Require(c.Rows == M && c.Columns == N, $"C is {c.Rows} × {c.Columns}, D is {M} × {N}");
        Require(a.Batch == d.Batch && b.Batch == d.Batch && c.Batch == d.Batch && d.Batch > 0,
            $"the batches are of {a.Batch}, {b.Batch}, {c.Batch} and {d.Batch}");
        Require(c.Type == d.Type, $"C is {c.Type}, D is {d.Type}");
        Exports.CublasExports.RequireDistinct(d.At("D", 0), d.Batch);
    }

    public bool TransposeA { get; }

    public bool TransposeB { get; }

    public long M { get; }

    public long N { get; }

    public long K { get; }

    public long Batch => _d.Batch;

    public BlasEpilogue Epilogue => new(_description.EpilogueKind, _description.Bias, _description.BiasType(_d.Type));

    /// <summary>Why there is no algorithm; null where there is.</summary>
    public string? Unsupported()
    {
        if (!BlasTypes.IsSupported(_description.Compute, _description.Scale, _a.Type, _b.Type, _d.Type))
            return $"{_a.Type} and {_b.Type} into {_d.Type} with compute type {_description.Compute}";
        if (_description.TransposeC != 0) return "a transposed C";
        var epilogue = Epilogue;
        if (!epilogue.IsSupported) return $"epilogue {epilogue.Kind}, which is not simulated";
        if (epilogue.Kind == BlasEpilogue.Default) return null;
        if (_d.RowMajor || _a.RowMajor || _b.RowMajor || _c.RowMajor) return $"epilogue {epilogue.Kind} in row order";
        if (_description.Compute is ComputeType.C32I or ComputeType.C32IPedantic or ComputeType.C16F or ComputeType.C16FPedantic
            or ComputeType.C64F or ComputeType.C64FPedantic)
            return $"epilogue {epilogue.Kind} with compute type {_description.Compute}";
        if ((epilogue.HasBias || epilogue.HasGradient) && epilogue.BiasType != _d.Type)
            return $"a bias of {epilogue.BiasType} for a result of {_d.Type}";
        if (epilogue.HasGradient && Batch != 1) return "a bias gradient of a batch";
        return null;
    }

    /// <summary>A number that stands for all of it but the addresses: an algorithm is for one problem.</summary>
    public ulong Key()
    {
        ulong hash = 14695981039346656037;
        foreach (long part in (long[])[(long)_description.Compute, (long)_description.Scale, TransposeA ? 1 : 0, TransposeB ? 1 : 0,
            _description.EpilogueKind,
            .. Parts(_a), .. Parts(_b), .. Parts(_c), .. Parts(_d)]) hash = (hash ^ (ulong)part) * 1099511628211;
        return hash;

        static long[] Parts(LtLayout layout) =>
            [(long)layout.Type, layout.RowMajor ? 1 : 0, layout.Rows, layout.Columns, layout.LeadingDimension,
            layout.Batch, layout.Stride];
    }

    /// <summary>The work, every address checked.</summary>
    public GemmWork Work(string call, BlasScale alpha, ulong a, ulong b, BlasScale beta, ulong c, ulong d, ulong workspace,
        ulong workspaceBytes)
    {
        var (left, right, addend, result) = (_a.At("A", a), _b.At("B", b), _c.At("C", c), _d.At("D", d));
        left.Validate();
        right.Validate();
        addend.Validate();
        result.Validate();
        if (c == d && _c.LeadingDimension != _d.LeadingDimension)
            throw new BlasError(BlasError.InvalidValue,
                $"C and D are the same memory with leading dimensions {_c.LeadingDimension} and {_d.LeadingDimension}");
        var epilogue = Epilogue;
        if (epilogue.HasBias || epilogue.HasGradient)
        {
            if (epilogue.Bias == 0) throw new BlasError(BlasError.InvalidValue, $"epilogue {epilogue.Kind} has no bias pointer");
            // The preference declares no alignment for it, and real kernels have faulted where it was not 16 bytes
            // (pytorch/pytorch#194497).
            if (epilogue.Bias % 16 != 0)
                throw new BlasError(BlasError.InvalidValue, $"the bias at 0x{epilogue.Bias:x} is not aligned to 16 bytes");
        }
        return new(call, TransposeA, TransposeB, M, N, K, alpha, left, right, beta, addend, result, Batch, _description.Compute,
            BlasTypes.RoundingOf(_description.Compute, _a.Type, allowTF32: false), workspace, workspaceBytes, epilogue);
    }

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new BlasError(BlasError.InvalidValue, what);
    }
}
