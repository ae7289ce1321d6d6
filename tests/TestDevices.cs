using Xunit;

namespace GpuTensor.Tests;

/// <summary>The devices that device-independent tests run on, by name: what <c>GPUTENSOR_TEST_DEVICES</c> lists (<c>cpu,opencl</c>), else the
/// reference.</summary>
public static class TestDevices
{
    public static IEnumerable<string> Names { get; } =
        (Environment.GetEnvironmentVariable("GPUTENSOR_TEST_DEVICES") ?? "cpu")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public static TheoryData<string> All => [.. Names];
}
