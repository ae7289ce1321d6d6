namespace GpuTensor.Kernels;

/// <summary>Builds a tree of statements in the order of their text. What encloses others is open until the <see cref="Scope"/> that it
/// returned is disposed: <c>using (Out.If("j &lt; n")) { … }</c>.</summary>
internal class StatementBuilder
{
    private List<Statement> current = [];

    /// <summary>The statements so far, at the outermost level once every scope is closed.</summary>
    public List<Statement> Statements => current;

    /// <summary>A part of the tree that is open. <c>default</c> is one that never was.</summary>
    internal readonly struct Scope(StatementBuilder builder, List<Statement> outer) : IDisposable
    {
        public void Dispose()
        {
            if (builder is not null) builder.current = outer;
        }
    }

    /// <summary>Statements go to another list from here on.</summary>
    /// <returns>The list that they went to.</returns>
    protected List<Statement> Swap(List<Statement> body)
    {
        var outer = current;
        current = body;
        return outer;
    }

    private Scope Into(List<Statement> body) => new(this, Swap(body));

    public void Add(List<Statement> statements) => current.AddRange(statements);

    public StatementBuilder Line(string text)
    {
        current.Add(new Statement.Line(text));
        return this;
    }

    /// <summary>Declares a constant.</summary>
    public StatementBuilder Let(string type, string name, string value) => Let(type, (name, value));

    /// <summary>Declares constants of one type.</summary>
    public StatementBuilder Let(string type, params (string Name, string? Value)[] constants)
    {
        current.Add(new Statement.Declaration(true, type, constants));
        return this;
    }

    /// <summary>Declares a variable; the brackets of an array are part of its name.</summary>
    public StatementBuilder Variable(string type, string name, string? value = null) => Variables(type, (name, value));

    /// <summary>Declares variables of one type.</summary>
    public StatementBuilder Variables(string type, params (string Name, string? Value)[] variables)
    {
        current.Add(new Statement.Declaration(false, type, variables));
        return this;
    }

    /// <summary>Declares the dynamic local array: see <see cref="Statement.DynamicLocal"/>.</summary>
    public void DynamicLocal(string name) => current.Add(new Statement.DynamicLocal(name));

    /// <summary>A barrier for local memory, or for local and global memory.</summary>
    public void Barrier(bool global = false) => current.Add(new Statement.Barrier(global));

    /// <summary>Ends this turn of the innermost loop where the condition holds.</summary>
    public void Continue(string condition) => current.Add(new Statement.Leave(condition, "continue"));

    /// <summary>Ends the innermost loop where the condition holds.</summary>
    public void Break(string condition) => current.Add(new Statement.Leave(condition, "break"));

    /// <summary>Opens a block of names of its own.</summary>
    public Scope Block()
    {
        var block = new Statement.Block([]);
        current.Add(block);
        return Into(block.Body);
    }

    /// <summary>Opens <c>for (start; condition; step)</c>.</summary>
    /// <param name="uniform">All work-items of a group run it equally often, so that barriers may stand inside.</param>
    /// <param name="pragma">What stands before it; null: nothing.</param>
    public Scope For(string start, string condition, string step, bool uniform = false, string? pragma = null) =>
        Open(new Statement.Loop(start, condition, step, uniform, pragma, []));

    /// <summary>Opens the loop of a new index over 0, 1, … up to, without, a number.</summary>
    public Scope Count(string type, string index, string to, string? pragma = null) =>
        For($"{type} {index} = 0", $"{index} < {to}", index + "++", pragma: pragma);

    /// <inheritdoc cref="For"/>
    public Scope While(string condition) => Open(new Statement.Loop(null, condition, "", false, null, []));

    private Scope Open(Statement.Loop loop)
    {
        current.Add(loop);
        return Into(loop.Body);
    }

    /// <summary>Opens what runs where a condition holds.</summary>
    /// <param name="uniform">The condition is the same for all work-items of a group, so that barriers may stand inside.</param>
    public Scope If(string condition, bool uniform = false)
    {
        current.Add(new Statement.Guard([]));
        return Open(new Statement.Arm(condition, uniform, []));
    }

    /// <summary>Opens what runs where no condition of the guard just closed holds, but this one does.</summary>
    public Scope ElseIf(string condition, bool uniform = false) => Open(new Statement.Arm(condition, uniform, []));

    /// <summary>Opens what runs where no condition of the guard just closed holds.</summary>
    public Scope Else() => Open(new Statement.Arm(null, true, []));

    private Scope Open(Statement.Arm arm)
    {
        ((Statement.Guard)current[^1]).Arms.Add(arm);
        return Into(arm.Body);
    }
}
