using System.Runtime.InteropServices;

namespace GpuTensor.Backends;

/// <summary>Environment variables that native libraries read. .NET keeps a copy of its own on Unix: what
/// <see cref="Environment.SetEnvironmentVariable(string, string)"/> sets never reaches <c>getenv</c> there.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>Sets a variable for libraries that are loaded later, for this process and for its children.</summary>
    public static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        // Windows: .NET's call is the system's.
        if (!OperatingSystem.IsWindows()) Pass(name, value, overwrite: true);
    }

    /// <summary>Sets a variable for native libraries alone. Unix only.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="value">Its value.</param>
    /// <param name="overwrite">Whether a value that native code already sees is replaced.</param>
    public static void Pass(string name, string value, bool overwrite) => _ = SetNative(name, value, overwrite ? 1 : 0);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
