using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>The instructions of one loop nest.</summary>
internal sealed class LoopCode(Lowering owner, IterationSpace space)
{
    private readonly Dictionary<Value, int> registers = [];
    private readonly Dictionary<SpecKey, int> shared = new(SpecKey.WithSizes);

    public List<Instruction> Instructions { get; } = [];

    private Lowering Owner => owner;

    private IterationSpace Space => space;

    private int Dims => space.Rank;

    private int Add(Instruction instruction)
    {
        // Equal reads, numbers and arguments are one instruction; pointwise work too, since it has no effect.
        if (instruction is not (Store or Reduce))
        {
            var key = new SpecKey().Add(instruction);
            if (shared.TryGetValue(key, out int known)) return known;
            shared.Add(key, Instructions.Count);
        }
        Instructions.Add(instruction);
        return Instructions.Count - 1;
    }

    public void Emit(Member member)
    {
        var value = member.Value;
        VisitCounter.Visit(1 + value.Operands.Length);
        int register = registers[value] = Compute(value, member.Map, value.Operands, value.Shape, member);
        if (!member.IsStored) return;
        var place = owner.Of(value);
        var at = owner.Into(value) is { View: { } view }
            ? new Access(view.Offset + place.Offset, space.Access(view.Strides, member.Map))
            : new Access(place.Offset, member.Position);
        Add(new Store(owner.Buffer(place.Memory, value.DType, true), value.DType, at, register));
    }

    /// <summary>A register that holds an operand's element.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="shape">The shape it is seen in where it has no view.</param>
    /// <param name="map">The coordinates of the element.</param>
    public int Read(Use operand, Shape shape, long[][] map)
    {
        var (value, view) = operand;
        if (registers.TryGetValue(value, out int register))
        {
            // A register holds the element of this iteration. The fuser sees to it that no other is asked for; a wrong number would be
            // worse than an exception.
            if ((view?.Offset ?? 0) != 0 || !space.AreSame(Moves(), owner.PositionOf(value)))
                throw new InvalidOperationException(
                    $"Fusion error: {value} is read through {view} in the kernel that computes it. Please report this program.");
            return register;
        }
        switch (value.Role)
        {
            case Role.Scalar when value.Attributes is ConstantNumber constant:
                return Add(new Constant(BitsOf(constant.Bits, value.DType), value.DType));
            case Role.Scalar:
                return Add(new ScalarArgument(owner.ScalarParameter(value.Slot, value.DType.IsFloatingPoint() ? DType.Float64
                    : DType.Int64), value.DType));
            case Role.Inline:
                return ReadInline(value, view, shape, map);
            default:
                var place = owner.Of(value);
                return Add(new Load(owner.Buffer(place.Memory, value.DType, false), value.DType,
                    new(place.Offset + (view?.Offset ?? 0), Moves())));
        }

        long[] Moves() => space.Access(view?.Strides ?? shape.ContiguousStrides(), map);
    }

    /// <summary>The bits of a number in a dtype, from those of a double or a long.</summary>
    private static ulong BitsOf(long bits, DType dtype)
    {
        double real = BitConverter.Int64BitsToDouble(bits);
        return dtype switch
        {
            DType.Float64 => (ulong)bits,
            DType.Float32 => BitConverter.SingleToUInt32Bits((float)real),
            DType.Float16 or DType.BFloat16 => HalfBits.FromFloat(dtype, (float)real),
            _ => (ulong)bits & ulong.MaxValue >> (64 - 8 * dtype.Size()),
        };
    }

