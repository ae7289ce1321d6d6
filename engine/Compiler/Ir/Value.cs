using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>How a planned value comes to be.</summary>
internal enum Role : byte
{
    /// <summary>Memory from before the graph: <see cref="Value.Slot"/> is its leaf slot.</summary>
    Leaf,
    /// <summary>An argument: <see cref="Value.Slot"/> is its scalar slot.</summary>
    Scalar,
    /// <summary>Computed by a fusion group.</summary>
    Computed,
    /// <summary>Made of arguments and positions alone: written again wherever it is read.</summary>
    Inline,
    /// <summary>Memory that the values of <see cref="Value.Fillers"/> are written to. Without fillers: values that lie one after the other
    /// in a flat storage, read as one.</summary>
    Container,
    /// <summary>A part of another value's memory, under the view of its operand.</summary>
    Alias,
}

/// <summary>A value that is read, and the view it is read through (null: as it lies).</summary>
internal readonly record struct Use(Value Value, View? View)
{
    public Shape Shape => View?.Shape ?? Value.Shape;

    public View FullView => View ?? View.Identity(Value.Shape);
}

/// <summary>A value that a container's memory is filled with, and the view of the container it is written under.</summary>
internal readonly record struct Filler(Value Value, View View);

/// <summary>A value of the graph that is planned. Immutable: a pass makes new values, and what a later pass finds out is in a table by <see
/// cref="Id"/>.</summary>
/// <param name="Id">Its position among all values of the pass that made it: operands stand before their users.</param>
internal sealed record Value(int Id, Operator Op, DType DType, Shape Shape)
{
    public Role Role { get; init; } = Role.Computed;

    /// <summary>The recorded node's position in the graph; −1 for leaves and for values that a pass added.</summary>
    public int Index { get; init; } = -1;

    /// <summary>Leaf slot, scalar slot, or the slot of a random node's counter.</summary>
    public int Slot { get; init; } = -1;

    public Use[] Operands { get; init; } = [];

    public IAttributes? Attributes { get; init; }

    /// <summary>Must stand in memory after the run.</summary>
    public bool IsKept { get; init; }

    /// <summary>Where it shall lie, if its variable says so.</summary>
    public Home? Home { get; init; }

    /// <summary>Of a container: what is written into it, in order.</summary>
    public Filler[] Fillers { get; init; } = [];

    /// <summary>Of a container: the copy of the value it was before, over which the fillers are written. Its memory may be taken over
    /// instead.</summary>
    public Value? BaseCopy { get; init; }

    /// <summary>Of a sum: the product beside which the library makes it (bias-gradient epilogue), since both sum the product's left (or
    /// right) operand over the same dimension.</summary>
    public (Value Product, bool Left)? BiasGradientOf { get; init; }

    /// <summary>Length of a chunk when this is the first stage of a reduction in two stages, else 0.</summary>
    public long ChunkLength { get; init; }

    public long Bytes => Shape.ElementCount * DType.Size();

    /// <summary>Comes with a kernel's arguments, not from memory.</summary>
    public bool IsArgument => Role is Role.Scalar or Role.Inline;

    /// <summary>Parts of a flat storage that are read as one value: the memory of its operands.</summary>
    public bool IsRegion => Role == Role.Container && Fillers.Length == 0 && BaseCopy is null;

    /// <summary>Of a value made of arguments and positions: the numbers it takes, from above.</summary>
    public int Numbers => Role == Role.Scalar ? 1 : Shape.Rank + 1 + Operands.Sum(o => o.Value.IsArgument ? o.Value.Numbers : 0);

    /// <summary>The computed values whose memory a read of this one touches.</summary>
    public IEnumerable<Value> Sources()
    {
        VisitCounter.Visit(1 + Fillers.Length);
        switch (Role)
        {
            case Role.Computed:
                yield return this;
                break;
            case Role.Container or Role.Alias:
                foreach (var filler in Fillers) yield return filler.Value;
                if (BaseCopy is { } copy) yield return copy;
                foreach (var (operand, _) in Operands)
                    foreach (var source in operand.Sources()) yield return source;
                break;
        }
    }

    public bool Equals(Value? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Id;

    public override string ToString() => $"{Op.Name} {DType.Name()} {Shape}";
}

/// <summary>A place that exists before the run and shall hold a value after it: a changed variable's own memory, or its part of a flat
/// storage.</summary>
/// <param name="Index">Position in the plan's list of homes.</param>
/// <param name="Region">Homes of one flat storage share a region number; −1: alone.</param>
/// <param name="Offset">Byte offset within the region.</param>
/// <param name="Bytes">Bytes of the value.</param>
/// <param name="Occupants">Leaf slots whose values lie there before the run.</param>
internal sealed record Home(int Index, int Region, long Offset, long Bytes, IReadOnlyList<int> Occupants);
