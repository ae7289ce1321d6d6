using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>Writes a launch's groups as a kernel description: members become instructions, reads and writes become accesses to parameters,
/// one parameter per memory.</summary>
internal sealed class Lowering(Buffers places)
{
    private readonly List<BufferParameter> buffers = [];
    private readonly List<MemoryId> memories = [];
    private readonly List<DType> scalarTypes = [];
    private readonly List<int> scalarSlots = [];
    private readonly Dictionary<(MemoryId, DType), int> bufferIndex = [];
    private readonly Dictionary<int, int> scalarIndex = [];

    /// <summary>The memory behind each buffer parameter.</summary>
    public IReadOnlyList<MemoryId> Memories => memories;

    /// <summary>The graph's scalar slot behind each scalar parameter.</summary>
    public IReadOnlyList<int> ScalarSlots => scalarSlots;

    public KernelSpec Kernel(Launch launch, string name)
    {
        var sections = launch.Groups.Where(g => g.Kind != GroupKind.Pointwise || g.Space.Elements > 0).Select(Section).ToArray();
        return new(name, [.. buffers], [.. scalarTypes], sections, launch.IsSerial && sections.Length > 1);
    }

    /// <summary>A matrix product with what follows it.</summary>
    public GemmSpec Product(FusionGroup group)
    {
        var (product, map) = (group.Product.Value, group.Product.Map);
        var sizes = group.Space.Sizes;
        int rank = product.Shape.Rank, dims = sizes.Length;
        var code = new Code(this, group.Space);
        foreach (var member in group.Members)
            if (member.Value.BiasGradientOf is null) code.Emit(member);
        var (a, b) = (product.Operands[0], product.Operands[1]);
        long depth = a.Shape[-1];
        // The product's row dimension may have been split into [batch, time]; its column dimension never is. Operand A replaces the column
        // index by k, operand B replaces the row index by k.
        long[] inner = new long[dims], columns = new long[dims], batch = sizes[..^2];
        (inner[^1], columns[^1]) = (1, 1);
        var programA = OperandProgram(a, [.. batch, sizes[^2], depth], [.. map[..(rank - 1)], inner]);
        inner = new long[dims];
        inner[^2] = 1;
        var programB = OperandProgram(b, [.. batch, depth, sizes[^1]], [.. map[..(rank - 2)], inner, columns]);
        return new(batch, sizes[^2], sizes[^1], depth, a.Value.DType, [.. buffers], [.. scalarTypes], programA, programB,
            [.. code.Instructions]);
    }

    private Instruction[] OperandProgram(Use operand, long[] sizes, long[][] map)
    {
        var code = new Code(this, new(GroupKind.Pointwise, sizes, 0));
        code.Read(operand, operand.Shape, map);
        return [.. code.Instructions];
    }

    private Section Section(FusionGroup group)
    {
        var (space, code) = (group.Space, new Code(this, group.Space));
        foreach (var member in group.Members) code.Emit(member);
        return new(space.Kind switch
        {
            GroupKind.Row => SectionKind.Row,
            GroupKind.Column => SectionKind.Column,
            _ => SectionKind.Pointwise,
        }, space.Sizes[..space.OuterDims], space.Sizes[space.OuterDims..], [.. code.Instructions], space.SplitTotal);
    }

    private Place Of(Value value) => places.Of(value);

    private (Value Container, View? View)? Into(Value value) => places.Fusion.Graph.Into(value);

    private long[] PositionOf(Value value) => places.Fusion.Of(value)!.Position;

    private int Buffer(MemoryId memory, DType dtype, bool written)
    {
        if (!bufferIndex.TryGetValue((memory, dtype), out int index))
        {
            bufferIndex.Add((memory, dtype), index = buffers.Count);
            buffers.Add(new(dtype, written));
            memories.Add(memory);
        }
        else if (written && !buffers[index].Written) buffers[index] = new(dtype, true);
        return index;
    }

    private int ScalarParameter(int slot, DType type)
    {
        if (!scalarIndex.TryGetValue(slot, out int index))
        {
            scalarIndex.Add(slot, index = scalarSlots.Count);
            scalarSlots.Add(slot);
            scalarTypes.Add(type);
        }
        return index;
    }

    /// <summary>The instructions of one loop nest.</summary>
    private sealed class Code(Lowering owner, IterationSpace space)
    {
        private readonly Dictionary<Value, int> registers = [];
        private readonly Dictionary<string, int> shared = [];

        public List<Instruction> Instructions { get; } = [];

        private int Dims => space.Rank;

        private int Add(Instruction instruction)
        {
            // Equal reads, numbers and arguments are one instruction; pointwise work too, since it has no effect.
            if (instruction is not (Store or Reduce))
            {
                string key = Key(instruction);
                if (shared.TryGetValue(key, out int known)) return known;
                shared.Add(key, Instructions.Count);
            }
            Instructions.Add(instruction);
            return Instructions.Count - 1;
        }

