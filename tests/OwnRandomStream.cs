using System.Reflection;
using Xunit.v3;

[assembly: GpuTensor.Tests.OwnRandomStream]

namespace GpuTensor.Tests;

/// <summary>Each test draws from a stream of its own, since tests that run beside each other in one process would share its default. What
/// is said of that default is tested in processes of their own (<see cref="ChildProcess"/>).</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class OwnRandomStreamAttribute : BeforeAfterTestAttribute
{
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => Generator.UseOnThisThread(new());

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => Generator.UseOnThisThread(null);
}
