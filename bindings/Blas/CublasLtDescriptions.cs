using static GpuTensor.Bindings.Cuda.CublasLtApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>What a cublasLt product computes: arithmetic, transposition, epilogue.</summary>
public sealed class CublasLtOperation : CublasLtObject
{
    /// <summary>Describes a product.</summary>
    /// <param name="compute">The arithmetic.</param>
    /// <param name="scale">The type of α and β: float for every compute type but half, double and int.</param>
    /// <exception cref="CudaLibraryException">cublasLt is not installed.</exception>
    /// <exception cref="CublasException">The library refuses.</exception>
    public unsafe CublasLtOperation(CublasComputeType compute, CudaDataType scale)
    {
        CudaLibraries.Shared.Require(CudaLibrary.CublasLt);
        nint created;
        Check.Cublas(cublasLtMatmulDescCreate(&created, compute, scale), $"{compute}, {scale}");
        SetHandle(created);
        Compute = compute;
    }

    /// <summary>The arithmetic.</summary>
    public CublasComputeType Compute { get; }

    /// <summary>How A is read.</summary>
    public CublasOperation TransposeA
    {
        get => Get<CublasOperation>(LtDescriptionAttribute.TransposeA);
        set => Set(LtDescriptionAttribute.TransposeA, value);
    }

    /// <summary>How B is read.</summary>
    public CublasOperation TransposeB
    {
        get => Get<CublasOperation>(LtDescriptionAttribute.TransposeB);
        set => Set(LtDescriptionAttribute.TransposeB, value);
    }

    /// <summary>What happens to the result.</summary>
    public CublasLtEpilogue Epilogue
    {
        get => Get<CublasLtEpilogue>(LtDescriptionAttribute.Epilogue);
        set => Set(LtDescriptionAttribute.Epilogue, value);
    }

    /// <summary>Where the bias lies, or where a bias gradient goes, in device memory.</summary>
    public ulong BiasAddress
    {
        get => Get<ulong>(LtDescriptionAttribute.BiasPointer);
        set => Set(LtDescriptionAttribute.BiasPointer, value);
    }

    /// <summary>The bias's type; the result's unless set.</summary>
    public CudaDataType BiasType
    {
        get => Get<CudaDataType>(LtDescriptionAttribute.BiasType);
        set => Set(LtDescriptionAttribute.BiasType, value);
    }

    /// <summary>Where the auxiliary matrix of an epilogue lies in device memory.</summary>
    public ulong AuxAddress
    {
        get => Get<ulong>(LtDescriptionAttribute.AuxPointer);
        set => Set(LtDescriptionAttribute.AuxPointer, value);
    }

    /// <summary>Its leading dimension: for ReLU's bit mask in bits and a multiple of 128, for GELU a multiple of 8; at least the rows of
    /// the result.</summary>
    public long AuxLeadingDimension
    {
        get => Get<long>(LtDescriptionAttribute.AuxLeadingDimension);
        set => Set(LtDescriptionAttribute.AuxLeadingDimension, value);
    }

    /// <summary>Its elements from one matrix of a batch to the next.</summary>
    public long AuxBatchStride
    {
        get => Get<long>(LtDescriptionAttribute.AuxBatchStride);
        set => Set(LtDescriptionAttribute.AuxBatchStride, value);
    }

    /// <summary>Its type; the result's unless set.</summary>
    public CudaDataType AuxType
    {
        get => Get<CudaDataType>(LtDescriptionAttribute.AuxType);
        set => Set(LtDescriptionAttribute.AuxType, value);
    }

    private unsafe T Get<T>(LtDescriptionAttribute attribute) where T : unmanaged
    {
        T value;
        nuint written;
        Check.Cublas(cublasLtMatmulDescGetAttribute(Handle, attribute, &value, (nuint)sizeof(T), &written), attribute.ToString());
        return value;
    }

    private unsafe void Set<T>(LtDescriptionAttribute attribute, T value) where T : unmanaged
    {
        var status = cublasLtMatmulDescSetAttribute(Handle, attribute, &value, (nuint)sizeof(T));
        if (status != CublasStatus.Success) Check.ThrowCublas(status, nameof(cublasLtMatmulDescSetAttribute), $"{attribute} = {value}");
    }

    private protected override CublasStatus Destroy(nint handle) => cublasLtMatmulDescDestroy(handle);
}

