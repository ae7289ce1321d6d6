using GpuTensor.Tests.Attacks;
using Xunit;

namespace GpuTensor.Tests.Backends;

/// <summary>Values of environment variables: understood, or refused by name.</summary>
public class EnvironmentVariablesTests
{
    [Theory]
    [InlineData("1073741824", 1L << 30)]
    [InlineData("10GB", 10_000_000_000)]
    [InlineData("10GiB", 10L << 30)]
    [InlineData("10 GiB", 10L << 30)]
    [InlineData(" 512mb ", 512_000_000)]
    [InlineData("2G", 2L << 30)]
    [InlineData("64k", 64 << 10)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("0.5 KB", 500)]
    [InlineData("100B", 100)]
    [InlineData("1T", 1L << 40)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Bytes_are_read_as_users_write_them(string text, long bytes)
    {
        Assert.True(EnvironmentVariables.TryParseBytes(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("GB")]
    [InlineData("-1")]
    [InlineData("+5")]
    [InlineData("0")]
    [InlineData("0x10")]
    [InlineData("1e9")]
    [InlineData("10 G i B")]
    [InlineData("1,5GB")]
    [InlineData("10,000")]
    [InlineData("1.2.3")]
    [InlineData(".")]
    [InlineData("0.1")]
    [InlineData("10PB")]
    [InlineData("10GBB")]
    [InlineData("NaN")]
    [InlineData("inf")]
    [InlineData("9223372036854775808")]
    [InlineData("9000000T")]
    [InlineData("99999999999999999999999999999999999999999")]
    [InlineData("١٠")]
    public void Other_texts_are_no_bytes(string text) => Assert.False(EnvironmentVariables.TryParseBytes(text, out _));

    public static TheoryData<string> Names => [.. EnvironmentVariables.Formed.Select(v => v.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_of_another_form_is_refused_by_name(string name)
    {
        var variable = EnvironmentVariables.Formed.Single(v => v.Name == name);
        variable.Check(null);
        variable.Check("1");
        foreach (string value in (string[])[" ", "x", "-1", "1e3", "0x1", "NaN", "true", "1,000", "٣"])
        {
            var e = Assert.Throws<TensorException>(() => variable.Check(value));
            Assert.Contains($"{name} is '{value}': expected ", e.Message);
        }
    }

    /// <summary>Every way to a device: the default, by name, the reference.</summary>
    private static void Opens(string says)
    {
        foreach (Action open in (Action[])[() => _ = Device.Default, () => Tensor.Ones(2).Realize(), () =>
            Tensor.Ones([2], device: Device.Cpu).Realize(), () => _ = Device.Cpu.Description])
            Assert.Contains(says, Assert.ThrowsAny<TensorException>(open).Message);
    }

    private static void OpensDefault(string says) => Assert.Contains(says, Assert.Throws<DeviceException>(() => Tensor.Ones(2)).Message);

    [Theory]
    [InlineData("GPUTENSOR_MEMORY_LIMIT", "10XB")]
    [InlineData("GPUTENSOR_EAGER", "yes")]
    public async Task No_device_opens_with_a_setting_that_means_nothing(string name, string value) =>
        (await ChildProcess.Run(Opens, null, environment: new Dictionary<string, string?> { [name] = value },
            arguments: $"{name} is '{value}'")).Succeeded();

    [Fact]
    public async Task A_device_that_does_not_exist_is_named_with_its_variable() =>
        (await ChildProcess.Run(OpensDefault, "gpu7", arguments: "GPUTENSOR_DEVICE is 'gpu7': 'gpu7' names no device")).Succeeded();

    private static void Refuses()
    {
        using var small = Tensor.Ones(1000).Realize();
        Assert.Throws<DeviceOutOfMemoryException>(() => Tensor.Ones(20_000_000).Realize());
    }

    [Fact]
    public async Task A_memory_limit_with_a_unit_is_obeyed()
    {
        TestDevices.Get("opencl");
        (await ChildProcess.Run(Refuses, "opencl", environment: new Dictionary<string, string?> { ["GPUTENSOR_MEMORY_LIMIT"] = "64MB" }))
            .Succeeded();
    }
}
