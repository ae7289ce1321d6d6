using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Counts what the planner's passes look at, wherever they loop: the test that passes are linear reads it.</summary>
internal static class VisitCounter
{
    [ThreadStatic] private static long visits;

    /// <summary>Values, operands, groups and instructions looked at on this thread so far.</summary>
    public static long Visits => visits;

    public static void Visit(long count = 1) => visits += count;
}
