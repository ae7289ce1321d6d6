using GpuTensor.Backends;
using GpuTensor.Compiler;
using GpuTensor.Kernels;
using GpuTensor.Runtime;

namespace GpuTensor.Tests.Runtime;

/// <summary>Plans written by hand, of steps that launch a kernel which does nothing.</summary>
internal static class TestPlan
{
    /// <param name="steps">The memories that each step is given.</param>
    /// <param name="outputs">The sizes of the results.</param>
    /// <param name="arena">The sizes of the values in working memory.</param>
    public static Plan Make(MemoryId[][] steps, long[]? outputs = null, long[]? arena = null) => new()
    {
        Fingerprint = [1, 2, 3],
        Steps = [.. steps.Select(Step)],
        Scalars = 0,
        Kernels = [],
        ArenaOffsets = [.. (arena ?? []).Select((_, i) => arena!.Take(i).Sum())],
        ArenaBytes = (arena ?? []).Sum(),
        Outputs = [.. (outputs ?? []).Select(bytes => (bytes, "a result"))],
        Kept = [],
        Checks = [],
        Suspects = [],
        Copies = [],
        Held = [],
        Recomputed = [],
        Device = "a test",
    };

    /// <summary>That plan, ready to run.</summary>
    public static Executable Load(Backend backend, Plan plan) => new Loader(backend, Dialect.OpenCl, new(backend, Dialect.OpenCl))
        .Load(plan);

    private static PlannedStep Step(MemoryId[] memories, int number)
    {
        var text = new KernelText($"kernel {number}", $"k{number}", false, 1, new HashSet<string>());
        var kernel = new GeneratedKernel(text, new(new long[memories.Length], 2, 0));
        return new(kernel, memories, [.. memories.Select(_ => DType.Float32)], [], new(new(number + 1, [], false), ""));
    }
}
