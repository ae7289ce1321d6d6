using GpuTensor.CudaSimulator.Driver;
using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Blas;

/// <summary>A matrix as it lies: column-major, or row-major where <paramref name="RowMajor"/>.</summary>
internal sealed record BlasMatrix(
    string Name, ulong Address, DataType Type, long Rows, long Columns, long LeadingDimension, long BatchStride, bool RowMajor = false)
{
    public int ElementBytes => BlasTypes.Size(Type);

    /// <summary>Contiguous runs: how many, and of how many elements.</summary>
    public (long Count, long Length) Runs => RowMajor ? (Rows, Columns) : (Columns, Rows);

    /// <summary>Throws where the library refuses the description.</summary>
    public void Validate()
    {
        if (Rows < 0 || Columns < 0) throw new BlasError(BlasError.InvalidValue, $"{Name} is {Rows} × {Columns}");
        if (LeadingDimension < Math.Max(1, Runs.Length))
            throw new BlasError(BlasError.InvalidValue,
                $"the leading dimension of {Name} is {LeadingDimension}, of a matrix that lies as {Rows} × {Columns}");
        if (Address % (ulong)ElementBytes != 0)
            throw new BlasError(BlasError.InvalidValue, $"{Name} at 0x{Address:x} is not aligned to its {ElementBytes}-byte elements");
        if (Type == DataType.R8I && (LeadingDimension % 4 != 0 || Address % 4 != 0))
            throw new BlasError(BlasError.NotSupported,
                $"{Name} of 8-bit integers must have its address and leading dimension aligned to 4");
    }
}

/// <summary>Alpha or beta: a value that was read at the call, or an address in device memory.</summary>
internal readonly record struct BlasScale(double Value, ulong Address, DataType Type)
{
    public double Get(DeviceMemory memory, DeviceOperation operation) =>
        Address == 0 ? Value : DeviceMatrix.ReadScalar(memory, Address, Type, operation);
}

/// <summary>What cublasLt does to a result before it is stored.</summary>
internal sealed record BlasEpilogue(int Kind, ulong Bias, DataType BiasType)
{
    public const int Default = 1, Relu = 2, AddBias = 4, ReluBias = 6, Gelu = 32, GeluBias = 36, BGradA = 256, BGradB = 512;

    public bool IsSupported => Kind is Default or Relu or AddBias or ReluBias or Gelu or GeluBias or BGradA or BGradB;

    public bool HasBias => (Kind & AddBias) != 0;

    public bool HasGradient => Kind is BGradA or BGradB;
}

