using System.Text;
using GpuTensor.Devices;
using GpuTensor.Kernels;

namespace GpuTensor.Graph.Planning;

/// <summary>Compiled kernels by source text. What a plan needs and is not there is compiled as one program, since a program costs more than a kernel.</summary>
internal sealed class KernelCache(Backend backend, Dialect dialect)
{
    private readonly Dictionary<string, DeviceProgram> programs = [];

    public DeviceProgram[] Get(GeneratedKernel[] kernels)
    {
        var missing = kernels.Where(k => !programs.ContainsKey(k.Source)).DistinctBy(k => k.Source).ToList();
        if (missing.Count > 0)
        {
            var source = new StringBuilder(dialect.Prelude(missing.SelectMany(k => k.Prelude).Distinct()));
            foreach (var kernel in missing) source.Append('\n').Append(kernel.Source);
            var program = backend.Compile(source.ToString());
            foreach (var kernel in missing) programs.Add(kernel.Source, program);
        }
        return [.. kernels.Select(k => programs[k.Source])];
    }
}
