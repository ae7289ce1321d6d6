using GpuTensor.Backends.OpenCl;
using Xunit;

namespace GpuTensor.Tests.Backends;

/// <summary>Opens an OpenCL device for a test, or skips it with the reason.</summary>
internal static class OpenClTest
{
    /// <param name="options">Compiler options beside the engine's own.</param>
    public static OpenClBackend Open(string options = "")
    {
        OptionalPart.OpenCl.Require();
        return OpenClPlatform.Devices()[0].Open(options);
    }
}
