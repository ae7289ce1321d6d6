
namespace GpuTensor;

/// <summary>Restores the thread's gradient mode when disposed. A ref struct, so the compiler refuses to carry it to another
/// thread.</summary>
public ref struct GradModeScope
{
    private readonly bool before;

    internal GradModeScope(bool enabled)
    {
        before = GradMode.Enabled;
        GradMode.Enabled = enabled;
    }

    /// <summary>Restores the mode.</summary>
    public readonly void Dispose() => GradMode.Enabled = before;
}

/// <summary>What recorded a tensor; prints as its name.</summary>
/// <param name="Name"><c>MulBackward</c>, <c>ViewBackward</c>, …</param>
public sealed record GradFunction(string Name)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
