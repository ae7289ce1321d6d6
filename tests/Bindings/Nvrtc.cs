using System.Diagnostics;
using System.Runtime.InteropServices;
using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Tests.Bindings;

/// <summary>NVIDIA's real compilers, which need no GPU: in a folder that <c>GPUTENSOR_NVRTC</c> names (several are separated as in PATH),
/// else in <c>.cache/nvrtc</c> at the repository's root, or unpacked there from the archives of a shared folder. They are NVIDIA's and stay
/// out of the repository.</summary>
internal static class Nvrtc
{
    private static readonly Lock Unpacking = new();

    /// <summary>The library of a major version, or the test ends here as skipped.</summary>
    public static NvrtcLibrary Library(int major) => NvrtcLibrary.Load(Path.Combine(Folder(major), FileName(major)));

    /// <summary>The folder with that version's files, or the test ends here as skipped.</summary>
    public static string Folder(int major) => Part(major).Require();

    /// <summary>The versions that are here.</summary>
    public static IEnumerable<int> Versions => ((int[])[13, 12]).Where(major => Part(major).IsHere);

    /// <summary>The folder with that version's files, or null: what <see cref="OptionalPart"/> asks.</summary>
    public static string? Find(int major)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return null;
        // As tools/simulator: what the variable names is used, and nothing else.
        if (Environment.GetEnvironmentVariable("GPUTENSOR_NVRTC") is { Length: > 0 } named)
            return named.Split(Path.PathSeparator).FirstOrDefault(folder => File.Exists(Path.Combine(folder, FileName(major))));
        string folder = Path.Combine(Repository.Root, ".cache", "nvrtc");
        lock (Unpacking)
        {
            if (!File.Exists(Path.Combine(folder, FileName(major))) && Repository.Shared("nvrtc") is { } shared
                && Directory.GetFiles(shared, $"nvrtc-{major}.*-linux-x64.tar.xz").FirstOrDefault() is { } archive) Unpack(archive, folder);
        }
        return File.Exists(Path.Combine(folder, FileName(major))) ? folder : null;
    }

    private static OptionalPart Part(int major) => major == 13 ? OptionalPart.Nvrtc13 : OptionalPart.Nvrtc12;

    private static string FileName(int major) => $"libnvrtc.so.{major}";

    /// <summary>Unpacks beside the target and moves the files in one by one, the builtins first: another test process must never see half
    /// a library.</summary>
    private static void Unpack(string archive, string folder)
    {
        string temporary = Directory.CreateDirectory(Path.Combine(folder, $".unpacking-{Environment.ProcessId}")).FullName;
        try
        {
            var command = new ProcessStartInfo("tar", ["-xJf", archive, "-C", temporary]) { RedirectStandardError = true };
            using var tar = Process.Start(command)!;
            string error = tar.StandardError.ReadToEnd();
            tar.WaitForExit();
            if (tar.ExitCode != 0) throw new InvalidOperationException($"tar could not unpack {archive}: {error}");
            var files = Directory.GetFiles(temporary, "*", SearchOption.AllDirectories);
            foreach (string file in files.OrderBy(f => !f.Contains("builtins", StringComparison.Ordinal)))
            {
                // A file that another process has put there stays: it may be loaded, and a second one under its name would be another
                // library.
                string target = Path.Combine(folder, Path.GetFileName(file));
                if (!File.Exists(target)) File.Move(file, target, overwrite: true);
            }
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }
}