        private static string Key(Instruction i) => i switch
        {
            Load x => $"L{x.Buffer},{x.Type},{x.At.Offset},{string.Join(',', x.At.Strides)}",
            Gather x => $"G{x.Buffer},{x.Type},{x.At.Offset},{string.Join(',', x.At.Strides)},{x.Index},{x.Stride},{x.Bound}",
            Search x => $"S{x.Buffer},{x.At.Offset},{string.Join(',', x.At.Strides)},{x.Value},{x.Stride},{x.Length},{x.Right}",
            SegmentSum x => $"+{x.Buffer},{x.At.Offset},{string.Join(',', x.At.Strides)},{x.Stride},"
                + $"{x.Order},{x.OrderAt},{x.OrderStride},{x.First},{x.Last}",
            Affine x => $"A{x.At.Offset},{string.Join(',', x.At.Strides)}",
            Apply x => $"F{x.Function},{x.Type},{string.Join(',', x.Arguments)}",
            _ => i.ToString(),
        };

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
            if (value.Op.Kind == OperatorKind.Index)
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

        /// <param name="member">The value in its group; null for one that is computed again where it is read.</param>
        private int Compute(Value value, long[][] map, Use[] operands, Shape shape, Member? member = null)
        {
            switch (value.Op.Kind)
            {
                case OperatorKind.Index:
                    var view = ((ViewAttributes)value.Attributes!).View;
                    return Add(new Affine(new(view.Offset, space.Access(view.Strides, map))));
                case OperatorKind.Copy:
                    return Read(operands[value.Op == Basic.SetData ? 1 : 0], shape, map);
                case OperatorKind.Cast:
                    return Add(new Cast(Read(operands[0], shape, map), value.DType));
                case OperatorKind.Random:
                    int key = Read(operands[0], shape, map);
                    int first = Add(new ScalarArgument(owner.ScalarParameter(value.Slot, DType.Int64), DType.Int64));
                    int element = Add(new Affine(new(0, member!.Position)));
                    return Add(new Apply("philox", DType.Int64, [key, first, element]));
                case OperatorKind.Reduce:
                    return Add(new Reduce(value.Op.Reduction, Read(operands[0], operands[0].Shape, member!.ReduceMap),
                        Accumulators.IsPosition(value.Op.Reduction) ? DType.Int64 : value.DType));
                case OperatorKind.Result:
                    return Add(new ResultOf(registers[operands[0].Value], value.Op.Number, value.DType));
                case OperatorKind.MatMul when space.Kind == GroupKind.MatMul:
                    return Add(new Product(value.DType));
                case OperatorKind.MatMul:
                    return SmallProduct(value, map, operands);
                case OperatorKind.IndexSelect:
                    return GatherRows(value, map, operands);
                case OperatorKind.Gather:
                    return GatherLast(value, map, operands);
                case OperatorKind.Search:
                    return SearchLast(value, map, operands);
                case OperatorKind.SegmentSum:
                    return SumSegments(value, map, operands);
                default:
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

        private int GatherRows(Value value, long[][] map, Use[] operands)
        {
            var table = operands[0].FullView;
            int indexRank = operands[1].Shape.Rank;
            int index = Read(operands[1], operands[1].Shape, map[..indexRank]);
            var place = owner.Of(operands[0].Value);
            var at = new Access(place.Offset + table.Offset, space.Access(table.Strides[1..], map[indexRank..]));
            return Add(new Gather(owner.Buffer(place.Memory, value.DType, false), value.DType, at, index, table.Strides[0],
                table.Shape[0]));
        }

        private int GatherLast(Value value, long[][] map, Use[] operands)
        {
            var table = operands[0].FullView;
            int index = Read(operands[1], value.Shape, map);
            var place = owner.Of(operands[0].Value);
            var at = new Access(place.Offset + table.Offset, space.Access(table.Strides[..^1], map[..^1]));
            return Add(new Gather(owner.Buffer(place.Memory, value.DType, false), value.DType, at, index, table.Strides[^1],
                table.Shape[-1]));
        }

        private int SearchLast(Value value, long[][] map, Use[] operands)
        {
            var table = operands[0].FullView;
            int sought = Read(operands[1], value.Shape, map);
            var place = owner.Of(operands[0].Value);
            var at = new Access(place.Offset + table.Offset, space.Access(table.Strides[..^1], map[..^1]));
            return Add(new Search(owner.Buffer(place.Memory, operands[0].Value.DType, false), at, sought, table.Strides[^1],
                table.Shape[-1], ((SearchAttributes)value.Attributes!).Right));
        }

        private int SumSegments(Value value, long[][] map, Use[] operands)
        {
            var (rows, order) = (operands[0].FullView, operands[1].FullView);
            int first = Read(operands[3], operands[3].Value.Shape, map[..1]), last = Read(operands[4], operands[4].Value.Shape, map[..1]);
            var (place, orderPlace) = (owner.Of(operands[0].Value), owner.Of(operands[1].Value));
            var at = new Access(place.Offset + rows.Offset, space.Access(rows.Strides[1..], map[1..]));
            return Add(new SegmentSum(owner.Buffer(place.Memory, value.DType, false), value.DType, at, rows.Strides[0], rows.Shape[0],
                owner.Buffer(orderPlace.Memory, DType.Int64, false), orderPlace.Offset + order.Offset, order.Strides[0], first, last));
        }
    }
}
