using System.Diagnostics;
using System.Runtime.CompilerServices;
using GpuTensor.Graph;

namespace GpuTensor;

/// <summary>Looks at every value as it is recorded. The line that recorded it is known then, so nothing is stored while the mode is
/// off.</summary>
internal static class AnomalyMode
{
    private static readonly ConditionalWeakTable<Node, string> Lines = [];
    private static int active;

    [ThreadStatic] private static bool mine;
    [ThreadStatic] private static Node? differentiated;

    /// <summary>Whether any thread looks; recording asks this first.</summary>
    public static bool IsActive => Volatile.Read(ref active) != 0 && mine;

    /// <summary>Sets the calling thread's mode; returns what it was.</summary>
    public static bool Set(bool enabled)
    {
        bool before = mine;
        if (enabled != before) Interlocked.Add(ref active, enabled ? 1 : -1);
        mine = enabled;
        return before;
    }

    /// <summary>The node whose gradient rule now records, null outside a backward pass.</summary>
    public static void Differentiate(Node? node)
    {
        if (mine) differentiated = node;
    }

    /// <summary>Throws where a value that has just been computed is the first to hold NaN or an infinity.</summary>
    public static void Check(Node node, Operand[] operands)
    {
        string line = Caller();
        Lines.AddOrUpdate(node, line);
        // A number was written down by the caller; it is judged by what it does.
        if (!node.DType.IsFloatingPoint() || node.Op.Iteration is Iteration.Leaf or Iteration.Number || node.Block is null) return;
        var found = Find(node);
        if (found.Kind is null || (found.Kind != "NaN" && HasInfinity(operands))) return;
        var read = operands.Select(o => $"{o.DType.Name()} {o.Shape}{(Holds(o) is { } kind ? $" (holds {kind})" : "")}");
        string of = differentiated is { } forward
            ? $" It is part of the gradient of {forward.Op.Name} {forward.DType.Name()} {forward.Shape}"
                + (Lines.TryGetValue(forward, out string? recorded) ? $", recorded {recorded}." : ".")
            : "";
        throw new AnomalyException(
            $"{node.Op.Name} gave {found.Kind} at element {found.At} of {node.DType.Name()} {node.Shape}, from "
            + $"{string.Join(" and ", read)}; "
            + $"recorded {line}.{of}");
    }

    private static bool HasInfinity(Operand[] operands) => operands.Any(o => Holds(o) is not null);

    private static string? Holds(Operand operand) => operand.Node.Block is not null && operand.DType.IsFloatingPoint()
        ? Find(operand.Node).Kind : null;

    /// <summary>NaN if there is one, else an infinity, else null; and the first element that is it.</summary>
    private static (string? Kind, long At) Find(Node node)
    {
        if (node.Shape.ElementCount == 0) return default;
        var host = new HostArray(node.DType, node.Shape);
        node.Device.Executor.Download(node, 0, host.Data);
        (string?, long) infinity = default;
        for (long i = 0; i < node.Shape.ElementCount; i++)
        {
            double value = host.Real(i);
            if (double.IsNaN(value)) return ("NaN", i);
            if (double.IsInfinity(value) && infinity == default) infinity = (value > 0 ? "an infinity" : "a negative infinity", i);
        }
        return infinity;
    }

    /// <summary>The innermost line outside the engine.</summary>
    private static string Caller()
    {
        string engine = typeof(AnomalyMode).Assembly.FullName!;
        foreach (var frame in new StackTrace(true).GetFrames())
        {
            if (DiagnosticMethodInfo.Create(frame) is not { } method || method.DeclaringAssemblyName == engine) continue;
            string name = $"{method.DeclaringTypeName}.{method.Name}";
            return frame.GetFileName() is { } file ? $"at {Path.GetFileName(file)}:{frame.GetFileLineNumber()} in {name}" : $"in {name}";
        }
        return "outside any method that can be named";
    }
}
