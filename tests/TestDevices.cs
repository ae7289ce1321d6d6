using Xunit;

namespace GpuTensor.Tests;

/// <summary>The devices that device-independent tests run on, by name: what <c>GPUTENSOR_TEST_DEVICES</c> lists, else the
/// reference and the first OpenCL device.</summary>
public static class TestDevices
{
    public static IEnumerable<string> Names { get; } =
        (Environment.GetEnvironmentVariable("GPUTENSOR_TEST_DEVICES") ?? "cpu,opencl").Split(',', StringSplitOptions.TrimEntries);

    public static TheoryData<string> All => [.. Names];

    /// <summary>Every case on every device.</summary>
    public static TheoryData<string, string> Cross(params IEnumerable<string> cases)
    {
        var data = new TheoryData<string, string>();
        foreach (string each in cases)
            foreach (string device in Names) data.Add(each, device);
        return data;
    }

    /// <summary>The device of that name; skips the test where it is absent.</summary>
    public static Device Get(string name)
    {
        if (name.StartsWith("opencl", StringComparison.Ordinal)) OptionalPart.OpenCl.Require();
        try
        {
            var device = Device.Parse(name);
            _ = device.Description;
            return device;
        }
        catch (DeviceException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }
}
