using System.Text.Json;

namespace GpuTensor.Conformance;

/// <summary>Runs one sample: the call, its outputs, the tensors it changed, its gradients; or the call that must be refused.</summary>
internal sealed class SampleRunner(OperatorRow row, CorpusTensors tensors, Device device)
{
    /// <summary>Records a sample: its call and its gradients. Nothing need run yet, so many samples can share a flush and its
    /// kernels.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="before">The same recorded before: what it changes in place is the same memory again, as the weights of a training
    /// program are.</param>
    /// <exception cref="NotHereException">The operator does not do this.</exception>
    public RecordedSample Record(JsonElement sample, RecordedSample? before = null)
    {
        try
        {
            return sample.TryGetProperty("vectors", out _) ? RecordSecondOrder(sample) : RecordSample(sample, before?.Leaves);
        }
        catch (UnwritableCallException e) when (e.Argument is { } argument)
        {
            throw new NotHereException($"no argument {argument} here");
        }
        catch (UnwritableCallException e)
        {
            return Wrong($"the API cannot express the call: {e.Message}");
        }
        catch (Exception e) when (e is not OutOfMemoryException and not NotHereException)
        {
            return Wrong(Describe(e));
        }
    }

    private static RecordedSample Wrong(string reason) => new(() => [], _ => reason);

    /// <summary>An exception in one line; with its place where it is no error of the user's.</summary>
    public static string Describe(Exception e) =>
        $"{e.GetType().Name}: {FirstLine(e.Message)}{(e is TensorException or ArgumentException or InvalidDataException ? "" : At(e))}";

    /// <summary>Records a call that must be refused, with an error that speaks.</summary>
    /// <returns>What reads the results, if the call was not refused yet: it passes where that is refused.</returns>
    /// <exception cref="NotHereException">The operator does not do this.</exception>
    public RecordedSample RecordError(JsonElement sample)
    {
        var expected = sample.TryGetProperty("message", out var message) ? message.GetString() : "";
        List<Tensor> outputs = [];
        var early = Refused(() => (_, outputs, _) = Invoke(sample, gradients: true));
        Refusal? late = null;
        return new(() =>
        {
            late = early ?? Refused(() => outputs.ForEach(o => o.Detach().ToHost()));
            return [new("the refusal", null, late?.Message)];
        }, _ => late is null ? $"was accepted; PyTorch refuses it: {FirstLine(expected ?? "")}" : late.Wrong);
    }

    /// <param name="Message">What was said.</param>
    /// <param name="Wrong">Null where an error that speaks was thrown.</param>
    private sealed record Refusal(string Message, string? Wrong);

    // Null where nothing was refused.
    private static Refusal? Refused(Action call)
    {
        try
        {
            call();
            return null;
        }
        catch (UnwritableCallException e)
        {
            return new(e.Message, null); // no C# program can make this call
        }
        catch (Exception e) when (e is TensorException or ArgumentException)
        {
            return new(e.Message, e.Message.Length > 0 ? null : $"{e.GetType().Name} without a message");
        }
        catch (Exception e) when (e is not OutOfMemoryException and not NotHereException)
        {
            return new(e.Message, $"refused, but by {e.GetType().Name}: {FirstLine(e.Message)}{At(e)}");
        }
    }

    private (Call Call, List<Tensor> Outputs, Dictionary<string, Tensor> Leaves) Invoke(JsonElement sample, bool gradients,
        bool wide = false,
        IReadOnlyDictionary<string, Tensor>? places = null)
    {
        var decoder = new ValueDecoder(tensors, device, gradients, wide) { Places = places };
        var call = Decode(sample, decoder);
        return (call, row.Run(call, device), decoder.Leaves);
    }

    private Call Decode(JsonElement sample, ValueDecoder decoder)
    {
        object? input = decoder.Decode(sample.GetProperty("input"), "input");
        var args = new List<object?>();
        if (sample.TryGetProperty("args", out var given))
            foreach (var value in given.EnumerateArray()) args.Add(decoder.Decode(value, $"args.{args.Count}"));
        var kwargs = new Dictionary<string, object?>();
        if (sample.TryGetProperty("kwargs", out var named))
            foreach (var value in named.EnumerateObject()) kwargs[value.Name] = decoder.Decode(value.Value, $"kwargs.{value.Name}");
        return new(row.Parameters, input, args, kwargs);
    }

