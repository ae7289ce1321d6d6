namespace GpuTensor.Graph;

/// <summary>Whether values that an operator was given are such as it takes. They live on the device, so the answer is a value of the graph
/// like any other: the worst of them, or a number that says all is well. It runs beside the step's other kernels and is looked at when the
/// program next waits; until then the operator reads 0 where a place does not exist, or writes nothing.</summary>
/// <param name="Op">The operator the values were given to.</param>
internal abstract record ValueCheck(string Op)
{
    private const string Late =
        " The step it was given to had run when this was found: weights, optimizer state and other variables changed since are not valid.";

    /// <summary>The text of the error, if the answer names a value.</summary>
    /// <param name="answer">The answer's bytes, as many as <see cref="Bytes"/>.</param>
    public TensorException? ErrorOf(ReadOnlySpan<byte> answer) => Problem(answer) is { } text ? Error(text + Late) : null;

    /// <summary>The size of the answer.</summary>
    public abstract int Bytes { get; }

    protected abstract string? Problem(ReadOnlySpan<byte> answer);

    protected abstract TensorException Error(string message);

    /// <summary>The number that all elements equal, where the host knows it: a scalar, or what <c>Full</c> made.</summary>
    protected static Number? NumberOf(Tensor tensor)
    {
        var node = tensor.Node;
        if (node.Op == Basic.Copy && node.OperandCount == 1) node = node[0].Node;
        return node is { Op.Iteration: Iteration.Number, Number: { IsFixed: true } number } ? number : null;
    }
}
