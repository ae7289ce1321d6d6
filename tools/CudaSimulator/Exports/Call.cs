using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Exports;

/// <summary>What surrounds every exported function: one lock, the injected faults, and a net that no exception leaves.</summary>
internal static unsafe partial class Call
{
    private static readonly Lock Gate = new();
    private static Simulator? _simulator;
    private static bool _watching;
    private static volatile bool _exiting;

    [ThreadStatic] private static (Result Result, string Message) _failure;
    [ThreadStatic] private static nint _text;

    /// <summary>A driver call.</summary>
    public static int Driver(Func<Simulator, Result> body, bool uninitialized = false, [CallerMemberName] string name = "")
    {
        if (_exiting) return Late(name, (int)Result.CUDA_ERROR_DEINITIALIZED);
        lock (Gate)
        {
            long began = Stopwatch.GetTimestamp();
            try
            {
                var simulator = _simulator ??= Start(Environment.GetEnvironmentVariable(Configuration.Variable));
                if (Injected(simulator, name) is var code and not 0)
                {
                    // What gives something back gives it back, and reports the failure of something else: a program can do no better than
                    // go on.
                    if (IsRelease(name)) body(simulator);
                    // An injected fault of the lasting kind takes the device with it.
                    if (ResultText.IsSticky((Result)code)) CurrentContext.Top?.Device.Fail((Result)code, $"{name}: injected");
                    return Failed((Result)code, $"{name}: this call was made to fail");
                }
                if (!uninitialized && !simulator.Initialized)
                    return Failed(Result.CUDA_ERROR_NOT_INITIALIZED, $"{name} before cuInit");
                return (int)body(simulator);
            }
            catch (DriverError error)
            {
                return Failed(error.Result, $"{name}: {error.Message}");
            }
            catch (DeviceFault fault)
            {
                return Failed((Result)fault.Result, $"{name}: {fault.Message}");
            }
            catch (Exception e)
            {
                _simulator?.Report.Defect($"{name}: the simulator itself failed: {e}");
                return Failed(Result.CUDA_ERROR_UNKNOWN, $"{name}: the simulator itself failed: {e.GetType().Name}: {e.Message}");
            }
            finally
            {
                _simulator?.Report.Took(name, Stopwatch.GetTimestamp() - began);
            }
        }
    }

    /// <summary>A driver call that returns success or throws.</summary>
    public static int Driver(Action<Simulator> body, bool uninitialized = false, [CallerMemberName] string name = "") => Driver(simulator =>
    {
        body(simulator);
        return Result.CUDA_SUCCESS;
    }, uninitialized, name);

    /// <summary>A call that needs a context, on a device that is not lost.</summary>
    public static int InContext(Action<SimulatedContext> body, [CallerMemberName] string name = "") => InContext(context =>
    {
        body(context);
        return Result.CUDA_SUCCESS;
    }, name);

    /// <inheritdoc cref="InContext(Action{SimulatedContext}, string)"/>
    public static int InContext(Func<SimulatedContext, Result> body, [CallerMemberName] string name = "") => Driver(_ =>
    {
        var context = CurrentContext.Require();
        context.Device.ThrowIfLost();
        return body(context);
    }, false, name);

    /// <summary>A call that gives something back: it does so even where the device is lost, and then says so.</summary>
    public static int Release(Action<SimulatedContext> body, [CallerMemberName] string name = "") => Driver(_ =>
    {
        var context = CurrentContext.Require();
        body(context);
        context.Device.ThrowIfLost();
    }, false, name);

    /// <summary>A cuBLAS or cublasLt call.</summary>
    public static int Blas(Action<Simulator> body, [CallerMemberName] string name = "")
    {
        if (_exiting) return Late(name, BlasError.NotInitialized);
        lock (Gate)
        {
            try
            {
                var simulator = _simulator ??= Start(Environment.GetEnvironmentVariable(Configuration.Variable));
                int code = Injected(simulator, name);
                if (code == 0 || IsRelease(name)) body(simulator);
                return code;
            }
            catch (BlasError error)
            {
                _simulator?.Report.Refused($"{name}: {error.Message}");
                return error.Status;
            }
            catch (DriverError error)
            {
                _simulator?.Report.Refused($"{name}: {error.Message}");
                return error.Result is Result.CUDA_ERROR_INVALID_VALUE ? BlasError.InvalidValue : BlasError.ExecutionFailed;
            }
            catch (Exception e)
            {
                _simulator?.Report.Defect($"{name}: the simulator itself failed: {e}");
                return BlasError.InternalError;
            }
        }
    }

