using System.Globalization;
using System.Text;
using GpuTensor.IO;

namespace GpuTensor.Nn;

public abstract partial class Module
{
    /// <summary>Parameters and persistent buffers under PyTorch's keys: <c>fc1.weight</c>, <c>blocks.0.ln1.bias</c>. The tensors share the
    /// module's memory, without history: they follow later training; <see cref="Tensor.Clone"/> them to keep a moment.</summary>
    /// <exception cref="InvalidOperationException">A module contains itself, or two tensors have the same key.</exception>
    public OrderedDictionary<string, Tensor> StateDict()
    {
        var entries = new OrderedDictionary<string, Tensor>();
        foreach (var (key, tensor) in Entries())
            if (!entries.TryAdd(key, tensor.Detach()))
                throw new InvalidOperationException(
                    $"{GetType().Name} has two tensors under the key '{key}': a name with a dot in it looks like a path. Rename one.");
        return entries;
    }

    /// <summary>Copies values into parameters and buffers, converting dtype and device. Nothing is changed unless everything
    /// fits.</summary>
    /// <param name="stateDict">Tensors by key, as <see cref="StateDict"/> or a file gives them.</param>
    /// <param name="strict">Whether missing and unexpected keys are errors; shapes that differ always are.</param>
    /// <returns>The keys that were missing and those that were not used.</returns>
    /// <exception cref="StateDictException">Keys or shapes do not fit; the message lists all of them.</exception>
    public StateDictReport LoadStateDict(IReadOnlyDictionary<string, Tensor> stateDict, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(stateDict);
        foreach (var (key, value) in stateDict)
            if (value is null) throw new ArgumentNullException(nameof(stateDict), $"The tensor '{key}' is null.");
        var own = Entries();
        var keys = own.Select(e => e.Key).ToHashSet();
        string[] missing = [.. own.Where(e => !stateDict.ContainsKey(e.Key)).Select(e => e.Key)];
        var report = new StateDictReport(missing, [.. stateDict.Keys.Where(k => !keys.Contains(k))]);
        var found = own.Where(e => stateDict.ContainsKey(e.Key)).Select(e => (e.Key, e.Tensor, Value: stateDict[e.Key])).ToList();
        string[] misshaped = [.. found.Where(e => e.Tensor.Shape != e.Value.Shape)
            .Select(e => $"{e.Key}: the module has {e.Tensor.Shape}, the state dict {e.Value.Shape}")];
        if (misshaped.Length > 0 || (strict && !report.IsComplete)) throw new StateDictException(Describe(report, misshaped, strict));

        using var mode = Tensor.NoGrad();
        var values = found.Select(e => e.Value.Detach().To(e.Tensor.Device).To(e.Tensor.DType)).ToList();
        for (int i = 0; i < values.Count; i++) found[i].Tensor.Assign(values[i], "LoadStateDict");
        return report;
    }

    /// <summary>Writes <see cref="StateDict"/> to a safetensors file, in one piece or not at all.</summary>
    public void Save(string path) => SafeTensors.Save(path, StateDict());

    /// <summary>Reads a safetensors file into the module, as <see cref="LoadStateDict"/>.</summary>
    /// <exception cref="TensorFileException">The file is not what it should be.</exception>
    /// <exception cref="StateDictException">Keys or shapes do not fit.</exception>
    public StateDictReport Load(string path, bool strict = true)
    {
        var tensors = SafeTensors.Load(path, out var metadata, Device.Cpu);
        if (metadata.GetValueOrDefault("format") == CheckpointFile.Format)
            throw new TensorFileException($"{path}: this is a checkpoint of a training run: Checkpoint.Load(path, model) reads it.");
        return LoadStateDict(tensors, strict);
    }

    /// <summary>Every key with its tensor: own parameters, own buffers, then the children's, as PyTorch orders them.</summary>
    private List<(string Key, Tensor Tensor)> Entries()
    {
        var entries = new List<(string, Tensor)>();
        var above = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<(ModulePath Path, bool IsAfterChildren)>([(new(null, "", this), false)]);
        while (stack.TryPop(out var next))
        {
            var (path, module) = (next.Path, next.Path.Module);
            if (next.IsAfterChildren)
            {
                above.Remove(module);
                continue;
            }
            if (!above.Add(module))
                throw new InvalidOperationException(
                    $"{module.GetType().Name} contains itself (at '{path.Key}'), so its state has no end of keys.");
            stack.Push((path, true));
            var members = module.Members().ToList();
            foreach (var member in members)
                if (member.Value is Parameter parameter) entries.Add((path.KeyOf(member.Name), parameter));
            foreach (var member in members)
                if (member is { Buffer.Persistent: true, Value: Tensor buffer }) entries.Add((path.KeyOf(member.Name), buffer));
            for (int i = members.Count - 1; i >= 0; i--)
                if (members[i].Value is Module child) stack.Push((new(path, members[i].Name, child), false));
        }
        return entries;
    }

    private string Describe(StateDictReport report, string[] misshaped, bool strict)
    {
        var text = new StringBuilder($"The state dict does not fit {GetType().Name}; nothing was changed.");
        void List(string what, IReadOnlyList<string> items)
        {
            if (items.Count > 0) text.Append(CultureInfo.InvariantCulture, $"\n  {what} ({items.Count}): ").AppendJoin(", ", items);
        }
        if (strict)
        {
            List("missing keys", report.MissingKeys);
            List("unexpected keys", report.UnexpectedKeys);
        }
        List("shapes that differ", misshaped);
        return text.ToString();
    }
}

/// <summary>What <see cref="Module.LoadStateDict"/> found.</summary>
/// <param name="MissingKeys">Keys of the module that the state dict does not have: these stayed as they were.</param>
/// <param name="UnexpectedKeys">Keys of the state dict that the module does not have.</param>
public sealed record StateDictReport(IReadOnlyList<string> MissingKeys, IReadOnlyList<string> UnexpectedKeys)
{
    /// <summary>True where every key had its counterpart.</summary>
    public bool IsComplete => MissingKeys.Count == 0 && UnexpectedKeys.Count == 0;
}

/// <summary>A state dict that does not fit the module or optimizer it was loaded into; the message lists every key that is missing,
/// unexpected or of another shape.</summary>
public sealed class StateDictException(string message) : TensorException(message);
