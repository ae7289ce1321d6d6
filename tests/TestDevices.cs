using Xunit;

namespace GpuTensor.Tests;

/// <summary>The devices that device-independent tests run on, by name.</summary>
public static class TestDevices
{
    public static IEnumerable<string> Names { get; } = ["cpu"];

    public static TheoryData<string> All => [.. Names];
}
