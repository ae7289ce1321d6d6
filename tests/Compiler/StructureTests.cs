using GpuTensor.Backends;
using GpuTensor.Bench;
using GpuTensor.Compiler;
using GpuTensor.Conformance;
using GpuTensor.Kernels;
using GpuTensor.Nn;
using GpuTensor.Optim;
using GpuTensor.Runtime;
using Xunit;

namespace GpuTensor.Tests.Compiler;

/// <summary>Structure and numbers of a plan are apart: a batch with another number of rows has the same kernels, launches and memory
/// slots, as long as the conditions on sizes (<c>engine/Compiler/README.md</c>) come out alike.</summary>
public sealed class StructureTests
{
    private const int Features = 48, Classes = 10, Words = 100;

    private static readonly DeviceProfile Cuda =
        new() { IsCpu = false, PreferredGroups = 256, MaxParameterBytes = 4096, LocalMemoryBytes = 48 * 1024 };

    private static readonly Dictionary<string, (DeviceProfile Profile, Dialect Dialect, bool HasLibrary)> Targets = new()
    {
        ["opencl-cpu"] = (new() { IsCpu = true }, Dialect.OpenCl, false),
        ["opencl-gpu"] = (new() { IsCpu = false, BranchesHaveBarriers = false }, Dialect.OpenCl, false),
        ["cuda"] = (Cuda, Dialect.Cuda, false),
        ["cuda-library"] = (Cuda, Dialect.Cuda, true),
    };

    /// <summary>Programs by name: each makes what lasts on a device, and returns what runs with a number of rows.</summary>
    private static readonly Dictionary<string, Func<Device, Action<int>>> Steps = new()
    {
        ["classifier"] = device => Training(device, Features, new Sequential(
            new Linear(Features, 64, device: device), new GELU(), new LayerNorm(64, device: device),
            new Linear(64, Classes, device: device))),
        ["softmax"] = device => rows => Of(device, rows, Features).Softmax(1).Realize(),
        ["attention"] = device => rows =>
        {
            var x = Of(device, rows, Features);
            x.MatMul(x.T).Softmax(1).MatMul(x).Realize();
        },
        ["convolution"] = device =>
        {
            var w = Of(device, 8, 3, 3, 3).RequiresGrad_();
            return rows =>
            {
                w.Grad = null;
                F.Conv2d(Of(device, rows, 3, 9, 9), w, padding: 1).Relu().Mul(2).Sum().Backward();
                w.Grad!.Realize();
            };
        },
        ["columns"] = device => rows => Of(device, rows, Features).Sum(0).Realize(),
        ["transpose"] = device => rows => (Of(device, rows, Features).T * Of(device, Features, rows)).Realize(),
        ["broadcast"] = device => rows => (Of(device, rows, 1, Features) * Of(device, 1, 5, Features) + Of(device, 5, 1)).Realize(),
        ["embedding"] = device =>
        {
            var table = Of(device, Words, Features);
            return rows => F.Embedding(Tensor.Zeros([rows], DType.Int64, device), table).Mul(2).Realize();
        },
    };

    public static TheoryData<string, string, int, int> Pairs()
    {
        var data = new TheoryData<string, string, int, int>();
        foreach (string step in Steps.Keys)
            foreach (string target in Targets.Keys)
                foreach (var (first, second) in ((int, int)[])[(17, 18), (128, 103), (1024, 1000)])
                    data.Add(step, target, first, second);
        return data;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Another_number_of_rows_gives_another_plan_of_the_same_structure_and_compiles_nothing(string name, string target, int first,
        int second)
    {
        using var executor = Open(target);
        var step = Steps[name](Device.ForTests(executor));
        // Twice: the first step of an optimizer makes its state.
        for (int i = 0; i < 2; i++) step(first);
        var (known, plans) = (executor.LastPlan!, executor.PlansMade);
        Assert.NotEqual(0, executor.Backend.Counters.KernelsCompiled);
        executor.Backend.Counters.KernelsCompiled = 0;
        step(second);
        Assert.True(executor.PlansMade > plans);
        Assert.Equal(0, executor.Backend.Counters.KernelsCompiled);
        Assert.NotSame(known, executor.LastPlan);
        Assert.Equal(Answers(known), Answers(executor.LastPlan!));
        AssertSameStructure(known, executor.LastPlan!);
    }

    /// <summary>Sizes of which none is 1, and none is another one or divides it.</summary>
    [Theory]
    [InlineData("opencl-cpu")]
    [InlineData("opencl-gpu")]
    [InlineData("cuda-library")]
    public void Random_programs_that_answer_all_questions_alike_have_the_same_structure(string target)
    {
        using var executor = Open(target);
        var device = Device.ForTests(executor);
        int alike = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            var one = PlanOf(new(seed, (19, 44, 7)));
            var other = PlanOf(new(seed, (23, 53, 9)));
            if (!Answers(one).SequenceEqual(Answers(other))) continue;
            alike++;
            AssertSameStructure(one, other, withText: false);
        }
        Assert.True(alike > 20, $"{alike} alike");

        Plan PlanOf(RandomProgram program)
        {
            program.Run(device, iterations: 2);
            return executor.LastPlan!;
        }
    }

