using GpuTensor.Graph;

namespace GpuTensor;

/// <summary>What a gradient rule sees: the recorded node, its operands and result as tensors, the gradient of the result; and where it
/// returns the operands' gradients.</summary>
internal sealed class GradientContext(BackwardPass pass)
{
    private readonly BackwardPass pass = pass;
    private Tensor?[] gradients = [];

    public Node Node { get; private set; } = null!;

    /// <summary>The gradient of the result, of its shape.</summary>
    public Tensor Grad { get; private set; } = null!;

    public Tensor A => Input(0);

    public Tensor B => Input(1);

    public Tensor C => Input(2);

    /// <summary>The operator's result.</summary>
    public Tensor Output
    {
        get
        {
            pass.CheckUnchanged(Node, Node, -1);
            return Tensor.Borrow(new(Node, null, GradMode.Enabled));
        }
    }

    /// <summary>Of an operator with several results: the gradient that has arrived for one of them; null where none has.</summary>
    public Tensor? GradOf(int result) => gradients[result];

    /// <summary>Of an operator with several results: one that <see cref="Operator.Saves"/> names.</summary>
    public Tensor Result(int number)
    {
        var result = Node.SavedResult(number)
            ?? throw new InvalidOperationException($"{Node.Op.Name} does not save its result {number} for this gradient.");
        pass.CheckUnchanged(result, Node, -1);
        return Tensor.Borrow(new(result, null, GradMode.Enabled && result.RequiresGrad));
    }

    /// <summary>An operand as the operator saw it.</summary>
    public Tensor Input(int i) => Tensor.Borrow(Operand(i));

    /// <summary>An operand as the operator saw it, to be recorded as it is.</summary>
    public Operand Operand(int i)
    {
        var operand = Node[i];
        pass.CheckUnchanged(operand.Node, Node, i);
        return operand with { Grad = operand.Grad && GradMode.Enabled };
    }

    /// <summary>Whether an operand wants a gradient.</summary>
    public bool Needs(int i) => Node[i].Grad;

    /// <summary>Hands over the gradient with respect to an operand as the operator saw it (in the shape of its view). A rule may compute
    /// in a wider dtype: the gradient is converted.</summary>
    public void Return(int i, Tensor gradient)
    {
        var operand = Node[i];
        if (operand.Grad && gradient.DType != operand.DType) gradient = gradient.To(operand.DType);
        if (operand.Grad) pass.Receive(operand, gradient);
    }

    /// <summary>The rule of a result: the operator that has it gets its gradient, with those of the other results.</summary>
    public void PassToOperator() => pass.ReceiveOf(Node[0].Node, Node.Op.Number, Grad);

    internal void Enter(Node node, Tensor gradient, Tensor?[] ofResults) => (Node, Grad, gradients) = (node, gradient, ofResults);
}
