using GpuTensor.Backends.OpenCl;
using Xunit;

namespace GpuTensor.Tests.Backends;

public class DeviceTests
{
    [Theory]
    [InlineData("cpu", "cpu")]
    [InlineData(" CPU ", "cpu")]
    [InlineData("cpu:0", "cpu")]
    public void Names_find_devices(string name, string expected) => Assert.Equal(expected, Device.Parse(name).Name);

    [Fact]
    public void The_same_name_is_the_same_device()
    {
        OptionalPart.OpenCl.Require();
        Assert.Same(Device.Parse("opencl"), Device.Parse("opencl:0"));
        Assert.Equal("opencl:0", Device.OpenCl().Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cpu:1")]
    [InlineData("opencl:")]
    [InlineData("opencl:-1")]
    [InlineData("opencl:x")]
    [InlineData("cuda:0:1")]
    public void Other_names_are_refused_saying_which_there_are(string name)
    {
        var e = Assert.Throws<DeviceException>(() => Device.Parse(name));
        Assert.Contains($"'{name}' names no device", e.Message);
        Assert.Contains("cpu, opencl, opencl:N, cuda or cuda:N", e.Message);
    }

    [Fact]
    public void A_number_beyond_the_last_says_how_many_there_are()
    {
        var e = Assert.Throws<DeviceException>(() => Device.OpenCl(99));
        Assert.Contains(OpenClPlatform.Devices().Count == 0 ? "There is no OpenCL device" : "device(s) were found", e.Message);
    }

    [Theory]
    [InlineData("cpu", null, 0, "cpu", null)]
    [InlineData("opencl:99", null, 1, null, "There is no opencl:99")]
    [InlineData("abacus", null, 1, null, "'abacus' names no device")]
    [InlineData(null, "Portable Computing Language", 0, "cpu", "excluded by GPUTENSOR_OPENCL_EXCLUDE")]
    public async Task The_environment_chooses_and_excludes(string? device, string? exclude, int exit, string? chosen, string? says)
    {
        OptionalPart.OpenCl.Require();
        if (exclude is not null && OpenClPlatform.Devices().Any(d => !d.PlatformName.Contains(exclude)))
            Assert.Skip("There are other OpenCL devices than PoCL here.");
        if (exclude is not null && Device.IsCudaAvailable) Assert.Skip("There is a CUDA device here.");
        var result = await ChildProcess.Run(
            PrintDefaultDevice, device ?? "", environment: new Dictionary<string,
            string?> { ["GPUTENSOR_OPENCL_EXCLUDE"] = exclude ?? "" });
        string text = result.Output + result.Errors;
        Assert.True(exit == 0 == (result.ExitCode == 0) && exit == 0 == text.StartsWith("device "), text);
        if (chosen is not null) Assert.Contains($"device {chosen}\n", text);
        if (says is not null) Assert.Contains(says, text);
        // One line that says what is missing and how to get it.
        if (says is not null && exit == 0) Assert.Contains("pocl-opencl-icd", text);
    }

    private static void PrintDefaultDevice() => Console.Write($"device {Device.Default.Name}\n");

    [Fact]
    public void Mixing_devices_throws_and_names_them()
    {
        OptionalPart.OpenCl.Require();
        var (a, b) = (Tensor.Ones([2], device: Device.Cpu), Tensor.Ones([2], device: Device.OpenCl()));
        var e = Assert.Throws<DeviceException>(() => a + b);
        Assert.Contains("add: operands are on different devices, cpu and opencl:0", e.Message);
    }
}
