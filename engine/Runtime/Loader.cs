using GpuTensor.Backends;
using GpuTensor.Compiler;
using GpuTensor.Kernels;

namespace GpuTensor.Runtime;

/// <summary>Makes plans executable: compiles the kernels that are new, and gives each step a launch object of its own.</summary>
internal sealed class Loader(Backend backend, Dialect dialect, KernelCache kernels)
{
    /// <exception cref="KernelCompilationException">With the compiler's log and the numbered source.</exception>
    public Executable Load(Plan plan)
    {
        var programs = kernels.Get([.. plan.Steps.Where(s => s.Kernel is not null).Select(s => s.Kernel!)]);
        var bound = new List<BoundStep>(plan.Steps.Length);
        try
        {
            int next = 0;
            foreach (var step in plan.Steps)
                bound.Add(step.Kernel is { } generated ? Bind(step, generated, programs[next++])
                    : step.Copy is not null ? new BoundCopy(step) : new BoundProduct(step));
            return new(plan, [.. bound]);
        }
        catch
        {
            foreach (var step in bound) step.Dispose();
            throw;
        }
    }

    private BoundLaunch Bind(PlannedStep step, GeneratedKernel generated, DeviceProgram program) =>
        new(step, backend.CreateKernel(program, generated.EntryPoint, step.Identity.ToString()), dialect.ScalarsInMemory);
}
