using System.Globalization;
using System.Text;
using GpuTensor.Devices;

namespace GpuTensor.Graph.Planning;

/// <summary>Tells a person what a plan does: its kernels, what each computes, why it is cut from the one before, what it moves, and its source.</summary>
internal static class Explanations
{
    public static string Describe(List<Launch> launches, List<PlannedStep> drafts, long arena, Backend backend, bool source)
    {
        var text = new StringBuilder();
        long read = 0, written = 0;
        for (int i = 0; i < launches.Count; i++)
        {
            var launch = launches[i];
            PlannedStep[] own = [.. drafts.Where(d => d.Launch == i)];
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"kernel {i + 1}");
            if (launch.IsProduct && own.Length > 1) text.Append(CultureInfo.InvariantCulture, $" ({own.Length} launches: {string.Join(", ", own.Select(d => d.Description.Split(": ")[^1]))})");
            if (launch.Groups.Count > 1) text.Append(launch.Serial ? " (one work-group runs these in order)" : " (these run side by side)");
            text.AppendLine();
            foreach (var group in launch.Groups)
            {
                var (r, w) = Group(text, group);
                (read, written) = (read + r, written + w);
            }
            foreach (var draft in own.Where(d => d.Calls.Length > 0)) text.AppendLine(CultureInfo.InvariantCulture, $"  {draft.Description}, in {draft.Calls.Length} call(s)");
            if (!source) continue;
            foreach (var draft in own.Where(d => d.Kernel is not null))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  source of {draft.Kernel!.EntryPoint} ({draft.Kernel.Groups} groups of {draft.Kernel.GroupSize}):");
                foreach (string line in draft.Kernel.Source.TrimEnd().Split('\n')) text.Append("    ").AppendLine(line);
            }
        }
        return $"{Count(launches.Count, "kernel")} ({Count(drafts.Count, "launch", "launches")}) on {backend.Name}; reads {read:N0} bytes, writes {written:N0}, "
            + $"working memory {arena:N0}{Environment.NewLine}{text}";
    }

    private static (long Read, long Written) Group(StringBuilder text, Group group)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {NameOf(group)} over [{string.Join(", ", group.Sizes)}]");
        if (group.ReduceDims > 0) text.Append(group.ReduceDims == 1 ? ", the last one reduced" : $", the last {group.ReduceDims} reduced");
        text.AppendLine();
        if (group.Cut is { Length: > 0 } cut) text.AppendLine(CultureInfo.InvariantCulture, $"    why a kernel starts here: {cut}");
        long written = 0;
        foreach (var member in group.Members)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {member.Op.Name}");
            if (member.Op.Kind == OperatorKind.MatMul) text.Append(CultureInfo.InvariantCulture, $" of {string.Join(" and ", member.Operands.Take(2).Select(o => o.View?.Shape ?? o.Node.Shape))}");
            text.Append(CultureInfo.InvariantCulture, $" → {member.DType.Name()} {member.Shape}");
            if (member.Stored) text.Append(member.Kept ? "  (kept)" : member.Home is not null || member.Into is not null ? "  (written in place)" : "  (stored)");
            text.AppendLine();
            if (member.Stored) written += member.Bytes;
        }
        long read = group.Members.SelectMany(m => m.Operands).Select(o => o.Node)
            .Where(n => n.Group != group && !n.IsArgument).Distinct().Sum(n => n.Bytes);
        text.AppendLine(CultureInfo.InvariantCulture, $"    reads {read:N0} bytes, writes {written:N0}");
        return (read, written);
    }

    private static string NameOf(Group group) => group.Kind switch
    {
        GroupKind.Pointwise => "pointwise",
        GroupKind.Row => "rows",
        GroupKind.Column => "columns",
        _ => "matrix product",
    };

    private static string Count(int n, string one, string? many = null) => n == 1 ? $"1 {one}" : $"{n} {many ?? one + "s"}";
}
