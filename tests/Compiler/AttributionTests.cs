using GpuTensor.Bench;
using GpuTensor.Compiler;
using GpuTensor.Kernels;
using GpuTensor.Optim;
using GpuTensor.Runtime;
using Xunit;

namespace GpuTensor.Tests.Compiler;

/// <summary>Bytes and FLOPs of a kernel's steps, on devices that compute nothing: one with kernels of our own, one with a library of
/// products.</summary>
public sealed class AttributionTests
{
    private sealed class LibraryBackend(bool epilogues) : CountingBackend
    {
        public override DeviceProfile Profile { get; } = new() { IsCpu = false };

        public override bool HasProducts(DType type) => type.IsFloatingPoint();

        public override bool HasEpilogue(LibraryCall call, DType type) => epilogues;

        public override void Multiply(LibraryCall call, DType type, GpuTensor.Backends.MemoryPlace a, GpuTensor.Backends.MemoryPlace b,
            GpuTensor.Backends.MemoryPlace c, GpuTensor.Backends.MemoryPlace? vector, string description)
        { }
    }

    private static Plan PlanOf(PlannedExecutor executor, Func<Device, Tensor> program)
    {
        program(Device.ForTests(executor)).Realize();
        var plan = executor.LastPlan!;
        foreach (var kernel in plan.Kernels)
        {
            StepWork[] work = [.. plan.Steps.Where(s => s.Identity.Kernel == kernel).Select(s => s.Identity.Work)];
            if (work.Length == 0) continue;
            Assert.All(work, w => Assert.True(w.BytesRead >= 0 && w.BytesWritten >= 0 && w.Flops >= 0, $"{kernel}: {w}"));
            Assert.Equal((kernel.BytesRead, kernel.BytesWritten, kernel.Flops),
                (work.Sum(w => w.BytesRead), work.Sum(w => w.BytesWritten), work.Sum(w => w.Flops)));
        }
        return plan;
    }

    private static Tensor Numbers(Device device, params int[] sizes) =>
        Tensor.From(new float[sizes.Aggregate(1, (p, q) => p * q)], device: device).Reshape(Shape.Create(sizes));

    [Fact]
    public void An_operand_that_is_packed_first_is_read_there_and_the_product_computes()
    {
        using var executor = new PlannedExecutor(new CountingBackend(), Dialect.OpenCl);
        var plan = PlanOf(executor, d => Numbers(d, 300, 64).MatMul(Numbers(d, 96, 64).T).Exp());
        Assert.Equal(2, plan.Steps.Length);
        var (packing, product) = (plan.Steps[0].Identity, plan.Steps[1].Identity);
        Assert.Contains("packing of the right operand", packing.Part);
        Assert.Equal(new(4 * 96 * 64, 0, 0), packing.Work);
        Assert.Equal((4 * 300 * 64, 2L * 300 * 64 * 96 + 300 * 96), (product.Work.BytesRead, product.Work.Flops));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_follows_a_product_of_the_library_has_its_own_FLOPs(bool epilogues)
    {
        using var executor = new PlannedExecutor(new LibraryBackend(epilogues), Dialect.Cuda);
        const int Result = 128 * 96;
        var plan = PlanOf(executor, d => (Numbers(d, 128, 64).MatMul(Numbers(d, 64, 96)) + Numbers(d, 96)).Exp());
        Assert.Equal(2, plan.Steps.Length);
        var (product, following) = (plan.Steps[0].Identity.Work, plan.Steps[1].Identity.Work);
        // The library adds the bias where it can.
        Assert.Equal(2L * 128 * 64 * 96 + (epilogues ? Result : 0), product.Flops);
        Assert.Equal(epilogues ? Result : 2 * Result, following.Flops);
        Assert.Equal(4 * (epilogues ? 96 : 0) + 4 * (128 * 64 + 64 * 96), product.BytesRead);
        Assert.Equal(epilogues ? 0 : 4 * 96, following.BytesRead);
    }

    [Fact]
    public void Operands_that_the_library_does_not_take_are_read_by_their_copies()
    {
        using var executor = new PlannedExecutor(new LibraryBackend(false), Dialect.Cuda);
        var plan = PlanOf(executor, d => Numbers(d, 128, 64, 2).Narrow(2, 0, 1).Reshape(128, 64).MatMul(Numbers(d, 64, 96)));
        Assert.Contains(plan.Steps, s => s.Identity.Part.Contains("copy of the left operand", StringComparison.Ordinal)
            && s.Identity.Work is { BytesRead: 4 * 128 * 64 * 2, Flops: 0 });
    }

    [Fact]
    public void Steps_of_a_training_step_add_up()
    {
        foreach (bool library in (bool[])[false, true])
        {
            using var executor = new PlannedExecutor(library ? new LibraryBackend(true) : new CountingBackend(),
                library ? Dialect.Cuda : Dialect.OpenCl);
            PlanOf(executor, d =>
            {
                var (w, b) = (Numbers(d, 32, 64).RequiresGrad_(), Numbers(d, 32).RequiresGrad_());
                var optimizer = new Adam([w, b]);
                var loss = (Numbers(d, 128, 64).MatMul(w.T) + b).Relu().Mean();
                loss.Backward();
                optimizer.Step();
                return loss;
            });
        }
    }
}
