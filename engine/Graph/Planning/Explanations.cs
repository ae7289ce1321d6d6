using System.Text;
using GpuTensor.Devices;

namespace GpuTensor.Graph.Planning;

/// <summary>Tells a person what a plan does: its kernels, what each computes, why it is cut from the one before, what it moves, and its source.</summary>
internal static class Explanations
{
    public static string Describe(List<Launch> launches, Placement placement, List<Planner.Draft> drafts, long arena, Backend backend)
    {
        var text = new StringBuilder();
        text.AppendLine($"{launches.Count} kernels ({drafts.Count} launches) on {backend.Name}; working memory {arena:N0} bytes");
        for (int i = 0; i < launches.Count; i++)
        {
            var launch = launches[i];
            text.AppendLine().Append($"kernel {i + 1}");
            if (launch.Groups.Count > 1) text.Append(launch.Serial ? " (one work-group runs these in order)" : " (side by side)");
            text.AppendLine();
            foreach (var group in launch.Groups)
            {
                text.AppendLine($"  {group.Kind.ToString().ToLowerInvariant()} over [{string.Join(", ", group.Sizes)}]{(group.ReduceDims > 0 ? $", the last {group.ReduceDims} reduced" : "")}");
                if (group.Cut is { Length: > 0 } cut) text.AppendLine($"    cut here: {cut}");
                long read = 0, written = 0;
                foreach (var member in group.Members)
                {
                    text.Append($"    {member.Op.Name} → {member.DType.Name()} {member.Shape}");
                    if (member.Stored) text.Append(member.Kept ? "  (kept)" : "  (stored)");
                    text.AppendLine();
                    if (member.Stored) written += member.Bytes;
                }
                foreach (var source in group.Members.SelectMany(m => m.Operands).Where(o => o.Node.Group != group && o.Node.Role is not (Role.Scalar or Role.Inline)).Select(o => o.Node).Distinct())
                    read += source.Bytes;
                text.AppendLine($"    reads {read:N0} bytes, writes {written:N0}");
            }
            foreach (var draft in drafts.Where(d => d.Launch == i))
            {
                text.AppendLine($"  source of {draft.Kernel.EntryPoint} ({draft.Kernel.Groups} groups of {draft.Kernel.GroupSize}):");
                foreach (string line in draft.Kernel.Source.TrimEnd().Split('\n')) text.Append("    ").AppendLine(line);
            }
        }
        return text.ToString();
    }
}
