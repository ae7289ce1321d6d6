namespace GpuTensor;

/// <summary>Whether the calling thread records history.</summary>
internal static class GradMode
{
    [ThreadStatic] private static bool disabled;

    public static bool Enabled
    {
        get => !disabled;
        set => disabled = !value;
    }
}
