namespace GpuTensor.Nn;

/// <summary>A module and the way to it from the module that was asked. A key (<c>blocks.0.fc</c>) is written out only where one is asked
/// for: writing all keys of a chain of n modules would take n² characters.</summary>
/// <param name="Parent">The module above; null for the module that was asked.</param>
/// <param name="Name">The name in the module above.</param>
/// <param name="Module">The module.</param>
internal sealed record ModulePath(ModulePath? Parent, string Name, Module Module)
{
    /// <summary>The module's key; empty for the module that was asked.</summary>
    public string Key
    {
        get
        {
            var names = new Stack<string>();
            for (var path = this; path.Parent is not null; path = path.Parent) names.Push(path.Name);
            return string.Join('.', names);
        }
    }

    /// <summary>The key of one of the module's own members.</summary>
    public string KeyOf(string member) => Parent is null ? member : $"{Key}.{member}";

    /// <summary>A module and all below it, each once, parents before children. A loop, not a recursion: modules may be nested deeper than
    /// the stack.</summary>
    public static IEnumerable<ModulePath> Below(Module module)
    {
        var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<ModulePath>([new(null, "", module)]);
        while (stack.TryPop(out var next))
        {
            if (!seen.Add(next.Module)) continue;
            yield return next;
            foreach (var (name, child) in next.Module.NamedChildren().Reverse()) stack.Push(new(next, name, child));
        }
    }
}
