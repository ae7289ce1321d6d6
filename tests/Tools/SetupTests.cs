using System.Diagnostics;
using System.IO.Compression;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary><c>tools/setup.sh</c>, where pip brings NVIDIA's compiler: wheels made here stand in for NVIDIA's.</summary>
public class SetupTests
{
    [Fact]
    public void Pip_brings_the_versions_of_NVRTC_that_the_tests_are_held_with()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["wheels"]);
        Wheel(folder["wheels"], "nvidia_cuda_nvrtc", "13.0.88", "nvidia/cu13/lib", "libnvrtc.so.13", "libnvrtc-builtins.so.13.0");
        Wheel(folder["wheels"], "nvidia_cuda_nvrtc", "13.9.1", "nvidia/cu13/lib", "libnvrtc.so.13", "libnvrtc-builtins.so.13.9");
        Wheel(folder["wheels"], "nvidia_cuda_nvrtc_cu12", "12.9.86",
            "nvidia/cuda_nvrtc/lib", "libnvrtc.so.12", "libnvrtc-builtins.so.12.9");
        var result = Setup(folder,
            "GPUTENSOR_NVRTC=pip need_nvrtc \"$TARGET\"; status=$?; echo \"${GPUTENSOR_NVRTC-unset}\"; exit $status");
        if (result.Errors.Contains("needs pip", StringComparison.Ordinal)) Assert.Skip("pip is not here: apt-get install python3-pip.");
        // The variable asked for pip; now the folder is looked at as ever.
        Assert.Equal("unset", result.Succeeded().Lines[^1]);
        Assert.Equal(["libnvrtc-builtins.so.12.9", "libnvrtc-builtins.so.13.0", "libnvrtc.so.12", "libnvrtc.so.13"],
            Directory.GetFiles(folder["target"]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        // Both are there: pip is not asked again.
        Directory.Delete(folder["wheels"], recursive: true);
        Assert.DoesNotContain("installing", Setup(folder, "GPUTENSOR_NVRTC=pip need_nvrtc \"$TARGET\"").Succeeded().Errors);
    }

    [Fact]
    public void What_pip_has_not_is_said()
    {
        using var folder = new TempFolder();
        var result = Setup(folder, "GPUTENSOR_NVRTC=pip need_nvrtc \"$TARGET\"");
        if (result.Errors.Contains("needs pip", StringComparison.Ordinal)) Assert.Skip("pip is not here: apt-get install python3-pip.");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("pip could not install nvidia-cuda-nvrtc==13.0.*", result.Errors);
        Assert.Contains("pip could not install nvidia-cuda-nvrtc-cu12==12.9.*", result.Errors);
    }

    [Fact]
    public void Nobody_asked_for_pip_and_nothing_is_installed()
    {
        using var folder = new TempFolder();
        foreach (string value in (string[])["", "none", folder.Path])
            Assert.Equal("", Setup(folder, $"GPUTENSOR_NVRTC={value}; need_nvrtc \"$TARGET\"").Succeeded().Errors.Trim());
        Assert.False(Directory.Exists(folder["target"]));
    }

    private static Program.Result Setup(TempFolder folder, string commands)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The scripts are for shells.");
        var start = new ProcessStartInfo("bash", ["-c", $"source '{Repository.Root}/tools/setup.sh'; {commands}"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PIP_NO_INDEX"] = "1";
        start.Environment["PIP_FIND_LINKS"] = folder["wheels"];
        start.Environment["TARGET"] = folder["target"];
        start.Environment.Remove("GPUTENSOR_NVRTC");
        using var process = Process.Start(start)!;
        return Program.Wait(process);
    }

    private static void Wheel(string folder, string name, string version, string place, params string[] files)
    {
        using var wheel = ZipFile.Open(Path.Combine(folder, $"{name}-{version}-py3-none-any.whl"), ZipArchiveMode.Create);
        foreach (string file in files) Write($"{place}/{file}", version);
        string info = $"{name}-{version}.dist-info";
        Write($"{info}/METADATA", $"Metadata-Version: 2.1\nName: {name.Replace('_', '-')}\nVersion: {version}\n");
        Write($"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        Write($"{info}/RECORD", "");

        void Write(string entry, string text)
        {
            using var writer = new StreamWriter(wheel.CreateEntry(entry).Open());
            writer.Write(text);
        }
    }
}
