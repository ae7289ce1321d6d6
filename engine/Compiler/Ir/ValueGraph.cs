using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>The values that are grouped, and where those go that fill a container.</summary>
internal sealed class ValueGraph
{
    private readonly (Value Container, View? View)?[] into;

    public ValueGraph(Value[] values)
    {
        Values = values;
        into = new (Value, View?)?[values.Length];
        foreach (var value in values)
        {
            foreach (var (filler, view) in value.Fillers) into[filler.Id] = (value, view);
            if (value.BaseCopy is { } copy) into[copy.Id] = (value, null);
        }
    }

    /// <summary>Operands before users; a value's place is its number.</summary>
    public Value[] Values { get; }

    /// <summary>The container whose memory a value is written to, and the view under which (null: the whole).</summary>
    public (Value Container, View? View)? Into(Value value) => into[value.Id];

    /// <summary>A copy of what a container was before: it stays alone, so that it can be left out where the memory is taken over.</summary>
    public bool IsBaseCopy(Value value) => into[value.Id] is ({ BaseCopy: { } copy }, _) && copy == value;

    /// <summary>Whether a value must be written to memory whoever reads it.</summary>
    public bool IsWanted(Value value) => value.IsKept || value.Home is not null || value.BiasGradientOf is not null
        || into[value.Id] is not null;
}
