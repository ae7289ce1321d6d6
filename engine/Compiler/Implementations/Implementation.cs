using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>One way to compute groups: a product by the device's library, a generated loop nest, … A new one is a class and a row of <see
/// cref="All"/>.</summary>
internal abstract class Implementation
{
    /// <summary>The best first.</summary>
    private static readonly Implementation[] All = [new LibraryProduct(), new OwnProduct(), new OwnKernel(), new LoopNest()];

    /// <summary>Chooses for each group the first implementation that can compute it.</summary>
    /// <returns>By group.</returns>
    public static Implementation[] Choose(Fusion fusion, Target target) =>
        Array.ConvertAll(fusion.Groups, g => Array.Find(All, i => i.CanCompute(g, target))
            ?? throw new NotSupportedException(
                $"Nothing computes {g.Kind} {g.Members[^1].Value} on this device. Please report this program."));

    /// <summary>Whether independent groups may run side by side in one launch.</summary>
    public virtual bool SharesLaunches => false;

    /// <summary>Whether it computes all of a group.</summary>
    public abstract bool CanCompute(FusionGroup group, Target target);

    /// <summary>The steps of a launch of groups that it can compute.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="kernel">What it is, for people.</param>
    /// <param name="buffers">Where values lie.</param>
    /// <param name="target">The device.</param>
    public abstract LoweredLaunch Lower(Launch launch, KernelIdentity kernel, Buffers buffers, Target target);
}
