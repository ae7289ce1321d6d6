using Xunit;

namespace GpuTensor.Tests.Runtime;

public class PlanCacheTests
{
    private static void Step(Device device, int size) => (Tensor.Ones([size], device: device) * 2 + size).Sum().Realize();

    [Fact]
    public void Programs_whose_shapes_never_repeat_do_not_fill_the_memory()
    {
        using var test = TestDevice.OpenCl();
        var plans = test.Device.Planned!.Plans;
        plans.MaxBytes = 200_000;
        var warnings = new List<string>();
        plans.Warn = warnings.Add;
        for (int i = 1; i <= 400; i++)
        {
            Step(test.Device, i);
            Assert.InRange(plans.Bytes, 0, plans.MaxBytes);
        }
        Assert.InRange(plans.Count, 4, 200);
        Assert.Empty(warnings);
        // The last shapes are still there.
        long made = test.Device.Planned.PlansMade;
        for (int i = 398; i <= 400; i++) Step(test.Device, i);
        Assert.Equal(made, test.Device.Planned.PlansMade);
    }

    [Fact]
    public void A_cache_too_small_for_its_program_says_so_once()
    {
        using var test = TestDevice.OpenCl();
        var plans = test.Device.Planned!.Plans;
        plans.MaxBytes = 60_000;
        var warnings = new List<string>();
        plans.Warn = warnings.Add;
        for (int round = 0; round < 4; round++)
            for (int i = 1; i <= 60; i++) Step(test.Device, i);
        string warning = Assert.Single(warnings);
        Assert.Contains("GPUTENSOR_PLAN_CACHE", warning);
        Assert.Contains("60,000 bytes", warning);
    }

    [Fact]
    public void A_compiled_step_whose_plan_was_thrown_out_goes_on()
    {
        using var test = TestDevice.OpenCl();
        (test.Device.Planned!.Plans.MaxBytes, test.Device.Planned.Plans.Warn) = (60_000, _ => { });
        var total = Tensor.Zeros([1], device: test.Device);
        var step = Tensor.Compile((Tensor x) => total.Add_(x).Sum());
        var one = Tensor.Ones([1], device: test.Device);
        for (int i = 0; i < 30; i++)
        {
            Assert.Equal(i + 1f, step(one).Item<float>());
            if (i % 10 == 9)
                for (int k = 1; k <= 60; k++) Step(test.Device, k);
        }
    }

    [Fact]
    public void A_cut_that_wanders_through_a_loop_has_a_plan_for_each_phase()
    {
        using var test = TestDevice.OpenCl();
        var planned = test.Device.Planned!;
        // Three nodes a turn, flushed at every 4,096th: the cut falls on each of three phases.
        var x = Tensor.From([1f, 2], device: test.Device);
        long plans = 0;
        for (int i = 0; i < 20_000; i++)
        {
            x = (x * 1.5).Abs() * 0 + 1;
            if (i == 15_000) plans = planned.PlansMade;
        }
        Assert.Equal(plans, planned.PlansMade);
        Assert.Equal([1f, 1], x.ToArray<float>());
    }
}
