using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Simulator;

/// <summary>Host programs. Each public method without parameters is a test, on the machine its attribute names.</summary>
public static unsafe partial class Programs
{
    private static nint _simulator;
    private static string _folder = "";
    private static bool _defectExpected;

    /// <summary>Points this copy of the bindings at a folder and starts a machine.</summary>
    public static void Begin(string folder, string settings)
    {
        CudaLibraries.Shared = new CudaLibraries(new OnlyThis(folder));
        _folder = folder;
        _simulator = NativeLibrary.Load(Path.Combine(folder, "libcuda.so.1"));
        Restart(settings);
    }

    /// <summary>Starts another machine; of the old one nothing is left. The bindings have seen the devices and the driver already.</summary>
    private static void Restart(string settings)
    {
        byte* error = stackalloc byte[1024];
        fixed (byte* text = Encoding.UTF8.GetBytes(settings + '\0'))
        {
            int length = ((delegate* unmanaged<byte*, byte*, int, int>)NativeLibrary.GetExport(_simulator, "gpuTensorSimulatorRestart"))(text, error, 1024);
            Assert.True(length == 0, Marshal.PtrToStringUTF8((nint)error));
        }
        // The bindings start the driver once for each process.
        ((delegate* unmanaged<uint, int>)NativeLibrary.GetExport(_simulator, "cuInit"))(0);
    }

    /// <summary>After a program: no defect was found that it did not expect.</summary>
    public static void End(string name)
    {
        var defects = Report().GetProperty("defects").EnumerateArray().Select(d => d.GetString()).ToArray();
        if (_defectExpected) Assert.NotEmpty(defects);
        else Assert.True(defects.Length == 0, $"{name}: {string.Join(Environment.NewLine, defects)}");
    }

    /// <summary>The simulator's report.</summary>
    private static JsonElement Report()
    {
        var report = (delegate* unmanaged<byte*, int, int>)NativeLibrary.GetExport(_simulator, "gpuTensorSimulatorReport");
        byte[] buffer = new byte[report(null, 0) + 4096];
        int length;
        fixed (byte* first = buffer) length = report(first, buffer.Length);
        return JsonDocument.Parse(buffer.AsMemory(0, length - 1)).RootElement;
    }

    /// <summary>How many objects of a kind are alive.</summary>
    private static long Live(string kind) => Report().GetProperty("live").TryGetProperty(kind, out var count) ? count.GetInt64() : 0;

    /// <summary>The n-th call of this name from now on fails.</summary>
    private static void Fail(string call, int code, long number = 1)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(call + '\0'))
            ((delegate* unmanaged<byte*, long, int, int>)NativeLibrary.GetExport(_simulator, "gpuTensorSimulatorFail"))(name, number, code);
    }

    /// <summary>An action that must fail with a result, and say all of this.</summary>
    private static CudaException Refused(CudaResult result, Action action, params ReadOnlySpan<string> says)
    {
        var error = Assert.ThrowsAny<CudaException>(action);
        Assert.True(error.Result == result, $"{error.Result} instead of {result}: {error.Message}");
        foreach (string part in says) Assert.True(error.Message.Contains(part), $"'{part}' is not in: {error.Message}");
        return error;
    }

    /// <summary>The same of a defect that takes the device out of use.</summary>
    private static CudaException Defect(CudaResult result, Action action, params ReadOnlySpan<string> says)
    {
        _defectExpected = true;
        return Refused(result, action, says);
    }

    /// <summary>A machine with nothing but one folder.</summary>
    private sealed class OnlyThis(string folder) : ProbeEnvironment
    {
        public override string? Variable(string name) => name == LibraryFolders.Variable ? folder : null;

        public override IReadOnlyList<string> Folders(string parent, string pattern) => [];
    }
}