    private RecordedSample RecordSample(JsonElement sample, IReadOnlyDictionary<string, Tensor>? places)
    {
        var recordsGradients = sample.TryGetProperty("grads", out var grads);
        string[] changed = sample.TryGetProperty("mutated", out var mutated) ? [.. mutated.EnumerateObject().Select(e => e.Name)] : [];
        var (call, outputs, leaves) =
            Invoke(sample, recordsGradients, wide: false, places?.Where(p => changed.Contains(p.Key)).ToDictionary());
        var recorded = sample.GetProperty("outputs");
        if (outputs.Count != recorded.GetArrayLength()) return Wrong($"{outputs.Count} outputs, expected {recorded.GetArrayLength()}");
        var upstream = recordsGradients ? Backward(sample, outputs) : [];
        // Views are copied with the rest, or each would be read by a small plan of its own.
        List<Tensor> copies = outputs.ConvertAll(o => o.Detach().Contiguous());
        string[] differentiated = recordsGradients ? [.. grads.EnumerateObject().Select(e => e.Name)] : [];
        return new(() =>
        [
            .. copies.Select((o, i) => new Reading($"output {i}", o.ToHost())),
            .. changed.Select(name => new Reading($"{name} after the call", leaves[name].Detach().ToHost())),
            .. differentiated.Select(name => new Reading($"gradient of {name}", leaves[name].Grad?.ToHost())),
        ], Check) { Leaves = leaves, Restore = Restore };

        void Restore()
        {
            if (changed.Length == 0) return;
            using var none = Tensor.NoGrad();
            var originals = new ValueDecoder(tensors, device, gradients: false);
            Decode(sample, originals);
            foreach (string name in changed)
            {
                leaves[name].Copy_(originals.Leaves[name]).Realize();
                leaves[name].Grad = null;
            }
        }

        string? Check(IReadOnlyList<Reading> read)
        {
            bool tied = false;
            for (int i = 0; i < outputs.Count; i++)
            {
                var truth = sample.TryGetProperty("truth", out var truths) ? truths[i] : default;
                var ours = read[i].Value!;
                var wrong = PassRule.Check(ours, tensors[recorded[i]], Optional(truth), row.Class);
                if (wrong is null) continue;
                if (!TieRule.Allows(row, call, i, ours, tensors[recorded[i]])) return $"output {i}: {wrong}";
                tied = true;
            }
            for (int i = 0; i < changed.Length; i++)
            {
                var (name, ours, _) = read[outputs.Count + i];
                if (PassRule.Check(ours!, tensors[mutated.GetProperty(changed[i])], null, OperatorClass.Accumulating) is { } wrong)
                    return $"{name}: {wrong}";
            }
            return CheckGradients(sample, [.. differentiated.Zip(read.Skip(outputs.Count + changed.Length), (leaf, r) => (leaf, r.Value))],
                grads, upstream, tied);
        }
    }

    /// <summary>Sends the recorded gradients back.</summary>
    /// <returns>Those gradients.</returns>
    private Tensor?[] Backward(JsonElement sample, List<Tensor> outputs, bool wide = false)
    {
        var (roots, upstream) = Upstream(sample, outputs, wide);
        if (roots.Length > 0)
            BackwardPass.Run(roots, upstream, inputs: null, retainGraph: false, createGraph: false, accumulate: true, allowUnused: true);
        return upstream;
    }

