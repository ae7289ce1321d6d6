using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>An operator by the kernel that its row brings (<see cref="Operator.Kernel"/>), with pointwise work on its result as the
/// kernel's epilogue.</summary>
internal sealed class OwnKernel : Implementation
{
    private static readonly OwnKernel Any = new();

    public static OwnKernel? For(FusionGroup group, Buffers buffers, Target target) => group.Kind == GroupKind.Own ? Any : null;

    public override LoweredLaunch Lower(Launch launch, KernelIdentity kernel, Buffers buffers, Target target)
    {
        var group = launch.Groups[0];
        // Without an element there is nothing to launch.
        if (group.Space.Elements == 0) return new(launch, [], []);
        var lowering = new Lowering(buffers);
        var spec = lowering.Own(group);
        var value = group.Members[0].Value;
        var attributes = new Fingerprint(capacity: 64);
        attributes.Add(value.Op.Id);
        value.Attributes?.Write(attributes);
        var generated = target.Texts.Generate(spec, attributes.Words, target.Profile, target.Dialect,
            resized => value.Op.Kernel!(value.Attributes, resized, target.Profile, target.Dialect));
        DType[] types = [.. spec.Buffers.Select(b => b.DType)];
        return new(launch, [new(generated, [.. lowering.Memories], types, [.. lowering.ScalarSlots], new(kernel, ""))], []);
    }
}
