using GpuTensor.Bindings.Cuda;
using GpuTensor.Kernels;

namespace GpuTensor.Backends.Cuda;

/// <summary>Products with an epilogue, through cublasLt on the compute stream. The algorithm is the first its heuristic names for a
/// question, asked once, and never chosen by timing: the same step gives the same bits every time.</summary>
/// <param name="workspace">Memory to work in, the same as cuBLAS's: both work on one stream.</param>
/// <param name="spare">Room of <see cref="MostVectorBytes"/> for a vector that does not lie as the library wants it.</param>
internal sealed class CudaEpilogueProducts(CudaContext context, CudaStream stream, ulong workspace, long workspaceBytes, ulong spare)
    : IDisposable
{
    /// <summary>Longer vectors are left to generated kernels.</summary>
    public const long MostVectorBytes = 1 << 20;

    /// <summary>No kernel needs more; a view that lies better is no other question.</summary>
    private const uint MostAlignment = 16;

    private readonly CudaBlasLt light = CudaBlasLt.Create(context);
    private readonly Dictionary<Question, Algorithm?> known = [];

    /// <summary>All that an algorithm depends on: sizes and layouts (the call without its places), dtype, arithmetic, how the addresses
    /// lie.</summary>
    private readonly record struct Question(LibraryCall Call, DType Type, CublasComputeType Compute, uint First, uint Second, uint Result);

    private sealed record Algorithm(CublasLtOperation Operation, CublasLtLayout First, CublasLtLayout Second, CublasLtLayout Result,
        CublasLtChoice Choice) : IDisposable
    {
        public void Dispose()
        {
            Operation.Dispose();
            First.Dispose();
            Second.Dispose();
            Result.Dispose();
        }
    }

    /// <summary>Whether there is an algorithm for the call at any address.</summary>
    public bool Has(LibraryCall call, DType type)
    {
        if (type is not (DType.Float32 or DType.Float16 or DType.BFloat16) || call.BatchCount > 1
            || Elements(call) * type.Size() > MostVectorBytes) return false;
        return Find(AtAnyAddress(call, type)) is not null;
    }

    /// <param name="compute">The arithmetic, as far as cublasLt has it.</param>
    /// <param name="first">The address of First's memory, and so on.</param>
    public void Multiply(LibraryCall call, DType type, CublasComputeType compute, ulong first, ulong second, ulong result, ulong vector)
    {
        // Its matrices are one product each: a batch would be computed in part, without an error.
        if (call.BatchCount != 1) throw new DeviceException($"cublasLt is asked for an epilogue of a batch: {call}.");
        int size = type.Size();
        first += (ulong)(call.First.Offset * size);
        second += (ulong)(call.Second.Offset * size);
        result += (ulong)(call.Result.Offset * size);
        vector += (ulong)(call.Vector * size);
        var algorithm = Find(new(Bare(call), type, compute, AlignmentOf(first), AlignmentOf(second), AlignmentOf(result)))
            ?? Find(AtAnyAddress(call, type))
            ?? throw new DeviceException($"cublasLt has no algorithm any more for {call}.");

        // The preference says nothing of the vector, and kernels have been seen to assume 16 bytes (pytorch/pytorch#194497): one that lies
        // otherwise, in a flat storage, goes by a copy.
        bool isSum = call.Epilogue is LibraryEpilogue.SumFirst or LibraryEpilogue.SumSecond, moves = AlignmentOf(vector) < MostAlignment;
        if (moves && !isSum) stream.CopyWithinDevice(spare, vector, Elements(call) * size);
        algorithm.Operation.BiasAddress = moves ? spare : vector;
        CublasLtMatrix d = new(result, algorithm.Result);
        light.Matmul(stream, algorithm.Operation, 1f, new(first, algorithm.First), new(second, algorithm.Second), 0f, d, d,
            algorithm.Choice, workspace, workspaceBytes);
        if (moves && isSum) stream.CopyWithinDevice(vector, spare, Elements(call) * size);
    }

    private static long Elements(LibraryCall call) => call.Epilogue == LibraryEpilogue.SumSecond ? call.N : call.M;

    private static uint AlignmentOf(ulong address) => Math.Min(MostAlignment, CublasLtPreference.AlignmentOf(address));

    private static LibraryCall Bare(LibraryCall call) =>
        call with { Vector = 0, First = call.First with { Offset = 0 }, Second = call.Second with { Offset = 0 },
            Result = call.Result with { Offset = 0 } };

    // In plain arithmetic, and at addresses that are aligned to their elements only: what answers that answers everything.
    private static Question AtAnyAddress(LibraryCall call, DType type) =>
        new(Bare(call), type, CublasComputeType.Float32, (uint)type.Size(), (uint)type.Size(), (uint)type.Size());

    private Algorithm? Find(Question question)
    {
        if (!known.TryGetValue(question, out var algorithm)) known.Add(question, algorithm = Ask(question));
        return algorithm;
    }

    private Algorithm? Ask(Question question)
    {
        var (call, data) = (question.Call, CudaProducts.DataType(question.Type));
        var made = new Stack<IDisposable>();
        bool found = false;
        try
        {
            var operation = Kept(new CublasLtOperation(question.Compute, CudaDataType.Float32)
            {
                TransposeA = Operation(call.First),
                TransposeB = Operation(call.Second),
                Epilogue = call.Epilogue switch
                {
                    LibraryEpilogue.Bias => CublasLtEpilogue.Bias,
                    LibraryEpilogue.BiasRelu => CublasLtEpilogue.ReluBias,
                    LibraryEpilogue.BiasGelu => CublasLtEpilogue.GeluBias,
                    LibraryEpilogue.SumFirst => CublasLtEpilogue.BGradA,
                    LibraryEpilogue.SumSecond => CublasLtEpilogue.BGradB,
                    _ => throw new ArgumentOutOfRangeException(nameof(question), $"{call.Epilogue}", "not an epilogue"),
                },
                // Without one the heuristic may find nothing.
                BiasAddress = spare,
            });
            var first = Kept(Layout(call.First, call.M, call.K));
            var second = Kept(Layout(call.Second, call.K, call.N));
            var result = Kept(Layout(call.Result, call.M, call.N));
            using var preference = new CublasLtPreference(workspaceBytes, question.First, question.Second, question.Result, question.Result)
            {
                // Partial sums of half products may not be rounded to halves.
                Reductions = CublasLtReductions.InComputeType,
            };
            var choices = light.FindAlgorithms(operation, first, second, result, result, preference);
            found = choices.Length > 0;
            return found ? new(operation, first, second, result, choices[0]) : null;
        }
        finally
        {
            while (!found && made.TryPop(out var part)) part.Dispose();
        }

        CublasLtLayout Layout(LibraryMatrix m, long rows, long columns) => m.Transposed ? new(data, columns, rows, m.LeadingDimension)
            : new(data, rows, columns, m.LeadingDimension);

        T Kept<T>(T part) where T : IDisposable
        {
            made.Push(part);
            return part;
        }
    }

    private static CublasOperation Operation(LibraryMatrix m) => m.Transposed ? CublasOperation.Transpose : CublasOperation.None;

    public void Dispose()
    {
        foreach (var algorithm in known.Values) algorithm?.Dispose();
        light.Dispose();
    }
}
