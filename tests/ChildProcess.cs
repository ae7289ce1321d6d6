using System.Diagnostics;
using System.Reflection;
using Xunit;

namespace GpuTensor.Tests;

/// <summary>Runs a static method of this assembly in a process of its own: one that may crash the process, hang, or take all memory.
/// Example: <c>(await ChildProcess.Run(Divide, "opencl")).Succeeded();</c>, where <c>static void Divide()</c> fails by throwing.
/// </summary>
internal static class ChildProcess
{
    /// <summary>The test program's first argument where it runs a method: <c>--child TYPE METHOD ARGUMENT...</c></summary>
    public const string Argument = "--child";

    /// <summary>The exit code of a method that threw; the exception is on standard error.</summary>
    private const int Threw = 3;

    /// <summary>The exit code of a method that skipped its test; the reason is on standard error.</summary>
    private const int Skipped = 4;

    /// <summary>How a child process ended. A process ended by a signal has 128 + the signal's number as exit code (139: SIGSEGV).</summary>
    public sealed record Result(string Name, int ExitCode, string Output, string Errors)
    {
        /// <summary>This result, if the method returned. Else the test fails with what the process wrote, or skips where the method
        /// did.</summary>
        public Result Succeeded()
        {
            if (ExitCode == Skipped) Assert.Skip(Errors.Trim());
            Assert.True(ExitCode == 0, $"{Name} ended with exit code {ExitCode}.\n{Output}\n{Errors}");
            return this;
        }
    }

    /// <summary>Runs a static method (a method group, never a lambda), which takes the strings of <paramref name="arguments"/>, if it takes
    /// any.</summary>
    /// <param name="method">Returns <c>void</c> or <see cref="Task"/>.</param>
    /// <param name="device">The value of <c>GPUTENSOR_DEVICE</c>; null leaves the choice to the library.</param>
    /// <param name="limit">The test fails if the process has not ended by then; by default 10 minutes, for one that hangs on a machine
    /// however busy.</param>
    /// <param name="environment">Variables that the process has beside ours; null removes one.</param>
    public static Task<Result> Run(Delegate method, string? device, TimeSpan? limit = null, IReadOnlyDictionary<string,
        string?>? environment = null, params string[] arguments) =>
        Run(method.Method, device, limit, environment, arguments);

    private static async Task<Result> Run(MethodInfo method, string? device, TimeSpan? limit, IReadOnlyDictionary<string,
        string?>? environment, string[] arguments)
    {
        var command = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            command.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (string argument in (string[])[Argument, method.DeclaringType!.FullName!, method.Name, .. arguments])
            command.ArgumentList.Add(argument);
        command.Environment.Remove("GPUTENSOR_DEVICE");
        if (device is not null) command.Environment["GPUTENSOR_DEVICE"] = device;
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            if (value is null) command.Environment.Remove(name);
            else command.Environment[name] = value;
        var span = limit ?? TimeSpan.FromMinutes(10);
        using var process = Process.Start(command)!;
        // Both are read at once: a full pipe would stop the process.
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(span);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{method.Name} did not end within {span}.\n{await output}\n{await errors}");
        }
        return new(method.Name, process.ExitCode, await output, await errors);
    }

    /// <summary>The child's part: calls the method.</summary>
    public static async Task<int> Call(string[] args)
    {
        var method = typeof(ChildProcess).Assembly.GetType(args[0], throwOnError: true)!.GetMethod(args[1],
            BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            ?? throw new MissingMethodException(args[0], args[1]);
        try
        {
            object?[] arguments = method.GetParameters().Length == 0 ? [] : [.. args[2..]];
            if (method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null) is Task task) await task;
            return 0;
        }
        catch (Exception e) when (e.GetType().Name == "SkipException")
        {
            Console.Error.WriteLine(e.Message.Replace("$XunitDynamicSkip$", ""));
            return Skipped;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            return Threw;
        }
    }
}
