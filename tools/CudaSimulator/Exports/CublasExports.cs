using System.Runtime.InteropServices;
using GpuTensor.CudaSimulator.Blas;
using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Exports;

/// <summary>cuBLAS's entry points.</summary>
internal static unsafe class CublasExports
{
    [UnmanagedCallersOnly(EntryPoint = "cublasCreate_v2")]
    public static int cublasCreate_v2(nint* handle) => Call.Blas(simulator => Create(simulator, handle, isLight: false));

    /// <summary>A handle in the current context.</summary>
    public static void Create(Simulator simulator, nint* handle, bool isLight)
    {
        if (handle == null) throw new BlasError(BlasError.InvalidValue, "the pointer for the handle is null");
        var context = CurrentContext.Top
            ?? throw new BlasError(BlasError.NotInitialized, $"no context is current on thread {Environment.CurrentManagedThreadId}");
        if (context.Device.Sticky is { } fault) throw new BlasError(BlasError.NotInitialized, fault.Message);
        Graphs.Capture.ForbidUnsafe(simulator, "a cuBLAS handle is made");
        *handle = simulator.Handles.Add(new CublasHandle(context, isLight));
    }

    [UnmanagedCallersOnly(EntryPoint = "cublasDestroy_v2")]
    public static int cublasDestroy_v2(nint handle) => Call.Blas(simulator => Destroy(simulator, handle, "cuBLAS handle"));

    public static void Destroy(Simulator simulator, nint handle, string kind)
    {
        if (Get(simulator, handle).Kind != kind) throw new BlasError(BlasError.NotInitialized, $"0x{handle:x} is no {kind}");
        Graphs.Capture.ForbidUnsafe(simulator, "a cuBLAS handle is destroyed");
        simulator.Handles.Remove(handle);
    }

    [UnmanagedCallersOnly(EntryPoint = "cublasGetVersion_v2")]
    public static int cublasGetVersion_v2(nint handle, int* version) => Call.Blas(simulator =>
    {
        Get(simulator, handle);
        *version = (int)Version(simulator);
    });

    /// <summary>The cuBLAS that came with the driver's CUDA.</summary>
    public static nuint Version(Simulator simulator) => (simulator.Configuration.DriverVersion / 1000) switch
    {
        11 => 110601,
        12 => 120403,
        _ => 130002,
    };

    [UnmanagedCallersOnly(EntryPoint = "cublasSetStream_v2")]
    public static int cublasSetStream_v2(nint handle, nint stream) => Call.Blas(simulator => Get(simulator, handle).SetStream(stream));

