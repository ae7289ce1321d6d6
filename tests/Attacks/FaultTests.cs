using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuTensor.Bindings.Cuda;
using GpuTensor.Backends.OpenCl;
using GpuTensor.Tests.Bindings;
using Xunit;

namespace GpuTensor.Tests.Attacks;

/// <summary>A fault in the user's own C# is an exception as ever, before and after OpenCL loaded and kernels ran. PoCL and LLVM take
/// signals' handlers as they load.</summary>
public class FaultTests
{
    // Fields, so that nothing is divided by the compiler.
    private static volatile int zero = int.Parse("0"), minusOne = -1, least = int.MinValue;
    private static volatile string? nothing = Environment.GetEnvironmentVariable("GPUTENSOR_NO_SUCH_VARIABLE");
    private static long zeroLong, minusOneLong = -1, leastLong = long.MinValue;

    /// <summary>Each fault, with its exception; null where there is none.</summary>
    private static readonly (string Name, Func<object> Fault, Type? Exception)[] Faults =
    [
        ("int / 0", () => 7 / zero, typeof(DivideByZeroException)),
        ("int % 0", () => 7 % zero, typeof(DivideByZeroException)),
        ("0 / 0", () => zero / zero, typeof(DivideByZeroException)),
        ("uint / 0", () => 7u / (uint)zero, typeof(DivideByZeroException)),
        ("byte / 0", () => (byte)7 / (byte)zero, typeof(DivideByZeroException)),
        ("long / 0", () => 7L / Read(ref zeroLong), typeof(DivideByZeroException)),
        ("long % 0", () => 7L % Read(ref zeroLong), typeof(DivideByZeroException)),
        ("ulong % 0", () => 7UL % (ulong)Read(ref zeroLong), typeof(DivideByZeroException)),
        ("nint / 0", () => (nint)7 / zero, typeof(DivideByZeroException)),
        ("Int128 / 0", () => (Int128)7 / zero, typeof(DivideByZeroException)),
        ("decimal / 0", () => 7m / zero, typeof(DivideByZeroException)),
        ("BigInteger / 0", () => new BigInteger(7) / zero, typeof(DivideByZeroException)),
        ("Math.DivRem by 0", () => Math.DivRem(7, (int)zero), typeof(DivideByZeroException)),
        ("int.MinValue / -1", () => least / minusOne, typeof(OverflowException)),
        ("int.MinValue % -1", () => least % minusOne, typeof(OverflowException)),
        ("long.MinValue / -1", () => Read(ref leastLong) / Read(ref minusOneLong), typeof(OverflowException)),
        ("long.MinValue % -1", () => Read(ref leastLong) % Read(ref minusOneLong), typeof(OverflowException)),
        ("null", () => nothing!.Length, typeof(NullReferenceException)),
        ("double / 0", () => 7.0 / zero, null),
    ];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Read(ref long place) => Volatile.Read(ref place);

    [Fact]
    public async Task A_fault_is_an_exception_after_OpenCL_loaded() => (await ChildProcess.Run(Loaded, "opencl")).Succeeded();

    private static async Task Loaded()
    {
        Fault("before");
        var a = From(TestDevices.Get("opencl"), 1);
        Fault("loaded");
        OnAnotherThread("loaded");
        await Task.Run(() => Fault("loaded, in the pool"));
        Assert.Equal([2f, 3], (a + 1).ToArray<float>());
        Fault("kernels ran");
        OnAnotherThread("kernels ran");
        await Task.Run(() => Fault("kernels ran, in the pool"));
        // A program that a fault was caught in goes on.
        Assert.Equal([2f, 4], (a * 2).ToArray<float>());
    }

    [Fact]
    public async Task Threads_that_fault_together_all_catch() => (await ChildProcess.Run(Together, "opencl")).Succeeded();

    private static void Together()
    {
        var device = TestDevices.Get("opencl");
        using var start = new Barrier(8);
        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, 8).Select(n => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                if (n == 7) Assert.Equal(9, (From(device, 1) * 3).Sum().Item<float>());
                for (int i = 0; i < 200; i++) Catch(Faults[(n + i) % Faults.Length], "together");
            }
            catch (Exception e)
            {
                lock (failures) failures.Add(e);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Empty(failures);
    }

    [Fact]
    public async Task A_fault_is_an_exception_while_kernels_run() => (await ChildProcess.Run(Beside, "opencl")).Succeeded();

    private static async Task Beside()
    {
        var device = TestDevices.Get("opencl");
        bool done = false;
        var faults = Task.Run(() =>
        {
            while (!Volatile.Read(ref done)) Fault("beside kernels");
        });
        var x = From(device, 1);
        for (int i = 0; i < 20; i++) x = x * 0.5f + (x + i).Sin();
        _ = x.ToArray<float>();
        Volatile.Write(ref done, true);
        await faults;
    }

    [Fact]
    public async Task OpenCL_displaces_no_signal_handler() => (await ChildProcess.Run(Displaces, "opencl")).Succeeded();

