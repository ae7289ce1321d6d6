using System.Text.Json;
using GpuTensor.Differentiation;

namespace GpuTensor.Conformance;

/// <summary>Runs one sample: the call, its outputs, the tensors it changed, its gradients; or the call that must be refused.</summary>
internal sealed class SampleRunner(OperatorRow row, CorpusTensors tensors, Device device)
{
    /// <summary>Runs a sample.</summary>
    /// <returns>Null where it passes, else what is wrong.</returns>
    /// <exception cref="NotHereException">The operator does not do this.</exception>
    public string? Run(JsonElement sample)
    {
        try
        {
            return Check(sample);
        }
        catch (UnwritableCallException e) when (e.Argument is { } argument)
        {
            throw new NotHereException($"no argument {argument} here");
        }
        catch (UnwritableCallException e)
        {
            return $"the API cannot express the call: {e.Message}";
        }
        catch (Exception e) when (e is not OutOfMemoryException and not NotHereException)
        {
            return $"{e.GetType().Name}: {FirstLine(e.Message)}{(e is TensorException or ArgumentException ? "" : At(e))}";
        }
    }

    /// <summary>Runs a call that must be refused, with an error that speaks.</summary>
    /// <returns>Null where it is refused, else what happened instead.</returns>
    /// <exception cref="NotHereException">The operator does not do this.</exception>
    public string? RunError(JsonElement sample)
    {
        var expected = sample.TryGetProperty("message", out var message) ? message.GetString() : "";
        try
        {
            var (_, outputs, _) = Invoke(sample, gradients: true);
            foreach (var output in outputs) output.Detach().ToHost();
            return $"was accepted; PyTorch refuses it: {FirstLine(expected ?? "")}";
        }
        catch (UnwritableCallException)
        {
            return null; // no C# program can make this call
        }
        catch (Exception e) when (e is TensorException or ArgumentException)
        {
            return e.Message.Length > 0 ? null : $"{e.GetType().Name} without a message";
        }
        catch (Exception e) when (e is not OutOfMemoryException and not NotHereException)
        {
            return $"refused, but by {e.GetType().Name}: {FirstLine(e.Message)}{At(e)}";
        }
    }

    private (Call Call, List<Tensor> Outputs, Dictionary<string, Tensor> Leaves) Invoke(JsonElement sample, bool gradients)
    {
        var decoder = new ValueDecoder(tensors, device, gradients);
        object? input = decoder.Decode(sample.GetProperty("input"), "input");
        var args = new List<object?>();
        if (sample.TryGetProperty("args", out var given))
            foreach (var value in given.EnumerateArray()) args.Add(decoder.Decode(value, $"args.{args.Count}"));
        var kwargs = new Dictionary<string, object?>();
        if (sample.TryGetProperty("kwargs", out var named))
            foreach (var value in named.EnumerateObject()) kwargs[value.Name] = decoder.Decode(value.Value, $"kwargs.{value.Name}");
        var call = new Call(row.Parameters, input, args, kwargs);
        return (call, row.Run(call, device), decoder.Leaves);
    }

    private string? Check(JsonElement sample)
    {
        if (sample.TryGetProperty("vectors", out _)) return CheckSecondOrder(sample);
        var recordsGradients = sample.TryGetProperty("grads", out var grads);
        var (call, outputs, leaves) = Invoke(sample, recordsGradients);
        var recorded = sample.GetProperty("outputs");
        if (outputs.Count != recorded.GetArrayLength()) return $"{outputs.Count} outputs, expected {recorded.GetArrayLength()}";
        var ours = outputs.ConvertAll(o => o.Detach().ToHost());
        bool tied = false;
        for (int i = 0; i < ours.Count; i++)
        {
            var truth = sample.TryGetProperty("truth", out var truths) ? truths[i] : default;
            var wrong = PassRule.Check(ours[i], tensors[recorded[i]], Optional(truth), row.Class);
            if (wrong is null) continue;
            if (!TieRule.Allows(row, call, i, ours[i], tensors[recorded[i]])) return $"output {i}: {wrong}";
            tied = true;
        }
        if (sample.TryGetProperty("mutated", out var mutated))
            foreach (var entry in mutated.EnumerateObject())
                if (PassRule.Check(leaves[entry.Name].Detach().ToHost(), tensors[entry.Value], null, OperatorClass.Accumulating) is { } wrong)
                    return $"{entry.Name} after the call: {wrong}";
        return recordsGradients ? CheckGradients(sample, outputs, leaves, grads, tied) : null;
    }

