using GpuTensor.Graph;

namespace GpuTensor.Operators;

/// <summary>Copies between devices. Not recorded in a graph, which belongs to one device: the value is there when its node is
/// made.</summary>
internal static class Transfer
{
    public static readonly Operator ToDevice = new("to_device", Iteration.Leaf)
    {
        GradName = "ToCopyBackward",
        Gradient = c => c.Return(0, c.Grad.To(c.Node[0].Node.Device)),
    };
}
