using GpuTensor.Backends;
using GpuTensor.Bench;
using GpuTensor.Conformance;
using GpuTensor.Kernels;
using GpuTensor.Runtime;
using Xunit;

namespace GpuTensor.Tests.Kernels;

using Generator = GpuTensor.Kernels.Generator;

/// <summary>The text of a kernel is made once for all sizes that answer its questions alike; what comes of the second, cheap pass is what
/// the generator makes of those sizes. No device is needed.</summary>
public sealed class KernelTextsTests
{
    private static readonly DeviceProfile Cpu = new() { IsCpu = true };

    private static readonly DeviceProfile Gpu =
        new() { IsCpu = false, PreferredGroups = 256, MaxParameterBytes = 4096, LocalMemoryBytes = 48 * 1024 };

    private static readonly Dictionary<string, (DeviceProfile Profile, Dialect Dialect)> Targets = new()
    {
        ["opencl-cpu"] = (Cpu, Dialect.OpenCl),
        ["opencl-gpu"] = (new() { IsCpu = false, BranchesHaveBarriers = false }, Dialect.OpenCl),
        ["cuda"] = (Gpu, Dialect.Cuda),
    };

    public static TheoryData<string> Names => [.. Targets.Keys];

    [Fact]
    public void Another_number_of_rows_has_the_same_text_and_numbers_of_its_own()
    {
        var texts = new KernelTexts();
        var (one, other) = (texts.Generate(Rows(18, 300), Cpu, Dialect.OpenCl), texts.Generate(Rows(1700, 290), Cpu, Dialect.OpenCl));
        Assert.Equal((1, 1), (texts.Made, texts.Found));
        Assert.Same(one.Text, other.Text);
        var expected = Generator.Generate(Rows(1700, 290), Cpu, Dialect.OpenCl);
        Assert.Equal(expected.Source, other.Source);
        Assert.Equal(expected.Integers, other.Integers);
        Assert.Equal(expected.Shape, other.Shape);
        Assert.NotEqual(one.Integers, other.Integers);
    }

    /// <summary>On a GPU a row of up to 32 elements has as many lanes as the next power of two.</summary>
    [Fact]
    public void A_size_with_another_answer_has_a_text_of_its_own()
    {
        var texts = new KernelTexts();
        string of17 = texts.Generate(Rows(64, 17), Gpu, Dialect.Cuda).Source;
        Assert.Equal(of17, texts.Generate(Rows(64, 31), Gpu, Dialect.Cuda).Source);
        Assert.NotEqual(of17, texts.Generate(Rows(64, 16), Gpu, Dialect.Cuda).Source);
        Assert.NotEqual(of17, texts.Generate(Rows(64, 1025), Gpu, Dialect.Cuda).Source);
        Assert.Equal((3, 1), (texts.Made, texts.Found));
        Assert.Contains(texts.Conditions, c => c.Contains("not 1024 < n1"));
    }

    [Fact]
    public void What_is_no_size_is_structure()
    {
        var texts = new KernelTexts();
        texts.Generate(Rows(18, 300), Cpu, Dialect.OpenCl);
        texts.Generate(Rows(18, 300) with { Name = "other" }, Cpu, Dialect.OpenCl);
        texts.Generate(Rows(18, 300, DType.Float16), Cpu, Dialect.OpenCl);
        texts.Generate(Rows(18, 300, op: ReduceOp.Max), Cpu, Dialect.OpenCl);
        texts.Generate(Rows(18, 300), Cpu with { PreferredGroups = 7 }, Dialect.OpenCl);
        texts.Generate(Rows(18, 300), Gpu, Dialect.Cuda);
        Assert.Equal((6, 0), (texts.Made, texts.Found));
    }

    [Fact]
    public void What_is_too_much_is_forgotten()
    {
        var texts = new KernelTexts { MaxCharacters = 1 };
        texts.Generate(Rows(18, 300), Cpu, Dialect.OpenCl);
        texts.Generate(Rows(18, 300) with { Name = "other" }, Cpu, Dialect.OpenCl);
        texts.Generate(Rows(18, 300), Cpu, Dialect.OpenCl);
        Assert.Equal((3, 0), (texts.Made, texts.Found));
        Assert.Single(texts.Conditions);
    }

