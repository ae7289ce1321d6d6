using GpuTensor.Kernels;

namespace GpuTensor.Graph.Planning;

/// <summary>Writes a launch's groups as a kernel description: members become instructions, reads and writes become accesses to parameters, one parameter per memory.</summary>
internal sealed class Lowering(Placement places)
{
    private readonly Placement placement = places;
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
        var sections = launch.Groups.Where(g => g.Kind != GroupKind.Pointwise || g.Elements > 0).Select(Section).ToArray();
        return new(name, [.. buffers], [.. scalarTypes], sections, launch.Serial && sections.Length > 1);
    }

    /// <summary>A matrix product with what follows it.</summary>
    public GemmSpec Product(Group group)
    {
        var product = group.Product;
        int rank = product.Shape.Rank, dims = group.Sizes.Length;
        var code = new Code(this, group);
        foreach (var member in group.Members)
            if (member.SummedBeside is null) code.Emit(member);
        var (a, b) = (product.Operands[0], product.Operands[1]);
        long depth = (a.View?.Shape ?? a.Node.Shape)[-1];
        // The group's dimensions, where rows may be two of them; only the last, the columns, are always one. Left: the inner dimension in their place. Right: it in the place of the rows.
        long[] inner = new long[dims], columns = new long[dims], batch = group.Sizes[..^2];
        (inner[^1], columns[^1]) = (1, 1);
        var programA = OperandProgram(a, [.. batch, group.Sizes[^2], depth], [.. product.Map[..(rank - 1)], inner]);
        inner = new long[dims];
        inner[^2] = 1;
        var programB = OperandProgram(b, [.. batch, depth, group.Sizes[^1]], [.. product.Map[..(rank - 2)], inner, columns]);
        return new(batch, group.Sizes[^2], group.Sizes[^1], depth, a.Node.DType, [.. buffers], [.. scalarTypes], programA, programB, [.. code.Instructions]);
    }

    private Instruction[] OperandProgram((PlanNode Node, View? View) operand, long[] sizes, long[][] map)
    {
        var code = new Code(this, new Group(-1, GroupKind.Pointwise, sizes, 0));
        code.Read(operand.Node, operand.View, operand.View?.Shape ?? operand.Node.Shape, map);
        return [.. code.Instructions];
    }

    private Section Section(Group group)
    {
        var code = new Code(this, group);
        foreach (var member in group.Members) code.Emit(member);
        return new(group.Kind switch
        {
            GroupKind.Row => SectionKind.Row,
            GroupKind.Column => SectionKind.Column,
            _ => SectionKind.Pointwise,
        }, group.Sizes[..group.OuterDims], group.Sizes[group.OuterDims..], [.. code.Instructions], group.SplitTotal);
    }

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

    /// <summary>The instructions of one group.</summary>
    private sealed class Code(Lowering owner, Group group)
    {
        private readonly Dictionary<PlanNode, int> registers = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<string, int> shared = [];

        public List<Instruction> Instructions { get; } = [];

        private int Dims => group.Sizes.Length;

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
            SegmentSum x => $"+{x.Buffer},{x.At.Offset},{string.Join(',', x.At.Strides)},{x.Stride},{x.Order},{x.OrderAt},{x.OrderStride},{x.First},{x.Last}",
            Affine x => $"A{x.At.Offset},{string.Join(',', x.At.Strides)}",
            Apply x => $"F{x.Function},{x.Type},{string.Join(',', x.Arguments)}",
            _ => i.ToString(),
        };

        public void Emit(PlanNode member)
        {
            Work.Visit(1 + member.Operands.Length);
            int value = Compute(member, member.Map, member.Operands);
            registers[member] = value;
            if (!member.Stored) return;
            var place = owner.placement.Of(member);
            Access at;
            if (member.Into is { View: { } view }) at = new(view.Offset + place.Offset, Group.Combine(FillStrides(view, member.Shape), member.Map, Dims));
            else at = new(place.Offset, member.Position);
            Add(new Store(owner.Buffer(place.Memory, member.DType, true), member.DType, at, value));
        }

        /// <summary>Strides of the place a filler writes to, over its own dimensions: a concatenated operand lies flat.</summary>
        private static long[] FillStrides(View place, Shape shape)
        {
            if (place.Shape.Rank == shape.Rank && place.Shape.Equals(shape)) return place.Strides;
            return shape.ContiguousStrides();
        }

        /// <summary>A register that holds an operand's element.</summary>
        public int Read(PlanNode operand, View? view, Shape shape, long[][] map)
        {
            if (registers.TryGetValue(operand, out int register) && operand.Group == group && operand.Role == Role.Computed)
            {
                // A register holds the element of this iteration. The fuser sees to it that no other is asked for; a wrong number would be worse than an exception.
                var read = Group.Combine(view?.Strides ?? shape.ContiguousStrides(), map, Dims);
                for (int k = 0; k < Dims; k++)
                    if ((view?.Offset ?? 0) != 0 || (group.Sizes[k] > 1 && read[k] != operand.Position[k]))
                        throw new InvalidOperationException($"Fusion error: {operand} is read through {view} in the kernel that computes it. Please report this program.");
                return register;
            }
            switch (operand.Role)
            {
                case Role.Scalar when operand.Attributes is ConstantNumber constant:
                    return Add(new Constant(BitsOf(constant.Bits, operand.DType), operand.DType));
                case Role.Scalar:
                    return Add(new ScalarArgument(owner.ScalarParameter(operand.Slot, operand.DType.IsFloatingPoint() ? DType.Float64 : DType.Int64), operand.DType));
                case Role.Inline:
                    return ReadInline(operand, view, shape, map);
                default:
                    var place = owner.placement.Of(operand);
                    var strides = view?.Strides ?? shape.ContiguousStrides();
                    return Add(new Load(owner.Buffer(place.Memory, operand.DType, false), operand.DType, new(place.Offset + (view?.Offset ?? 0), Group.Combine(strides, map, Dims))));
            }
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
        private int ReadInline(PlanNode value, View? view, Shape shape, long[][] map)
        {
            var composed = value.Operands;
            if (view is not null && value.Op.Kind == OperatorKind.Index)
            {
                // A position seen through a view is still affine where the view's dimensions are the value's.
                var at = ((ViewAttributes)value.Attributes!).View;
                var through = Inlines.Compose(at, value.Shape, view)
                    ?? throw new InvalidOperationException($"Positions {at} cannot be read through {view}.");
                return Add(new Affine(new(through.Offset, Group.Combine(through.Strides, map, Dims))));
            }
            if (view is not null)
                composed = [.. composed.Select(o => o.Node.Role == Role.Scalar ? o
                    : (o.Node, (View?)(Inlines.Compose(o.View ?? View.Identity(o.Node.Shape), value.Shape, view) ?? throw new InvalidOperationException($"{value} cannot be read through {view}."))))];
            return Compute(value, map, composed, view?.Shape ?? shape);
        }

        private int Compute(PlanNode node, long[][] map, (PlanNode Node, View? View)[] operands, Shape? seenAs = null)
        {
            var shape = seenAs ?? node.Shape;
            switch (node.Op.Kind)
            {
                case OperatorKind.Index:
                    var view = ((ViewAttributes)node.Attributes!).View;
                    return Add(new Affine(new(view.Offset, Group.Combine(view.Strides, map, Dims))));
                case OperatorKind.Copy:
                    int source = node.Op == Operators.Basic.SetData ? 1 : 0;
                    return Read(operands[source].Node, operands[source].View, shape, map);
                case OperatorKind.Cast:
                    return Add(new Cast(Read(operands[0].Node, operands[0].View, shape, map), node.DType));
                case OperatorKind.Random:
                    int key = Read(operands[0].Node, operands[0].View, shape, map);
                    int first = Add(new ScalarArgument(owner.ScalarParameter(node.Slot, DType.Int64), DType.Int64));
                    int element = Add(new Affine(new(0, node.Position)));
                    return Add(new Apply("philox", DType.Int64, [key, first, element]));
                case OperatorKind.Reduce:
                    var operandShape = operands[0].View?.Shape ?? operands[0].Node.Shape;
                    return Add(new Reduce(node.Op.Reduction, Read(operands[0].Node, operands[0].View, operandShape, node.ReduceMap), node.DType));
                case OperatorKind.MatMul when group.Kind == GroupKind.MatMul:
                    return Add(new Product(node.DType));
                case OperatorKind.MatMul:
                    return SmallProduct(node, operands);
                case OperatorKind.IndexSelect:
                    return GatherRows(node, map, operands);
                case OperatorKind.Gather:
                    return GatherLast(node, map, operands);
                case OperatorKind.Search:
                    return SearchLast(node, map, operands);
                case OperatorKind.SegmentSum:
                    return SumSegments(node, map, operands);
                default:
                    var arguments = new int[operands.Length];
                    for (int i = 0; i < arguments.Length; i++) arguments[i] = Read(operands[i].Node, operands[i].View, shape, map);
                    return Add(new Apply(node.Op.Function ?? throw new DeviceException($"{node.Op.Name} has no kernel function."), node.DType, arguments));
            }
        }

        private int SmallProduct(PlanNode node, (PlanNode Node, View? View)[] operands)
        {
            int rank = node.Shape.Rank;
            var depth = new long[Dims];
            depth[^1] = 1;
            long[][] batch = node.Map[..(rank - 2)];
            int a = Read(operands[0].Node, operands[0].View, operands[0].View?.Shape ?? operands[0].Node.Shape, [.. batch, node.Map[rank - 2], depth]);
            int b = Read(operands[1].Node, operands[1].View, operands[1].View?.Shape ?? operands[1].Node.Shape, [.. batch, depth, node.Map[rank - 1]]);
            return Add(new Reduce(ReduceOp.Dot, a, node.DType, b));
        }

        private int GatherRows(PlanNode node, long[][] map, (PlanNode Node, View? View)[] operands)
        {
            var table = operands[0].View ?? View.Identity(operands[0].Node.Shape);
            var indexShape = operands[1].View?.Shape ?? operands[1].Node.Shape;
            int index = Read(operands[1].Node, operands[1].View, indexShape, map[..indexShape.Rank]);
            var place = owner.placement.Of(operands[0].Node);
            var at = new Access(place.Offset + table.Offset, Group.Combine(table.Strides[1..], map[indexShape.Rank..], Dims));
            return Add(new Gather(owner.Buffer(place.Memory, node.DType, false), node.DType, at, index, table.Strides[0], table.Shape[0]));
        }

        private int GatherLast(PlanNode node, long[][] map, (PlanNode Node, View? View)[] operands)
        {
            var table = operands[0].View ?? View.Identity(operands[0].Node.Shape);
            int index = Read(operands[1].Node, operands[1].View, node.Shape, map);
            var place = owner.placement.Of(operands[0].Node);
            var at = new Access(place.Offset + table.Offset, Group.Combine(table.Strides[..^1], map[..^1], Dims));
            return Add(new Gather(owner.Buffer(place.Memory, node.DType, false), node.DType, at, index, table.Strides[^1], table.Shape[-1]));
        }

        private int SearchLast(PlanNode node, long[][] map, (PlanNode Node, View? View)[] operands)
        {
            var table = operands[0].View ?? View.Identity(operands[0].Node.Shape);
            int value = Read(operands[1].Node, operands[1].View, node.Shape, map);
            var place = owner.placement.Of(operands[0].Node);
            var at = new Access(place.Offset + table.Offset, Group.Combine(table.Strides[..^1], map[..^1], Dims));
            return Add(new Search(owner.Buffer(place.Memory, operands[0].Node.DType, false), at, value, table.Strides[^1], table.Shape[-1], ((SearchAttributes)node.Attributes!).Right));
        }

        private int SumSegments(PlanNode node, long[][] map, (PlanNode Node, View? View)[] operands)
        {
            var rows = operands[0].View ?? View.Identity(operands[0].Node.Shape);
            var order = operands[1].View ?? View.Identity(operands[1].Node.Shape);
            int first = Read(operands[3].Node, operands[3].View, operands[3].Node.Shape, map[..1]), last = Read(operands[4].Node, operands[4].View, operands[4].Node.Shape, map[..1]);
            var (place, orderPlace) = (owner.placement.Of(operands[0].Node), owner.placement.Of(operands[1].Node));
            var at = new Access(place.Offset + rows.Offset, Group.Combine(rows.Strides[1..], map[1..], Dims));
            return Add(new SegmentSum(owner.Buffer(place.Memory, node.DType, false), node.DType, at, rows.Strides[0], rows.Shape[0],
                owner.Buffer(orderPlace.Memory, DType.Int64, false), orderPlace.Offset + order.Offset, order.Strides[0], first, last));
        }
    }
}
