using GpuTensor.Kernels;

namespace GpuTensor.Graph;

/// <summary>How the elements of an operator's result are computed: what the compiler's passes ask of an operator before they ask for its
/// other traits.</summary>
internal enum Iteration : byte
{
    /// <summary>Not at all: the value is in memory.</summary>
    Leaf,
    /// <summary>A 0-d number, <see cref="Node.Number"/>: an argument of the kernel, never part of its source.</summary>
    Number,
    /// <summary>Each element for itself, in any order (<see cref="Operator.Emit"/>). Operands have the node's shape through their views,
    /// but for those that are looked up (<see cref="Operator.Tables"/>).</summary>
    Pointwise,
    /// <summary>By going through the trailing dimensions of operand 0 (<see cref="ReduceAttributes"/> says how many); the node's shape is
    /// the leading dimensions.</summary>
    Reduction,
    /// <summary>As a batched matrix product: operands (…, m, k) and (…, k, n), batch dimensions equal (broadcast by views).</summary>
    Product,
    /// <summary>By a kernel that the operator brings (<see cref="Operator.Kernel"/>), from operands in memory. Pointwise work on the
    /// result may follow in the same kernel.</summary>
    Kernel,
    /// <summary>With those of operand 0, an operator with several results (<see cref="Operator.Results"/>): <see cref="Operator.Number"/>
    /// says which result it is.</summary>
    Result,
    /// <summary>By copies of the operands to their places in the result.</summary>
    Container,
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
/// <param name="iteration">How its elements are computed.</param>
internal sealed class Operator(string name, Iteration iteration)
{
    private static int count;

    /// <summary>Small, stable within the process; for the fingerprint.</summary>
    public int Id { get; } = Interlocked.Increment(ref count);

    public string Name { get; } = name;

    public Iteration Iteration { get; } = iteration;

    /// <summary>The scalar function of a pointwise operator: a row of <see cref="Functions"/>, or the operator's own.</summary>
    public ScalarFunction? Function { get; init; }

    /// <summary>Writes one element into a loop nest, for a pointwise operator that is more than a scalar function of its operands'
    /// elements; returns the register that holds the element.</summary>
    public Func<IElementCode, int>? Emit { get; init; }

    /// <summary>The kernel of an <see cref="Iteration.Kernel"/>.</summary>
    public OperatorKernel? Kernel { get; init; }

    /// <summary>The arithmetic operations that compute a result, from its shape and those of the operands, where they are not one for each
    /// element that a scalar function gives or a reduction takes in.</summary>
    public Func<Shape, Shape[], long>? Flops { get; init; }

    public TypeRule Types { get; init; }

    /// <summary>What computes it on bools, where that is another function (a sum of bools is "or").</summary>
    public Operator? ForBool { get; init; }

    /// <summary>Of an operator with several results: the operators of its result nodes, by number. Its own node has no value: each result
    /// is a node that reads it. Empty for an operator with one result, which is its node.</summary>
    public Operator[] Results { get; init; } = [];

    /// <summary>Of a <see cref="Iteration.Result"/>: which result it is.</summary>
    public int Number { get; private init; }

    /// <summary>The operator of a result.</summary>
    /// <param name="of">The name of the operator that has it.</param>
    /// <param name="number">Its number among the operator's results.</param>
    /// <param name="name">PyTorch's name of the result.</param>
    public static Operator Result(string of, int number, string name) => new($"{of}.{name}", Iteration.Result)
    {
        Number = number,
        GradName = NameOfGradient(of),
        Gradient = c => c.PassToOperator(),
    };

    /// <summary>The reduction of a <see cref="Iteration.Reduction"/>.</summary>
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

    /// <summary>How many leading operands are read at places that are known only when the kernel runs: they must stand in memory. An
    /// operator with a kernel of its own reads all operands so.</summary>
    public int Tables { get; init; } = iteration == Iteration.Kernel ? int.MaxValue : 0;

    /// <summary>Whether computing one element is a loop, which no other kernel should repeat.</summary>
    public bool IsLoop { get; init; }

    /// <summary>Whether it begins a kernel, and joins none that computes its operands: it moves much memory, or few of its elements are
    /// neighbours of its operands' elements.</summary>
    public bool StartsKernel { get; init; }

    /// <summary>Whether it draws words of a random stream: <see cref="Node.Number"/> is the first block, and another one in each
    /// replay.</summary>
    public bool IsRandom { get; init; }

    public override string ToString() => Name;
}
