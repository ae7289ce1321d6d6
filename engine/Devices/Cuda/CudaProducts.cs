using GpuTensor.Bindings.Cuda;
using GpuTensor.Kernels;

namespace GpuTensor.Devices.Cuda;

/// <summary>Products through cuBLAS on the compute stream. Its memory to work in is ours and outlives every captured graph; half types accumulate in float32.</summary>
internal sealed class CudaProducts : IDisposable
{
    private readonly CudaDeviceMemory workspace;
    private readonly CudaBlas blas;

    public CudaProducts(CudaContext context, CudaStream compute, ComputeCapability capability)
    {
        blas = CudaBlas.Create(context);
        try
        {
            // What NVIDIA advises.
            workspace = CudaDeviceMemory.Allocate(context, (capability.Major >= 9 ? 32L : 8L) << 20);
            try
            {
                blas.SetStream(compute);
                blas.SetWorkspace(workspace.Address, workspace.Bytes);
                // Half products may not be summed in halves.
                blas.MathMode = CublasMathMode.DisallowReducedPrecisionReduction;
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

    public void Multiply(LibraryCall call, DType type, MatMulPrecision precision, ulong a, ulong b, ulong c)
    {
        var data = type switch
        {
            DType.Float64 => CudaDataType.Float64,
            DType.Float16 => CudaDataType.Float16,
            DType.BFloat16 => CudaDataType.BFloat16,
            _ => CudaDataType.Float32,
        };
        var compute = (type, precision) switch
        {
            (DType.Float64, _) => CublasComputeType.Float64,
            (DType.Float32, MatMulPrecision.TensorFloat32) => CublasComputeType.Float32FastTF32,
            (DType.Float32, MatMulPrecision.Float16) => CublasComputeType.Float32FastFloat16,
            (DType.Float32, MatMulPrecision.BFloat16) => CublasComputeType.Float32FastBFloat16,
            _ => CublasComputeType.Float32,
        };
        var (first, second) = call.Swapped ? (b, a) : (a, b);
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

        CublasMatrix Matrix(LibraryMatrix m, ulong memory) => new(memory + (ulong)(m.Offset * type.Size()), data, m.LeadingDimension,
            m.Transposed ? CublasOperation.Transpose : CublasOperation.None, m.BatchStride);
    }

    public void Dispose()
    {
        blas.Dispose();
        workspace.Dispose();
    }
}