    private string? CheckGradients(JsonElement sample, (string Leaf, HostArray? Gradient)[] gradients, JsonElement grads,
        Tensor?[] upstream, bool tied)
    {
        double largest = Largest(upstream);
        Dictionary<string, Tensor>? again = null;
        foreach (var (leaf, gradient) in gradients)
        {
            var expected = grads.GetProperty(leaf);
            if (expected.ValueKind == JsonValueKind.Null)
            {
                if (gradient is not null) return $"gradient of {leaf}: there is one, but no output uses it";
                continue;
            }
            if (gradient is null) return $"gradient of {leaf}: there is none";
            var truth = sample.TryGetProperty("grads_truth", out var truths) && truths.TryGetProperty(leaf, out var t) ? t : default;
            // Where another of several equal elements was named, its gradient went to that one.
            HostArray mine = gradient, theirs = tensors[expected];
            if (tied) (mine, theirs, truth) = (TieRule.Sorted(mine), TieRule.Sorted(theirs), default);
            if (PassRule.CheckGradient(mine, theirs, Optional(truth), largest, () => InFloat64(leaf)) is { } wrong)
                return $"gradient of {leaf}: {wrong}";
        }
        return null;

        HostArray? InFloat64(string leaf)
        {
            if (again is null)
            {
                (_, var outputs, again) = Invoke(sample, gradients: true, wide: true);
                Backward(sample, outputs, wide: true);
            }
            return again[leaf].Grad?.ToHost();
        }
    }

    // g = the gradients of Σ outputs·upstream; then the gradients of Σ g·vectors. All of it in float64, as it was recorded.
    private RecordedSample RecordSecondOrder(JsonElement sample)
    {
        var (_, outputs, leaves) = Invoke(sample, gradients: true, wide: true);
        var (roots, upstream) = Upstream(sample, outputs, wide: true);
        BackwardPass.Run(roots, upstream, inputs: null, retainGraph: true, createGraph: true, accumulate: true, allowUnused: true);
        List<Tensor> firsts = [], vectors = [];
        foreach (var entry in sample.GetProperty("vectors").EnumerateObject())
        {
            if (leaves[entry.Name].Grad is not { } first) return Wrong($"gradient of {entry.Name}: there is none");
            if (!first.RequiresGrad) continue; // linear: its own derivative is zero
            firsts.Add(first);
            vectors.Add(Load(entry.Value, wide: true));
        }
        foreach (var leaf in leaves.Values) leaf.Grad = null;
        if (firsts.Count > 0)
            BackwardPass.Run([.. firsts], [.. vectors], inputs: null, retainGraph: false, createGraph: false, accumulate: true,
                allowUnused: true);
        var sampleType = DTypes.TryParse(sample.GetProperty("dtype").GetString()!, out var parsed) ? parsed : DType.Float32;
        var truths = sample.GetProperty("hvp_truth").EnumerateObject().ToArray();
        return new(() => [.. truths.Select(entry => new Reading($"second derivative of {entry.Name}", leaves[entry.Name].Grad?.ToHost()))],
            read =>
        {
            double terms = Math.Max(Largest(firsts), Largest(upstream)) * Largest(vectors);
            foreach (var (entry, (name, ours, _)) in truths.Zip(read))
            {
                if (Optional(entry.Value) is not { } truth)
                {
                    if (ours is not null && HostNumbers.Doubles(ours).Any(v => v != 0)) return $"{name}: not zero, but no gradient uses it";
                    continue;
                }
                var value = ours ?? new HostArray(leaves[entry.Name].DType, truth.Shape);
                if (PassRule.CheckSecondDerivative(value, truth, sampleType, terms) is { } wrong) return $"{name}: {wrong}";
            }
            return null;
        });
    }

    private Tensor Load(JsonElement value, bool wide) => ValueDecoder.Widened(Tensor.FromHost(tensors[value], device), wide);

    private (Tensor[] Roots, Tensor?[] Gradients) Upstream(JsonElement sample, List<Tensor> outputs, bool wide = false)
    {
        List<Tensor> roots = [];
        List<Tensor?> gradients = [];
        if (sample.TryGetProperty("upstream", out var upstream))
            foreach (var value in upstream.EnumerateArray())
            {
                var root = outputs[value.GetProperty("output").GetInt32()];
                if (!root.RequiresGrad) continue; // whether it should have is decided by the leaves' gradients
                roots.Add(root);
                gradients.Add(Load(value, wide));
            }
        return ([.. roots], [.. gradients]);
    }

    private static double Largest(IEnumerable<Tensor?> values) =>
        values.SelectMany(v => HostNumbers.Doubles(v!.Detach().ToHost())).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();

    private HostArray? Optional(JsonElement value) => value.ValueKind == JsonValueKind.Object ? tensors[value] : null;

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();

    private static string At(Exception e) => e.StackTrace?.Split('\n', 2)[0] is { } frame ? " " + frame.Trim() : "";
}
