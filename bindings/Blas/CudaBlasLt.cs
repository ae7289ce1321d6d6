using static GpuTensor.Bindings.Cuda.CublasLtApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>An algorithm for a product, and the workspace it needs.</summary>
/// <param name="Algorithm">What <see cref="CudaBlasLt.Matmul{T}"/> takes.</param>
/// <param name="WorkspaceBytes">Device memory it must be given.</param>
/// <param name="Waves">How full it makes the device: 1 is one full wave of blocks.</param>
public readonly record struct CublasLtChoice(CublasLtAlgorithm Algorithm, long WorkspaceBytes, float Waves);

/// <summary>A matrix of a cublasLt product: where it is and how it lies.</summary>
public readonly record struct CublasLtMatrix(ulong Address, CublasLtLayout Layout);

/// <summary>A cublasLt handle: matrix products with epilogues on one device.</summary>
public sealed class CudaBlasLt : CudaHandle
{
    private CudaBlasLt(CudaContext context, nint handle) : base(context, handle) { }

    /// <summary>Loads cublasLt and makes a handle.</summary>
    /// <exception cref="CudaLibraryException">cublasLt is not installed; lists what was tried.</exception>
    /// <exception cref="CublasException">The handle cannot be made.</exception>
    public static unsafe CudaBlasLt Create(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        CudaLibraries.Shared.Require(CudaLibrary.CublasLt);
        using var scope = context.Enter();
        nint handle;
        Check.Cublas(cublasLtCreate(&handle));
        return new CudaBlasLt(context, handle);
    }

    /// <summary>The library's version: 13.0.2.</summary>
    public static Version Version
    {
        get
        {
            CudaLibraries.Shared.Require(CudaLibrary.CublasLt);
            return CudaBlas.ToVersion((long)cublasLtGetVersion());
        }
    }

    /// <summary>The algorithms the library's heuristic finds for a product, best first. The same question has the same answer on the same
    /// device and version.</summary>
    /// <returns>None where no implementation fits: then take a plain product and an epilogue of one's own.</returns>
    /// <exception cref="CublasException">The descriptions contradict each other.</exception>
    public unsafe CublasLtChoice[] FindAlgorithms(
        CublasLtOperation operation, CublasLtLayout a, CublasLtLayout b, CublasLtLayout c, CublasLtLayout d,
        CublasLtPreference preference, int atMost = 1)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(c);
        ArgumentNullException.ThrowIfNull(d);
        ArgumentNullException.ThrowIfNull(preference);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(atMost);
        var results = new LtHeuristicResult[atMost];
        int found = 0;
        using var scope = Context.Enter();
        CublasStatus status;
        fixed (LtHeuristicResult* first = results)
            status = cublasLtMatmulAlgoGetHeuristic(
                Handle, operation.Handle, a.Handle, b.Handle, c.Handle, d.Handle, preference.Handle, atMost, first, &found);
        if (status == CublasStatus.NotSupported) return [];
        Check.Cublas(status, expression: nameof(cublasLtMatmulAlgoGetHeuristic));
        return [.. results.Take(found).Where(r => r.state == CublasStatus.Success)
            .Select(r => new CublasLtChoice(r.algo, (long)r.workspaceSize, r.wavesCount))];
    }

    /// <summary>Enqueues D = epilogue(α·op(A)·op(B) + β·C). C and D may be the same memory.</summary>
    /// <typeparam name="T">The type of α and β: float, or half, double, int where the compute type says so.</typeparam>
    /// <exception cref="ArgumentException">α and β are of the wrong type.</exception>
    /// <exception cref="CublasException">The library refuses: <see cref="CublasStatus.NotSupported"/> where the algorithm does not fit
    /// after all.</exception>
    public unsafe void Matmul<T>(
        CudaStream stream, CublasLtOperation operation, T alpha, in CublasLtMatrix a, in CublasLtMatrix b, T beta, in CublasLtMatrix c,
        in CublasLtMatrix d, in CublasLtChoice choice, ulong workspace, long workspaceBytes) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(operation);
        CublasGemm.CheckScale<T>(operation.Compute);
        if (workspaceBytes < choice.WorkspaceBytes)
            throw new ArgumentException($"The algorithm needs {choice.WorkspaceBytes} bytes of workspace.", nameof(workspaceBytes));
        using var scope = Context.Enter();
        var algorithm = choice.Algorithm;
        Check.Cublas(cublasLtMatmul(Handle, operation.Handle, &alpha, a.Address, a.Layout.Handle, b.Address, b.Layout.Handle,
            &beta, c.Address, c.Layout.Handle, d.Address, d.Layout.Handle, &algorithm, workspace, (nuint)workspaceBytes, stream.Handle));
    }

    private protected override CudaResult Destroy(nint handle) =>
        cublasLtDestroy(handle) == CublasStatus.Success ? CudaResult.Success : CudaResult.Unknown;
}
