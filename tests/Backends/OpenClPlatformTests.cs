using GpuTensor.Backends.OpenCl;
using Xunit;

namespace GpuTensor.Tests.Backends;

public class OpenClPlatformTests
{
    [Fact]
    public void Without_a_loader_there_are_no_devices_and_the_reason_says_what_to_install()
    {
        var (devices, reason) = OpenClPlatform.Discover(["libNoSuchOpenCL.so.7", "libNorThisOne.so"], null);
        Assert.Empty(devices);
        Assert.Contains("libNoSuchOpenCL.so.7, libNorThisOne.so", reason);
        Assert.Contains("ocl-icd-libopencl1", reason);
        Assert.Contains("pocl-opencl-icd", reason);
    }

    [Fact]
    public void A_library_that_is_not_OpenCL_is_a_reason_not_a_crash()
    {
        string name = OperatingSystem.IsWindows() ? "kernel32.dll" : OperatingSystem.IsMacOS() ? "libSystem.dylib" : "libc.so.6";
        var (devices, reason) = OpenClPlatform.Discover([name], null);
        Assert.Empty(devices);
        Assert.Contains("pocl-opencl-icd", reason);
    }

    [Fact]
    public void Devices_are_numbered_and_GPUs_come_first()
    {
        OptionalPart.OpenCl.Require();
        var devices = OpenClPlatform.Devices();
        Assert.Equal(Enumerable.Range(0, devices.Count), devices.Select(d => d.Index));
        Assert.Equal(devices.OrderBy(d => d.IsCpu).Select(d => d.Index), devices.Select(d => d.Index));
    }

    [Fact]
    public void A_driver_can_be_excluded_by_name()
    {
        OptionalPart.OpenCl.Require();
        string platform = OpenClPlatform.Devices()[0].PlatformName;
        var (devices, reason) = OpenClPlatform.Discover(OpenClLibrary.DefaultNames, "no-such-driver, " + platform.ToUpperInvariant());
        Assert.DoesNotContain(devices, d => d.PlatformName == platform);
        Assert.Contains("excluded by GPUTENSOR_OPENCL_EXCLUDE", reason);
        Assert.Equal(OpenClPlatform.Devices().Count, OpenClPlatform.Discover(OpenClLibrary.DefaultNames, "no-such-driver,,").Devices.Count);
    }

    [Theory]
    [InlineData("OpenCL 1.1 Something", 1, 1)]
    [InlineData("OpenCL 3.0 PoCL HSTR: pthread", 3, 0)]
    [InlineData("OpenCL 12.10", 12, 10)]
    public void Versions_are_read(string text, int major, int minor) =>
        Assert.Equal(new Version(major, minor), OpenClInfo.ParseVersion(text));

    [Theory]
    [InlineData("")]
    [InlineData("OpenCL C 1.2")]
    [InlineData("OpenCL 999999999999.1")]
    public void Other_texts_are_no_version(string text) => Assert.Null(OpenClInfo.ParseVersion(text));

    [Fact]
    public void The_profile_is_the_devices()
    {
        using var backend = OpenClTest.Open();
        var profile = backend.Profile;
        Assert.Equal(backend.Device.IsCpu, profile.IsCpu);
        Assert.InRange(profile.MaxParameterBytes, 256, 4096);
        Assert.True(int.IsPow2(profile.GroupSize));
        Assert.InRange(backend.Memory.MaxAllocation, 1, backend.Memory.Total);
    }
}
