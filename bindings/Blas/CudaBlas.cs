using static GpuTensor.Bindings.Cuda.CublasApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>A cuBLAS handle: matrix products on one device. Not for use by two threads at a time. α and β are read from host
/// memory.</summary>
public sealed class CudaBlas : CudaHandle
{
    private ulong _workspace;
    private long _workspaceBytes;

    private CudaBlas(CudaContext context, nint handle) : base(context, handle) { }

    /// <summary>Loads cuBLAS and makes a handle.</summary>
    /// <exception cref="CudaLibraryException">cuBLAS is not installed; lists what was tried.</exception>
    /// <exception cref="CublasException">The handle cannot be made.</exception>
    public static unsafe CudaBlas Create(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        CudaLibraries.Shared.Require(CudaLibrary.Cublas);
        using var scope = context.Enter();
        nint handle;
        Check.Cublas(cublasCreate_v2(&handle));
        return new CudaBlas(context, handle);
    }

    /// <summary>Makes sure that cuBLAS is there, without making a handle.</summary>
    /// <exception cref="CudaLibraryException">It is not installed; lists what was tried.</exception>
    public static void Require() => CudaLibraries.Shared.Require(CudaLibrary.Cublas);

    /// <summary>The library's version: 13.0.2.</summary>
    /// <exception cref="CublasException">The library refuses.</exception>
    public unsafe Version Version
    {
        get
        {
            int version;
            Check.Cublas(cublasGetVersion_v2(Handle, &version));
            return ToVersion(version);
        }
    }

    /// <summary>True where sizes above 2³¹−1 work (cuBLAS 12 and newer).</summary>
    public static bool HasLongSizes => OptionalExport.Exists(CudaLibrary.Cublas, nameof(cublasGemmEx_64));

    /// <summary>Sends what follows to a stream, with the workspace set before: the library itself would go back to one of its own, which
    /// a captured graph then allocates anew.</summary>
    /// <exception cref="CublasException">The library refuses.</exception>
    public void SetStream(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var scope = Context.Enter();
        Check.Cublas(cublasSetStream_v2(Handle, stream.Handle));
        if (_workspaceBytes > 0) Check.Cublas(cublasSetWorkspace_v2(Handle, _workspace, (nuint)_workspaceBytes));
    }

    /// <summary>Gives the library memory to work in, now and after every <see cref="SetStream"/>. It must outlive the handle and every
    /// graph captured with it.</summary>
    /// <param name="address">A multiple of 256.</param>
    /// <param name="bytes">32 MiB on sm_90 and up, 8 MiB elsewhere are what NVIDIA advises.</param>
    /// <exception cref="CublasException">The library refuses.</exception>
    public void SetWorkspace(ulong address, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        using var scope = Context.Enter();
        Check.Cublas(cublasSetWorkspace_v2(Handle, address, (nuint)bytes));
        (_workspace, _workspaceBytes) = (address, bytes);
    }

    /// <summary>What precision products may give up.</summary>
    /// <exception cref="CublasException">The library refuses.</exception>
    public unsafe CublasMathMode MathMode
    {
        get
        {
            CublasMathMode mode;
            Check.Cublas(cublasGetMathMode(Handle, &mode));
            return mode;
        }
        set => Check.Cublas(cublasSetMathMode(Handle, value));
    }

    /// <summary>Where α and β lie; <see cref="CublasPointerMode.Host"/> unless set. These bindings' own products pass host
    /// addresses.</summary>
    /// <exception cref="CublasException">The library refuses.</exception>
    public void SetPointerMode(CublasPointerMode mode) => Check.Cublas(cublasSetPointerMode_v2(Handle, mode));

    /// <summary>Enqueues a product or a batch of them.</summary>
    /// <typeparam name="T">The type of α and β: float, or half, double, int where the compute type says so.</typeparam>
    /// <exception cref="ArgumentException">α and β are of the wrong type, or a size is negative.</exception>
    /// <exception cref="CublasException">The library refuses, or sizes above 2³¹−1 meet a cuBLAS before 12. The message names the
    /// sizes.</exception>
    public unsafe void Gemm<T>(in CublasGemm gemm, T alpha, T beta) where T : unmanaged
    {
        CublasGemm.CheckScale<T>(gemm.Compute);
        if (gemm.M < 0 || gemm.N < 0 || gemm.K < 0 || gemm.BatchCount < 0)
            throw new ArgumentException($"A size is negative: {gemm}.", nameof(gemm));
        bool isLong = gemm.NeedsLong;
        if (isLong && !HasLongSizes)
            throw TooLong(gemm);
        var (a, b, c) = (gemm.A, gemm.B, gemm.C);
        const CublasGemmAlgorithm algorithm = CublasGemmAlgorithm.Default;
        using var scope = Context.Enter();
        // A beta of zero must ignore what lies in C, NaN included: the library promises that.
        var (status, call) = (isLong, gemm.BatchCount == 1) switch
        {
            (false, true) => (cublasGemmEx(Handle, a.Operation, b.Operation, (int)gemm.M, (int)gemm.N, (int)gemm.K, &alpha,
                a.Address, a.Type, (int)a.LeadingDimension, b.Address, b.Type, (int)b.LeadingDimension, &beta,
                c.Address, c.Type, (int)c.LeadingDimension, gemm.Compute, algorithm), nameof(cublasGemmEx)),
            (true, true) => (cublasGemmEx_64(Handle, a.Operation, b.Operation, gemm.M, gemm.N, gemm.K, &alpha,
                a.Address, a.Type, a.LeadingDimension, b.Address, b.Type, b.LeadingDimension, &beta,
                c.Address, c.Type, c.LeadingDimension, gemm.Compute, algorithm), nameof(cublasGemmEx_64)),
            (false, false) => (cublasGemmStridedBatchedEx(Handle, a.Operation, b.Operation, (int)gemm.M, (int)gemm.N, (int)gemm.K, &alpha,
                a.Address, a.Type, (int)a.LeadingDimension, a.BatchStride, b.Address, b.Type, (int)b.LeadingDimension, b.BatchStride, &beta,
                c.Address, c.Type, (int)c.LeadingDimension, c.BatchStride, (int)gemm.BatchCount, gemm.Compute, algorithm),
                nameof(cublasGemmStridedBatchedEx)),
            (true, false) => (cublasGemmStridedBatchedEx_64(Handle, a.Operation, b.Operation, gemm.M, gemm.N, gemm.K, &alpha,
                a.Address, a.Type, a.LeadingDimension, a.BatchStride, b.Address, b.Type, b.LeadingDimension, b.BatchStride, &beta,
                c.Address, c.Type, c.LeadingDimension, c.BatchStride, gemm.BatchCount, gemm.Compute, algorithm),
                nameof(cublasGemmStridedBatchedEx_64)),
        };
        if (status != CublasStatus.Success) Check.ThrowCublas(status, call, gemm.ToString());
    }

