using System.Globalization;
using System.Text;

namespace GpuTensor.Graph.Planning;

/// <summary>Tells a person what a plan does: its kernels, what each computes, why it is cut from the one before, what it moves, and its
/// source.</summary>
internal static class Explanations
{
    public static string Describe(Plan plan, bool source)
    {
        var text = new StringBuilder();
        if (plan.Fault is { } fault)
            text.AppendLine(CultureInfo.InvariantCulture, $"Each operator runs by itself, because the planner failed ({fault.Message}). Please report this program.");
        text.Append(CultureInfo.InvariantCulture, $"{Count(plan.Kernels.Length, "kernel")} ({Count(plan.Steps.Length, "launch", "launches")}) on {plan.Device}; ");
        text.Append(CultureInfo.InvariantCulture, $"reads {plan.Kernels.Sum(k => k.BytesRead):N0} bytes, writes {plan.Kernels.Sum(k => k.BytesWritten):N0}, ");
        text.AppendLine(CultureInfo.InvariantCulture, $"computes {plan.Kernels.Sum(k => k.Flops):N0} FLOPs, working memory {plan.ArenaBytes:N0}");
        var steps = plan.Steps.ToLookup(step => step.Identity.Kernel, ReferenceEqualityComparer.Instance);
        foreach (var kernel in plan.Kernels) Describe(text, kernel, [.. steps[kernel]], source);
        return text.ToString();
    }

    private static void Describe(StringBuilder text, KernelIdentity kernel, PlannedStep[] steps, bool source)
    {
        text.AppendLine().Append(CultureInfo.InvariantCulture, $"kernel {kernel.Number}");
        if (kernel.IsProduct && steps.Length > 1) text.Append(CultureInfo.InvariantCulture, $" ({steps.Length} launches: {string.Join(", ", steps.Select(s => s.Identity.Part))})");
        if (kernel.Groups.Length > 1) text.Append(kernel.IsSerial ? " (one work-group runs these in order)" : " (these run side by side)");
        text.AppendLine();
        foreach (var group in kernel.Groups) Describe(text, group);
        foreach (var step in steps.Where(s => s.Calls.Length > 0)) text.AppendLine(CultureInfo.InvariantCulture, $"  {step.Identity.Part}, in {step.Calls.Length} call(s)");
        if (!source) return;
        foreach (var step in steps)
        {
            if (step.Kernel is not { } generated) continue;
            text.AppendLine(CultureInfo.InvariantCulture, $"  source of {generated.EntryPoint} ({generated.Groups} groups of {generated.GroupSize}):");
            foreach (string line in generated.Source.TrimEnd().Split('\n')) text.Append("    ").AppendLine(line);
        }
    }

    private static void Describe(StringBuilder text, GroupIdentity group)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {group.Name} over [{string.Join(", ", group.Sizes)}]");
        if (group.ReduceDims > 0) text.Append(group.ReduceDims == 1 ? ", the last one reduced" : $", the last {group.ReduceDims} reduced");
        text.AppendLine();
        if (group.Cut is { Length: > 0 } cut) text.AppendLine(CultureInfo.InvariantCulture, $"    why a kernel starts here: {cut}");
        foreach (var one in group.Operators)
            text.AppendLine(CultureInfo.InvariantCulture, $"    {one.Name}{one.Of} → {one.DType.Name()} {one.Shape}{Note(one.Stored)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"    reads {group.BytesRead:N0} bytes, writes {group.BytesWritten:N0}, computes {group.Flops:N0} FLOPs");
    }

    private static string Note(Storing stored) => stored switch
    {
        Storing.Kept => "  (kept)",
        Storing.InPlace => "  (written in place)",
        Storing.ForOthers => "  (stored)",
        _ => "",
    };

    private static string Count(int n, string one, string? many = null) => n == 1 ? $"1 {one}" : $"{n} {many ?? one + "s"}";
}