    /// <summary>The last layer multiplies [rows, 64] by [64, 10].</summary>
    [Fact]
    public void A_size_beyond_a_condition_has_kernels_of_its_own()
    {
        int most = (int)(SizeLimit.SmallProduct.Most / (64 * Classes));
        using var executor = Open("cuda");
        var step = Steps["classifier"](Device.ForTests(executor));
        for (int i = 0; i < 2; i++) step(most);
        executor.Backend.Counters.KernelsCompiled = 0;
        step(most - 1);
        Assert.Equal(0, executor.Backend.Counters.KernelsCompiled);
        Assert.Contains(executor.LastPlan!.Conditions, c => c is { IsWithin: true } && c.Size == (most - 1) * 64 * Classes);
        step(most + 1);
        Assert.NotEqual(0, executor.Backend.Counters.KernelsCompiled);
        Assert.Contains(executor.LastPlan!.Conditions, c => c is { IsWithin: false } && c.Size == (most + 1) * 64 * Classes);
    }

    [Fact]
    public void Kernels_of_another_number_of_rows_give_the_values_of_their_own()
    {
        using var test = TestDevice.OpenCl();
        using var fresh = TestDevice.OpenCl();
        Result(test.Device, 18);
        long compiled = test.Device.Planned!.Backend.Counters.KernelsCompiled;
        float[] found = Result(test.Device, 17);
        Assert.Equal(compiled, test.Device.Planned.Backend.Counters.KernelsCompiled);
        Assert.Equal(Result(fresh.Device, 17), found);

        static float[] Result(Device device, int rows)
        {
            float[] values = [.. Enumerable.Range(0, rows * Features).Select(i => (float)Math.Sin(i))];
            var x = Tensor.From(values, device: device).Reshape(rows, Features);
            return (x.MatMul(x.T).Softmax(1).MatMul(x) + x.Sum(0)).ToArray<float>();
        }
    }

    /// <summary>What a plan asked about sizes, and the answers.</summary>
    private static (SizeLimit Limit, string Subject, bool IsWithin)[] Answers(Plan plan) =>
        [.. plan.Conditions.Select(c => (c.Limit, c.Subject, c.IsWithin)).Distinct()];

    /// <summary>All but the numbers: sizes, strides and offsets (a kernel's integers), grids, offsets in the arena, bytes.</summary>
    private static void AssertSameStructure(Plan one, Plan other, bool withText = true)
    {
        Assert.Equal(one.Steps.Length, other.Steps.Length);
        foreach (var (a, b) in one.Steps.Zip(other.Steps))
        {
            if (withText) Assert.Equal(a.Kernel?.Source, b.Kernel?.Source);
            Assert.Equal(a.Kernel is null, b.Kernel is null);
            Assert.Equal(a.Kernel?.Text.GroupSize, b.Kernel?.Text.GroupSize);
            if (withText) Assert.Equal(a.Kernel?.Integers.Length, b.Kernel?.Integers.Length);
            Assert.Equal(a.Memories, b.Memories);
            Assert.Equal(a.Types, b.Types);
            Assert.Equal(a.Scalars, b.Scalars);
            Assert.Equal(a.Calls.Select(c => c.Epilogue), b.Calls.Select(c => c.Epilogue));
        }
        Assert.Equal(one.Kernels.Select(StructureOf), other.Kernels.Select(StructureOf));
        Assert.Equal(one.ArenaOffsets.Length, other.ArenaOffsets.Length);
        Assert.Equal(one.Outputs.Length, other.Outputs.Length);
        Assert.Equal(one.Kept.Select(k => (k.Node, k.Place.Memory, k.Home)), other.Kept.Select(k => (k.Node, k.Place.Memory, k.Home)));
    }

    private static string StructureOf(KernelIdentity kernel) => $"{kernel.IsSerial}: " + string.Join("; ", kernel.Groups.Select(g =>
        $"{g.Kind} {g.Sizes.Length} {g.ReduceDims} {g.Cut} {string.Join('+', g.Operators.Select(o => $"{o.Name} {o.DType} {o.Stored}"))}"));

    private static PlannedExecutor Open(string target)
    {
        var (profile, dialect, hasLibrary) = Targets[target];
        return new(new ProfiledBackend(profile, hasLibrary), dialect);
    }

    private static Tensor Of(Device device, params int[] sizes) => Tensor.Ones(Shape.Create(sizes), device: device).Realize();

    private static Action<int> Training(Device device, int features, Sequential model)
    {
        var optimizer = new AdamW(model.Parameters(), lr: 1e-3);
        return rows =>
        {
            var labels = Tensor.Zeros([rows], DType.Int64, device).Realize();
            optimizer.ZeroGrad();
            F.CrossEntropy(model.Forward(Of(device, rows, features)), labels).Backward();
            optimizer.Step();
        };
    }

    /// <summary>Computes nothing, in the shape of a given device.</summary>
    private sealed class ProfiledBackend(DeviceProfile profile, bool hasLibrary) : CountingBackend
    {
        public override DeviceProfile Profile => profile;

        /// <summary>No check of indices finds a fault.</summary>
        public override void Read(DeviceBuffer source, long offset, Span<byte> target)
        {
            target.Clear();
            if (target.Length == 8) System.Runtime.InteropServices.MemoryMarshal.Write(target, GpuTensor.Operators.IndexCheck.Fine);
        }

        public override DeviceBuffer? Scalars(ReadOnlySpan<long> values) => Allocate(8 * values.Length);

        public override bool HasProducts(DType type) => hasLibrary;

        public override bool HasEpilogue(LibraryCall call, DType type) => hasLibrary;

        public override void Multiply(LibraryCall call, DType type, MemoryPlace a, MemoryPlace b, MemoryPlace c, MemoryPlace? vector,
            string description) => Counters.Launches++;
    }
}
