using GpuTensor.Graph;
using GpuTensor.Compiler;
using GpuTensor.Kernels;
using GpuTensor.Operators;

namespace GpuTensor.Tests.Compiler;

/// <summary>Values written down by hand, for passes that need no device.</summary>
internal sealed class Values
{
    private readonly List<Value> values = [];

    /// <summary>A CPU, where no library multiplies.</summary>
    public static Target Cpu { get; } = new(new() { IsCpu = true }, Dialect.OpenCl);

    /// <summary>A device whose library does every product and every epilogue.</summary>
    public static Target WithLibrary { get; } = new(new() { IsCpu = false, MaxParameterBytes = 4096 }, Dialect.Cuda) { HasProducts = _ =>
        true, HasEpilogue = (_, _) => true };

    public static Operator Add { get; } = new("add", Iteration.Pointwise) { Function = Functions.Get("add") };

    public static Operator Sum { get; } = new("sum", Iteration.Reduction) { Reduction = ReduceOp.Sum };

    public static Operator Max { get; } = new("max", Iteration.Reduction)
    {
        Results = [Operator.Result("max", 0, "values"), Operator.Result("max", 1, "indices")], Reduction = ReduceOp.ArgMax,
    };

    public Value[] All => [.. values];

    public Value Put(Value value)
    {
        values.Add(value with { Id = values.Count });
        return values[^1];
    }

    public Value Leaf(params int[] sizes) =>
        Put(new(0, Basic.Leaf, DType.Float32, Shape.Create(sizes)) { Role = Role.Leaf, Slot = values.Count(v => v.Role == Role.Leaf) });

    public Value Number() =>
        Put(new(0, Basic.Scalar, DType.Float32, Shape.Create([])) { Role = Role.Scalar, Slot = values.Count(v => v.Role == Role.Scalar) });

    public Value Apply(int[] sizes, params Use[] operands) =>
        Put(new(0, Add, DType.Float32, Shape.Create(sizes)) { Operands = operands, Index = values.Count });

    /// <summary>A sum over the last dimensions of what is read.</summary>
    public Value Reduce(Use operand, int dims) => Put(new(0, Sum, DType.Float32, Shape.Create([.. operand.Shape.SkipLast(dims)]))
    {
        Operands = [operand], Attributes = new ReduceAttributes(dims), Index = values.Count,
    });

    /// <summary>A search over the last dimension of what is read. It has no value but its results: values and indices.</summary>
    public Value Search(Use operand) => Put(new(0, Max, DType.Float32, Shape.Create([.. operand.Shape.SkipLast(1)]))
    {
        Operands = [operand], Attributes = new ReduceAttributes(1), Index = values.Count,
    });

    public Value ValuesOf(Value search, bool isKept = false) => Result(search, 0, DType.Float32, isKept);

    public Value IndicesOf(Value search, bool isKept = false) => Result(search, 1, DType.Int64, isKept);

    private Value Result(Value of, int number, DType dtype, bool isKept) => Put(new(0, of.Op.Results[number], dtype, of.Shape)
    {
        Operands = [Whole(of)], Index = values.Count, IsKept = isKept,
    });

    public Value Product(Use a, Use b) =>
        Put(new(0, new("matmul", Iteration.Product), DType.Float32, Shape.Create([a.Shape[0], b.Shape[1]])) { Operands = [a, b],
            Index = values.Count });

    public Value Concat(int[] sizes, params Use[] operands) =>
        Put(new(0, Basic.Concat, DType.Float32, Shape.Create(sizes)) { Operands = operands, Index = values.Count });

    public static Use Whole(Value value) => new(value, null);

    /// <summary>An operand that is read with other strides.</summary>
    public static Use Through(Value value, int[] sizes, long[] strides, long offset = 0) =>
        new(value, new View(Shape.Create(sizes), strides, offset));

    public Fusion Fuse(bool splitsRows = false) => Fuser.Run(new(All), Cpu.Profile, fuse: true, splitsRows);
}
