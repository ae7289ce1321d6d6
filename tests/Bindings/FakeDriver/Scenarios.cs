using System.Runtime.InteropServices;
using System.Text;
using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Tests.Bindings.FakeDriver;

/// <summary>Programs that run on the recording driver, in a second copy of the bindings. Each public method without parameters is a
/// test.</summary>
public static unsafe partial class Scenarios
{
    private const ulong Primary = 0x770000000028, SecondPrimary = 0x770000000029;
    private static nint _fake;

    /// <summary>Points this copy of the bindings at the fake driver of a folder, and empties its log.</summary>
    public static void Begin(string folder)
    {
        CudaLibraries.Shared = new CudaLibraries(new OnlyThis(folder));
        _fake = NativeLibrary.Load(Path.Combine(folder, "libcuda.so.1"));
        ((delegate* unmanaged<void>)NativeLibrary.GetExport(_fake, "fake_reset"))();
    }

    /// <summary>The calls so far, "name arguments in hexadecimal"; notes of the fake are lines that begin with a space.</summary>
    private static string[] Calls() => Text().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The calls that an action makes, less the context's own housekeeping.</summary>
    private static string[] CallsOf(Action action)
    {
        int before = Calls().Length;
        action();
        return [.. Calls()[before..].Where(c => !c.StartsWith("cuCtxGetCurrent", StringComparison.Ordinal))
            .Where(c => !c.StartsWith("cuGetError", StringComparison.Ordinal))];
    }

    /// <summary>The next calls of this name fail with this number.</summary>
    private static void Fail(string call, int code, int times = 1)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(call + '\0'))
            ((delegate* unmanaged<byte*, int, int, void>)NativeLibrary.GetExport(_fake, "fake_fail"))(name, code, times);
    }

    /// <summary>Makes a context this thread's behind the bindings' back.</summary>
    private static void SetCurrent(ulong context) =>
        ((delegate* unmanaged<ulong, void>)NativeLibrary.GetExport(_fake, "fake_current"))(context);

    private static string Hex(nint value) => ((ulong)value).ToString("x", null);

    private static string Hex(ulong value) => value.ToString("x", null);

    private static string Text() =>
        Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)NativeLibrary.GetExport(_fake, "fake_log"))())!;

    /// <summary>A machine with nothing but one folder.</summary>
    private sealed class OnlyThis(string folder) : ProbeEnvironment
    {
        public override string? Variable(string name) => name == LibraryFolders.Variable ? folder : null;

        public override IReadOnlyList<string> Folders(string parent, string pattern) => [];
    }
}
