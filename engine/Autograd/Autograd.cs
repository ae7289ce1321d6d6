
namespace GpuTensor;

/// <summary>Gradients as values, as <c>torch.autograd</c>, and help in finding where numbers go wrong.</summary>
public static class Autograd
{
    /// <summary>The gradients of one output with respect to inputs, without touching anybody's <see cref="Tensor.Grad"/>.</summary>
    /// <inheritdoc cref="Grad(IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, bool?, bool, bool)"/>
    public static Tensor[] Grad(Tensor output, IReadOnlyList<Tensor> inputs, Tensor? gradOutput = null, bool? retainGraph = null,
        bool createGraph = false) => Grad([output.NotNull()], inputs, gradOutput is null ? null : [gradOutput], retainGraph, createGraph)!;

    /// <summary>The gradient of one output with respect to one input.</summary>
    /// <inheritdoc cref="Grad(IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, bool?, bool, bool)"/>
    public static Tensor Grad(Tensor output, Tensor input, Tensor? gradOutput = null, bool? retainGraph = null, bool createGraph = false) =>
        Grad(output.NotNull(), [input.NotNull()], gradOutput, retainGraph, createGraph)[0];

    /// <summary>The sum of the outputs' gradients with respect to each input, without touching anybody's
    /// <see cref="Tensor.Grad"/>.</summary>
    /// <param name="outputs">What is differentiated.</param>
    /// <param name="inputs">With respect to what: leaves or results, each with <see cref="Tensor.RequiresGrad"/>.</param>
    /// <param name="gradOutputs">The gradient of each output, of its shape; null (the list or an entry) stands for 1 where there is one
    /// element.</param>
    /// <param name="retainGraph">Keeps the graph for another pass; by default as <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Records the computation of the gradients, so that they can be differentiated in turn.</param>
    /// <param name="allowUnused">Gives null for an input that the outputs do not depend on, where otherwise that is an error.</param>
    /// <returns>A gradient of each input's shape, in their order.</returns>
    /// <exception cref="AutogradException">There is no graph, it was freed, a saved value was changed in place, an input does not require
    /// gradients, or it was not used and that is not allowed.</exception>
    /// <exception cref="TensorShapeException">A gradient has not its output's shape.</exception>
    public static Tensor?[] Grad(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?>? gradOutputs = null,
        bool? retainGraph = null, bool createGraph = false, bool allowUnused = false)
    {
        outputs.NoneNull();
        inputs.NoneNull();
        if (gradOutputs is not null && gradOutputs.Count != outputs.Count)
            throw new ArgumentException($"Autograd.Grad: {outputs.Count} outputs need as many gradOutputs, not {gradOutputs.Count}.",
                nameof(gradOutputs));
        for (int i = 0; i < inputs.Count; i++)
            if (!inputs[i].RequiresGrad)
                throw new AutogradException($"Autograd.Grad: input {i} (of shape {inputs[i].Shape}) does not require gradients.");
        return BackwardPass.Run(outputs, gradOutputs ?? [], inputs, retainGraph ?? createGraph, createGraph, accumulate: false,
            allowUnused);
    }

    /// <summary>Until the result is disposed, every operator that the calling thread records runs at once and is looked at: the first that
    /// gives NaN, or an infinity that none of its operands holds, throws. Slow, for finding errors; the bits are those of a run
    /// without.</summary>
    /// <exception cref="AnomalyException">Thrown by the operator, naming it, its shapes and the line that recorded it; in a backward pass
    /// also the operator whose gradient it computes, and the line that recorded that.</exception>
    public static AnomalyScope DetectAnomaly() => new(enabled: true);
}
