using GpuTensor.Nn;
using Xunit;

namespace GpuTensor.Tests.Engine;

public class ExplainTests
{
    [Fact]
    public void It_tells_kernels_members_cuts_bytes_and_source_and_runs_nothing()
    {
        using var test = TestDevice.OpenCl();
        var planned = test.Device.Planned!;
        var x = Tensor.From(new float[128 * 64], device: test.Device).Reshape(128, 64);
        var w = Tensor.From(new float[64 * 96], device: test.Device).Reshape(64, 96);
        var y = (x.MatMul(w) + 1).Gelu().Softmax(1);
        long launches = planned.Backend.Counters.Launches, compiled = planned.Backend.Counters.KernelsCompiled;
        string text = y.Explain();
        Assert.Equal((launches, compiled), (planned.Backend.Counters.Launches, planned.Backend.Counters.KernelsCompiled));
        Assert.Contains("2 kernels", text);
        Assert.Contains("[128, 96]", text);
        Assert.Contains("matrix product", text);
        Assert.Contains("why a kernel starts here: reduces along other dimensions", text);
        // Both matrices are read by the product.
        Assert.Contains("reads 57,344 bytes", text);
        Assert.Contains("__kernel", text);
        Assert.DoesNotContain("__kernel", y.Explain(source: false));
        Assert.Equal(1f, y.Sum(1).Select(0, 0).Item<float>(), 1e-5);
        Assert.Contains("Nothing is pending", y.Explain());
    }

    [Fact]
    public void On_the_reference_device_it_says_that_nothing_is_fused()
    {
        var x = Tensor.Ones([2], device: Device.Cpu) * 2;
        Assert.Contains("plain loops", x.Explain());
    }
}
