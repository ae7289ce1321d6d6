using System.Runtime.InteropServices;
using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Blas;

/// <summary>Attributes of a cublasLt object with the bytes each takes, as the real cublasLt 13 was found to have them.</summary>
internal abstract class LtObject : IHandled
{
    private readonly Dictionary<int, byte[]> _values = [];

    public abstract string Kind { get; }

    public SimulatedContext? Owner => null;

    /// <summary>Bytes of an attribute; null for one that does not exist.</summary>
    protected abstract int? Size(int attribute);

    public unsafe void Set(int attribute, void* value, nuint bytes)
    {
        int size = Require(attribute);
        if (value == null || bytes < (nuint)size)
            throw new BlasError(BlasError.InvalidValue, $"attribute {attribute} of a {Kind} takes {size} bytes, {bytes} were given");
        _values[attribute] = new ReadOnlySpan<byte>(value, size).ToArray();
    }

    public unsafe void Get(int attribute, void* value, nuint bytes, nuint* written)
    {
        int size = Require(attribute);
        if (bytes == 0 && written != null)
        {
            *written = (nuint)size;
            return;
        }
        if (value == null || bytes < (nuint)size)
            throw new BlasError(BlasError.InvalidValue, $"attribute {attribute} of a {Kind} takes {size} bytes, {bytes} were given");
        _values.GetValueOrDefault(attribute, new byte[size]).CopyTo(new Span<byte>(value, size));
        if (written != null) *written = (nuint)size;
    }

    protected void Default<T>(int attribute, T value) where T : unmanaged => _values[attribute] = MemoryMarshal.AsBytes([value]).ToArray();

    protected T Value<T>(int attribute) where T : unmanaged =>
        _values.TryGetValue(attribute, out byte[]? bytes) ? MemoryMarshal.Read<T>(bytes) : default;

    protected bool Has(int attribute) => _values.ContainsKey(attribute);

    private int Require(int attribute) =>
        Size(attribute) ?? throw new BlasError(BlasError.InvalidValue, $"a {Kind} has no attribute {attribute}");
}

/// <summary>What a product computes.</summary>
internal sealed class LtDescription : LtObject
{
    private const int ComputeTypeId = 0, ScaleTypeId = 1, PointerMode = 2, TransA = 3, TransB = 4, TransC = 5, EpilogueId = 7,
        BiasPointer = 8,
        BiasTypeId = 26;

    public LtDescription(int compute, int scale)
    {
        if (BlasTypes.Scale((ComputeType)compute) is var expected && (DataType)scale != expected)
            throw new BlasError(BlasError.InvalidValue, $"the scale type of compute type {compute} is {(int)expected}, not {scale}");
        Default(ComputeTypeId, compute);
        Default(ScaleTypeId, scale);
        Default(EpilogueId, BlasEpilogue.Default);
    }

    public override string Kind => "matmul description";

    public ComputeType Compute => (ComputeType)Value<int>(ComputeTypeId);

    public DataType Scale => (DataType)Value<int>(ScaleTypeId);

    public bool DevicePointers => Value<int>(PointerMode) == 1;

    public int TransposeA => Value<int>(TransA);

    public int TransposeB => Value<int>(TransB);

    public int TransposeC => Value<int>(TransC);

    public int EpilogueKind => Value<int>(EpilogueId);

    public ulong Bias => Value<ulong>(BiasPointer);

    /// <summary>The bias's type: the result's unless set.</summary>
    public DataType BiasType(DataType result) => Has(BiasTypeId) && Value<int>(BiasTypeId) is >= 0 and var type ? (DataType)type : result;

    protected override int? Size(int attribute) => attribute switch
    {
        0 or 1 or 2 or 3 or 4 or 5 or 6 or 7 or 15 or 22 or 26 => 4,
        25 => 1,
        8 or 10 or 11 or 12 or 13 or 14 or 17 or 18 or 19 or 20 or 21 or 23 or 24 or 36 => 8,
        31 or 32 or 33 or 34 or 35 or 37 => 4,
        _ => null,
    };
}

/// <summary>How a matrix lies.</summary>
internal sealed class LtLayout : LtObject
{
    private const int TypeId = 0, OrderId = 1, RowsId = 2, ColumnsId = 3, LeadingId = 4, BatchId = 5, StrideId = 6;

    public LtLayout(int type, ulong rows, ulong columns, long leadingDimension)
    {
        if (!Enum.IsDefined((DataType)type)) throw new BlasError(BlasError.NotSupported, $"matrices of type {type} are not simulated");
        Default(TypeId, type);
        Default(RowsId, rows);
        Default(ColumnsId, columns);
        Default(LeadingId, leadingDimension);
        Default(BatchId, 1);
    }

    public override string Kind => "matrix layout";

    public DataType Type => (DataType)Value<int>(TypeId);

    public bool RowMajor => Value<int>(OrderId) switch
    {
        0 => false,
        1 => true,
        var order => throw new BlasError(BlasError.NotSupported, $"order {order} is not simulated"),
    };

    public long Rows => Value<long>(RowsId);

    public long Columns => Value<long>(ColumnsId);

    public long LeadingDimension => Value<long>(LeadingId);

    public int Batch => Value<int>(BatchId);

    public long Stride => Value<long>(StrideId);

    public BlasMatrix At(string name, ulong address) => new(name, address, Type, Rows, Columns, LeadingDimension, Stride, RowMajor);

    protected override int? Size(int attribute) => attribute switch
    {
        0 or 1 or 5 or 8 => 4,
        2 or 3 or 4 or 6 or 7 => 8,
        _ => null,
    };
}

/// <summary>What an algorithm may use.</summary>
internal sealed class LtPreference : LtObject
{
    private const int WorkspaceId = 1, AlignmentA = 5;

    public LtPreference()
    {
        // Alignments of 256 are assumed, and no workspace.
        for (int i = 0; i < 4; i++) Default(AlignmentA + i, 256u);
    }

    public override string Kind => "matmul preference";

    public ulong Workspace => Value<ulong>(WorkspaceId);

    /// <summary>Of A, B, C or D.</summary>
    public uint Alignment(int matrix) => Value<uint>(AlignmentA + matrix);

    protected override int? Size(int attribute) => attribute switch
    {
        0 or 3 or 5 or 6 or 7 or 8 or 9 or 12 => 4,
        1 => 8,
        _ => null,
    };
}
