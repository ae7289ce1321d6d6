using GpuTensor.Conformance;
using GpuTensor.Backends.Cuda;
using GpuTensor.Kernels;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Cli.Kernels;

/// <summary>Runs programs on a CUDA device, simulated or real, and keeps every kernel that it hands to its compiler. What is generated does
/// not depend on the GPU (<see cref="CudaBackend"/> gives all of them one profile): recordings of two GPUs are the same, which a test sees
/// to.</summary>
internal sealed class ProgramRecording
{
    private readonly Device device;
    private readonly CudaBackend backend;
    private readonly Lock gate = new();
    private readonly Dictionary<string, GeneratedKernel> kernels = new(StringComparer.Ordinal);

    /// <param name="device">The CUDA device.</param>
    /// <param name="matrix">Hears of what the device's compiler makes.</param>
    public ProgramRecording(Device device, CompilerMatrix matrix)
    {
        this.device = device;
        if (device.Planned is not { Backend: CudaBackend cuda } planned)
            throw new UsageException(
                $"{device.Name} is no CUDA device: what it compiles is not CUDA C++. Without a GPU: tools/gputensor kernels --simulator.");
        backend = cuda;
        planned.Kernels.Listener = Hear;
        backend.CompilationListener = matrix.Hear;
    }

    /// <summary>The device's name.</summary>
    public string Name => device.Name;

    /// <summary>Each kernel once; a kernel's name holds a hash of its text.</summary>
    public IReadOnlyList<GeneratedKernel> Kernels
    {
        get { lock (gate) return [.. kernels.Values.OrderBy(k => k.EntryPoint, StringComparer.Ordinal)]; }
    }

    /// <summary>What could not be run: the kernels of these may be missing from the recording.</summary>
    public List<string> Failures { get; } = [];

    private void Hear(GeneratedKernel kernel)
    {
        lock (gate) kernels.TryAdd(kernel.EntryPoint, kernel);
    }

    /// <summary>Training with Adam, and what the benchmarks run: in the forms of small and of large tensors, at sizes small enough for a
    /// simulator.</summary>
    public void RunPrograms()
    {
        long small = backend.SmallDomain;
        OnThisDevice(() =>
        {
            RunEach();
            device.Planned!.ForgetPlans();
            backend.SmallDomain = 0;
            RunEach();
            device.Planned.ForgetPlans();
            backend.SmallDomain = small;
        });

        void RunEach()
        {
            Attempt("training", Train);
            Attempt("gelu", () =>
            {
                var x = Tensor.RandN([4099], requiresGrad: true).Realize();
                var b = Tensor.RandN(4099).Realize();
                var y = (x * 1.5 + b).Gelu() * 0.5 + x;
                y.Realize();
                y.Backward(b);
                x.Grad!.Realize();
            });
            Attempt("softmax", () => Rows().Softmax(1).Realize());
            Attempt("layer norm", () => new LayerNorm(1024).Forward(Rows()).Realize());
            Attempt("attention", () =>
            {
                Tensor Part() => Tensor.RandN(2, 4, 32, 64).Realize();
                F.ScaledDotProductAttention(Part(), Part(), Part(), isCausal: true).Realize();
            });
        }
    }

    /// <summary>Runs a file of recorded operator samples. Whether their results are right is <c>conformance</c>'s to say.</summary>
    public void RunOperators(string path) => Attempt(Path.GetFileNameWithoutExtension(path), () => ConformanceRun.RunFile(path, device));

    /// <summary>Runs the first steps of a recorded training run: the first and second of an optimizer differ, the third is captured, the
    /// fourth a launch of what was captured.</summary>
    public void RunTraining(string corpus, string name) =>
        OnThisDevice(() => Attempt(name, () => TrainingRuns.Run(corpus, name, device, steps: 4)));

    private void OnThisDevice(Action run)
    {
        var before = Device.Default;
        Device.Default = device;
        try
        {
            run();
            device.Synchronize();
        }
        finally
        {
            Device.Default = before;
        }
    }

    private void Attempt(string what, Action run)
    {
        try
        {
            run();
        }
        catch (Exception e) when (e is TensorException or TrainingDiffersException or IOException)
        {
            Failures.Add($"{what}: {e.Message}");
        }
    }

    private static Tensor Rows() => Tensor.RandN(8, 1024).Realize();

    private static void Train()
    {
        var model = new Sequential(new Flatten(), new Linear(784, 64), new ReLU(), new Linear(64, 32), new ReLU(), new Linear(32, 10));
        var optimizer = new Adam(model.Parameters(), lr: 1e-3);
        Tensor images = Tensor.Rand(32, 28, 28).Realize(), labels = Tensor.RandInt(10, [32]).Realize();
        for (int i = 0; i < 3; i++)
        {
            optimizer.ZeroGrad();
            F.CrossEntropy(model.Forward(images), labels).Backward();
            optimizer.Step();
        }
    }
}
