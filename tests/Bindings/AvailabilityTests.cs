using GpuTensor.Bindings.Cuda;
using Xunit;
using Cuda = GpuTensor.Bindings.Cuda.Cuda;

namespace GpuTensor.Tests.Bindings;

/// <summary>This machine's own CUDA, or the lack of it.</summary>
public class AvailabilityTests
{
    [Fact]
    public void Availability_and_its_reason_agree_and_asking_never_throws()
    {
        Assert.Equal(Cuda.IsAvailable, Cuda.WhyUnavailable is null);
        if (Cuda.IsAvailable) Assert.NotEmpty(Cuda.Devices);
        Assert.Contains(Cuda.LibraryAttempts, a => a.Library == CudaLibrary.Driver);
    }

    [Fact]
    public void Without_a_driver_every_entrance_says_what_was_tried()
    {
        Assert.SkipWhen(Cuda.Locate(CudaLibrary.Driver) is not null, "This machine has a CUDA driver.");
        string name = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

        Assert.False(Cuda.IsAvailable);
        Assert.Equal(new Version(0, 0), Cuda.DriverVersion);
        var error = Assert.Throws<CudaLibraryException>(() => CudaContext.Create());
        Assert.Contains(error.Attempts, a => a.Path == name && !a.Loaded);
        foreach (var attempt in error.Attempts)
        {
            Assert.Contains(attempt.Path, error.Message);
            Assert.Contains(attempt.Outcome, error.Message);
        }
        Assert.Equal(error.Message, Cuda.WhyUnavailable);
        Assert.Throws<CudaLibraryException>(() => Cuda.Devices);
        Assert.Throws<CudaLibraryException>(Cuda.Require);
        Assert.False(CudaGraph.IsSupported);
        Assert.Null(Cuda.Locate(CudaLibrary.Driver));
    }
}
