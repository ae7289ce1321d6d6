using GpuTensor.Kernels;

namespace GpuTensor.Graph;

/// <summary>How the planner treats an operator.</summary>
internal enum OperatorKind : byte
{
    /// <summary>Memory that is there already: no operands.</summary>
    Leaf,
    /// <summary>A 0-d number, <see cref="Node.Number"/>: an argument of the kernel, never part of its source.</summary>
    Scalar,
    /// <summary>One element from one element of each operand, by a scalar function (<see cref="Operator.Function"/>).
    /// Operands have the node's shape through their views and one dtype (a leading condition: bool).</summary>
    Pointwise,
    /// <summary>Pointwise conversion to the node's dtype.</summary>
    Cast,
    /// <summary>Pointwise identity: gives a view a value of its own.</summary>
    Copy,
    /// <summary>The affine number Offset + Σ Strides·i over the node's shape, as Int64 (<see cref="ViewAttributes"/>).</summary>
    Index,
    /// <summary>Philox words as Int64: <see cref="Node.Number"/> is the first block; operand 0 is the scalar key (see Functions'
    /// <c>philox</c>).</summary>
    Random,
    /// <summary>A reduction over the trailing dimensions of operand 0 (<see cref="ReduceAttributes"/> says how many); the node's shape is
    /// the leading dimensions.</summary>
    Reduce,
    /// <summary>Batched matrix product: operands (…, m, k) and (…, k, n), batch dimensions equal (broadcast by views).</summary>
    MatMul,
    /// <summary>Operands one after the other, flattened, into a value of the node's shape: dimension 0 is the concatenated one.</summary>
    Concat,
    /// <summary>Operand 0 with the elements under <see cref="ViewAttributes"/> replaced by operand 1.</summary>
    ViewAssign,
    /// <summary>out[i…, r…] = operand0[index[i…], r…]: operand 1 holds Int64 indices (negative from the end); along dimension 0 of operand
    /// 0.</summary>
    IndexSelect,
    /// <summary>torch.gather along the last dimension: out[o…, j] = operand0[o…, index[o…, j]].</summary>
    Gather,
    /// <summary>out[o…, j] = how many elements of operand 0's row o…, which ascends along the last dimension (NaN last), come before
    /// operand1[o…, j]; <see cref="SearchAttributes"/>.</summary>
    Search,
    /// <summary>out[p, r…] = Σ operand0[operand1[k], r…], in order, for k from operand3[p] up to operand4[p]. Operand 2 says for each row
    /// of operand 0 which p it goes to; only the gradient reads it.</summary>
    SegmentSum,
    /// <summary>One result of operand 0, an operator with several (<see cref="Operator.Results"/>): <see cref="Operator.Number"/> says
    /// which.</summary>
    Result,
}

/// <summary>The gradient of an operator: reads the context, calls <see cref="GradientContext.Return"/> for each operand that needs
/// one.</summary>
internal delegate void GradientRule(GradientContext context);

/// <summary>Which dtypes an operator computes in and gives, from the promoted dtype of its operands.</summary>
[Flags]
internal enum TypeRule : byte
{
    /// <summary>Computes in the promoted dtype and gives it.</summary>
    Same = 0,
    /// <summary>Integers and bools become float32 first.</summary>
    Floats = 1,
    /// <summary>The result is bool.</summary>
    GivesBool = 2,
    /// <summary>Operands become bool first (≠ 0).</summary>
    TakesBool = 4,
    /// <summary>Bools are refused.</summary>
    RefusesBool = 8,
    /// <summary>Floating dtypes are refused.</summary>
    RefusesFloats = 16,
}

/// <summary>An operator: the one row where everything that is known about it hangs.</summary>
/// <param name="name">PyTorch's name, snake_case.</param>
/// <param name="kind">How the planner treats it.</param>
internal sealed class Operator(string name, OperatorKind kind)
{
    private static int count;

    /// <summary>Small, stable within the process; for the fingerprint.</summary>
    public int Id { get; } = Interlocked.Increment(ref count);

    public string Name { get; } = name;

    public OperatorKind Kind { get; } = kind;

    /// <summary>What computes an element of a pointwise operator: a row of <see cref="Functions"/>, or the operator's own.</summary>
    public ScalarFunction? Function { get; init; }

    public TypeRule Types { get; init; }

    /// <summary>What computes it on bools, where that is another function (a sum of bools is "or").</summary>
    public Operator? ForBool { get; init; }

    /// <summary>Of an operator with several results: the operators of its result nodes, by number. Its own node has no value: each result
    /// is a node that reads it. Empty for an operator with one result, which is its node.</summary>
    public Operator[] Results { get; init; } = [];

    /// <summary>Of a <see cref="OperatorKind.Result"/>: which result it is.</summary>
    public int Number { get; private init; }

    /// <summary>The operator of a result.</summary>
    /// <param name="of">The name of the operator that has it.</param>
    /// <param name="number">Its number among the operator's results.</param>
    /// <param name="name">PyTorch's name of the result.</param>
    public static Operator Result(string of, int number, string name) => new($"{of}.{name}", OperatorKind.Result)
    {
        Number = number,
        GradName = NameOfGradient(of),
        Gradient = c => c.PassToOperator(),
    };

    /// <summary>The reduction of a <see cref="OperatorKind.Reduce"/>.</summary>
    public ReduceOp Reduction { get; init; }

    public GradientRule? Gradient { get; init; }

    /// <summary>What the gradient rule may read.</summary>
    public Saves Saves { get; init; }

    /// <summary>What the rule reads for each operand's gradient, where that is less than <see cref="Saves"/> (a product by a constant keeps
    /// nothing).</summary>
    public Saves[]? SavesFor { get; init; }

    /// <summary>What the rule will read for a node of this operator, given which of its operands want gradients.</summary>
    public Saves SavedBy(Node node)
    {
        if (!node.RequiresGrad) return Saves.None;
        if (SavesFor is null) return Saves;
        var saves = Saves.None;
        for (int i = 0; i < SavesFor.Length; i++)
            if (node[i].Grad) saves |= SavesFor[i];
        return saves;
    }

    /// <summary>The definition of the operator in plain loops, for the CPU reference; null for kinds the reference device handles itself
    /// (leaf, scalar, …).</summary>
    public Action<ReferenceCall>? Reference { get; init; }

    /// <summary>As PyTorch names the function in a graph: <c>MulBackward</c>, <c>LogSoftmaxBackward</c>.</summary>
    public string GradName { get; init; } = NameOfGradient(name);

    private static string NameOfGradient(string name) =>
        string.Concat(name.Split('_').Select(w => w.Length == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..])) + "Backward";

    /// <summary>How many leading operands are read at places that are known when the kernel runs: they must stand in memory.</summary>
    public int Tables => Kind switch
    {
        OperatorKind.IndexSelect or OperatorKind.Gather or OperatorKind.Search => 1,
        OperatorKind.SegmentSum => 2,
        _ => 0,
    };

    /// <summary>Whether computing one element is a loop, which no other kernel should repeat.</summary>
    public bool IsLoop => Kind is OperatorKind.Search or OperatorKind.SegmentSum;

    /// <summary>Pointwise in the planner's eyes: one iteration space, no memory of its own needed.</summary>
    public bool IsPointwise =>
        Kind is OperatorKind.Pointwise or OperatorKind.Cast or OperatorKind.Copy or OperatorKind.Index or OperatorKind.Random;

    public override string ToString() => Name;
}