    /// <summary>Enqueues a float product by the classic call; the compute type is not asked, the math mode decides.</summary>
    /// <exception cref="ArgumentException">A matrix is not float, or it is a batch.</exception>
    /// <exception cref="CublasException">The library refuses.</exception>
    public unsafe void Sgemm(in CublasGemm gemm, float alpha, float beta)
    {
        CheckClassic(gemm, CudaDataType.Float32);
        using var scope = Context.Enter();
        var (a, b, c) = (gemm.A, gemm.B, gemm.C);
        bool isLong = gemm.NeedsLong;
        var status = isLong
            ? cublasSgemm_v2_64(Handle, a.Operation, b.Operation, gemm.M, gemm.N, gemm.K, &alpha, a.Address, a.LeadingDimension,
                b.Address, b.LeadingDimension, &beta, c.Address, c.LeadingDimension)
            : cublasSgemm_v2(Handle, a.Operation, b.Operation, (int)gemm.M, (int)gemm.N, (int)gemm.K, &alpha,
                a.Address, (int)a.LeadingDimension, b.Address, (int)b.LeadingDimension, &beta, c.Address, (int)c.LeadingDimension);
        if (status != CublasStatus.Success)
            Check.ThrowCublas(status, isLong ? nameof(cublasSgemm_v2_64) : nameof(cublasSgemm_v2), gemm.ToString());
    }

    /// <summary>Enqueues a double product by the classic call.</summary>
    /// <exception cref="ArgumentException">A matrix is not double, or it is a batch.</exception>
    /// <exception cref="CublasException">The library refuses.</exception>
    public unsafe void Dgemm(in CublasGemm gemm, double alpha, double beta)
    {
        CheckClassic(gemm, CudaDataType.Float64);
        using var scope = Context.Enter();
        var (a, b, c) = (gemm.A, gemm.B, gemm.C);
        bool isLong = gemm.NeedsLong;
        var status = isLong
            ? cublasDgemm_v2_64(Handle, a.Operation, b.Operation, gemm.M, gemm.N, gemm.K, &alpha, a.Address, a.LeadingDimension,
                b.Address, b.LeadingDimension, &beta, c.Address, c.LeadingDimension)
            : cublasDgemm_v2(Handle, a.Operation, b.Operation, (int)gemm.M, (int)gemm.N, (int)gemm.K, &alpha,
                a.Address, (int)a.LeadingDimension, b.Address, (int)b.LeadingDimension, &beta, c.Address, (int)c.LeadingDimension);
        if (status != CublasStatus.Success)
            Check.ThrowCublas(status, isLong ? nameof(cublasDgemm_v2_64) : nameof(cublasDgemm_v2), gemm.ToString());
    }

    private static void CheckClassic(in CublasGemm gemm, CudaDataType type)
    {
        if (gemm.A.Type != type || gemm.B.Type != type || gemm.C.Type != type || gemm.BatchCount != 1)
            throw new ArgumentException($"Not a single product of {type} matrices: {gemm}.", nameof(gemm));
        if (gemm.NeedsLong && !HasLongSizes)
            throw TooLong(gemm);
    }

    private static CublasException TooLong(in CublasGemm gemm) =>
        new($"Sizes above 2147483647 need cuBLAS 12 or newer: {gemm}.", CublasStatus.NotSupported, nameof(cublasGemmEx_64));

    // 130002 is 13.0.2, 120805 is 12.8.5: since cuBLAS 10 two digits each.
    internal static Version ToVersion(long number) => new((int)(number / 10000), (int)(number / 100 % 100), (int)(number % 100));

    private protected override CudaResult Destroy(nint handle) =>
        cublasDestroy_v2(handle) == CublasStatus.Success ? CudaResult.Success : CudaResult.Unknown;
}