    /// <summary>Computes a value made of arguments and positions again, as seen through a view.</summary>
    private int ReadInline(Value value, View? view, Shape shape, long[][] map)
    {
        if (view is null) return Compute(value, map, value.Operands, shape);
        if (value.Op == Basic.Index)
        {
            // A position seen through a view is still affine where the view's dimensions are the value's.
            var at = ((ViewAttributes)value.Attributes!).View;
            var through = Inlining.Compose(at, value.Shape, view)
                ?? throw new InvalidOperationException($"Positions {at} cannot be read through {view}.");
            return Add(new Affine(new(through.Offset, space.Access(through.Strides, map))));
        }
        Use[] composed = Array.ConvertAll(value.Operands, o => o.Value.Role == Role.Scalar ? o
            : new(o.Value, Inlining.Compose(o.FullView, value.Shape, view)
                ?? throw new InvalidOperationException($"{value} cannot be read through {view}.")));
        return Compute(value, map, composed, view.Shape);
    }

    /// <param name="value">What is computed.</param>
    /// <param name="map">The coordinates of the element.</param>
    /// <param name="operands">The operands, through the views that they are read through.</param>
    /// <param name="shape">The shape that an operand without a view is seen in.</param>
    /// <param name="member">The value in its group; null for one that is computed again where it is read.</param>
    private int Compute(Value value, long[][] map, Use[] operands, Shape shape, Member? member = null)
    {
        switch (value.Op.Iteration)
        {
            case Iteration.Reduction:
                return Add(new Reduce(value.Op.Reduction, Read(operands[0], operands[0].Shape, member!.ReduceMap),
                    Accumulators.IsPosition(value.Op.Reduction) ? DType.Int64 : value.DType));
            case Iteration.Result:
                return Add(new ResultOf(registers[operands[0].Value], value.Op.Number, value.DType));
            case Iteration.Product when space.IsLoopNest:
                return SmallProduct(value, map, operands);
            case Iteration.Product or Iteration.Kernel:
                return Add(new Product(value.DType));
            default:
                if (value.Op.Emit is { } emit) return emit(new ElementCode(this, value, map, operands, shape));
                var arguments = new int[operands.Length];
                for (int i = 0; i < arguments.Length; i++) arguments[i] = Read(operands[i], shape, map);
                return Add(new Apply(value.Op.Function ?? throw new DeviceException($"{value.Op.Name} has no kernel function."),
                    value.DType, arguments));
        }
    }

    private int SmallProduct(Value value, long[][] map, Use[] operands)
    {
        int rank = value.Shape.Rank;
        var depth = new long[Dims];
        depth[^1] = 1;
        long[][] batch = map[..(rank - 2)];
        int a = Read(operands[0], operands[0].Shape, [.. batch, map[rank - 2], depth]);
        int b = Read(operands[1], operands[1].Shape, [.. batch, depth, map[rank - 1]]);
        return Add(new Reduce(ReduceOp.Dot, a, value.DType, b));
    }

    /// <summary>One element of a value, as the operator's row writes it.</summary>
    private sealed class ElementCode(LoopCode code, Value value, long[][] map, Use[] operands, Shape shape) : IElementCode
    {
        public DType DType => value.DType;

        public IAttributes? Attributes => value.Attributes;

        public int Add(Instruction instruction) => code.Add(instruction);

        public Shape ShapeOf(int operand) => operands[operand].Shape;

        public int Read(int operand) => code.Read(operands[operand], shape, map);

        public int Read(int operand, Range coordinates) => code.Read(operands[operand], operands[operand].Shape, map[coordinates]);

        public int Number() =>
            code.Add(new ScalarArgument(code.Owner.ScalarParameter(value.Slot, DType.Int64), DType.Int64));

        public (int Buffer, View View) Table(int operand)
        {
            var (source, view) = (operands[operand].Value, operands[operand].FullView);
            var place = code.Owner.Of(source);
            return (code.Owner.Buffer(place.Memory, source.DType, false),
                new(view.Shape, view.Strides, place.Offset + view.Offset));
        }

        public Access Position() => At(0, shape.ContiguousStrides(), ..);

        public Access At(long offset, long[] strides, Range coordinates) =>
            new(offset, code.Space.Access(strides, map[coordinates]));
    }
}
