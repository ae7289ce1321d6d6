using System.Runtime.CompilerServices;
using GpuTensor.Compiler;
using GpuTensor.Nn;
using Xunit;

namespace GpuTensor.Tests.Compiler;

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
    public void It_changes_neither_what_is_kept_nor_the_plan()
    {
        using var test = TestDevice.OpenCl();
        using var other = test.Another();
        var (plain, explained) = (PlanOf(test.Device, explain: false), PlanOf(other.Device, explain: true));
        Assert.Equal(plain.Fingerprint, explained.Fingerprint);
        Assert.Equal(plain.Kept, explained.Kept);
        Assert.Single(explained.Kept);
        Assert.Equal(plain.Kernels.Length, explained.Kernels.Length);
    }

    private static Plan PlanOf(Device device, bool explain)
    {
        Assert.Equal(8f, Recorded(device, explain).Item<float>());
        return device.Planned!.LastPlan!;
    }

    // The handle on the value in the middle dies with this method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tensor Recorded(Device device, bool explain)
    {
        var twice = Tensor.From([1f, 2], device: device) * 2;
        var sum = (twice + 1).Sum();
        if (explain)
        {
            Assert.Contains("(kept)", twice.Explain());
            Assert.Contains("(kept)", sum.Explain());
        }
        return sum;
    }

    [Fact]
    public void A_step_that_has_run_is_explained_by_the_plan_it_runs_by()
    {
        using var test = TestDevice.OpenCl();
        var x = Tensor.From([1f, 2], device: test.Device);
        for (int i = 0; i < 2; i++)
        {
            // The program holds the value in the middle, which only a run finds out.
            var twice = x * 2;
            var sum = (twice + 1).Sum();
            string text = sum.Explain(source: false);
            Assert.Equal(i == 0 ? 1 : test.Device.Planned!.LastPlan!.Kept.Length, text.Split("(kept)").Length - 1);
            Assert.Equal(8f, sum.Item<float>());
            Assert.InRange(test.Device.Planned!.LastPlan!.Kept.Length, 2, 3);
            Assert.Equal([2f, 4], twice.ToArray<float>());
        }
    }

    [Fact]
    public void On_the_reference_device_it_says_that_nothing_is_fused()
    {
        var x = Tensor.Ones([2], device: Device.Cpu) * 2;
        Assert.Contains("plain loops", x.Explain());
    }
}
