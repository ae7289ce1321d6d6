using GpuTensor.Graph;
using System.Runtime.CompilerServices;

namespace GpuTensor.Compiled;

/// <summary>The captured variables of delegates as they were at one time: copies of the closure objects that they read them from, those of
/// outer scopes too.</summary>
internal sealed class ClosureState
{
    private readonly List<Delegate> functions = [];
    private readonly List<(object Live, object Then, ClosureFields Fields)> parts = [];

    public ClosureState(params IEnumerable<Delegate> functions)
    {
        foreach (var function in functions) Observe(function);
    }

    /// <summary>The captured variables of the same delegates as they are now.</summary>
    public ClosureState Again() => new(functions);

    /// <summary>Some variables have no metadata, as in a program compiled ahead of time: nobody can see whether they change.</summary>
    public bool IsBlind { get; private set; }

    /// <summary>Adds the captured variables of another delegate: of a compiled function that is called within the one being
    /// recorded.</summary>
    public void Observe(Delegate function)
    {
        if (functions.Contains(function)) return;
        functions.Add(function);
        foreach (var each in function.GetInvocationList())
        {
            object? target = each.Target;
            // new Func<…>(another): the closure is the other's.
            while (target is Delegate inner) target = inner.Target;
            if (target is not null) Add(target);
        }
    }

    /// <summary>Whether the variables are what they were. Allocates nothing.</summary>
    public bool IsSame
    {
        get
        {
            foreach (var (live, then, fields) in parts)
                if (!fields.Same(live, then)) return false;
            return true;
        }
    }

    /// <summary>The first variable that is not what it was; null where all are.</summary>
    public string? FirstChange()
    {
        foreach (var (live, then, fields) in parts)
            if (!fields.Same(live, then)) return fields.FirstChange(live, then) ?? "a captured variable";
        return null;
    }

    private void Add(object closure)
    {
        var fields = ClosureFields.Of(closure.GetType());
        IsBlind |= fields.IsBlind;
        if (!fields.IsClosure || parts.Any(p => p.Live == closure)) return;
        parts.Add((closure, Clone(closure), fields));
        foreach (var parent in fields.Parents)
            if (parent.GetValue(closure) is { } outer) Add(outer);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = nameof(MemberwiseClone))]
    private static extern object Clone(object closure);
}
