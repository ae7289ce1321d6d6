using System.Globalization;
using System.Text;

namespace GpuTensor.Kernels;

/// <summary>The text of a tree of statements: one to a line, two blanks to a level.</summary>
internal sealed class StatementPrinter(Dialect dialect, StringBuilder text)
{
    /// <summary>Appends the statements.</summary>
    /// <param name="depth">Levels that they stand in already.</param>
    public static void Run(List<Statement> statements, Dialect dialect, int depth, StringBuilder text) =>
        new StatementPrinter(dialect, text).Print(statements, depth);

    private void Print(List<Statement> statements, int depth)
    {
        foreach (var statement in statements)
        {
            if (statement is Statement.DynamicLocal && dialect.DynamicLocalIsParameter) continue;
            if (statement is Statement.Loop { Pragma: { } pragma }) Indent(depth).Append(pragma).Append('\n');
            Indent(depth);
            switch (statement)
            {
                case Statement.Line line:
                    text.Append(line.Text).Append('\n');
                    break;
                case Statement.Declaration declaration:
                    Print(declaration);
                    break;
                case Statement.DynamicLocal array:
                    text.AppendFormat(CultureInfo.InvariantCulture, dialect.DynamicLocal, array.Name).Append('\n');
                    break;
                case Statement.Barrier barrier:
                    text.Append(barrier.Global ? dialect.GlobalBarrier : dialect.LocalBarrier).Append('\n');
                    break;
                case Statement.Leave leave:
                    text.Append("if (").Append(leave.Condition).Append(") ").Append(leave.How).Append(";\n");
                    break;
                case Statement.Block block:
                    text.Append("{\n");
                    Body(block.Body, depth);
                    break;
                case Statement.Loop loop:
                    Print(loop);
                    Body(loop.Body, depth);
                    break;
                case Statement.Guard guard:
                    Print(guard, depth);
                    break;
                default:
                    throw new InvalidOperationException($"No text for {statement}.");
            }
        }
    }

    private StringBuilder Indent(int depth) => text.Append(' ', depth * 2);

    private void Body(List<Statement> body, int depth)
    {
        Print(body, depth + 1);
        Indent(depth).Append("}\n");
    }

    private void Print(Statement.Declaration declaration)
    {
        if (declaration.IsConst) text.Append("const ");
        text.Append(declaration.Type);
        string before = " ";
        foreach (var (name, value) in declaration.Variables)
        {
            text.Append(before).Append(name);
            if (value is not null) text.Append(" = ").Append(value);
            before = ", ";
        }
        text.Append(";\n");
    }

    private void Print(Statement.Loop loop)
    {
        if (loop.Start is null) text.Append("while (").Append(loop.Condition);
        else
        {
            text.Append("for (").Append(loop.Start).Append(';');
            if (loop.Condition.Length > 0 || loop.Step.Length > 0) text.Append(' ');
            text.Append(loop.Condition).Append(';');
            if (loop.Step.Length > 0) text.Append(' ').Append(loop.Step);
        }
        text.Append(") {\n");
    }

    private void Print(Statement.Guard guard, int depth)
    {
        string word = "";
        foreach (var arm in guard.Arms)
        {
            if (word.Length > 0) Indent(depth).Append(word);
            if (arm.Condition is null) text.Append("{\n");
            else text.Append("if (").Append(arm.Condition).Append(") {\n");
            Body(arm.Body, depth);
            word = "else ";
        }
    }
}
