namespace GpuTensor.Kernels;

/// <summary>Refuses a kernel in which some work-items of a group may wait at a barrier that the others never reach. Every loop and guard
/// around a barrier must be uniform, and no work-item may leave such a loop before its end.</summary>
internal sealed class BarrierCheck
{
    /// <exception cref="InvalidOperationException">A barrier stands in control flow that may differ between the work-items of a
    /// group.</exception>
    public static void Run(List<Statement> kernel) => new BarrierCheck().Check(kernel, null);

    /// <param name="divergent">What some work-items of a group may pass by and others not; null: nothing around these statements.</param>
    private void Check(List<Statement> statements, string? divergent)
    {
        foreach (var statement in statements)
            switch (statement)
            {
                case Statement.Barrier when divergent is not null:
                    throw new InvalidOperationException(
                        $"A barrier stands under \"{divergent}\", which may differ between the work-items of a group.");
                case Statement.Block block:
                    Check(block.Body, divergent);
                    break;
                case Statement.Loop loop:
                    Check(loop.Body, divergent ?? (loop.Uniform ? Leaves(loop.Body) : loop.Condition));
                    break;
                case Statement.Guard guard:
                    // An arm is reached by way of the conditions before it.
                    string? around = divergent;
                    foreach (var arm in guard.Arms) Check(arm.Body, around ??= arm.Uniform ? null : arm.Condition);
                    break;
            }
    }

    /// <summary>The first condition under which a work-item leaves the loop of this body; null: it never does.</summary>
    private static string? Leaves(List<Statement> body)
    {
        foreach (var statement in body)
        {
            string? condition = statement switch
            {
                Statement.Leave leave => leave.Condition,
                Statement.Block block => Leaves(block.Body),
                Statement.Guard guard => guard.Arms.Select(a => Leaves(a.Body)).FirstOrDefault(c => c is not null),
                _ => null,
            };
            if (condition is not null) return condition;
        }
        return null;
    }
}
