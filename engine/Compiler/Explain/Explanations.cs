using System.Globalization;
using System.Text;
using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Tells a person what a plan does: its kernels, what each computes, why it is cut from the one before, what it moves, and its
/// source.</summary>
internal static class Explanations
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static string Describe(Plan plan, bool source)
    {
        var text = new StringBuilder();
        if (plan.Fault is { } fault)
            text.AppendLine(Invariant,
                $"Each operator runs by itself, because the planner failed ({fault.Message}). Please report this program.");
        var kernels = plan.Kernels;
        text.Append(Invariant, $"{Count(kernels.Length, "kernel")} ({Count(plan.Steps.Length, "launch", "launches")}) on {plan.Device}; ")
            .Append(Invariant, $"reads {kernels.Sum(k => k.BytesRead):N0} bytes, writes {kernels.Sum(k => k.BytesWritten):N0}, ")
            .AppendLine(Invariant, $"computes {kernels.Sum(k => k.Flops):N0} FLOPs, working memory {plan.ArenaBytes:N0}");
        var steps = plan.Steps.ToLookup(step => step.Identity.Kernel.Number);
        foreach (var kernel in kernels) Describe(text, kernel, [.. steps[kernel.Number]], source);
        if (plan.Conditions.Length > 0) text.AppendLine().AppendLine("sizes that decided:");
        foreach (var condition in plan.Conditions) text.Append("  ").AppendLine(condition.ToString());
        return text.ToString();
    }

    private static void Describe(StringBuilder text, KernelIdentity kernel, PlannedStep[] steps, bool source)
    {
        text.AppendLine().Append(Invariant, $"kernel {kernel.Number}");
        if (kernel.IsProduct && steps.Length > 1)
            text.Append(Invariant, $" ({steps.Length} launches: {string.Join(", ", steps.Select(s => s.Identity.Part))})");
        if (kernel.Groups.Length > 1) text.Append(kernel.IsSerial ? " (one work-group runs these in order)" : " (these run side by side)");
        text.AppendLine();
        foreach (var group in kernel.Groups) Describe(text, group);
        foreach (var step in steps.Where(s => s.Calls.Length > 0))
            text.AppendLine(Invariant, $"  {step.Identity.Part}, in {step.Calls.Length} call(s)");
        foreach (var step in steps.Length > 1 ? steps : [])
        {
            var work = step.Identity.Work;
            text.Append(Invariant, $"  {step.Identity.Part}: reads {work.BytesRead:N0} bytes, writes {work.BytesWritten:N0}, ")
                .AppendLine(Invariant, $"computes {work.Flops:N0} FLOPs");
        }
        if (!source) return;
        foreach (var step in steps)
        {
            if (step.Kernel is not { } generated) continue;
            text.AppendLine(Invariant, $"  source of {generated.EntryPoint} ({generated.Shape}):");
            foreach (string line in generated.Source.TrimEnd().Split('\n')) text.Append("    ").AppendLine(line);
        }
    }

    private static void Describe(StringBuilder text, GroupIdentity group)
    {
        text.Append(Invariant, $"  {group.Name} over [{string.Join(", ", group.Sizes)}]");
        if (group.ReduceDims > 0) text.Append(group.ReduceDims == 1 ? ", the last one reduced" : $", the last {group.ReduceDims} reduced");
        text.AppendLine();
        if (group.Cut is { Length: > 0 } cut) text.AppendLine(Invariant, $"    why a kernel starts here: {cut}");
        foreach (var one in group.Operators)
            text.AppendLine(Invariant, $"    {one.Name}{one.Of} → {one.DType.Name()} {one.Shape}{Note(one.Stored)}");
        text.Append(Invariant, $"    reads {group.BytesRead:N0} bytes, writes {group.BytesWritten:N0}, ")
            .AppendLine(Invariant, $"computes {group.Flops:N0} FLOPs");
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
