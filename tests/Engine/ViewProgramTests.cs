using Xunit;

namespace GpuTensor.Tests.Engine;

/// <summary>Random programs of views and in-place writes give what plain loops give (<see cref="ViewProgram"/>).</summary>
public class ViewProgramTests
{
    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Views_and_writes_over_values_of_every_origin_are_as_in_plain_loops(string name)
    {
        var (device, count) = TestDevice.ForPrograms(name, onReference: 1000, compiled: 24);
        for (int seed = 0; seed < count; seed++) Assert.Null(new ViewProgram(seed, device).Run());
    }
}
