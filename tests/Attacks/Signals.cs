using System.Runtime.InteropServices;

namespace GpuTensor.Tests.Attacks;

/// <summary>The C library's calls for signals and the native environment, as attacks on Linux use them.</summary>
internal static partial class Signals
{
    public const int Hangup = 1, Interrupt = 2, User1 = 10, Terminate = 15;

    /// <summary>The addresses of the handlers of signals 1 to 31: "11: 7FA0…".</summary>
    public static string[] Handlers() => [.. Enumerable.Range(1, 31).Select(signal =>
    {
        // struct sigaction begins with the address; much behind it is left as it was.
        byte[] bytes = new byte[256];
        _ = GetHandler(signal, 0, bytes);
        return $"{signal}: {BitConverter.ToInt64(bytes):X}";
    })];

    /// <summary>Sends this process a signal.</summary>
    public static void Send(int signal) => Kill(Environment.ProcessId, signal);

    /// <summary>What native code finds in the environment; null if nothing.</summary>
    public static string? NativeVariable(string name) => Marshal.PtrToStringUTF8(GetVariable(name));

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int GetHandler(int signal, nint action, Span<byte> old);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetVariable(string name);
}
