using GpuTensor.Bench;
using GpuTensor.Compiler;
using GpuTensor.Kernels;
using GpuTensor.Runtime;
using Xunit;

namespace GpuTensor.Tests.Compiler;

/// <summary>What a plan says about its steps, on a device that computes nothing.</summary>
public sealed class KernelIdentityTests : IDisposable
{
    private readonly PlannedExecutor executor = new(new CountingBackend(), Dialect.OpenCl);
    private readonly Device device;

    public KernelIdentityTests() => device = Device.ForTests(executor);

    public void Dispose() => executor.Dispose();

    private Plan PlanOf(Tensor result)
    {
        result.Realize();
        return executor.LastPlan!;
    }

    private Tensor Matrix(int rows, int columns) => Tensor.From(new float[rows * columns], device: device).Reshape(rows, columns);

    [Fact]
    public void A_product_and_what_follows_it_are_one_kernel_of_one_step_or_several()
    {
        var plan = PlanOf((Matrix(128, 64).MatMul(Matrix(64, 96)) + 1).Exp());
        var kernel = Assert.Single(plan.Kernels);
        Assert.True(kernel.IsProduct);
        Assert.NotEmpty(plan.Steps);
        Assert.All(plan.Steps, step => Assert.Same(kernel, step.Identity.Kernel));
        var group = Assert.Single(kernel.Groups);
        Assert.Equal(["mm", "add", "exp"], group.Operators.Select(o => o.Name));
        // Whether the others are kept, too, is for the collector to say: it may find their handles alive.
        Assert.Equal(Storing.Kept, group.Operators[^1].Stored);
        Assert.Equal(4 * (128 * 64 + 64 * 96), kernel.BytesRead);
        Assert.Equal(4 * 128 * 96 * group.Operators.Count(o => o.Stored != Storing.No), kernel.BytesWritten);
        Assert.Equal(2L * 128 * 64 * 96 + 2 * 128 * 96, kernel.Flops);
        Assert.Equal("kernel 1, matrix product mm of [128, 64] and [64, 96]+add+exp → float32 [128, 96]", kernel.ToString());
    }

    [Fact]
    public void A_sum_counts_each_element_that_it_takes_in_and_a_copy_counts_nothing()
    {
        Assert.Equal(1000 * 300, PlanOf(Matrix(1000, 300).Sum(1)).Kernels.Sum(k => k.Flops));
        Assert.Equal(0, PlanOf(Matrix(1000, 300).T.Contiguous()).Kernels.Sum(k => k.Flops));
    }

    [Fact]
    public void A_value_that_two_operators_of_a_kernel_read_is_read_once()
    {
        var x = Matrix(1000, 300);
        var kernel = Assert.Single(PlanOf(x.Sin() * x).Kernels);
        Assert.Equal(1000 * 300 * 4, kernel.BytesRead);
        Assert.Equal(2 * 1000 * 300, kernel.Flops);
    }

    [Fact]
    public void Explain_prints_what_the_steps_are()
    {
        var plan = PlanOf((Matrix(128, 64).MatMul(Matrix(64, 96)) + 1).Exp().Sum(0));
        string text = plan.Explanation(false);
        foreach (var kernel in plan.Kernels)
        {
            Assert.Contains($"kernel {kernel.Number}", text);
            foreach (var group in kernel.Groups)
            {
                Assert.Contains($"reads {group.BytesRead:N0} bytes, writes {group.BytesWritten:N0}, computes {group.Flops:N0} FLOPs", text);
                foreach (var one in group.Operators) Assert.Contains($"{one.Name}{one.Of} → {one.DType.Name()} {one.Shape}", text);
            }
        }
    }
}
