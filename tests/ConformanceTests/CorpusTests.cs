using GpuTensor.Conformance;
using GpuTensor.Backends.OpenCl;
using Xunit;

namespace GpuTensor.Tests.ConformanceTests;

using Corpus = GpuTensor.Conformance.Corpus;

/// <summary>PyTorch's recorded samples on the reference device, file by file: all of them.</summary>
public class CorpusTests
{
    public static TheoryData<string> Operators() => CorpusCheck.Names(secondOrder: false);

    public static TheoryData<string> SecondDerivatives() => CorpusCheck.Names(secondOrder: true);

    [Theory, MemberData(nameof(Operators))]
    public void Operators_agree_with_PyTorch(string file) => CorpusCheck.Run("ops", file, Device.Cpu);

    [Theory, MemberData(nameof(SecondDerivatives))]
    public void Second_derivatives_agree_with_PyTorch(string file) => CorpusCheck.Run("ops2", file, Device.Cpu);
}

/// <summary>The same on the first OpenCL device. Each shape there compiles kernels of its own, a quarter of an hour for all samples on two
/// cores; so a twentieth of them is drawn by a seed (<c>GPUTENSOR_CONFORMANCE_SEED</c>, default 0), of each file at least one and every
/// call that must be refused. <c>GPUTENSOR_CONFORMANCE=all</c> runs them all, as <c>tools/gputensor conformance --device opencl</c>
/// does.</summary>
public class DeviceCorpusTests
{
    public static TheoryData<string> Operators() => CorpusCheck.Names(secondOrder: false);

    [Theory, MemberData(nameof(Operators))]
    public void Operators_agree_with_PyTorch(string file)
    {
        var device = TestDevices.Get("opencl");
        CorpusCheck.Run("ops", file, device, Drawn);
        Assert.False(device.Planned!.Backend is OpenClBackend { DeclarationsFailed: true });
    }

    private static SampleDraw? Drawn => Environment.GetEnvironmentVariable("GPUTENSOR_CONFORMANCE") == "all" ? null
        : new(OneIn: 20, AtLeast: 1, int.TryParse(Environment.GetEnvironmentVariable("GPUTENSOR_CONFORMANCE_SEED"), out int seed) ? seed
            : 0);
}