/// <summary>D = epilogue(alpha · op(A) · op(B) + beta · C), a batch of them.</summary>
internal sealed record GemmWork(
    string Call, bool TransposeA, bool TransposeB, long M, long N, long K, BlasScale Alpha, BlasMatrix A, BlasMatrix B, BlasScale Beta,
    BlasMatrix C, BlasMatrix D, long Batch, ComputeType Compute, Rounding Rounding, ulong Workspace, ulong WorkspaceBytes,
    BlasEpilogue Epilogue) : Work
{
    public override int NodeType => Kernel;

    public override Operation Begin(SimulatedDevice device, string where) => new WorkOperation($"{Call} {where}", op =>
    {
        Run(device.Memory, op);
        device.Simulator.Report.Launches++;
    });

    private void Run(DeviceMemory memory, DeviceOperation operation)
    {
        // Work that shares a workspace must be in order, even where an algorithm happens not to need it.
        if (WorkspaceBytes > 0)
        {
            ulong touched = Math.Min(WorkspaceBytes, 1024);
            memory.Fill(Workspace, 0xFF, 1, touched, operation);
        }
        double alpha = Alpha.Get(memory, operation), beta = Beta.Get(memory, operation);
        for (long i = 0; i < Batch; i++)
        {
            var result = Compute switch
            {
                ComputeType.C64F or ComputeType.C64FPedantic => Product<double, Fma64>(memory, operation, i, alpha, beta),
                ComputeType.C32I or ComputeType.C32IPedantic => Integers(memory, operation, i, (int)alpha, (int)beta),
                ComputeType.C16F or ComputeType.C16FPedantic => Halves(memory, operation, i, alpha, beta),
                _ => Product<float, Fma32>(memory, operation, i, alpha, beta),
            };
            DeviceMatrix.Store(memory, D, i, result, operation);
        }
    }

    private double[] Product<T, TMath>(DeviceMemory memory, DeviceOperation operation, long batch, double alpha, double beta)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> where TMath : IFma<T>
    {
        T[] a = DeviceMatrix.Load<T>(memory, A, batch, TransposeA, Rounding, operation);
        T[] b = DeviceMatrix.Load<T>(memory, B, batch, TransposeB, Rounding, operation);
        if (Epilogue.HasGradient) StoreBiasGradient(memory, operation, a, b);
        T[] sums = new T[M * N];
        GemmKernel.Multiply<T, TMath>(a, b, sums, (int)M, (int)N, (int)K);
        // A beta of zero ignores what lies in C, NaN included.
        T[]? c = beta == 0 ? null : DeviceMatrix.Load<T>(memory, C, batch, false, Rounding.None, operation);
        T scale = T.CreateTruncating(alpha), keep = T.CreateTruncating(beta);
        double[] result = new double[sums.Length];
        for (int i = 0; i < sums.Length; i++)
            result[i] = double.CreateTruncating(c is null ? scale * sums[i] : (scale * sums[i]) + (keep * c[i]));
        Finish(memory, operation, result);
        return result;
    }

    private double[] Halves(DeviceMemory memory, DeviceOperation operation, long batch, double alpha, double beta)
    {
        float[] a = DeviceMatrix.Load<float>(memory, A, batch, TransposeA, Rounding.None, operation);
        float[] b = DeviceMatrix.Load<float>(memory, B, batch, TransposeB, Rounding.None, operation);
        float[]? c = beta == 0 ? null : DeviceMatrix.Load<float>(memory, C, batch, false, Rounding.None, operation);
        double[] result = new double[M * N];
        for (long j = 0; j < N; j++)
            for (long i = 0; i < M; i++)
            {
                Half sum = default;
                for (long p = 0; p < K; p++) sum = (Half)((float)sum + (a[(p * M) + i] * b[(j * K) + p]));
                float value = (float)alpha * (float)sum;
                if (c is not null) value += (float)beta * c[(j * M) + i];
                result[(j * M) + i] = value;
            }
        Finish(memory, operation, result);
        return result;
    }

    private double[] Integers(DeviceMemory memory, DeviceOperation operation, long batch, int alpha, int beta)
    {
        int[] a = DeviceMatrix.Load<int>(memory, A, batch, TransposeA, Rounding.None, operation);
        int[] b = DeviceMatrix.Load<int>(memory, B, batch, TransposeB, Rounding.None, operation);
        int[]? c = beta == 0 ? null : DeviceMatrix.Load<int>(memory, C, batch, false, Rounding.None, operation);
        double[] result = new double[M * N];
        for (long j = 0; j < N; j++)
            for (long i = 0; i < M; i++)
            {
                int sum = 0;
                for (long p = 0; p < K; p++) sum += a[(p * M) + i] * b[(j * K) + p];
                result[(j * M) + i] = (alpha * sum) + (c is null ? 0 : beta * c[(j * M) + i]);
            }
        return result;
    }

    private void Finish(DeviceMemory memory, DeviceOperation operation, double[] result)
    {
        if (Epilogue.HasBias)
        {
            double[] bias = DeviceMatrix.LoadVector(memory, "the bias", Epilogue.Bias, Epilogue.BiasType, M, operation);
            for (long i = 0; i < result.Length; i++) result[i] += bias[i % M];
        }
        if ((Epilogue.Kind & BlasEpilogue.Relu) != 0)
            for (long i = 0; i < result.Length; i++) result[i] = Math.Max(result[i], 0);
        if ((Epilogue.Kind & BlasEpilogue.Gelu) != 0)
            for (long i = 0; i < result.Length; i++) result[i] = GeluTanh(result[i]);
    }

    // The sum of A over k for each row of D, or of B over k for each of its columns.
    private void StoreBiasGradient<T>(DeviceMemory memory, DeviceOperation operation, T[] a, T[] b)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        bool ofA = Epilogue.Kind == BlasEpilogue.BGradA;
        long length = ofA ? M : N;
        double[] sums = new double[length];
        for (long i = 0; i < length; i++)
        {
            T sum = T.Zero;
            for (long p = 0; p < K; p++) sum += ofA ? a[(p * M) + i] : b[(i * K) + p];
            sums[i] = double.CreateTruncating(sum);
        }
        var vector = new BlasMatrix("the bias gradient", Epilogue.Bias, Epilogue.BiasType, length, 1, length, 0);
        DeviceMatrix.Store(memory, vector, 0, sums, operation);
    }

    // cublasLt's GELU is the tanh form.
    private static double GeluTanh(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));
}
