using GpuTensor.Bindings.Cuda;
using GpuTensor.Tests.Bindings;
using Xunit;

namespace GpuTensor.Tests.Simulator;

/// <summary>Host programs. Each public method without parameters is a test, on the machine its attribute names.</summary>
public static unsafe partial class Programs
{
    private static SimulatorControl _simulator = null!;
    private static string _folder = "";
    private static bool _defectExpected;

    /// <summary>Points this copy of the bindings at a folder and starts a machine.</summary>
    public static void Begin(string folder, string settings)
    {
        CudaLibraries.Shared = new CudaLibraries(new OnlyThis(folder));
        _folder = folder;
        _simulator = new SimulatorControl(folder);
        _simulator.Restart(settings);
    }

    /// <summary>After a program: no defect was found that it did not expect.</summary>
    public static void End(string name)
    {
        string[] defects = _simulator.Defects();
        if (_defectExpected) Assert.NotEmpty(defects);
        else Assert.True(defects.Length == 0, $"{name}: {string.Join(Environment.NewLine, defects)}");
    }

    /// <summary>The program ends here as skipped where one of these versions of NVRTC is absent.</summary>
    private static void NeedsCompiler(params ReadOnlySpan<int> majors)
    {
        foreach (int major in majors) Nvrtc.Folder(major);
    }

    /// <summary>An action that must fail with a result, and say all of this.</summary>
    private static CudaException Refused(CudaResult result, Action action, params ReadOnlySpan<string> says)
    {
        var error = Assert.ThrowsAny<CudaException>(action);
        Assert.True(error.Result == result, $"{error.Result} instead of {result}: {error.Message}");
        foreach (string part in says) Assert.True(error.Message.Contains(part), $"'{part}' is not in: {error.Message}");
        return error;
    }

    /// <summary>The same of a defect that takes the device out of use.</summary>
    private static CudaException Defect(CudaResult result, Action action, params ReadOnlySpan<string> says)
    {
        _defectExpected = true;
        return Refused(result, action, says);
    }

    /// <summary>A machine with nothing but one folder.</summary>
    private sealed class OnlyThis(string folder) : ProbeEnvironment
    {
        public override string? Variable(string name) => name == LibraryFolders.Variable ? folder : null;

        public override IReadOnlyList<string> Folders(string parent, string pattern) => [];
    }
}
