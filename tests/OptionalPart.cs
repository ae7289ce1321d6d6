using GpuTensor.Conformance;
using GpuTensor.Backends.OpenCl;
using GpuTensor.Tests.Bindings;
using Xunit;

namespace GpuTensor.Tests;

/// <summary>What tests look at and a machine may lack, a row a part. A test asks here, and skips where the part is absent: the reason names
/// what to install and which variable points to it. A variable whose value is <c>none</c> declares its part absent.</summary>
internal sealed class OptionalPart
{
    /// <summary>NVIDIA's compiler, by CUDA's major version. The versions are those that the tests are held with.</summary>
    public static readonly OptionalPart Nvrtc13 = new("NVRTC 13", "GPUTENSOR_NVRTC",
        "Install it with tools/setup.sh --nvrtc or pip install nvidia-cuda-nvrtc==13.0.*", "its folder",
        ".cache/nvrtc, an archive in shared/nvrtc", () => Nvrtc.Find(13));

    public static readonly OptionalPart Nvrtc12 = new("NVRTC 12", "GPUTENSOR_NVRTC",
        "Install it with tools/setup.sh --nvrtc or pip install nvidia-cuda-nvrtc-cu12==12.9.*", "its folder",
        ".cache/nvrtc, an archive in shared/nvrtc", () => Nvrtc.Find(12));

    public static readonly OptionalPart Corpus = new("PyTorch's recordings", "GPUTENSOR_CORPUS",
        "No package brings them", "their folder, which holds ops/NAME.json and ops/NAME.safetensors", "shared/corpus",
        () => GpuTensor.Conformance.Corpus.Find()?.Root);

    public static readonly OptionalPart CudaAbi = new("The numbers of NVIDIA's headers", "GPUTENSOR_CUDA_ABI",
        "No package brings them", "cuda-abi.json", "shared/design/cuda-abi.json",
        () => Variable("GPUTENSOR_CUDA_ABI") ?? Repository.Shared("design", "cuda-abi.json"));

    public static readonly OptionalPart CCompiler = new("A C compiler", "GPUTENSOR_CC",
        "Install it with apt-get install gcc libc6-dev zlib1g-dev", "clang or gcc", "clang, gcc and cc on PATH",
        () => Variable("GPUTENSOR_CC") ?? OnPath("clang") ?? OnPath("gcc") ?? OnPath("cc"));

    public static readonly OptionalPart FashionMnist = new("Fashion-MNIST", "GPUTENSOR_DATA",
        "Install it with apt-get install dataset-fashion-mnist", "the folder of its .gz files", "the package's folder",
        () => TrainingRuns.FashionMnistFolder);

    /// <summary>Its variable names platforms to leave out: <c>portable</c> declares PoCL absent.</summary>
    public static readonly OptionalPart OpenCl = new("An OpenCL device", "GPUTENSOR_OPENCL_EXCLUDE",
        OpenClLibrary.InstallHint.TrimEnd('.'), "platforms to leave out", "the OpenCL loader",
        () => OpenClPlatform.Devices().Count > 0 ? "opencl" : null);

    private const string Log = "GPUTENSOR_OPTIONAL_LOG";
    private static readonly Lock Gate = new();

    private readonly Lazy<string?> found;
    private readonly string name, variable, reason;

    private OptionalPart(string name, string variable, string install, string names, string places, Func<string?> find)
    {
        (this.name, this.variable) = (name, variable);
        reason = $"not here. {install}. {variable} names {names}; else looked for: {places}.";
        found = new(() => Environment.GetEnvironmentVariable(variable) == "none" ? null : find());
    }

    /// <summary>Whether it is here, for a test that then compares a little more: CI does not run it once more.</summary>
    public bool IsHere => found.Value is not null;

    /// <summary>The part's path, or null.</summary>
    public string? Find()
    {
        string? path = found.Value;
        if (path is not null) NoteTest();
        return path;
    }

    /// <summary>The part's path, or the test ends here as skipped.</summary>
    public string Require()
    {
        if (Find() is { } path) return path;
        Assert.Skip($"{name}: {(Environment.GetEnvironmentVariable(variable) == "none" ? $"declared absent ({variable}=none)" : reason)}");
        throw new InvalidOperationException();
    }

    /// <summary>A program's path; null where no folder of PATH has it.</summary>
    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>CI runs the tests that found a part here once more without it: the file that the variable names gets their names.</summary>
    private void NoteTest()
    {
        if (this == OpenCl || Variable(Log) is not { } file || TestContext.Current.TestMethod is not { } method) return;
        lock (Gate) File.AppendAllText(file, $"{method.TestClass.TestClassName}.{method.MethodName}\n");
    }
}
