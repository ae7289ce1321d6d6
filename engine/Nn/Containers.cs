using System.Collections;
using System.Runtime.CompilerServices;

namespace GpuTensor.Nn;

/// <summary>A module that holds others under their positions: <c>0</c>, <c>1</c>, …</summary>
/// <typeparam name="T">What it holds.</typeparam>
public abstract class ModuleContainer<T> : Module, IReadOnlyList<T> where T : Module
{
    // Behind a type that is no collection, so that the fields' own discovery does not name them a second time.
    private readonly Items items = new();

    private sealed class Items
    {
        public readonly List<T> List = [];
    }

    private protected ModuleContainer(IEnumerable<T> modules)
    {
        foreach (var module in modules.NoneNull()) Add(module);
    }

    /// <summary>How many.</summary>
    public int Count => items.List.Count;

    /// <summary>The module at a position.</summary>
    public T this[int index] => items.List[index];

    /// <summary>Appends a module.</summary>
    public void Add(T module)
    {
        ArgumentNullException.ThrowIfNull(module);
        items.List.Add(module);
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => items.List.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal override IEnumerable<Member> Members() => items.List.Select((module, i) => new Member($"{i}", module)).Concat(base.Members());
}

/// <summary>Modules one after the other, each fed with the result of the one before, as <c>torch.nn.Sequential</c>.</summary>
public class Sequential(params IEnumerable<Module> modules) : ModuleContainer<Module>(modules)
{
    /// <inheritdoc/>
    /// <exception cref="TensorException">Modules are nested deeper than the thread's stack.</exception>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        // A stack that overflows would end the process.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TensorException(
                "Sequential: the modules are nested deeper than the thread's stack holds. Put them side by side in one "
                + "Sequential, or run the model on a thread with a larger stack (new Thread(run, maxStackSize)).");
        foreach (var module in this) x = module.Forward(x);
        return x;
    }
}

/// <summary>A list of modules, as <c>torch.nn.ModuleList</c>. An array or a <see cref="List{T}"/> in a field does the same.</summary>
/// <typeparam name="T">What it holds.</typeparam>
public class ModuleList<T>(params IEnumerable<T> modules) : ModuleContainer<T>(modules) where T : Module;

/// <summary>A list of modules of any kind, as <c>torch.nn.ModuleList</c>.</summary>
public class ModuleList(params IEnumerable<Module> modules) : ModuleContainer<Module>(modules);