    /// <summary>A call of NVRTC, which is handed on to the real one. Several threads compile at a time: not under the lock.</summary>
    /// <param name="body">Calls the real entry point.</param>
    /// <param name="programs">By how many this changes the programs that are alive.</param>
    /// <param name="name">The entry point.</param>
    public static int Compiler(Func<nint, int> body, int programs = 0, [CallerMemberName] string name = "")
    {
        Simulator simulator;
        nint real;
        int injected;
        lock (Gate)
        {
            simulator = _simulator ??= Start(Environment.GetEnvironmentVariable(Configuration.Variable));
            try
            {
                real = RealCompiler.Entry(simulator, name);
            }
            catch (Exception e)
            {
                simulator.Report.Defect($"{name}: {e.Message}");
                return InternalCompilerError;
            }
            injected = Injected(simulator, name);
        }
        if (injected != 0 && !IsRelease(name)) return injected;
        int result = body(real);
        lock (Gate)
            if (result == 0) simulator.Report.CompilerPrograms += programs;
        return injected != 0 ? injected : result;
    }

    private const int InternalCompilerError = 11;

    /// <summary>For the simulator's own exports, which are not counted and never fail by injection.</summary>
    public static int Control(Func<Simulator, int> body)
    {
        lock (Gate)
        {
            try
            {
                return body(_simulator ??= Start(Environment.GetEnvironmentVariable(Configuration.Variable)));
            }
            catch (Exception)
            {
                return -1;
            }
        }
    }

    /// <summary>Starts another machine; the old one is gone with everything in it.</summary>
    /// <returns>Null, or what is wrong with the settings.</returns>
    public static string? Restart(string? settings)
    {
        lock (Gate)
        {
            try
            {
                var old = _simulator;
                _simulator = Start(settings);
                old?.Abandon();
                return null;
            }
            catch (Exception e)
            {
                return e.Message;
            }
        }
    }

    /// <summary>The text of a result: the driver's own, and what this thread's last failure of that kind was about.</summary>
    public static byte* Text(Result result)
    {
        if (ResultText.Of(result) is not { } text) return null;
        if (_failure.Result == result && result != Result.CUDA_SUCCESS) text += ": " + _failure.Message;
        Marshal.FreeCoTaskMem(_text);
        _text = Marshal.StringToCoTaskMemUTF8(text);
        return (byte*)_text;
    }

    private static Simulator Start(string? settings)
    {
        if (!_watching) _watching = AtExit(&Exit, 0, 0) == 0;
        return new(Configuration.Parse(settings));
    }

    // As the driver: once the process is ending, every call is answered with that.
    [UnmanagedCallersOnly]
    private static void Exit(nint argument)
    {
        _exiting = true;
        try
        {
            // Not under the lock: a thread that held it may be gone.
            if (_simulator is { Configuration.ReportFile: { } file } simulator) File.WriteAllText(file, simulator.Report.Write(simulator));
        }
        catch (Exception)
        {
            // The process is ending: there is nobody left to tell, and nothing may leave an export.
        }
    }

    // A host that calls after the end is told as by the driver, and the test that looks for it finds a file.
    private static int Late(string name, int code)
    {
        try
        {
            if (!name.StartsWith("cuGetError", StringComparison.Ordinal) && _simulator is { Configuration.ReportFile: { } file })
                File.AppendAllText(file + ".late", name + "\n");
        }
        catch (Exception)
        {
            // As above.
        }
        return code;
    }

    [LibraryImport("libc", EntryPoint = "__cxa_atexit")]
    private static partial int AtExit(delegate* unmanaged<nint, void> function, nint argument, nint library);

    private static int Injected(Simulator simulator, string name)
    {
        // The driver's texts are no calls that can fail.
        if (name.StartsWith("cuGetError", StringComparison.Ordinal)) return 0;
        simulator.Report.Called(name);
        foreach (var fault in simulator.Configuration.Faults)
            if (fault.Next(name) is var code and not 0) return code;
        return 0;
    }

    private static bool IsRelease(string name) =>
        name.Contains("Destroy", StringComparison.Ordinal) || name.Contains("Free", StringComparison.Ordinal)
        || name.Contains("Unload", StringComparison.Ordinal) || name.Contains("Release", StringComparison.Ordinal);

    private static int Failed(Result result, string message)
    {
        // The caller ends the sentence.
        _failure = (result, message.TrimEnd('.'));
        return (int)result;
    }
}