    [UnmanagedCallersOnly(EntryPoint = "cublasSetWorkspace_v2")]
    public static int cublasSetWorkspace_v2(nint handle, ulong workspace, nuint bytes) => Call.Blas(simulator =>
    {
        var set = Get(simulator, handle);
        if (workspace % 256 != 0) throw new BlasError(BlasError.InvalidValue, $"the workspace 0x{workspace:x} is not aligned to 256");
        if (bytes > 0) set.Context.Device.Blocks.RequireRange(workspace, bytes, "workspace");
        set.Workspace = (workspace, bytes);
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasSetMathMode")]
    public static int cublasSetMathMode(nint handle, int mode) => Call.Blas(simulator =>
    {
        if ((mode & ~16) is not (0 or 1 or 2 or 3)) throw new BlasError(BlasError.InvalidValue, $"there is no math mode {mode}");
        Get(simulator, handle).MathMode = mode;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasGetMathMode")]
    public static int cublasGetMathMode(nint handle, int* mode) => Call.Blas(simulator => *mode = Get(simulator, handle).MathMode);

    [UnmanagedCallersOnly(EntryPoint = "cublasSetPointerMode_v2")]
    public static int cublasSetPointerMode_v2(nint handle, int mode) => Call.Blas(simulator =>
    {
        if (mode is not (0 or 1)) throw new BlasError(BlasError.InvalidValue, $"there is no pointer mode {mode}");
        Get(simulator, handle).DevicePointers = mode == 1;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasSgemm_v2")]
    public static int cublasSgemm_v2(
        nint handle, int ta, int tb, int m, int n, int k, void* alpha, ulong a, int lda, ulong b, int ldb, void* beta, ulong c, int ldc) =>
        Gemm(nameof(cublasSgemm_v2), handle, new(ta, tb, m, n, k, alpha, beta), new(a, 0, lda), new(b, 0, ldb), new(c, 0, ldc),
            (int)ComputeType.C32F);

    [UnmanagedCallersOnly(EntryPoint = "cublasSgemm_v2_64")]
    public static int cublasSgemm_v2_64(
        nint handle, int ta, int tb, long m, long n, long k, void* alpha, ulong a, long lda, ulong b, long ldb, void* beta, ulong c,
        long ldc) =>
        Gemm(nameof(cublasSgemm_v2_64), handle, new(ta, tb, m, n, k, alpha, beta), new(a, 0, lda), new(b, 0, ldb), new(c, 0, ldc),
            (int)ComputeType.C32F);

    [UnmanagedCallersOnly(EntryPoint = "cublasDgemm_v2")]
    public static int cublasDgemm_v2(
        nint handle, int ta, int tb, int m, int n, int k, void* alpha, ulong a, int lda, ulong b, int ldb, void* beta, ulong c, int ldc) =>
        Gemm(nameof(cublasDgemm_v2), handle, new(ta, tb, m, n, k, alpha, beta), new(a, 1, lda), new(b, 1, ldb), new(c, 1, ldc),
            (int)ComputeType.C64F);

    [UnmanagedCallersOnly(EntryPoint = "cublasDgemm_v2_64")]
    public static int cublasDgemm_v2_64(
        nint handle, int ta, int tb, long m, long n, long k, void* alpha, ulong a, long lda, ulong b, long ldb, void* beta, ulong c,
        long ldc) =>
        Gemm(nameof(cublasDgemm_v2_64), handle, new(ta, tb, m, n, k, alpha, beta), new(a, 1, lda), new(b, 1, ldb), new(c, 1, ldc),
            (int)ComputeType.C64F);

    [UnmanagedCallersOnly(EntryPoint = "cublasGemmEx")]
    public static int cublasGemmEx(
        nint handle, int ta, int tb, int m, int n, int k, void* alpha, ulong a, int at, int lda, ulong b, int bt, int ldb, void* beta,
        ulong c,
        int ct, int ldc, int compute, int algorithm) =>
        Gemm(nameof(cublasGemmEx), handle, new(ta, tb, m, n, k, alpha, beta, algorithm), new(a, at, lda), new(b, bt, ldb), new(c, ct, ldc),
            compute);

    [UnmanagedCallersOnly(EntryPoint = "cublasGemmEx_64")]
    public static int cublasGemmEx_64(
        nint handle, int ta, int tb, long m, long n, long k, void* alpha, ulong a, int at, long lda, ulong b, int bt, long ldb, void* beta,
        ulong c, int ct, long ldc, int compute, int algorithm) =>
        Gemm(nameof(cublasGemmEx_64), handle, new(ta, tb, m, n, k, alpha, beta, algorithm), new(a, at, lda), new(b, bt, ldb),
            new(c, ct, ldc), compute);

    [UnmanagedCallersOnly(EntryPoint = "cublasGemmStridedBatchedEx")]
    public static int cublasGemmStridedBatchedEx(
        nint handle, int ta, int tb, int m, int n, int k, void* alpha, ulong a, int at, int lda, long sa, ulong b, int bt, int ldb, long sb,
        void* beta, ulong c, int ct, int ldc, long sc, int batch, int compute, int algorithm) =>
        Gemm(nameof(cublasGemmStridedBatchedEx), handle, new(ta, tb, m, n, k, alpha, beta, algorithm, batch), new(a, at, lda, sa),
            new(b, bt, ldb, sb),
            new(c, ct, ldc, sc), compute);

    [UnmanagedCallersOnly(EntryPoint = "cublasGemmStridedBatchedEx_64")]
    public static int cublasGemmStridedBatchedEx_64(
        nint handle, int ta, int tb, long m, long n, long k, void* alpha, ulong a, int at, long lda, long sa, ulong b, int bt, long ldb,
        long sb,
        void* beta, ulong c, int ct, long ldc, long sc, long batch, int compute, int algorithm) =>
        Gemm(nameof(cublasGemmStridedBatchedEx_64), handle, new(ta, tb, m, n, k, alpha, beta, algorithm, batch), new(a, at, lda, sa),
            new(b, bt, ldb, sb), new(c, ct, ldc, sc), compute);

    /// <summary>Alpha or beta.</summary>
    public static BlasScale Scale(void* pointer, DataType type, bool device)
    {
        if (pointer == null) throw new BlasError(BlasError.InvalidValue, "alpha or beta is null");
        if (device) return new(0, (ulong)pointer, type);
        return new(type switch
        {
            DataType.R16F => (double)*(Half*)pointer,
            DataType.R64F => *(double*)pointer,
            DataType.R32I => *(int*)pointer,
            _ => *(float*)pointer,
        }, 0, type);
    }

    /// <summary>True for transposed operands; numbers here are real, so the conjugate is the transpose.</summary>
    public static bool Transposed(int operation) => operation switch
    {
        0 => false,
        1 or 2 => true,
        _ => throw new BlasError(BlasError.InvalidValue, $"there is no operation {operation}"),
    };

    private static int Gemm(string name, nint handle, Shape shape, Operand a, Operand b, Operand c, int compute) => Call.Blas(simulator =>
    {
        var library = Get(simulator, handle);
        library.RequireUsable();
        bool transposeA = Transposed(shape.TransposeA), transposeB = Transposed(shape.TransposeB);
        var (m, n, k) = (shape.M, shape.N, shape.K);
        if (m < 0 || n < 0 || k < 0 || shape.Batch < 0)
            throw new BlasError(BlasError.InvalidValue, $"m {m}, n {n}, k {k}, batch {shape.Batch}");
        if (shape.Algorithm is not ((>= -1 and <= 23) or (>= 99 and <= 115)))
            throw new BlasError(BlasError.InvalidValue, $"there is no algorithm {shape.Algorithm}");
        var type = (ComputeType)compute;
        var scale = BlasTypes.Scale(type);
        BlasTypes.Require(type, scale, a.Type, b.Type, c.Type);
        var left = a.Matrix("A", transposeA ? k : m, transposeA ? m : k);
        var right = b.Matrix("B", transposeB ? n : k, transposeB ? k : n);
        var result = c.Matrix("C", m, n);
        left.Validate();
        right.Validate();
        result.Validate();
        RequireDistinct(result, shape.Batch);
        if (m == 0 || n == 0 || shape.Batch == 0) return;
        var (workspace, workspaceBytes) = library.Workspace;
        bool allowTF32 = (library.MathMode & ~16) == 3;
        var work = new GemmWork(name, transposeA, transposeB, m, n, k, Scale(shape.Alpha, scale, library.DevicePointers), left, right,
            Scale(shape.Beta, scale, library.DevicePointers), result, result, shape.Batch, type,
            BlasTypes.RoundingOf(type, a.Type, allowTF32),
            workspace, workspaceBytes, new(BlasEpilogue.Default, 0, c.Type));
        library.Submit(library.Resolve(library.Stream), work);
    }, name);

    /// <summary>The results of a batch must not overlap: which of two is stored last, nothing says.</summary>
    public static void RequireDistinct(BlasMatrix matrix, long batch)
    {
        if (batch <= 1 || matrix.Rows == 0 || matrix.Columns == 0) return;
        var (runs, length) = matrix.Runs;
        long stride = Math.Abs(matrix.BatchStride), ld = matrix.LeadingDimension;
        // Two of the batch, d apart, meet where a run of one lies within a run's length of a run of the other.
        for (long d = 1; d < Math.Min(batch, 4096); d++)
            for (long e = d * stride / ld; e <= (d * stride / ld) + 1; e++)
                if (e < runs && Math.Abs((d * stride) - (e * ld)) < length)
                    throw new BlasError(BlasError.InvalidValue, $"the results of a batch of {batch} overlap: {matrix.Name} has stride "
                        + $"{matrix.BatchStride}, {matrix.Rows} × {matrix.Columns} elements and leading dimension {ld}");
    }

    private static CublasHandle Get(Simulator simulator, nint handle)
    {
        try
        {
            return simulator.Handles.Get<CublasHandle>(handle, "cuBLAS handle");
        }
        catch (DriverError error)
        {
            throw new BlasError(BlasError.NotInitialized, error.Message);
        }
    }

    /// <summary>The part of a call's arguments that is the same in every variant.</summary>
    private readonly struct Shape(
        int transposeA, int transposeB, long m, long n, long k, void* alpha, void* beta, int algorithm = -1, long batch = 1)
    {
        public int TransposeA => transposeA;

        public int TransposeB => transposeB;

        public long M => m;

        public long N => n;

        public long K => k;

        public void* Alpha => alpha;

        public void* Beta => beta;

        public int Algorithm => algorithm;

        public long Batch => batch;
    }

    private readonly record struct Operand(ulong Address, int TypeNumber, long LeadingDimension, long Stride = 0)
    {
        public DataType Type => (DataType)TypeNumber;

        public BlasMatrix Matrix(string name, long rows, long columns) => new(name, Address, Type, rows, columns, LeadingDimension, Stride);
    }
}
