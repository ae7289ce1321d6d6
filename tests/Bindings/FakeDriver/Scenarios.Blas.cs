using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Bindings.FakeDriver;

public static unsafe partial class Scenarios
{
    // The library's own choice of algorithm, -1, as the fake writes it down.
    private const string Default = "ffffffffffffffff";

    private static readonly CublasGemm Product = new()
    {
        M = 2, N = 3, K = 4,
        A = new(0xa000, CudaDataType.Float32, 5, CublasOperation.Transpose),
        B = new(0xb000, CudaDataType.Float32, 6),
        C = new(0xc000, CudaDataType.Float32, 7),
        Compute = CublasComputeType.Float32,
    };

    public static void Products_of_all_kinds_reach_the_right_entry_point_in_its_order()
    {
        using var context = CudaContext.Create(0);
        using var stream = CudaStream.Create(context);
        using var blas = CudaBlas.Create(context);
        Assert.Equal(new Version(13, 0, 2), blas.Version);
        Assert.True(CudaBlas.HasLongSizes);
        string h = Hex(blas.Handle);
        string[] calls = CallsOf(() => blas.Gemm(Product, 1f, 2f));
        var (alpha, beta) = Addresses(calls[0], 7, 14);
        Assert.Equal(
            [$"cublasGemmEx {h} 1 0 2 3 4 {alpha} a000 0 5 b000 0 6 {beta} c000 0 7 44 {Default}", " alpha 3f800000", " beta 40000000"],
            calls);

        var batch = Product with
        {
            BatchCount = 9,
            A = Product.A with { BatchStride = 100, Type = CudaDataType.Float16 },
            B = Product.B with { BatchStride = 0, Type = CudaDataType.BFloat16 },
            C = Product.C with { BatchStride = 300, Type = CudaDataType.Int32 },
            Compute = CublasComputeType.Float32FastTF32,
        };
        calls = CallsOf(() => blas.Gemm(batch, 1f, 0f));
        (alpha, beta) = Addresses(calls[0], 7, 16);
        Assert.Equal(
            $"cublasGemmStridedBatchedEx {h} 1 0 2 3 4 {alpha} a000 2 5 64 b000 e 6 0 {beta} c000 a 7 12c 9 4d {Default}", calls[0]);

        var large = Product with { K = 3L << 30 };
        calls = CallsOf(() => blas.Gemm(large, 1f, 2f));
        (alpha, beta) = Addresses(calls[0], 7, 14);
        Assert.Equal($"cublasGemmEx_64 {h} 1 0 2 3 c0000000 {alpha} a000 0 5 b000 0 6 {beta} c000 0 7 44 {Default}", calls[0]);
        var largeBatch = batch with { C = batch.C with { LeadingDimension = 1L << 40 } };
        calls = CallsOf(() => blas.Gemm(largeBatch, 1f, 0f));
        (alpha, beta) = Addresses(calls[0], 7, 16);
        Assert.Equal(
            $"cublasGemmStridedBatchedEx_64 {h} 1 0 2 3 4 {alpha} a000 2 5 64 b000 e 6 0 {beta} c000 a 10000000000 12c 9 4d {Default}",
            calls[0]);

        calls = CallsOf(() => blas.Sgemm(Product, 1f, 2f));
        (alpha, beta) = Addresses(calls[0], 7, 12);
        Assert.Equal([$"cublasSgemm_v2 {h} 1 0 2 3 4 {alpha} a000 5 b000 6 {beta} c000 7", " alpha 3f800000", " beta 40000000"], calls);
        var doubles = Product with
        {
            A = Product.A with { Type = CudaDataType.Float64 }, B = Product.B with { Type = CudaDataType.Float64 },
            C = Product.C with { Type = CudaDataType.Float64 }, Compute = CublasComputeType.Float64,
        };
        Assert.Equal([" alpha 3ff0000000000000", " beta 0"], CallsOf(() => blas.Dgemm(doubles, 1.0, 0.0))[1..]);
        Assert.StartsWith("cublasDgemm_v2_64 ", CallsOf(() => blas.Dgemm(doubles with { M = 1L << 33 }, 1.0, 0.0))[0]);
        Assert.StartsWith("cublasSgemm_v2_64 ", CallsOf(() => blas.Sgemm(large, 1f, 0f))[0]);

        Assert.Throws<ArgumentException>(() => blas.Gemm(Product, 1.0, 0.0));
        Assert.Throws<ArgumentException>(() => blas.Sgemm(doubles, 1f, 0f));
        Fail("cublasGemmEx", 15);
        var error = Assert.Throws<CublasException>(() => blas.Gemm(Product, 1f, 0f));
        Assert.Equal(CublasStatus.NotSupported, error.Status);
        Assert.StartsWith(
            "cublasGemmEx (m 2, n 3, k 4, Float32ᵀ ld 5 × Float32 ld 6 → Float32 ld 7, computed in Float32) failed", error.Message);
    }

