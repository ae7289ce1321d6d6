using GpuTensor.Devices.OpenCl;
using Xunit;

namespace GpuTensor.Tests.Devices;

/// <summary>Opens an OpenCL device for a test, or skips it with the reason.</summary>
internal static class OpenClTest
{
    public static OpenClBackend Open()
    {
        if (OpenClPlatform.Devices().Count == 0) Assert.Skip(OpenClPlatform.Reason);
        return OpenClPlatform.Devices()[0].Open();
    }
}
