using System.Diagnostics;
using System.Runtime.InteropServices;
using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Bindings;

/// <summary>NVIDIA's real compilers, which need no GPU: taken from the folder that <c>GPUTENSOR_NVRTC</c> names, else from <c>.cache/nvrtc</c> at the repository's root, or unpacked there from
/// the archives of a shared folder. They are NVIDIA's and stay out of the repository.</summary>
internal static class NvrtcArchive
{
    private static readonly Lock Unpacking = new();

    /// <summary>The library of a major version, or the test ends here as skipped.</summary>
    public static NvrtcLibrary Require(int major) => NvrtcLibrary.Load(Path.Combine(RequireFolder(major), $"libnvrtc.so.{major}"));

    /// <summary>The folder with that version's files, or the test ends here as skipped.</summary>
    public static string RequireFolder(int major)
    {
        bool fits = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;
        Assert.SkipUnless(fits, "The NVRTC archives are for Linux x86-64.");
        // As tools/simulator: what it names is used, and nothing else.
        if (Environment.GetEnvironmentVariable("GPUTENSOR_NVRTC") is { Length: > 0 } named)
        {
            Assert.SkipUnless(File.Exists(Path.Combine(named, $"libnvrtc.so.{major}")), $"GPUTENSOR_NVRTC names {named}, which holds no libnvrtc.so.{major}.");
            return named;
        }
        string folder = Path.Combine(SharedFiles.RepositoryRoot(), ".cache", "nvrtc");
        string file = Path.Combine(folder, $"libnvrtc.so.{major}");
        lock (Unpacking)
        {
            if (File.Exists(file)) return folder;
            string? archive = SharedFiles.Find("nvrtc") is { } shared
                ? Directory.GetFiles(shared, $"nvrtc-{major}.*-linux-x64.tar.xz").FirstOrDefault()
                : null;
            Assert.SkipWhen(archive is null, $"No {file} and no archive of NVRTC {major} in a shared folder.");
            Unpack(archive!, folder);
        }
        Assert.SkipUnless(File.Exists(file), $"The archive of NVRTC {major} holds no libnvrtc.so.{major}.");
        return folder;
    }

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
            Assert.SkipUnless(tar.ExitCode == 0, $"tar could not unpack {archive}: {error}");
            var files = Directory.GetFiles(temporary, "*", SearchOption.AllDirectories);
            foreach (string file in files.OrderBy(f => !f.Contains("builtins", StringComparison.Ordinal)))
                File.Move(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }
}
