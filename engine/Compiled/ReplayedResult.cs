using GpuTensor.Graph;

namespace GpuTensor.Compiled;

/// <summary>What a replay of a compiled function returns: a variable that the function changed, or a value of its own.</summary>
/// <param name="Output">The plan's output that the value is; −1 for a variable.</param>
/// <param name="Op">The value's operator.</param>
/// <param name="DType">The value's dtype.</param>
/// <param name="Shape">The value's shape.</param>
/// <param name="Flags">Of the value: whether it has a history, and whether that was freed.</param>
/// <param name="View">How the result looks at the value.</param>
/// <param name="IsDetached">The result is a detached handle.</param>
internal sealed record ReplayedResult(int Output, Operator? Op, DType DType, Shape? Shape, NodeFlags Flags, View? View, bool IsDetached)
{
    /// <param name="variable">A handle on the variable.</param>
    /// <param name="isMade">The function makes a handle on the variable at each call.</param>
    public ReplayedResult(Tensor variable, bool isMade) : this(-1, null, default, null, default, null, false) =>
        (Variable, IsMade) = (variable, isMade);

    public Tensor? Variable { get; }

    public bool IsMade { get; }
}