/// <summary>How a matrix of a cublasLt product lies in memory.</summary>
public sealed class CublasLtLayout : CublasLtObject
{
    /// <summary>Describes a matrix as it lies, before any transposition.</summary>
    /// <param name="type">The type of its elements.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="leadingDimension">Elements from one column (or row, in row order) to the next.</param>
    /// <param name="batchCount">How many in a batch.</param>
    /// <param name="batchStride">Elements from one of the batch to the next.</param>
    /// <param name="order">Column order unless given; the bias epilogues do not work in row order.</param>
    /// <exception cref="CudaLibraryException">cublasLt is not installed.</exception>
    /// <exception cref="CublasException">The library refuses.</exception>
    public unsafe CublasLtLayout(
        CudaDataType type, long rows, long columns, long leadingDimension, int batchCount = 1, long batchStride = 0,
        CublasLtOrder order = CublasLtOrder.Column)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        CudaLibraries.Shared.Require(CudaLibrary.CublasLt);
        nint created;
        Check.Cublas(cublasLtMatrixLayoutCreate(&created, type, (ulong)rows, (ulong)columns, leadingDimension),
            $"{type}, {rows} × {columns}, ld {leadingDimension}");
        SetHandle(created);
        if (order != CublasLtOrder.Column) Set(LtLayoutAttribute.Order, order);
        if (batchCount == 1) return;
        Set(LtLayoutAttribute.BatchCount, batchCount);
        Set(LtLayoutAttribute.BatchStride, batchStride);
    }

    private unsafe void Set<T>(LtLayoutAttribute attribute, T value) where T : unmanaged =>
        Check.Cublas(cublasLtMatrixLayoutSetAttribute(Handle, attribute, &value, (nuint)sizeof(T)), $"{attribute} = {value}");

    private protected override CublasStatus Destroy(nint handle) => cublasLtMatrixLayoutDestroy(handle);
}

/// <summary>What an algorithm may use.</summary>
public sealed class CublasLtPreference : CublasLtObject
{
    /// <summary>Sets the limits of a search.</summary>
    /// <param name="workspaceBytes">Memory to work in; the library's own default is none.</param>
    /// <param name="alignmentA">The largest power of two that divides A's address, 256 at most. The library assumes 256, which a view
    /// need not have.</param>
    /// <param name="alignmentB">The same of B.</param>
    /// <param name="alignmentC">The same of C.</param>
    /// <param name="alignmentD">The same of D.</param>
    /// <exception cref="CudaLibraryException">cublasLt is not installed.</exception>
    /// <exception cref="CublasException">The library refuses.</exception>
    public unsafe CublasLtPreference(
        long workspaceBytes, uint alignmentA = 256, uint alignmentB = 256, uint alignmentC = 256, uint alignmentD = 256)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workspaceBytes);
        CudaLibraries.Shared.Require(CudaLibrary.CublasLt);
        nint created;
        Check.Cublas(cublasLtMatmulPreferenceCreate(&created));
        SetHandle(created);
        Set(LtPreferenceAttribute.MaxWorkspaceBytes, (ulong)workspaceBytes);
        Set(LtPreferenceAttribute.MinAlignmentA, alignmentA);
        Set(LtPreferenceAttribute.MinAlignmentB, alignmentB);
        Set(LtPreferenceAttribute.MinAlignmentC, alignmentC);
        Set(LtPreferenceAttribute.MinAlignmentD, alignmentD);
    }

    /// <summary>How sums may be split; every way unless set.</summary>
    /// <exception cref="CublasException">The library refuses.</exception>
    public CublasLtReductions Reductions
    {
        init => Set(LtPreferenceAttribute.ReductionSchemes, (uint)value);
    }

    /// <summary>The alignment to declare for an address: its largest power of two, 256 at most.</summary>
    public static uint AlignmentOf(ulong address) => address == 0 ? 256 : (uint)Math.Min(256, address & (~address + 1));

    private unsafe void Set<T>(LtPreferenceAttribute attribute, T value) where T : unmanaged =>
        Check.Cublas(cublasLtMatmulPreferenceSetAttribute(Handle, attribute, &value, (nuint)sizeof(T)), $"{attribute} = {value}");

    private protected override CublasStatus Destroy(nint handle) => cublasLtMatmulPreferenceDestroy(handle);
}