    [Fact]
    public void Threads_may_share_texts()
    {
        var texts = new KernelTexts { MaxCharacters = 20_000 };
        Parallel.For(0, 400, i =>
        {
            var spec = Rows(1 + i % 70, 1 + i * 7 % 1500);
            var (profile, dialect) = Targets.Values.ElementAt(i % Targets.Count);
            var (expected, found) = (Generator.Generate(spec, profile, dialect), texts.Generate(spec, profile, dialect));
            Assert.Equal((expected.Source, expected.Shape), (found.Source, found.Shape));
            Assert.Equal(expected.Integers, found.Integers);
        });
        Assert.Equal(400, texts.Made + texts.Found);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Products_of_other_sizes_are_what_the_planner_makes_of_them(string target)
    {
        var (profile, dialect) = Targets[target];
        var (texts, strided) = (new KernelTexts(), new KernelTexts());
        var random = new Random(5);
        foreach (var dtype in (DType[])[DType.Float32, DType.Float16, DType.Int64])
            for (int i = 0; i < 240; i++)
            {
                var (m, n, k, batches) = (Size(), Size(), Size(), random.Next(1, 5));
                long[] batch = i % 3 == 0 ? [] : [batches], none = i % 3 == 0 ? [] : [0];
                Access Dense(long rows, long columns, bool transposed, bool isShared) =>
                    new(0, [.. isShared || batch.Length == 0 ? none : [rows * columns],
                        .. transposed ? [1L, rows] : (long[])[columns, 1]]);
                var spec = new GemmSpec(batch, m, n, k, dtype, [new(dtype, false), new(dtype, false), new(dtype, true)], [],
                    [new Load(0, dtype, Dense(m, k, i % 5 == 1, false))], [new Load(1, dtype, Dense(k, n, i % 4 == 1, i % 3 == 1))],
                    [new Product(dtype), new Store(2, dtype, Dense(m, n, false, false), 0)]);
                AssertSame(GemmPlanner.Plan(spec, profile, dialect), texts.Plan(spec, profile, dialect));
                spec = GemmCase.Random(random, dtype, batch, m, n, k).Spec;
                AssertSame(GemmPlanner.Plan(spec, profile, dialect), strided.Plan(spec, profile, dialect));
            }
        Assert.True(texts.Found > 200, $"{texts.Found} found, {texts.Made} made");
        Assert.NotEqual(0, strided.Found);

        long Size() => random.Next(4) switch { 0 => random.Next(0, 7), 1 => random.Next(1, 70), _ => random.Next(100, 300) };
    }

    private static void AssertSame(GemmPlan expected, GemmPlan found)
    {
        Assert.Equal(expected.Scratch, found.Scratch);
        Assert.Equal(expected.Launches.Select(l => l.Description), found.Launches.Select(l => l.Description));
        foreach (var (a, b) in expected.Launches.Zip(found.Launches))
        {
            Assert.Equal((a.Kernel.Source, a.Kernel.Shape), (b.Kernel.Source, b.Kernel.Shape));
            Assert.Equal(a.Kernel.Integers, b.Kernel.Integers);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_programs_of_other_sizes_have_the_kernels_of_their_own(string target)
    {
        var (profile, dialect) = Targets[target];
        using var executor = new PlannedExecutor(new ProfiledBackend(profile), dialect);
        executor.Texts.AreChecked = true;
        var device = Device.ForTests(executor);
        for (int seed = 0; seed < 20; seed++)
            foreach (var sizes in ((int, int, int)[])[(16, 33, 5), (17, 40, 6), (1, 64, 29), (37, 1, 1), (300, 130, 16), (520, 257, 40)])
            {
                new RandomProgram(seed, sizes).Run(device, iterations: 2);
                Assert.Null(executor.Planner.Fault);
            }
        Assert.True(executor.Texts.Found > executor.Texts.Made, $"{executor.Texts.Found} found, {executor.Texts.Made} made");
    }

    private static KernelSpec Rows(int rows, int columns, DType type = DType.Float32, ReduceOp op = ReduceOp.Sum)
    {
        var builder = new SpecBuilder(SectionKind.Row, [rows], [columns]);
        int value = builder.Add(new Reduce(op, builder.Load(0, type, columns, 1), type));
        builder.Add(new Store(1, type, new(0, [1, 0]), value));
        return new("rows", [new(type, false), new(type, true)], [], [builder.Section], false);
    }

    /// <summary>Computes nothing, in the shape of a given device.</summary>
    private sealed class ProfiledBackend(DeviceProfile profile) : CountingBackend
    {
        public override DeviceProfile Profile => profile;

        /// <summary>No check of indices finds a fault.</summary>
        public override void Read(DeviceBuffer source, long offset, Span<byte> target)
        {
            target.Clear();
            if (target.Length == 8) System.Runtime.InteropServices.MemoryMarshal.Write(target, GpuTensor.Operators.IndexCheck.Fine);
        }

        public override DeviceBuffer? Scalars(ReadOnlySpan<long> values) => Allocate(8 * values.Length);
    }
}
