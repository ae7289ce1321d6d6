using System.Runtime.CompilerServices;
using GpuTensor.Bench;
using GpuTensor.Backends;
using GpuTensor.Kernels;
using GpuTensor.Nn;
using GpuTensor.Optim;
using GpuTensor.Runtime;
using GpuTensor.Tests.Bindings;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>The kernels of typical programs, as text that lies beside this file: to be read by a newcomer, and so that a change to a
/// generator shows in review. No device is needed. <c>GPUTENSOR_GOLDENS=update</c> writes the files anew.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Kernels", "Goldens");

    /// <summary>Both dialects and both shapes; the CPU shape exists in OpenCL C alone, since it needs vectors.</summary>
    private static readonly Dictionary<string, (DeviceProfile Profile, Dialect Dialect, string Extension)> Targets = new()
    {
        ["opencl-cpu"] = (new() { IsCpu = true }, Dialect.OpenCl, "cl"),
        ["opencl-gpu"] = (new() { IsCpu = false, BranchesHaveBarriers = false }, Dialect.OpenCl, "cl"),
        ["cuda"] = (new() { IsCpu = false, PreferredGroups = 256, MaxParameterBytes = 4096, LocalMemoryBytes = 48 * 1024 }, Dialect.Cuda,
            "cu"),
    };

    /// <summary>Programs by name. Each gets a maker of tensors that exist in memory, and returns what is realised then: by that time its
    /// own variables, which a plan would keep, are gone.</summary>
    private static readonly Dictionary<string, Func<Maker, Tensor>> Programs = new()
    {
        ["chain"] = make => (make[512, 1024] * 1.5 + make[1024]).Gelu() * 0.5 + make[512, 1024],
        ["chain-bfloat16"] = make => (make.Of(DType.BFloat16, 512, 1024) * 1.5 + make.Of(DType.BFloat16, 1024)).Relu(),
        ["broadcast"] = make => make[16, 1, 48] * make[16, 32, 1] + make[32, 48],
        ["transpose"] = make => make[512, 384].T + make[384, 512],
        ["integer-division"] = make => make.Of(DType.Int32, 4096).FloorDivide(make.Of(DType.Int32, 4096)),
        ["cast"] = make => make[4096].To(DType.Int32),
        ["cat"] = make => Tensor.Cat([make[64, 100], make[64, 28]], 1),
        ["where"] = make => Tensor.Where(make[4096] > make[4096], make[4096], Tensor.Zeros([4096], device: make.Device)),
        ["sum-rows"] = make => make[512, 1024].Sum(1),
        ["sum-columns"] = make => make[1024, 512].Sum(0),
        ["sum-all"] = make => make[1 << 22].Sum(),
        ["argmax"] = make => make[512, 1000].ArgMax(1),
        ["max"] = make => make[512, 1000].Max(1) is var (values, indices) && values.Keep() is not null ? indices : values,
        ["cumsum"] = make => make[64, 300].CumSum(1),
        ["softmax"] = make => make[512, 1024].Softmax(1),
        ["layer-norm"] = make => F.LayerNorm(make[512, 1024], [1024], make[1024], make[1024]),
        ["cross-entropy-step"] = make =>
        {
            var x = make[128, 10].RequiresGrad_();
            F.CrossEntropy(x, make.Of(DType.Int64, 128)).Backward();
            return x.Grad!;
        },
        ["embedding-backward"] = make =>
        {
            var table = make[1000, 64].RequiresGrad_();
            F.Embedding(make.Of(DType.Int64, 256), table).Mul(2).Sum().Backward();
            return table.Grad!;
        },
        ["dropout"] = make => make[64, 1024].Dropout(0.1),
        ["adam"] = make =>
        {
            var w = make[4096].RequiresGrad_();
            var optimizer = new Adam([w], lr: 1e-3);
            for (int i = 0; i < 2; i++)
            {
                optimizer.ZeroGrad();
                Backward(w);
                optimizer.Step();
            }
            return w;

            [MethodImpl(MethodImplOptions.NoInlining)]
            static void Backward(Tensor w) => (w * w).Sum().Backward();
        },
        ["conv2d-relu"] = make => F.Conv2d(make[16, 8, 28, 28], make[32, 8, 3, 3], make[32], stride: 2, padding: 1).Relu(),
        ["conv2d-weight-gradient"] = make =>
        {
            var w = make[32, 8, 3, 3].RequiresGrad_();
            F.Conv2d(make[16, 8, 28, 28], w, padding: 1).Mul(2).Sum().Backward();
            return w.Grad!;
        },
        ["linear-relu"] = make => F.Linear(make[256, 512], make[128, 512], make[128]).Relu(),
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string program in Programs.Keys)
                foreach (string target in Targets.Keys) all.Add(program, target);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_programs_kernels_are_the_text_that_was_reviewed(string program, string target)
    {
        var (profile, dialect, extension) = Targets[target];
        var backend = new SourceBackend(profile);
        using var executor = new PlannedExecutor(backend, dialect);
        Programs[program](new(Device.ForTests(executor), backend)).Realize();
        string source = string.Join("\n", backend.Kernels);
        string path = Path.Combine(Folder, $"{program}.{target}.{extension}");
        if (Environment.GetEnvironmentVariable("GPUTENSOR_GOLDENS") == "update") File.WriteAllText(path, source);
        Assert.True(File.Exists(path), $"{path} is absent: GPUTENSOR_GOLDENS=update writes it.");
        // Git may have changed line ends.
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), source);
    }

    [Fact]
    public void Every_file_belongs_to_a_program()
    {
        var expected = Programs.Keys.SelectMany(p => Targets.Select(t => $"{p}.{t.Key}.{t.Value.Extension}")).Order();
        Assert.Equal(expected, Directory.GetFiles(Folder).Select(f => Path.GetFileName(f)!).Order());
    }

    /// <summary>Makes tensors that exist before the program is recorded; what makes them is no part of its kernels.</summary>
    internal sealed class Maker(Device device, SourceBackend backend)
    {
        public Device Device => device;

        public Tensor this[params int[] sizes] => Of(DType.Float32, sizes);

        public Tensor Of(DType dtype, params int[] sizes)
        {
            var made = Tensor.Ones(Shape.Create(sizes), dtype, device).Realize();
            backend.Kernels.Clear();
            return made;
        }
    }

    /// <summary>Keeps the text of kernels and runs none of them.</summary>
    internal sealed class SourceBackend(DeviceProfile profile) : CountingBackend
    {
        public List<string> Kernels { get; } = [];

        public override DeviceProfile Profile => profile;

        public override DeviceBuffer? Scalars(ReadOnlySpan<long> values) => Allocate(8 * values.Length);

        public override DeviceProgram Compile(string source)
        {
            Kernels.Add(source);
            return base.Compile(source);
        }
    }
}
