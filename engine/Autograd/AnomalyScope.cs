
namespace GpuTensor;

/// <summary>Ends <see cref="Autograd.DetectAnomaly"/> when disposed. A ref struct, so the compiler refuses to carry it to another
/// thread.</summary>
public ref struct AnomalyScope
{
    private readonly bool before;

    internal AnomalyScope(bool enabled) => before = AnomalyMode.Set(enabled);

    /// <summary>Restores the mode.</summary>
    public readonly void Dispose() => AnomalyMode.Set(before);
}
