using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Pointwise work and reductions as one generated kernel.</summary>
internal sealed class LoopNest : Implementation
{
    private static readonly LoopNest Any = new();

    public override bool SharesLaunches => true;

    public static LoopNest? For(FusionGroup group, Buffers buffers, Target target) => group.IsLoopNest ? Any : null;

    public override LoweredLaunch Lower(Launch launch, KernelIdentity kernel, Buffers buffers, Target target)
    {
        var lowering = new Lowering(buffers);
        var spec = lowering.Kernel(launch, NameOf(launch));
        // Without an element there is nothing to launch.
        if (spec.Sections.Length == 0) return new(launch, [], []);
        var generated = target.Texts.Generate(spec, target.Profile, target.Dialect);
        DType[] types = [.. spec.Buffers.Select(b => b.DType)];
        return new(launch, [new(generated, [.. lowering.Memories], types, [.. lowering.ScalarSlots], new(kernel, ""))], []);
    }

    /// <summary>The entry point of its kernel.</summary>
    private static string NameOf(Launch launch)
    {
        var names = launch.Groups.SelectMany(g => g.Members).Where(m => m.Value.Op.Iteration != Iteration.Result)
            .Select(m => m.Value.Op.Name)
            .Where(n => n is not ("clone" or "to"));
        string name = string.Join('_', names.Distinct().Take(6));
        return name.Length == 0 ? "copy" : name.Length > 48 ? name[..48] : name;
    }
}
