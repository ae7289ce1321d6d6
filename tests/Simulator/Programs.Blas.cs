using System.Runtime.InteropServices;
using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Simulator;

// cuBLAS and cublasLt: what they compute and what they refuse.
public static unsafe partial class Programs
{
    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1))];
    }

    /// <summary>α·op(A)·op(B) + β·C by plain loops in double, all column-major.</summary>
    private static double[] Plain(bool ta, bool tb, int m, int n, int k, double alpha, float[] a, int lda, float[] b, int ldb, double beta,
        float[]? c, int ldc)
    {
        double[] result = new double[ldc * n];
        for (int j = 0; j < n; j++)
            for (int i = 0; i < m; i++)
            {
                double sum = 0;
                for (int p = 0; p < k; p++) sum += (double)a[ta ? (i * lda) + p : (p * lda) + i] * b[tb ? (p * ldb) + j : (j * ldb) + p];
                result[(j * ldc) + i] = (alpha * sum) + (c is null ? 0 : beta * c[(j * ldc) + i]);
            }
        return result;
    }

    private static void Near(double[] expected, float[] actual, int rows, int ld, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
            if (i % ld < rows) Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"[{i}]: {actual[i]} instead of {expected[i]}");
    }

    public static void Sgemm_ComputesWhatPlainLoopsDo()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var blas = CudaBlas.Create(context);
        blas.SetStream(stream);
        var random = new Random(3);
        for (int round = 0; round < 60; round++)
        {
            var (m, n, k) = (random.Next(1, 40), random.Next(1, 40), random.Next(1, 40));
            bool ta = random.Next(2) == 1, tb = random.Next(2) == 1;
            int lda = (ta ? k : m) + random.Next(4), ldb = (tb ? n : k) + random.Next(4), ldc = m + random.Next(4);
            float[] a = Random(lda * (ta ? m : k), round), b = Random(ldb * (tb ? k : n), round + 1), c = Random(ldc * n, round + 2);
            float alpha = random.NextSingle(), beta = round % 3 == 0 ? 0 : random.NextSingle();
            using var left = CudaDeviceVariable<float>.From(stream, a);
            using var right = CudaDeviceVariable<float>.From(stream, b);
            using var result = CudaDeviceVariable<float>.From(stream, c);
            var gemm = new CublasGemm
            {
                M = m, N = n, K = k, Compute = CublasComputeType.Float32,
                A = new(left.Address, CudaDataType.Float32, lda, ta ? CublasOperation.Transpose : CublasOperation.None),
                B = new(right.Address, CudaDataType.Float32, ldb, tb ? CublasOperation.Transpose : CublasOperation.None),
                C = new(result.Address, CudaDataType.Float32, ldc),
            };
            if (round % 2 == 0) blas.Sgemm(gemm, alpha, beta);
            else blas.Gemm(gemm, alpha, beta);
            float[] actual = new float[c.Length];
            result.CopyTo(stream, actual);
            Near(Plain(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc), actual, m, ldc, 1e-5);
        }
    }

    public static void ABatch_OfHalves_ThatFaceTheSameWeights()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var blas = CudaBlas.Create(context);
        blas.SetStream(stream);
        const int m = 5, n = 3, k = 7, batch = 4;
        float[] a = [.. Random(m * k, 1).Select(v => (float)(Half)v)], b = [.. Random(k * n * batch, 2).Select(v => (float)(Half)v)];
        using var left = CudaDeviceVariable<Half>.From(stream, [.. a.Select(v => (Half)v)]);
        using var right = CudaDeviceVariable<Half>.From(stream, [.. b.Select(v => (Half)v)]);
        using var result = CudaDeviceMemory.Allocate(context, m * n * batch * 4);
        blas.Gemm(new CublasGemm
        {
            M = m, N = n, K = k, BatchCount = batch, Compute = CublasComputeType.Float32,
            A = new(left.Address, CudaDataType.Float16, m, BatchStride: 0),
            B = new(right.Address, CudaDataType.Float16, k, BatchStride: k * n),
            C = new(result.Address, CudaDataType.Float32, m, BatchStride: m * n),
        }, 1f, 0f);
        float[] actual = new float[m * n * batch];
        stream.CopyToHost(MemoryMarshal.AsBytes(actual.AsSpan()), result.Address);
        for (int i = 0; i < batch; i++)
            Near(Plain(false, false, m, n, k, 1, a, m, b[(i * k * n)..], k, 0, null, m), actual[(i * m * n)..((i + 1) * m * n)], m, m,
                1e-5);
    }

    public static void TF32_IsOnlyUsedWhenAsked_AndShows()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var blas = CudaBlas.Create(context);
        blas.SetStream(stream);
        using var operand = CudaDeviceVariable<float>.From(stream, [1 + (1f / 4096)]);
        using var one = CudaDeviceVariable<float>.From(stream, [1f]);
        using var result = CudaDeviceVariable<float>.From(stream, [0f]);
        float Product(CublasComputeType compute)
        {
            blas.Gemm(new CublasGemm
            {
                M = 1, N = 1, K = 1, Compute = compute, A = new(operand.Address, CudaDataType.Float32, 1),
                B = new(one.Address, CudaDataType.Float32, 1), C = new(result.Address, CudaDataType.Float32, 1),
            }, 1f, 0f);
            float[] value = new float[1];
            result.CopyTo(stream, value);
            return value[0];
        }
        Assert.Equal(1 + (1f / 4096), Product(CublasComputeType.Float32));
        Assert.Equal(1f, Product(CublasComputeType.Float32FastTF32));
        blas.MathMode = CublasMathMode.TF32TensorOp;
        Assert.Equal(1f, Product(CublasComputeType.Float32));
        Assert.Equal(1 + (1f / 4096), Product(CublasComputeType.Float32Pedantic));
    }

    public static void Cublas_RefusesWhatItsManualForbids()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var blas = CudaBlas.Create(context);
        blas.SetStream(stream);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        stream.Fill(memory.Address, 0u, 1024);
        var good = new CublasGemm
        {
            M = 4, N = 4, K = 8, Compute = CublasComputeType.Float32, A = new(memory.Address, CudaDataType.Float32, 4),
            B = new(memory.Address + 1024, CudaDataType.Float32, 8), C = new(memory.Address + 2048, CudaDataType.Float32, 4),
        };
        blas.Gemm(good, 1f, 0f);
        void Status(CublasStatus status, CublasGemm gemm)
        {
            var error = Assert.Throws<CublasException>(() => blas.Gemm(gemm, 1f, 0f));
            Assert.Equal(status, error.Status);
            Assert.StartsWith("cublasGemm", error.Call);
        }
        Status(CublasStatus.InvalidValue, good with { A = good.A with { LeadingDimension = 3 } });
        Status(CublasStatus.InvalidValue, good with { A = good.A with { Operation = CublasOperation.Transpose } });
        Status(CublasStatus.InvalidValue, good with { B = good.B with { LeadingDimension = 7 } });
        Status(CublasStatus.InvalidValue, good with { C = good.C with { LeadingDimension = 3 } });
        Status(CublasStatus.InvalidValue, good with { A = good.A with { Address = memory.Address + 2 } });
        Status(CublasStatus.NotSupported, good with { C = good.C with { Type = CudaDataType.Float16 } });
        Status(CublasStatus.NotSupported, good with { A = good.A with { Type = CudaDataType.BFloat16 } });
        Status(CublasStatus.InvalidValue, good with { BatchCount = 3, C = good.C with { BatchStride = 0 } });
        Status(CublasStatus.InvalidValue, good with { BatchCount = 3, C = good.C with { BatchStride = 15 } });
        Status(CublasStatus.InvalidValue, good with { BatchCount = 3, C = good.C with { LeadingDimension = 11, BatchStride = 4 } });
        // Side by side in the rows of one matrix, as the heads of attention lie.
        blas.Gemm(good with { BatchCount = 3, C = good.C with { LeadingDimension = 12, BatchStride = 4 } }, 1f, 0f);
        stream.Synchronize();
        Assert.Contains("the leading dimension of A is 3", _simulator.Report().GetProperty("refusals")[0].GetString());
    }

    public static void BetaZero_IgnoresNaN_AndUnwrittenMemory()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var blas = CudaBlas.Create(context);
        blas.SetStream(stream);
        using var operands = CudaDeviceVariable<float>.From(stream, [.. Enumerable.Repeat(1f, 16)]);
        using var result = CudaDeviceMemory.Allocate(context, 64);
        var gemm = new CublasGemm
        {
            M = 4, N = 4, K = 4, Compute = CublasComputeType.Float32, A = new(operands.Address, CudaDataType.Float32, 4),
            B = new(operands.Address, CudaDataType.Float32, 4), C = new(result.Address, CudaDataType.Float32, 4),
        };
        blas.Gemm(gemm, 1f, 0f);
        float[] actual = new float[16];
        stream.CopyToHost(MemoryMarshal.AsBytes(actual.AsSpan()), result.Address);
        Assert.All(actual, v => Assert.Equal(4f, v));
        using var unwritten = CudaDeviceMemory.Allocate(context, 64);
        blas.Gemm(gemm with { C = gemm.C with { Address = unwritten.Address } }, 1f, 1f);
        Defect(CudaResult.IllegalAddress, stream.Synchronize, "cublasGemmEx on stream", "of C, which was never written", "0x1");
    }

    public static void ACapture_WithoutAWorkspace_IsRefused()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var blas = CudaBlas.Create(context);
        using var workspace = CudaDeviceMemory.Allocate(context, 8 << 20);
        using var operands = CudaDeviceVariable<float>.From(stream, [.. Enumerable.Repeat(1f, 16)]);
        using var result = CudaDeviceMemory.Allocate(context, 64);
        var gemm = new CublasGemm
        {
            M = 4, N = 4, K = 4, Compute = CublasComputeType.Float32, A = new(operands.Address, CudaDataType.Float32, 4),
            B = new(operands.Address, CudaDataType.Float32, 4), C = new(result.Address, CudaDataType.Float32, 4),
        };
        blas.SetStream(stream);
        stream.BeginCapture();
        var error = Assert.Throws<CublasException>(() => blas.Gemm(gemm, 1f, 0f));
        Assert.Equal("cublasGemmEx", error.Call);
        Refused(CudaResult.StreamCaptureInvalidated, () => stream.EndCapture());
        blas.SetWorkspace(workspace.Address, workspace.Bytes);
        blas.SetStream(stream);
        stream.BeginCapture();
        blas.Gemm(gemm, 1f, 0f);
        using var graph = stream.EndCapture();
        Assert.Equal(CudaGraphNodeType.Kernel, Assert.Single(graph.GetNodes()).Type);
        using var exec = graph.Instantiate();
        exec.Launch(stream);
        float[] actual = new float[16];
        stream.CopyToHost(MemoryMarshal.AsBytes(actual.AsSpan()), result.Address);
        Assert.All(actual, v => Assert.Equal(4f, v));
    }

    public static void OneWorkspace_OnTwoStreams_IsARace()
    {
        using var context = CudaContext.Create();
        using var first = CudaStream.Create(context);
        using var second = CudaStream.Create(context);
        using var workspace = CudaDeviceMemory.Allocate(context, 8 << 20);
        using var operands = CudaDeviceVariable<float>.From(first, [.. Enumerable.Repeat(1f, 16)]);
        using var result = CudaDeviceMemory.Allocate(context, 1024);
        using var blas = CudaBlas.Create(context);
        blas.SetWorkspace(workspace.Address, workspace.Bytes);
        foreach (var (stream, offset) in ((CudaStream, ulong)[])[(first, 0), (second, 512)])
        {
            blas.SetStream(stream);
            blas.Gemm(new CublasGemm
            {
                M = 4, N = 4, K = 4, Compute = CublasComputeType.Float32, A = new(operands.Address, CudaDataType.Float32, 4),
                B = new(operands.Address, CudaDataType.Float32, 4), C = new(result.Address + offset, CudaDataType.Float32, 4),
            }, 1f, 0f);
        }
        Defect(CudaResult.IllegalAddress, context.Synchronize, "cublasGemmEx on stream", "nothing orders the two");
    }

    public static void Epilogues_EqualTheUnfusedWay()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var light = CudaBlasLt.Create(context);
        const int inputs = 7, outputs = 5, rows = 6;
        float[] x = Random(rows * inputs, 1), w = Random(outputs * inputs, 2), bias = Random(outputs, 3);
        using var xs = CudaDeviceVariable<float>.From(stream, x);
        using var ws = CudaDeviceVariable<float>.From(stream, w);
        using var biases = CudaDeviceVariable<float>.From(stream, bias);
        using var y = CudaDeviceMemory.Allocate(context, rows * outputs * 4);
        // y[rows, outputs] = x · wᵀ + bias, row-major, by the swap: first w transposed, second x.
        double[] product = Plain(true, false, outputs, rows, inputs, 1, w, inputs, x, inputs, 0, null, outputs);
        (CublasLtEpilogue Epilogue, Func<double, double> Function)[] cases =
        [
            (CublasLtEpilogue.Bias, v => v),
            (CublasLtEpilogue.ReluBias, v => Math.Max(0, v)),
            (CublasLtEpilogue.GeluBias, v => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v))))),
        ];
        foreach (var (epilogue, function) in cases)
        {
            Matmul(epilogue, biases.Address);
            float[] actual = new float[rows * outputs];
            stream.CopyToHost(MemoryMarshal.AsBytes(actual.AsSpan()), y.Address);
            for (int i = 0; i < actual.Length; i++) Assert.Equal(function(product[i] + bias[i % outputs]), actual[i], 1e-5);
        }
        // The gradient of the bias: BGRADB sums the second operand over k.
        using var gradient = CudaDeviceMemory.Allocate(context, rows * 4);
        Matmul(CublasLtEpilogue.BGradB, gradient.Address);
        float[] sums = new float[rows];
        stream.CopyToHost(MemoryMarshal.AsBytes(sums.AsSpan()), gradient.Address);
        for (int r = 0; r < rows; r++) Assert.Equal(x.AsSpan(r * inputs, inputs).ToArray().Sum(), sums[r], 1e-5f);

        using (var operation =
            new CublasLtOperation(CublasComputeType.Float32, CudaDataType.Float32) { Epilogue = CublasLtEpilogue.GeluAux })
        using (var layout = new CublasLtLayout(CudaDataType.Float32, 4, 4, 4))
        using (var preference = new CublasLtPreference(0))
            Assert.Empty(light.FindAlgorithms(operation, layout, layout, layout, layout, preference));

        void Matmul(CublasLtEpilogue epilogue, ulong vector)
        {
            using var operation = new CublasLtOperation(CublasComputeType.Float32, CudaDataType.Float32)
            {
                TransposeA = CublasOperation.Transpose, Epilogue = epilogue, BiasAddress = vector,
            };
            using var a = new CublasLtLayout(CudaDataType.Float32, inputs, outputs, inputs);
            using var b = new CublasLtLayout(CudaDataType.Float32, inputs, rows, inputs);
            using var d = new CublasLtLayout(CudaDataType.Float32, outputs, rows, outputs);
            using var preference = new CublasLtPreference(0);
            var choice = Assert.Single(light.FindAlgorithms(operation, a, b, d, d, preference, 4));
            light.Matmul(stream, operation, 1f, new(ws.Address, a), new(xs.Address, b), 0f, new(y.Address, d), new(y.Address, d), choice, 0,
                0);
        }
    }

    public static void Lt_HoldsTheHostToWhatItDeclared()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var light = CudaBlasLt.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 1 << 20);
        stream.Fill(memory.Address, 0u, 1 << 18);
        using var operation = new CublasLtOperation(CublasComputeType.Float32, CudaDataType.Float32);
        using var layout = new CublasLtLayout(CudaDataType.Float32, 4, 4, 4);
        using var other = new CublasLtLayout(CudaDataType.Float32, 4, 4, 8);
        using var strict = new CublasLtPreference(0);
        using var loose = new CublasLtPreference(1 << 16, 4, 4, 4, 4);
        CublasStatus Run(CublasLtPreference preference, ulong a, CublasLtLayout of, long workspace)
        {
            var choice = light.FindAlgorithms(operation, layout, layout, layout, layout, preference)[0];
            // Past the bindings' own check of the workspace.
            choice = choice with { WorkspaceBytes = 0 };
            var error = Record.Exception(() => light.Matmul(stream, operation, 1f, new(a, of), new(memory.Address + 4096, layout), 0f,
                new(memory.Address + 8192, layout), new(memory.Address + 8192, layout), choice, memory.Address + 65536, workspace));
            return error is null ? CublasStatus.Success : ((CublasException)error).Status;
        }
        Assert.Equal(CublasStatus.Success, Run(strict, memory.Address, layout, 0));
        // A view of sliced columns is not aligned to the 256 bytes that are assumed.
        Assert.Equal(CublasStatus.InvalidValue, Run(strict, memory.Address + 4, layout, 0));
        Assert.Equal(CublasStatus.Success, Run(loose, memory.Address + 4, layout, 1 << 16));
        Assert.Equal(CublasStatus.InvalidValue, Run(loose, memory.Address, layout, 0));
        Assert.Equal(CublasStatus.NotSupported, Run(strict, memory.Address, other, 0));
        stream.Synchronize();
    }
}
