namespace GpuTensor.Kernels;

/// <summary>What was computed of the sizes of a description while a kernel's text was made, line by line: sums and products, and the
/// questions that were asked on the way, with their answers. A line names earlier ones; a computation or question has one line, however
/// often it is made.</summary>
/// <remarks>PyTorch's compiler does the same (symbolic shapes, whose questions are called guards).</remarks>
/// <param name="inputs">The sizes: the first lines.</param>
internal sealed class SizeTrace(long[] inputs)
{
    private readonly List<SizeFormulas.Line> lines = [];
    private readonly Dictionary<(SizeOperation Operation, int A, int B), int> known = [];
    private readonly Dictionary<long, int> constants = [];

    /// <summary>A size of the description.</summary>
    public SymInt Input(int number) => new(this, number, inputs[number]);

    /// <summary>The line of a number that depends on no size. Constants are counted from −1 down.</summary>
    public int Constant(long value)
    {
        if (!constants.TryGetValue(value, out int line)) constants.Add(value, line = -1 - constants.Count);
        return line;
    }

    /// <summary>Adds a computation.</summary>
    /// <returns>Its line.</returns>
    public int Compute(SizeOperation operation, int a, int b)
    {
        if (known.TryGetValue((operation, a, b), out int line)) return line;
        lines.Add(new(operation, a, b, 0));
        line = inputs.Length + lines.Count - 1;
        known.Add((operation, a, b), line);
        return line;
    }

    /// <summary>Adds a question.</summary>
    public void Ask(SizeOperation question, int a, int b, bool answer)
    {
        if (a == b || !known.TryAdd((question, a, b), -1)) return;
        lines.Add(new(question, a, b, answer ? 1 : 0));
    }

    /// <summary>The formulas for some numbers, under the answers so far.</summary>
    /// <param name="results">The numbers.</param>
    public SizeFormulas Finish(IReadOnlyList<SymInt> results)
    {
        int[] wanted = [.. results.Select(r => r.In(this))];
        long[] values = new long[constants.Count];
        foreach (var (value, line) in constants) values[-1 - line] = value;
        return new(inputs.Length, values, [.. lines], wanted);
    }
}
