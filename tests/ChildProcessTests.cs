using Xunit;

namespace GpuTensor.Tests;

/// <summary>The harness itself: whatever happens in a child process is seen.</summary>
public class ChildProcessTests
{
    private static void Returns(string text) => Console.WriteLine($"said {text}");

    private static void Throws() => throw new InvalidOperationException("on purpose");

    private static async Task Crashes()
    {
        await Task.Yield();
        unsafe
        {
            *(int*)16 = 1;
        }
    }

    [Fact]
    public async Task A_method_that_returns_passes_and_gets_its_arguments() =>
        Assert.Contains("said hello", (await ChildProcess.Run(Returns, "cpu", arguments: "hello")).Succeeded().Output);

    [Fact]
    public async Task A_method_that_throws_fails_with_its_exception()
    {
        var result = await ChildProcess.Run(Throws, "cpu");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("on purpose", result.Errors);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(result.Succeeded);
    }

    [Fact]
    public async Task A_crash_ends_the_child_alone() => Assert.NotEqual(0, (await ChildProcess.Run(Crashes, "cpu")).ExitCode);
}
