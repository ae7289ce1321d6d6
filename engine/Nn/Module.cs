using System.Diagnostics.CodeAnalysis;

namespace GpuTensor.Nn;

/// <summary>A part of a neural network: its parameters, buffers and child modules are its fields.</summary>
/// <remarks>Found by themselves: <see cref="Parameter"/> fields; <see cref="Tensor"/> fields marked
/// <see cref="BufferAttribute">[Buffer]</see>; <see cref="Module"/> fields; and tuples, arrays, lists and dictionaries of modules and
/// parameters, whatever they are nested in (<c>pair.0</c>, <c>blocks.1.0</c>). Where a set, a queue, a struct, a <see cref="Lazy{T}"/> or
/// the closure of a delegate holds one, the first use throws and names the field; other delegates are left alone. Closures and structs are
/// read by reflection: in a trimmed program those whose fields were removed are left alone, too. A name is the field's less a leading
/// underscore, the captured constructor parameter's, or the auto-property's in PyTorch's spelling (<c>RunningMean</c> is
/// <c>running_mean</c>); base classes come first. One object under two names has two keys in <see cref="StateDict"/> and counts once
/// everywhere else.</remarks>
[DynamicallyAccessedMembers(ModuleFields.Needed)]
public abstract partial class Module
{
    /// <summary>Whether dropout drops and batch statistics are taken; changed by <see cref="ModuleExtensions.Train"/> and
    /// <see cref="ModuleExtensions.Eval"/>. True at first.</summary>
    public bool Training
    {
        get
        {
            recorded.Read();
            return training;
        }
        internal set
        {
            if (training == value) return;
            training = value;
            recorded.Changed();
        }
    }

    private Graph.RecordedState recorded;
    private bool training = true;

    /// <summary>What the module computes. Modules of other signatures define a <c>Forward</c> of their own beside it.</summary>
    /// <exception cref="NotSupportedException">The module does not define it.</exception>
    public virtual Tensor Forward(Tensor x) => throw new NotSupportedException($"{GetType().Name} does not override Forward(Tensor).");

    /// <summary>The module's own members; containers name theirs by position.</summary>
    internal virtual IEnumerable<Member> Members() => ModuleFields.Of(this);

    /// <summary>The parameters of this module and all modules below it, each once.</summary>
    public IEnumerable<Parameter> Parameters() => Each<Parameter>(member => true).Select(e => e.Value);

    /// <summary>The parameters with their first names (<c>fc1.weight</c>), each once.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters() =>
        Each<Parameter>(member => true).Select(e => (e.Module.KeyOf(e.Name), e.Value));

    /// <summary>The buffers of this module and all modules below it, each once.</summary>
    public IEnumerable<Tensor> Buffers() => Each<Tensor>(member => member.Buffer is not null).Select(e => e.Value);

    /// <summary>The buffers with their first names, each once.</summary>
    public IEnumerable<(string Name, Tensor Buffer)> NamedBuffers() =>
        Each<Tensor>(member => member.Buffer is not null).Select(e => (e.Module.KeyOf(e.Name), e.Value));

    /// <summary>The modules directly below this one, each once.</summary>
    public IEnumerable<Module> Children() => NamedChildren().Select(c => c.Module);

    /// <summary>The modules directly below this one with their names, each once.</summary>
    public IEnumerable<(string Name, Module Module)> NamedChildren()
    {
        var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        foreach (var member in Members())
            if (member.Value is Module child && seen.Add(child)) yield return (member.Name, child);
    }

    /// <summary>This module and all below it, each once, parents before children.</summary>
    public IEnumerable<Module> Modules() => ModulePath.Below(this).Select(p => p.Module);

    /// <summary>This module (named <c>""</c>) and all below it with their paths, each once, parents before children.</summary>
    public IEnumerable<(string Name, Module Module)> NamedModules() => ModulePath.Below(this).Select(p => (p.Key, p.Module));

    /// <summary>This module and all below it, each once, children before parents.</summary>
    internal IEnumerable<Module> ChildrenFirst()
    {
        var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<(Module Module, bool IsAfterChildren)>([(this, false)]);
        while (stack.TryPop(out var next))
        {
            if (next.IsAfterChildren) yield return next.Module;
            else if (seen.Add(next.Module))
            {
                stack.Push((next.Module, true));
                foreach (var child in next.Module.Children().Reverse()) stack.Push((child, false));
            }
        }
    }

    /// <summary>The number of numbers it learns.</summary>
    public long ParameterCount => Parameters().Sum(p => p.ElementCount);

    /// <summary>The members of one kind of this module and all below it, each once.</summary>
    private IEnumerable<(ModulePath Module, string Name, T Value)> Each<T>(Func<Member, bool> isWanted) where T : Tensor
    {
        var seen = new HashSet<T>(ReferenceEqualityComparer.Instance);
        foreach (var path in ModulePath.Below(this))
            foreach (var member in path.Module.Members())
                if (member.Value is T value && isWanted(member) && seen.Add(value)) yield return (path, member.Name, value);
    }
}
