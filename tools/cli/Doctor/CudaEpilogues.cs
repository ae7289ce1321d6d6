using System.Runtime.InteropServices;
using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Cli.Doctor;

/// <summary>Each epilogue of cublasLt against the unfused way: cuBLAS's product on the same GPU, bias and activation in plain
/// loops.</summary>
internal static class CudaEpilogues
{
    private const int Inputs = 64, Outputs = 48, Rows = 40;

    private static readonly (CublasLtEpilogue Epilogue, bool Bias, Func<double, double> Function)[] Cases =
    [
        (CublasLtEpilogue.Default, false, v => v),
        (CublasLtEpilogue.Relu, false, Relu),
        (CublasLtEpilogue.Gelu, false, Gelu),
        (CublasLtEpilogue.Bias, true, v => v),
        (CublasLtEpilogue.ReluBias, true, Relu),
        (CublasLtEpilogue.GeluBias, true, Gelu),
    ];

    public static void Run(Examination examination, string name, CudaDevice gpu)
    {
        foreach (var (epilogue, bias, function) in Cases)
            examination.Check(name, $"epilogue {epilogue}", () => Compare(gpu, epilogue, bias, function));
        foreach (var epilogue in (CublasLtEpilogue[])[CublasLtEpilogue.BGradA, CublasLtEpilogue.BGradB])
            examination.Check(name, $"epilogue {epilogue}", () => CompareSum(gpu, epilogue));
    }

    private static double Relu(double v) => Math.Max(0, v);

    private static double Gelu(double v) => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)));

    /// <summary>y[rows, outputs] = f(x·wᵀ + bias), row-major; the library is column-major, so w comes first, transposed.</summary>
    private static string Compare(CudaDevice gpu, CublasLtEpilogue epilogue, bool bias, Func<double, double> function)
    {
        using var context = CudaContext.Create(gpu);
        using var stream = CudaStream.Create(context);
        using var x = Numbers(stream, Rows * Inputs, 1);
        using var w = Numbers(stream, Outputs * Inputs, 2);
        using var b = Numbers(stream, Outputs, 3);
        float[] product = Product(context, stream, w, x), biases = b.ToArray(stream);

        float[] actual = Multiply(context, stream, epilogue, w, x, bias ? b.Address : 0);
        for (int i = 0; i < actual.Length; i++)
            Calculations.Near($"the product with epilogue {epilogue}", i, function(product[i] + (bias ? (double)biases[i % Outputs] : 0)),
                actual[i], 1e-4);
        return $"{actual.Length:N0} results equal the unfused way's";
    }

    /// <summary>Beside the same product the sum of w's rows (A) or of x's (B).</summary>
    private static string CompareSum(CudaDevice gpu, CublasLtEpilogue epilogue)
    {
        using var context = CudaContext.Create(gpu);
        using var stream = CudaStream.Create(context);
        using var x = Numbers(stream, Rows * Inputs, 1);
        using var w = Numbers(stream, Outputs * Inputs, 2);
        float[] operand = (epilogue == CublasLtEpilogue.BGradA ? w : x).ToArray(stream), product = Product(context, stream, w, x);
        using var sums = CudaDeviceVariable<float>.From(stream, new float[operand.Length / Inputs]);
        float[] beside = Multiply(context, stream, epilogue, w, x, sums.Address), actual = sums.ToArray(stream);
        for (int i = 0; i < beside.Length; i++) Calculations.Near($"the product with epilogue {epilogue}", i, product[i], beside[i], 1e-4);
        for (int i = 0; i < actual.Length; i++)
            Calculations.Near($"the sum of epilogue {epilogue}", i, Enumerable.Range(0, Inputs).Sum(k => (double)operand[(i * Inputs) + k]),
                actual[i], 1e-4);
        return $"{beside.Length:N0} results and {actual.Length} sums equal the unfused way's";
    }

    private static float[] Multiply(
        CudaContext context, CudaStream stream, CublasLtEpilogue epilogue, CudaDeviceVariable<float> w, CudaDeviceVariable<float> x,
        ulong vector)
    {
        using var light = CudaBlasLt.Create(context);
        using var y = CudaDeviceMemory.Allocate(context, Rows * Outputs * sizeof(float));
        using var operation =
            new CublasLtOperation(CublasComputeType.Float32, CudaDataType.Float32) { TransposeA = CublasOperation.Transpose,
                Epilogue = epilogue };
        if (vector != 0) operation.BiasAddress = vector;
        using var first = new CublasLtLayout(CudaDataType.Float32, Inputs, Outputs, Inputs);
        using var second = new CublasLtLayout(CudaDataType.Float32, Inputs, Rows, Inputs);
        using var result = new CublasLtLayout(CudaDataType.Float32, Outputs, Rows, Outputs);
        using var preference = new CublasLtPreference(0);
        var choices = light.FindAlgorithms(operation, first, second, result, result, preference);
        if (choices.Length == 0) throw new NotApplicableException("cublasLt has no algorithm for it on this GPU");
        light.Matmul(stream, operation, 1f, new(w.Address, first), new(x.Address, second), 0f, new(y.Address, result),
            new(y.Address, result), choices[0], 0, 0);
        float[] results = new float[Rows * Outputs];
        stream.CopyToHost(MemoryMarshal.AsBytes(results.AsSpan()), y.Address);
        return results;
    }

    private static float[] Product(CudaContext context, CudaStream stream, CudaDeviceVariable<float> w, CudaDeviceVariable<float> x)
    {
        using var y = CudaDeviceMemory.Allocate(context, Rows * Outputs * sizeof(float));
        using var blas = CudaBlas.Create(context);
        blas.SetStream(stream);
        blas.Gemm(new CublasGemm
        {
            M = Outputs, N = Rows, K = Inputs, Compute = CublasComputeType.Float32,
            A = new(w.Address, CudaDataType.Float32, Inputs, CublasOperation.Transpose),
            B = new(x.Address, CudaDataType.Float32, Inputs),
            C = new(y.Address, CudaDataType.Float32, Outputs),
        }, 1f, 0f);
        float[] product = new float[Rows * Outputs];
        stream.CopyToHost(MemoryMarshal.AsBytes(product.AsSpan()), y.Address);
        return product;
    }

    private static CudaDeviceVariable<float> Numbers(CudaStream stream, int count, int seed)
    {
        var random = new Random(seed);
        return CudaDeviceVariable<float>.From(stream, [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)]);
    }
}
