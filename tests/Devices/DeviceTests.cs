using GpuTensor.Devices.OpenCl;
using Xunit;

namespace GpuTensor.Tests.Devices;

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
        if (exclude is not null && OpenClPlatform.Devices().Any(d => !d.PlatformName.Contains(exclude))) Assert.Skip("There are other OpenCL devices than PoCL here.");
        if (exclude is not null && Device.IsCudaAvailable) Assert.Skip("There is a CUDA device here.");
        var start = new System.Diagnostics.ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(DeviceTests).Assembly.Location);
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"{typeof(DeviceTests).FullName}.{nameof(Child_prints_its_default_device)}");
        string file = Path.GetTempFileName();
        start.Environment["GPUTENSOR_TEST_DEFAULT"] = file;
        start.Environment["GPUTENSOR_DEVICE"] = device ?? "";
        start.Environment["GPUTENSOR_OPENCL_EXCLUDE"] = exclude ?? "";
        using var child = System.Diagnostics.Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync();
        _ = await child.StandardError.ReadToEndAsync();
        string printed = await output;
        await child.WaitForExitAsync();
        string text = File.ReadAllText(file);
        File.Delete(file);
        Assert.True(exit == 0 == text.StartsWith("device "), $"{text}\n{printed}");
        if (chosen is not null) Assert.Contains($"device {chosen}\n", text);
        if (says is not null) Assert.Contains(says, text);
        // One line that says what is missing and how to get it.
        if (says is not null && exit == 0) Assert.Contains("pocl-opencl-icd", text);
    }

    [Fact]
    public void Child_prints_its_default_device()
    {
        string? file = Environment.GetEnvironmentVariable("GPUTENSOR_TEST_DEFAULT");
        if (file is null) Assert.Skip("Runs as a child process of the test before it.");
        var error = Console.Error;
        using var said = new StringWriter();
        Console.SetError(said);
        try
        {
            string name = Device.Default.Name;
            File.WriteAllText(file, $"device {name}\n{said}");
        }
        catch (DeviceException e)
        {
            File.WriteAllText(file, e.Message);
        }
        finally
        {
            Console.SetError(error);
        }
    }

    [Fact]
    public void Mixing_devices_throws_and_names_them()
    {
        OptionalPart.OpenCl.Require();
        var (a, b) = (Tensor.Ones([2], device: Device.Cpu), Tensor.Ones([2], device: Device.OpenCl()));
        var e = Assert.Throws<DeviceException>(() => a + b);
        Assert.Contains("add: operands are on different devices, cpu and opencl:0", e.Message);
    }
}
