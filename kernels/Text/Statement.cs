namespace GpuTensor.Kernels;

/// <summary>A part of a kernel's text. Writers build a tree of these with <see cref="StatementBuilder"/>; <see cref="StatementPrinter"/>
/// alone prints the tree. Two trees are equal where their texts are.</summary>
/// <remarks>A loop or a guard is uniform where all work-items of a group run it the same number of times. Nothing is uniform unless its
/// writer says so: <see cref="BarrierCheck"/> refuses a barrier anywhere else.</remarks>
internal abstract record Statement
{
    /// <summary>Text that ends with a semicolon: an assignment or a call.</summary>
    public sealed record Line(string Text) : Statement;

    /// <summary>Declares variables of one type; one without a value is assigned later.</summary>
    public sealed record Declaration(bool IsConst, string Type, (string Name, string? Value)[] Variables) : Statement
    {
        public bool Equals(Declaration? other) => other is not null && IsConst == other.IsConst && Type == other.Type
            && Variables.AsSpan().SequenceEqual(other.Variables);

        public override int GetHashCode() => HashCode.Combine(Type, Variables[0].Name);
    }

    /// <summary>Declares the kernel's dynamic local array: words of 64 bits that the work-items of a group share, as many as the launch
    /// says. It stands outside of every scope, at most once in a kernel.</summary>
    public sealed record DynamicLocal(string Name) : Statement;

    /// <summary>All work-items of a group wait for each other here, and see what the others wrote to local memory, or to local and global
    /// memory.</summary>
    public sealed record Barrier(bool Global) : Statement;

    /// <summary>Ends the turn of a loop, or the whole loop, where the condition holds; <c>How</c> is <c>continue</c> or
    /// <c>break</c>.</summary>
    public sealed record Leave(string Condition, string How) : Statement;

    /// <summary>Statements in braces: names that are declared inside end there.</summary>
    public sealed record Block(List<Statement> Body) : Statement
    {
        public bool Equals(Block? other) => other is not null && AreSame(Body, other.Body);

        public override int GetHashCode() => Body.Count;
    }

    /// <summary>A loop. Without a start it is a <c>while</c>.</summary>
    public sealed record Loop(string? Start, string Condition, string Step, bool Uniform, string? Pragma, List<Statement> Body) : Statement
    {
        public bool Equals(Loop? other) => other is not null && Start == other.Start && Condition == other.Condition && Step == other.Step
            && Uniform == other.Uniform && Pragma == other.Pragma && AreSame(Body, other.Body);

        public override int GetHashCode() => HashCode.Combine(Condition, Body.Count);
    }

    /// <summary>Runs the first arm whose condition holds.</summary>
    public sealed record Guard(List<Arm> Arms) : Statement
    {
        public bool Equals(Guard? other) => other is not null && Arms.Count == other.Arms.Count && Arms.SequenceEqual(other.Arms);

        public override int GetHashCode() => Arms[0].GetHashCode();
    }

    /// <summary>A condition and what runs under it; the last arm of a guard may have none.</summary>
    public sealed record Arm(string? Condition, bool Uniform, List<Statement> Body)
    {
        public bool Equals(Arm? other) => other is not null && Condition == other.Condition && Uniform == other.Uniform
            && AreSame(Body, other.Body);

        public override int GetHashCode() => HashCode.Combine(Condition, Body.Count);
    }

    /// <summary>Whether two bodies are the same text.</summary>
    public static bool AreSame(List<Statement> a, List<Statement> b)
    {
        if (a.Count != b.Count) return false;
        for (int i = 0; i < a.Count; i++) if (!a[i].Equals(b[i])) return false;
        return true;
    }
}