    public static void The_workspace_survives_a_change_of_stream()
    {
        using var context = CudaContext.Create(0);
        using var stream = CudaStream.Create(context);
        var blas = CudaBlas.Create(context);
        var (h, s) = (Hex(blas.Handle), Hex(stream.Handle));
        Assert.Equal([$"cublasSetStream_v2 {h} {s}"], CallsOf(() => blas.SetStream(stream)));
        Assert.Equal([$"cublasSetWorkspace_v2 {h} ee00 2000000"], CallsOf(() => blas.SetWorkspace(0xee00, 32 << 20)));
        Assert.Equal([$"cublasSetStream_v2 {h} {s}", $"cublasSetWorkspace_v2 {h} ee00 2000000"], CallsOf(() => blas.SetStream(stream)));
        Assert.Equal([$"cublasSetMathMode {h} 10"], CallsOf(() => blas.MathMode = CublasMathMode.DisallowReducedPrecisionReduction));
        Assert.Equal(CublasMathMode.DisallowReducedPrecisionReduction, blas.MathMode);
        Assert.Equal([$"cublasSetPointerMode_v2 {h} 1"], CallsOf(() => blas.SetPointerMode(CublasPointerMode.Device)));
        Assert.Equal([$"cublasDestroy_v2 {h}"], CallsOf(blas.Dispose));
    }

    public static void CublasLt_attributes_have_the_sizes_the_library_takes()
    {
        using var operation = new CublasLtOperation(CublasComputeType.Float32, CudaDataType.Float32);
        string o = Hex(operation.Handle);
        Check(() => operation.TransposeA = CublasOperation.Transpose, 3, 4, "1");
        Check(() => operation.TransposeB = CublasOperation.Transpose, 4, 4, "1");
        Check(() => operation.Epilogue = CublasLtEpilogue.GeluBias, 7, 4, "24");
        Check(() => operation.BiasAddress = 0x5a0000001000, 8, 8, "5a0000001000");
        Check(() => operation.AuxAddress = 0x5a0000002000, 11, 8, "5a0000002000");
        Check(() => operation.AuxLeadingDimension = 128, 12, 8, "80");
        Check(() => operation.AuxBatchStride = 256, 13, 8, "100");
        Check(() => operation.AuxType = CudaDataType.Float16, 22, 4, "2");
        Check(() => operation.BiasType = CudaDataType.BFloat16, 26, 4, "e");
        Assert.Equal(CublasLtEpilogue.GeluBias, operation.Epilogue);

        string[] layout = CallsOf(() =>
            new CublasLtLayout(CudaDataType.Float32, 10, 20, 30, batchCount: 4, batchStride: 600, CublasLtOrder.Row).Dispose());
        Assert.EndsWith(" 0 a 14 1e", layout[0]);
        Assert.Equal([" value 1", " value 4", " value 258"], layout.Where(c => c[0] == ' '));
        Assert.Equal(["1 4", "5 4", "6 8"], Attributes(layout, "cublasLtMatrixLayoutSetAttribute"));
        string[] preference = CallsOf(() => new CublasLtPreference(32 << 20, 16, 32, 64, 128).Dispose());
        Assert.Equal([" value 2000000", " value 10", " value 20", " value 40", " value 80"], preference.Where(c => c[0] == ' '));
        Assert.Equal(["1 8", "5 4", "6 4", "7 4", "8 4"], Attributes(preference, "cublasLtMatmulPreferenceSetAttribute"));
        Assert.StartsWith("cublasLtMatmulPreferenceDestroy ", preference[^1]);

        void Check(Action set, int attribute, int size, string value)
        {
            string[] calls = CallsOf(set);
            Assert.StartsWith($"cublasLtMatmulDescSetAttribute {o} {attribute:x} ", calls[0]);
            Assert.EndsWith($" {size}", calls[0]);
            Assert.Equal($" value {value}", calls[1]);
        }

        static string[] Attributes(string[] calls, string name) =>
            [.. calls.Where(c => c.StartsWith(name, StringComparison.Ordinal)).Select(c => c.Split(' ')).Select(w => $"{w[2]} {w[4]}")];
    }

