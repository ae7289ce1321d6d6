using GpuTensor.Bindings.Cuda;
using GpuTensor.Kernels;

namespace GpuTensor.Backends.Cuda;

/// <summary>Products through cuBLAS on the compute stream, those with an epilogue through cublasLt. The memory to work in is ours and
/// outlives every captured graph; half types accumulate in float32.</summary>
internal sealed class CudaProducts : IDisposable
{
    private readonly CudaDeviceMemory workspace;
    private readonly CudaBlas blas;
    private readonly CudaEpilogueProducts epilogues;

    public CudaProducts(CudaContext context, CudaStream compute, ComputeCapability capability)
    {
        blas = CudaBlas.Create(context);
        try
        {
            // What NVIDIA advises.
            long bytes = (capability.Major >= 9 ? 32L : 8L) << 20;
            workspace = CudaDeviceMemory.Allocate(context, bytes + CudaEpilogueProducts.MostVectorBytes);
            try
            {
                blas.SetStream(compute);
                blas.SetWorkspace(workspace.Address, bytes);
                // Half products may not be summed in halves.
                blas.MathMode = CublasMathMode.DisallowReducedPrecisionReduction;
                epilogues = new(context, compute, workspace.Address, bytes, workspace.Address + (ulong)bytes);
            }
            catch
            {
                workspace.Dispose();
                throw;
            }
        }
        catch
        {
            blas.Dispose();
            throw;
        }
    }

    /// <summary>Whether cublasLt does the call's epilogue.</summary>
    public bool HasEpilogue(LibraryCall call, DType type) => epilogues.Has(call, type);

    /// <param name="vector">What the call's epilogue reads or writes; 0 where it has none.</param>
    public void Multiply(LibraryCall call, DType type, MatMulPrecision precision, ulong a, ulong b, ulong c, ulong vector)
    {
        var compute = (type, precision) switch
        {
            (DType.Float64, _) => CublasComputeType.Float64,
            (DType.Float32, MatMulPrecision.TensorFloat32) => CublasComputeType.Float32FastTF32,
            (DType.Float32, MatMulPrecision.Float16) => CublasComputeType.Float32FastFloat16,
            (DType.Float32, MatMulPrecision.BFloat16) => CublasComputeType.Float32FastBFloat16,
            _ => CublasComputeType.Float32,
        };
        var (first, second) = call.Swapped ? (b, a) : (a, b);
        if (call.Epilogue != LibraryEpilogue.None)
        {
            epilogues.Multiply(call, type, compute, first, second, c, vector);
            return;
        }
        var gemm = new CublasGemm
        {
            M = call.M,
            N = call.N,
            K = call.K,
            A = Matrix(call.First, first),
            B = Matrix(call.Second, second),
            C = Matrix(call.Result, c),
            Compute = compute,
            BatchCount = call.BatchCount,
        };
        if (type == DType.Float64) blas.Gemm(gemm, 1.0, 0.0);
        else blas.Gemm(gemm, 1f, 0f);

        CublasMatrix Matrix(LibraryMatrix m, ulong memory) =>
            new(memory + (ulong)(m.Offset * type.Size()), DataType(type), m.LeadingDimension,
            m.Transposed ? CublasOperation.Transpose : CublasOperation.None, m.BatchStride);
    }

    /// <summary>A dtype as the libraries call it.</summary>
    public static CudaDataType DataType(DType type) => type switch
    {
        DType.Float64 => CudaDataType.Float64,
        DType.Float16 => CudaDataType.Float16,
        DType.BFloat16 => CudaDataType.BFloat16,
        _ => CudaDataType.Float32,
    };

    public void Dispose()
    {
        epilogues.Dispose();
        blas.Dispose();
        workspace.Dispose();
    }
}
