using System.Runtime.InteropServices;
using System.Text;

namespace GpuTensor.CudaSimulator.Exports;

/// <summary>What only the simulator exports, for tests that load it themselves. The product does not know these names.</summary>
internal static unsafe class SimulatorExports
{
    /// <summary>Starts another machine with these settings (UTF-8, see <see cref="Driver.Configuration"/>; null: those of the
    /// environment).</summary>
    /// <returns>0, or the length of the message that was written to <paramref name="error"/>.</returns>
    [UnmanagedCallersOnly(EntryPoint = "gpuTensorSimulatorRestart")]
    public static int gpuTensorSimulatorRestart(byte* settings, byte* error, int errorBytes)
    {
        string? text = settings == null
            ? Environment.GetEnvironmentVariable(Driver.Configuration.Variable)
            : Marshal.PtrToStringUTF8((nint)settings);
        return Call.Restart(text) is { } problem ? Write(problem, error, errorBytes) : 0;
    }

    /// <summary>The report as JSON in UTF-8.</summary>
    /// <returns>Bytes it has, the NUL among them; nothing is written where the buffer is too small.</returns>
    [UnmanagedCallersOnly(EntryPoint = "gpuTensorSimulatorReport")]
    public static int gpuTensorSimulatorReport(byte* buffer, int bytes) =>
        Call.Control(simulator => Write(simulator.Report.Write(simulator), buffer, bytes));

    /// <summary>The n-th call of a name from now on fails with a code; "*" counts the calls of all names.</summary>
    [UnmanagedCallersOnly(EntryPoint = "gpuTensorSimulatorFail")]
    public static int gpuTensorSimulatorFail(byte* name, long number, int code) => Call.Control(simulator =>
    {
        simulator.Configuration.Faults.Add(new(Marshal.PtrToStringUTF8((nint)name)!, number, code));
        return 0;
    });

    /// <summary>Takes back every fault that has not happened yet.</summary>
    [UnmanagedCallersOnly(EntryPoint = "gpuTensorSimulatorFailNothing")]
    public static int gpuTensorSimulatorFailNothing() => Call.Control(simulator =>
    {
        simulator.Configuration.Faults.Clear();
        return 0;
    });

    private static int Write(string text, byte* buffer, int bytes)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text + '\0');
        if (buffer != null && utf8.Length <= bytes) utf8.CopyTo(new Span<byte>(buffer, bytes));
        return utf8.Length;
    }
}