    private static void Displaces()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Signals are compared on Linux.");
        string[] before = Signals.Handlers();
        var x = From(TestDevices.Get("opencl"), 1);
        Assert.Equal(before, Signals.Handlers());
        _ = (x.Exp() + 1).ToArray<float>();
        _ = x.MatMul(x).ToArray<float>();
        Assert.Equal(before, Signals.Handlers());
    }

    [Fact]
    public async Task NVRTC_displaces_no_signal_handler() => (await ChildProcess.Run(CompilesForCuda, "cpu")).Succeeded();

    private static void CompilesForCuda()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Signals are compared on Linux.");
        // With its first process .NET takes signals of its own, such as SIGCHLD and SIGINT; unpacking the compiler may start one.
        var library = Nvrtc.Library(13);
        using (var process = Process.Start("true")!) process.WaitForExit();
        string[] before = Signals.Handlers();
        Fault("before");
        var compiler = new CudaRuntimeCompiler(library, new(ComputeCapability.FromNumber(90)));
        Assert.NotEmpty(compiler.Compile("extern \"C\" __global__ void k(int* x) { x[0] /= x[1]; }", "k.cu").Image);
        Assert.ThrowsAny<CudaException>(() => compiler.Compile("no program", "k.cu"));
        Fault("compiled");
        Assert.Equal(before, Signals.Handlers());
    }

    [Fact]
    public async Task What_another_thread_handles_as_OpenCL_loads_is_kept() =>
        (await ChildProcess.Run(StartsProcesses, "opencl")).Succeeded();

    private static void StartsProcesses()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Signals are sent on Linux.");
        // .NET takes SIGCHLD with its first process, which begins while the device opens; without it no process ever ends.
        using var opening = new ManualResetEventSlim();
        var starting = new Thread(() =>
        {
            opening.Wait();
            for (int i = 0; i < 100; i++)
            {
                using var process = System.Diagnostics.Process.Start("true");
                process.WaitForExit();
            }
        });
        starting.Start();
        opening.Set();
        Assert.Equal([2f, 3], (From(TestDevices.Get("opencl"), 1) + 1).ToArray<float>());
        starting.Join();
    }

    [Fact]
    public async Task A_program_that_handles_signals_gets_them_all() => (await ChildProcess.Run(Handles, "opencl")).Succeeded();

    private static void Handles()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Signals are sent on Linux.");
        using var hangup = new Counted(PosixSignal.SIGHUP);
        using var user = new Counted((PosixSignal)Signals.User1);
        var x = From(TestDevices.Get("opencl"), 1);
        using var interrupt = new Counted(PosixSignal.SIGINT);
        using var terminate = new Counted(PosixSignal.SIGTERM);
        for (int round = 1; round <= 2; round++)
        {
            foreach (var (counted, signal) in new[]
                { (hangup, Signals.Hangup), (user, Signals.User1), (interrupt, Signals.Interrupt), (terminate, Signals.Terminate) })
            {
                Signals.Send(signal);
                counted.Wait();
            }
            Assert.Equal([1f + round, 2 + round], (x + round).ToArray<float>());
            Fault("after signals");
        }
    }

    /// <summary>A signal that is handled; <see cref="Wait"/> returns when it came, once a call.</summary>
    private sealed class Counted : IDisposable
    {
        private readonly SemaphoreSlim came = new(0);
        private readonly PosixSignalRegistration registration;

        public Counted(PosixSignal signal) => registration = PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            came.Release();
        });

        public void Wait() => came.Wait();

        public void Dispose() => registration.Dispose();
    }

    [Theory]
    [InlineData(null, "0")]
    [InlineData("0", "0")]
    [InlineData("1", "1")]
    public async Task The_users_own_setting_of_PoCLs_handler_is_respected(string? given, string expected)
    {
        var environment = new Dictionary<string, string?> { [SignalHandlers.PoclVariable] = given };
        (await ChildProcess.Run(Setting, "opencl", null, environment, expected)).Succeeded();
        environment[SignalHandlers.PoclVariable] = null;
        if (given is not null) (await ChildProcess.Run(SettingInProgram, "opencl", null, environment, given)).Succeeded();
    }

    private static void Setting(string expected)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("The variable is set on Linux.");
        Assert.Equal([2f, 3], (From(TestDevices.Get("opencl"), 1) + 1).ToArray<float>());
        Assert.Equal(expected, Signals.NativeVariable(SignalHandlers.PoclVariable));
    }

    private static void SettingInProgram(string value)
    {
        Environment.SetEnvironmentVariable(SignalHandlers.PoclVariable, value);
        Setting(value);
    }

    private static Tensor From(Device device, float first) => Tensor.From([first, first + 1], device: device);

    private static void OnAnotherThread(string when)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Fault(when + ", on another thread");
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private static void Fault(string when)
    {
        foreach (var each in Faults) Catch(each, when);
    }

    private static void Catch((string Name, Func<object> Fault, Type? Exception) each, string when)
    {
        Exception? caught = null;
        try
        {
            each.Fault();
        }
        catch (Exception e)
        {
            caught = e;
        }
        Assert.True(caught?.GetType() == each.Exception,
            $"{each.Name} ({when}): {caught?.GetType().Name ?? "no exception"}, not {each.Exception?.Name ?? "none"}");
    }
}
