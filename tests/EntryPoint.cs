using Xunit.MicrosoftTestingPlatform;

namespace GpuTensor.Tests;

/// <summary>The test program's start: xunit's own, or one method in a process of its own (<see cref="ChildProcess"/>).</summary>
internal static class EntryPoint
{
    public static Task<int> Main(string[] args) => args is [ChildProcess.Argument, ..]
        ? ChildProcess.Call(args[1..])
        : TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
