using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>A flat result whose parts go to the homes of one flat storage, each at its place, is computed in that storage: the parts are
/// there then, and need no copies. An optimizer's update is such a result.</summary>
internal sealed class FlatResults
{
    private readonly Value[] values;
    private readonly Dictionary<Value, List<Value>> parts = [];

    private FlatResults(Value[] values) => this.values = values;

    public static Value[] Run(Value[] values) => new FlatResults(values).Run();

    private Value[] Run()
    {
        foreach (var value in values)
        {
            if (value is not { Role: Role.Computed, Home.Region: >= 0 } || value.Op != Basic.Copy
                || value.Operands[0] is not ({ Role: Role.Computed } whole, { IsContiguous: true })) continue;
            if (!parts.TryGetValue(whole, out var list)) parts.Add(whole, list = []);
            list.Add(value);
        }
        var homes = new Dictionary<Value, Home>();
        var aliases = new HashSet<Value>();
        foreach (var (whole, list) in parts)
        {
            if (whole.IsKept || whole.Home is not null || HomeOf(whole, list) is not { } home) continue;
            homes.Add(whole, home);
            aliases.UnionWith(list);
        }
        if (homes.Count == 0) return values;

        var result = new ValueList(values);
        foreach (var value in values)
        {
            VisitCounter.Visit();
            var mapped = result.Mapped(value);
            result.Add(value, homes.TryGetValue(value, out var home) ? mapped with { Home = home } : aliases.Contains(value)
                ? mapped with { Role = Role.Alias } : mapped);
        }
        return result.ToArray();
    }

    /// <summary>Where a value lies in the flat storage that its parts go to; null where they do not cover it, each at its place.</summary>
    private static Home? HomeOf(Value whole, List<Value> list)
    {
        Home first = list[0].Home!;
        long origin = Origin(list[0]), covered = 0;
        foreach (var part in list)
        {
            if (part.Home!.Region != first.Region || part.DType != whole.DType || Origin(part) != origin) return null;
            covered += part.Shape.ElementCount;
        }
        return covered != whole.Shape.ElementCount ? null
            : new(first.Index, first.Region, origin, whole.Bytes, [.. list.SelectMany(p => p.Home!.Occupants).Distinct()]);
    }

    private static long Origin(Value part) => part.Home!.Offset - part.Operands[0].View!.Offset * part.DType.Size();
}
