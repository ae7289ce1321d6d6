using System.Reflection;
using Xunit;

namespace GpuTensor.Tests.Bindings.FakeDriver;

/// <summary>What the bindings pass through the native boundary, and how they behave on drivers of different ages.</summary>
public class FakeDriverTests
{
    /// <summary>The scenarios' names.</summary>
    public static TheoryData<string> All() => new(typeof(Scenarios)
        .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(m => m.GetParameters().Length == 0).Select(m => m.Name));

    [Theory]
    [MemberData(nameof(All))]
    public void Scenario(string name) => RecordingDriver.Run(name, name.Split('_')[0] switch
    {
        "Old" => 11040,
        "Oldest" => 11000,
        "TooOld" => 10020,
        _ => 13000,
    });
}
