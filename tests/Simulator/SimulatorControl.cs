using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace GpuTensor.Tests.Simulator;

/// <summary>What the simulator exports beside CUDA: another machine, the report, calls that fail. For one loaded library; each folder of
/// <see cref="SimulatorFolder.RequirePrivate"/> is one.</summary>
internal sealed unsafe class SimulatorControl
{
    private readonly nint _library;

    /// <summary>Of the library in a folder.</summary>
    public SimulatorControl(string folder) => _library = NativeLibrary.Load(Path.Combine(folder, "libcuda.so.1"));

    /// <summary>True where the library exports a name.</summary>
    public bool Exports(string name) => NativeLibrary.TryGetExport(_library, name, out _);

    /// <summary>Starts another machine; of the old one nothing is left. Bindings that have seen the devices and the driver's version keep
    /// what they saw.</summary>
    /// <exception cref="ArgumentException">A setting is unknown or out of range.</exception>
    public void Restart(string settings)
    {
        byte* error = stackalloc byte[1024];
        fixed (byte* text = Utf8(settings))
            if (((delegate* unmanaged<byte*, byte*, int, int>)Export("gpuTensorSimulatorRestart"))(text, error, 1024) != 0)
                throw new ArgumentException(Marshal.PtrToStringUTF8((nint)error), nameof(settings));
        // The bindings start the driver once for each process.
        ((delegate* unmanaged<uint, int>)Export("cuInit"))(0);
    }

    /// <summary>The n-th call of this name from now on fails with this number; "*" counts the calls of all names.</summary>
    public void Fail(string call, int code, long number = 1)
    {
        fixed (byte* name = Utf8(call)) ((delegate* unmanaged<byte*, long, int, int>)Export("gpuTensorSimulatorFail"))(name, number, code);
    }

    /// <summary>Takes back what has not failed yet.</summary>
    public void FailNothing() => ((delegate* unmanaged<int>)Export("gpuTensorSimulatorFailNothing"))();

    /// <summary>The report: <c>live</c>, <c>blocks</c>, <c>defects</c>, <c>refusals</c>, <c>launches</c>, <c>callCount</c>,
    /// <c>calls</c>.</summary>
    public JsonElement Report()
    {
        var report = (delegate* unmanaged<byte*, int, int>)Export("gpuTensorSimulatorReport");
        // Other threads may make it longer between two questions.
        for (byte[] buffer = new byte[report(null, 0) + 4096]; ; Array.Resize(ref buffer, buffer.Length * 2))
        {
            int length;
            fixed (byte* first = buffer) length = report(first, buffer.Length);
            if (length <= buffer.Length) return JsonDocument.Parse(buffer.AsMemory(0, length - 1)).RootElement;
        }
    }

    /// <summary>How many objects of a kind are alive: "context", "stream", "event", "module", "graph", "executable graph", "cuBLAS handle",
    /// "device block", "device bytes", "pinned block", "share".</summary>
    public long Live(string kind) => Report().GetProperty("live").TryGetProperty(kind, out var count) ? count.GetInt64() : 0;

    /// <summary>Defects the simulator has seen, whether or not the host was told or listened.</summary>
    public string[] Defects() => [.. Report().GetProperty("defects").EnumerateArray().Select(d => d.GetString()!)];

    /// <summary>How often each call was made.</summary>
    public Dictionary<string, long> Calls() =>
        Report().GetProperty("calls").EnumerateObject().ToDictionary(c => c.Name, c => c.Value.GetInt64());

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
