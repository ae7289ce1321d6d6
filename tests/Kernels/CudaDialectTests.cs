using System.Text;
using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>The CUDA dialect through NVIDIA's own compilers, both major versions and every architecture in turn. The kernels that run in
/// the shape of a GPU elsewhere in these tests are compiled there too, for one architecture each.</summary>
public sealed class CudaDialectTests
{
    private static readonly DeviceProfile Gpu = new() { IsCpu = false, GroupSize = 256, PreferredGroups = 256, MaxParameterBytes = 4096,
        LocalMemoryBytes = 48 * 1024, SmallDomain = 0 };

    [Fact]
    public void Every_function_of_every_dtype_compiles()
    {
        var sources = new List<GeneratedKernel>();
        foreach (var type in DTypes.All)
        {
            var functions = Functions.All.Concat(OwnFunctions.All)
                .Where(f => f.Name is not "where" && (f.Name is not "philox" || type == DType.Int64))
                .Where(f => f.IsDefined(Kinds.Register(type))).OrderBy(f => f.Name, StringComparer.Ordinal);
            foreach (var some in functions.Chunk(12))
            {
                var b = new SpecBuilder(SectionKind.Pointwise, [1000], []);
                int x = b.Load(0, type, 1), y = b.Load(1, type, 1);
                foreach (var function in some)
                {
                    int value = b.Apply(function, [.. ((int[])[x, y, x]).Take(function.Arity)]);
                    var result = ((Apply)b.Section.Code[value]).Type;
                    b.Add(new Store(result == DType.Bool ? 3 : 2, result, new(0, [1]), value));
                }
                sources.Add(GpuTensor.Kernels.Generator.Generate(b.Spec("functions_" + type.Name(), (type, false), (type, false),
                    (type, true), (DType.Bool, true)), Gpu, Dialect.Cuda));
            }
        }
        CudaSource.CompilePrograms([.. sources.Select(s => Program([s]))]);
    }

    [Fact]
    public void Conversions_between_all_dtypes_and_per_step_scalars_compile()
    {
        var sources = new List<GeneratedKernel>();
        foreach (var from in DTypes.All)
        {
            var b = new SpecBuilder(SectionKind.Pointwise, [1000], []);
            int x = b.Load(0, from, 1);
            int real = b.Add(new ScalarArgument(0, DType.Float32)), whole = b.Add(new ScalarArgument(1, DType.Int64)),
                flag = b.Add(new ScalarArgument(2, DType.Bool));
            int n = 1;
            foreach (var to in DTypes.All) b.Store(n++, b.Cast(x, to), 1);
            foreach (int s in (int[])[real, whole, flag])
                foreach (var to in DTypes.All) b.Store(1 + (int)to, b.Cast(s, to), 0);
            var spec = b.Spec("cast_" + from.Name(), [(from, false), .. DTypes.All.Select(t => (t, true))]) with { Scalars =
                [DType.Float64, DType.Int64, DType.Bool] };
            var kernel = GpuTensor.Kernels.Generator.Generate(spec, Gpu, Dialect.Cuda);
            Assert.Contains("__restrict__ scalars)", kernel.Source);
            sources.Add(kernel);
        }
        CudaSource.CompilePrograms([.. sources.Chunk(5).Select(Program)]);
    }

    [Fact]
    public void Matrix_products_of_every_dtype_compile()
    {
        var random = new Random(11);
        var sources = new List<GeneratedKernel>();
        foreach (var type in DTypes.All.Where(t => t != DType.Bool))
            foreach (var (batch, m, n, k, wide) in new (long[], long, long, long, bool)[] { ([], 200, 300, 100, false),
                ([3, 2], 20, 30, 10, false), ([4], 2000, 2000, 64, true) })
                sources.AddRange(GemmPlanner.Plan(GemmCase.Random(random, type, batch, m, n, k).Spec, Gpu, Dialect.Cuda, forceWide: wide)
                    .Launches.Select(l => l.Kernel));
        CudaSource.CompilePrograms([.. sources.DistinctBy(s => s.Source).Chunk(6).Select(Program)]);
    }

    private static string Program(IEnumerable<GeneratedKernel> kernels)
    {
        var all = kernels.ToList();
        var text = new StringBuilder(Dialect.Cuda.Prelude(all.SelectMany(k => k.Prelude).Distinct()));
        foreach (var kernel in all) text.Append('\n').Append(kernel.Source);
        return text.ToString();
    }
}