    public static void A_cublasLt_product_passes_its_matrices_in_order()
    {
        using var context = CudaContext.Create(0);
        using var stream = CudaStream.Create(context);
        using var lt = CudaBlasLt.Create(context);
        Assert.Equal(new Version(13, 1, 4), CudaBlasLt.Version);
        using var operation = new CublasLtOperation(CublasComputeType.Float32, CudaDataType.Float32);
        using var a = new CublasLtLayout(CudaDataType.Float32, 4, 2, 4);
        using var b = new CublasLtLayout(CudaDataType.Float32, 4, 3, 4);
        using var c = new CublasLtLayout(CudaDataType.Float32, 2, 3, 2);
        using var d = new CublasLtLayout(CudaDataType.Float32, 2, 3, 2);
        using var preference = new CublasLtPreference(4096);
        var (h, o, s) = (Hex(lt.Handle), Hex(operation.Handle), Hex(stream.Handle));
        string layouts = $"{Hex(a.Handle)} {Hex(b.Handle)} {Hex(c.Handle)} {Hex(d.Handle)}";

        CublasLtChoice[] choices = [];
        string[] calls = CallsOf(() => choices = lt.FindAlgorithms(operation, a, b, c, d, preference, atMost: 3));
        Assert.StartsWith($"cublasLtMatmulAlgoGetHeuristic {h} {o} {layouts} {Hex(preference.Handle)} 3 ", calls[0]);
        // The second of the fake's three answers says "not supported".
        Assert.Equal([(0L, 0.5f), (2048L, 0.5f)], choices.Select(x => (x.WorkspaceBytes, x.Waves)));
        Fail("cublasLtMatmulAlgoGetHeuristic", 15);
        Assert.Empty(lt.FindAlgorithms(operation, a, b, c, d, preference));

        calls = CallsOf(() => Multiply(choices[1], 4096));
        var (alpha, beta) = Addresses(calls[0], 3, 8);
        string algorithm = calls[0].Split(' ')[13];
        Assert.Equal(
            [$"cublasLtMatmul {h} {o} {alpha} a000 {Hex(a.Handle)} b000 {Hex(b.Handle)} {beta} c000 {Hex(c.Handle)} d000 {Hex(d.Handle)} "
                + $"{algorithm} ee00 1000 {s}", " alpha 3f800000", " beta 0", " algo 4f"], calls);
        Assert.Throws<ArgumentException>(() => Multiply(choices[1], 1024));

        void Multiply(CublasLtChoice choice, long workspace) => lt.Matmul(
            stream, operation, 1f, new(0xa000, a), new(0xb000, b), 0f, new(0xc000, c), new(0xd000, d), choice, 0xee00, workspace);
    }

    // Where alpha and beta lie changes from run to run; what they hold is in the fake's notes.
    private static (string Alpha, string Beta) Addresses(string call, int alpha, int beta)
    {
        string[] words = call.Split(' ');
        return (words[alpha], words[beta]);
    }
}
