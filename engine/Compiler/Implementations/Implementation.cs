using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>One way to compute a group: a product by the device's library, a generated loop nest, … A new one is a class and a row of
/// <see cref="All"/>.</summary>
internal abstract class Implementation
{
    /// <summary>The best first: each gives an implementation that computes all of a group, or null where it cannot.</summary>
    private static readonly Func<FusionGroup, Buffers, Target, Implementation?>[] All =
        [LibraryProduct.For, OwnProduct.For, OwnKernel.For, LoopNest.For];

    /// <summary>Chooses for each group the first implementation that can compute it.</summary>
    /// <returns>By group.</returns>
    public static Implementation[] Choose(Fusion fusion, Buffers buffers, Target target) =>
        Array.ConvertAll(fusion.Groups, g => All.Select(of => of(g, buffers, target)).FirstOrDefault(i => i is not null)
            ?? throw new NotSupportedException(
                $"Nothing computes {g.Kind} {g.Members[^1].Value} on this device. Please report this program."));

    /// <summary>Whether independent groups may run side by side in one launch: those that have the same implementation.</summary>
    public virtual bool SharesLaunches => false;

    /// <summary>The steps of a launch of groups for which it was chosen. Nothing is decided here.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="kernel">What it is, for people.</param>
    /// <param name="buffers">Where values lie.</param>
    /// <param name="target">The device.</param>
    public abstract LoweredLaunch Lower(Launch launch, KernelIdentity kernel, Buffers buffers, Target target);
}
