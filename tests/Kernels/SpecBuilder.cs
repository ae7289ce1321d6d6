using GpuTensor.Kernels;

namespace GpuTensor.Tests.Kernels;

/// <summary>Writes descriptions tersely: instructions are numbers, accesses are strides.</summary>
internal sealed class SpecBuilder(SectionKind kind, long[] outer, long[] reduce, long? split = null)
{
    private readonly List<Instruction> code = [];

    public Section Section => new(kind, SymInt.Of(outer), SymInt.Of(reduce), [.. code], split);

    public int Add(Instruction instruction)
    {
        code.Add(instruction);
        return code.Count - 1;
    }

    public int Load(int buffer, DType type, params long[] strides) => Add(new Load(buffer, type, new(0, strides)));

    public int Load(int buffer, DType type, long offset, long[] strides) => Add(new Load(buffer, type, new(offset, strides)));

    public void Store(int buffer, int value, params long[] strides) => Add(new Store(buffer, code[value].Type, new(0, strides), value));

    public int Apply(string function, params int[] arguments) => Apply(Functions.Get(function), arguments);

    public int Apply(ScalarFunction function, params int[] arguments)
    {
        bool predicate = function.Name is "eq" or "ne" or "lt" or "le" or "gt" or "ge" or "isnan" or "isinf" or "isfinite"
            || function.Name.StartsWith("logical", StringComparison.Ordinal);
        return Add(new Apply(function, predicate ? DType.Bool : code[arguments[^1]].Type, arguments));
    }

    public int Constant(DType type, double value) =>
        Add(new Constant(Elements.ToBits(type, type.IsFloatingPoint() ? new(value, 0) : new(0, (long)value)) & (type.Size() == 8
            ? ulong.MaxValue : (1UL << 8 * type.Size()) - 1), type));

    public int Cast(int value, DType type) => Add(new Cast(value, type));

    public int Reduce(ReduceOp op, int value, DType type, int second = -1) => Add(new Reduce(op, value, type, second));

    /// <summary>Row-major strides of a shape.</summary>
    public static long[] Contiguous(params long[] shape)
    {
        var strides = new long[shape.Length];
        long s = 1;
        for (int d = shape.Length - 1; d >= 0; d--) (strides[d], s) = (s, s * shape[d]);
        return strides;
    }

    public KernelSpec Spec(string name, params (DType, bool)[] buffers) =>
        new(name, [.. buffers.Select(b => new BufferParameter(b.Item1, b.Item2))], [], [Section], false);
}
