using GpuTensor.Backends;
using GpuTensor.Backends.OpenCl;
using GpuTensor.Tests.Attacks;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Backends;

/// <summary>Where compiled kernels go on machines whose usual places cannot be written.</summary>
public class CacheFolderTests
{
    [Fact]
    public void The_first_folder_that_can_be_written_is_taken_and_the_others_are_named()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["file"], "");
        var (path, why) = CacheFolder.Choose([(folder["file"], false), (folder["file/below"], false), (folder["good"], true),
            (folder["other"], false)]);
        Assert.Equal(folder["good"], path);
        Assert.Equal(2, why.Split('\n').Length);
        Assert.Contains($"{folder["file/below"]} cannot be used: ", why);
        Assert.Empty(Directory.GetFiles(folder["good"]));
        Assert.Equal((null, ""), CacheFolder.Choose([]));
    }

    [Fact]
    public void A_shared_place_is_taken_only_as_a_folder_of_this_user_alone()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("Rights are looked at on Linux only.");
            return;
        }
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["open"], (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(folder["real"], (UnixFileMode)0b111_000_000);
        Directory.CreateSymbolicLink(folder["link"], folder["real"]);
        var (path, why) = CacheFolder.Choose([(folder["open"], true), (folder["link"], true), (folder["real"], true)]);
        Assert.Equal(folder["real"], path);
        Assert.Contains("not a folder of this user alone", why);
        CacheFolder.Choose([(folder["made"], true)]);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(folder["made"]));
    }

    private static void ComputesOnPocl()
    {
        Assert.Equal("opencl", Device.Default.Kind);
        Assert.Equal(6f, (Tensor.Ones(3) * 2).Sum().Item<float>());
        Console.WriteLine(Environment.GetEnvironmentVariable("POCL_CACHE_DIR"));
    }

    /// <summary>Home folders that cannot be written, or are no folders, or are unset: PoCL by itself has no device then, or shares a folder
    /// with everybody.</summary>
    [Theory]
    [InlineData("/dev/null/home", null, null)]
    [InlineData("/proc/1", null, null)]
    [InlineData(null, "/dev/null", null)]
    [InlineData(null, null, "/dev/null/pocl")]
    public async Task PoCL_gets_a_cache_folder_that_works(string? home, string? cache, string? pocl)
    {
        if (!OperatingSystem.IsLinux() || !OpenClPlatform.Devices().Any(d => d.IsPocl)) Assert.Skip("There is no PoCL here.");
        if (Device.IsCudaAvailable || OpenClPlatform.Devices().Count > 1) Assert.Skip("There are other devices here.");
        using var folder = new TempFolder();
        var result = await ChildProcess.Run(ComputesOnPocl, null, environment: new Dictionary<string, string?>
        {
            ["HOME"] = home, ["XDG_CACHE_HOME"] = cache, ["POCL_CACHE_DIR"] = pocl, ["GPUTENSOR_CACHE"] = null, ["TMPDIR"] = folder.Path,
        });
        result.Succeeded();
        if (home is null && cache is null && pocl is null) return;
        // HOME unset is no failure: the user's home folder is found without it.
        Assert.Contains("PoCL has no cache folder", result.Errors);
        string chosen = result.Output.Trim();
        Assert.True(Directory.Exists(chosen), chosen);
        Assert.Contains(chosen, result.Errors);
    }

    private static void SaysWhy(string says)
    {
        Assert.Empty(OpenClPlatform.Devices());
        Assert.Contains(says, OpenClPlatform.Reason);
        Assert.DoesNotContain("apt", OpenClPlatform.Reason);
        Assert.DoesNotContain("nstall the packages", OpenClPlatform.Reason);
    }

    [Fact]
    public async Task Where_no_folder_works_the_reason_is_the_folder_and_not_a_package()
    {
        if (!OperatingSystem.IsLinux() || !OpenClPlatform.Devices().Any(d => d.IsPocl)) Assert.Skip("There is no PoCL here.");
        if (OpenClPlatform.Devices().Count > 1) Assert.Skip("There are other devices here.");
        (await ChildProcess.Run(SaysWhy, null, environment: new Dictionary<string, string?>
        {
            ["HOME"] = "/dev/null/home", ["XDG_CACHE_HOME"] = null, ["POCL_CACHE_DIR"] = null, ["GPUTENSOR_CACHE"] = null,
                ["TMPDIR"] = "/dev/null/tmp",
        }, arguments: "PoCL has no cache folder")).Succeeded();
    }
}
