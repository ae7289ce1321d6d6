using GpuTensor.Backends.OpenCl;
using GpuTensor.Kernels;
using GpuTensor.Runtime;
using GpuTensor.Tests.Tensors;
using Xunit;

namespace GpuTensor.Tests.Runtime;

public class StepErrorTests
{
    [Fact]
    public void A_device_knows_each_kernel_by_its_operators_and_shapes()
    {
        var backend = new FakeBackend();
        using var executor = new PlannedExecutor(backend, Dialect.OpenCl);
        var x = Tensor.From(new float[6000], device: Device.ForTests(executor)).Reshape(2000, 3);
        (x * 2).Exp().Realize();
        Assert.Equal(["kernel 1, pointwise mul+exp → float32 [2000, 3]"], backend.Descriptions);
    }

    [Fact]
    public void The_error_of_a_launch_names_its_operators_and_shapes()
    {
        using var test = TestDevice.OpenCl();
        var backend = (OpenClBackend)test.Device.Planned!.Backend;
        var x = Tensor.From(new float[128 * 64], device: test.Device).Reshape(128, 64);
        var w = Tensor.From(new float[64 * 96], device: test.Device).Reshape(64, 96);
        backend.Fault = call => call == "clEnqueueNDRangeKernel" ? -36 : 0;
        var e = Assert.ThrowsAny<DeviceException>(() => x.MatMul(w).Exp().Realize());
        backend.Fault = null;
        Assert.Contains("clEnqueueNDRangeKernel", e.Message);
        Assert.Contains("kernel 1, matrix product mm of [128, 64] and [64, 96]+exp → float32 [128, 96]", e.Message);
    }
}
