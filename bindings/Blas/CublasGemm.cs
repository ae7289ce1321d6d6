namespace GpuTensor.Bindings.Cuda;

/// <summary>A matrix of a product: column-major, its columns <see cref="LeadingDimension"/> elements apart.</summary>
/// <param name="Address">Its first element in device memory.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="LeadingDimension">Elements from one column to the next; at least its rows as it lies.</param>
/// <param name="Operation">How it is read; none for a result.</param>
/// <param name="BatchStride">Elements from one matrix of a batch to the next; 0 repeats an operand.</param>
public readonly record struct CublasMatrix(
    ulong Address, CudaDataType Type, long LeadingDimension, CublasOperation Operation = CublasOperation.None, long BatchStride = 0);

/// <summary>A product C = α·op(A)·op(B) + β·C, or a batch of them: op(A) has M × K elements, op(B) K × N, C M × N, all
/// column-major.</summary>
/// <remarks>Row-major matrices are their own transposes: swap A with B and M with N.</remarks>
public readonly record struct CublasGemm
{
    /// <summary>The sizes.</summary>
    public required long M { get; init; }

    /// <inheritdoc cref="M"/>
    public required long N { get; init; }

    /// <inheritdoc cref="M"/>
    public required long K { get; init; }

    /// <summary>The operands and the result.</summary>
    public required CublasMatrix A { get; init; }

    /// <inheritdoc cref="A"/>
    public required CublasMatrix B { get; init; }

    /// <inheritdoc cref="A"/>
    public required CublasMatrix C { get; init; }

    /// <summary>In what arithmetic it is summed; decides the type of α and β.</summary>
    public required CublasComputeType Compute { get; init; }

    /// <summary>How many products.</summary>
    public long BatchCount { get; init; }

    /// <summary>A single product; set the batch count for more.</summary>
    public CublasGemm() => BatchCount = 1;

    /// <summary>True where a size or leading dimension does not fit the 32-bit calls.</summary>
    internal bool NeedsLong => M > int.MaxValue || N > int.MaxValue || K > int.MaxValue || BatchCount > int.MaxValue
        || A.LeadingDimension > int.MaxValue || B.LeadingDimension > int.MaxValue || C.LeadingDimension > int.MaxValue;

    /// <summary>Throws where α and β are of another type than the library would read: it only sees a pointer.</summary>
    /// <exception cref="ArgumentException">The type does not belong to the compute type.</exception>
    internal static void CheckScale<T>(CublasComputeType compute)
    {
        var (type, size) = compute switch
        {
            CublasComputeType.Float16 or CublasComputeType.Float16Pedantic => (typeof(Half), "half"),
            CublasComputeType.Float64 or CublasComputeType.Float64Pedantic => (typeof(double), "double"),
            CublasComputeType.Int32 or CublasComputeType.Int32Pedantic => (typeof(int), "int"),
            _ => (typeof(float), "float"),
        };
        if (typeof(T) != type) throw new ArgumentException($"alpha and beta of a {compute} product are {size}, not {typeof(T).Name}.");
    }

    /// <summary>"m 16, n 8, k 4, float32 × float32 → float32 in float32".</summary>
    public override string ToString()
    {
        string batch = BatchCount == 1 ? "" : $", batch {BatchCount}";
        return $"m {M}, n {N}, k {K}{batch}, {Describe(A)} × {Describe(B)} → {Describe(C)}, computed in {Compute}";
    }

    private string Describe(CublasMatrix m)
    {
        string transposed = m.Operation == CublasOperation.None ? "" : "ᵀ", stride = BatchCount == 1 ? "" : $" stride {m.BatchStride}";
        return $"{m.Type}{transposed} ld {m.LeadingDimension}{stride}";
    }
}