    private string? CheckGradients(JsonElement sample, List<Tensor> outputs, Dictionary<string, Tensor> leaves, JsonElement grads, bool tied)
    {
        var (roots, upstream) = Upstream(sample, outputs);
        if (roots.Length > 0)
            BackwardPass.Run(roots, upstream, inputs: null, retainGraph: false, createGraph: false, accumulate: true, allowUnused: true);
        foreach (var entry in grads.EnumerateObject())
        {
            var gradient = leaves[entry.Name].Grad;
            if (entry.Value.ValueKind == JsonValueKind.Null)
            {
                if (gradient is not null) return $"gradient of {entry.Name}: there is one, but no output uses it";
                continue;
            }
            if (gradient is null) return $"gradient of {entry.Name}: there is none";
            var truth = sample.TryGetProperty("grads_truth", out var truths) && truths.TryGetProperty(entry.Name, out var t) ? t : default;
            // Where another of several equal elements was named, its gradient went to that one.
            HostArray mine = gradient.ToHost(), theirs = tensors[entry.Value];
            if (tied) (mine, theirs, truth) = (TieRule.Sorted(mine), TieRule.Sorted(theirs), default);
            if (PassRule.Check(mine, theirs, Optional(truth), OperatorClass.Accumulating) is { } wrong)
                return $"gradient of {entry.Name}: {wrong}";
        }
        return null;
    }

    // g = the gradients of Σ outputs·upstream; then the gradients of Σ g·vectors.
    private string? CheckSecondOrder(JsonElement sample)
    {
        var (_, outputs, leaves) = Invoke(sample, gradients: true);
        var (roots, upstream) = Upstream(sample, outputs);
        BackwardPass.Run(roots, upstream, inputs: null, retainGraph: true, createGraph: true, accumulate: true, allowUnused: true);
        List<Tensor> firsts = [], vectors = [];
        foreach (var entry in sample.GetProperty("vectors").EnumerateObject())
        {
            if (leaves[entry.Name].Grad is not { } first) return $"gradient of {entry.Name}: there is none";
            leaves[entry.Name].Grad = null;
            if (!first.RequiresGrad) continue; // linear: its own derivative is zero
            firsts.Add(first);
            vectors.Add(Tensor.FromHost(tensors[entry.Value], device));
        }
        if (firsts.Count > 0)
            BackwardPass.Run([.. firsts], [.. vectors], inputs: null, retainGraph: false, createGraph: false, accumulate: true, allowUnused: true);
        foreach (var entry in sample.GetProperty("hvp_truth").EnumerateObject())
        {
            var ours = leaves[entry.Name].Grad?.ToHost();
            if (Optional(entry.Value) is not { } truth)
            {
                if (ours is not null && HostNumbers.Doubles(ours).Any(v => v != 0)) return $"second derivative of {entry.Name}: not zero, but no gradient uses it";
                continue;
            }
            var value = ours ?? new HostArray(leaves[entry.Name].DType, truth.Shape);
            if (PassRule.CheckTruth(value, truth, OperatorClass.SecondOrder) is { } wrong) return $"second derivative of {entry.Name}: {wrong}";
        }
        return null;
    }

    private (Tensor[] Roots, Tensor?[] Gradients) Upstream(JsonElement sample, List<Tensor> outputs)
    {
        List<Tensor> roots = [];
        List<Tensor?> gradients = [];
        if (sample.TryGetProperty("upstream", out var upstream))
            foreach (var value in upstream.EnumerateArray())
            {
                var root = outputs[value.GetProperty("output").GetInt32()];
                if (!root.RequiresGrad) continue; // whether it should have is decided by the leaves' gradients
                roots.Add(root);
                gradients.Add(Tensor.FromHost(tensors[value], device));
            }
        return ([.. roots], [.. gradients]);
    }

    private HostArray? Optional(JsonElement value) => value.ValueKind == JsonValueKind.Object ? tensors[value] : null;

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();

    private static string At(Exception e) => e.StackTrace?.Split('\n', 2)[0] is { } frame ? " " + frame.Trim() : "";
}
