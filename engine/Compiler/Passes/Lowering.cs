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
        var code = new LoopCode(this, group.Space);
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

    /// <summary>An operator with a kernel of its own, with what follows it.</summary>
    public OwnKernelSpec Own(FusionGroup group)
    {
        var value = group.Members[0].Value;
        OwnKernelOperand[] operands = [.. value.Operands.Select(OwnOperand)];
        var code = new LoopCode(this, group.Space);
        foreach (var member in group.Members) code.Emit(member);
        return new(value.Op.Name, value.DType, SymInt.Of(group.Space.Sizes), operands, [.. buffers], [.. scalarTypes],
            [.. code.Instructions]);
    }

    private OwnKernelOperand OwnOperand(Use operand)
    {
        var (view, place) = (operand.FullView, Of(operand.Value));
        var load = new Load(Buffer(place.Memory, operand.Value.DType, false), operand.Value.DType,
            new(place.Offset + view.Offset, view.Strides));
        return new(load, [.. view.Shape.Select(size => (SymInt)(long)size)]);
    }

    private Instruction[] OperandProgram(Use operand, long[] sizes, long[][] map)
    {
        var code = new LoopCode(this, new(GroupKind.Pointwise, sizes, 0));
        code.Read(operand, operand.Shape, map);
        return [.. code.Instructions];
    }

    private Section Section(FusionGroup group)
    {
        var (space, code) = (group.Space, new LoopCode(this, group.Space));
        foreach (var member in group.Members) code.Emit(member);
        return new(space.Kind switch
        {
            GroupKind.Row => SectionKind.Row,
            GroupKind.Column => SectionKind.Column,
            _ => SectionKind.Pointwise,
        }, SymInt.Of(space.Sizes[..space.OuterDims]), SymInt.Of(space.Sizes[space.OuterDims..]), [.. code.Instructions], space.SplitTotal);
    }

    public Place Of(Value value) => places.Of(value);

    public (Value Container, View? View)? Into(Value value) => places.Fusion.Graph.Into(value);

    public long[] PositionOf(Value value) => places.Fusion.Of(value)!.Position;

    public int Buffer(MemoryId memory, DType dtype, bool written)
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

    public int ScalarParameter(int slot, DType type)
    {
        if (!scalarIndex.TryGetValue(slot, out int index))
        {
            scalarIndex.Add(slot, index = scalarSlots.Count);
            scalarSlots.Add(slot);
            scalarTypes.Add(type);
        }
        return index;
    }
}
