using System.Text;
using GpuTensor.Backends;
using GpuTensor.Kernels;

namespace GpuTensor.Runtime;

/// <summary>Compiled kernels by source text. What a plan needs and is not there is compiled as one program, since a program costs more than
/// a kernel, or as few where the compiler works on several at a time.</summary>
internal sealed class KernelCache(Backend backend, Dialect dialect)
{
    private readonly Dictionary<string, DeviceProgram> programs = [];

    /// <summary>Source text past which all programs are forgotten: an estimate of what they take. Kernels that plans hold live
    /// on.</summary>
    public long MaxCharacters { get; set; } = 32 << 20;

    /// <summary>Source text of the programs here.</summary>
    public long Characters { get; private set; }

    /// <summary>For reports: hears of every kernel that is to be compiled.</summary>
    public Action<GeneratedKernel>? Listener { get; set; }

    public DeviceProgram[] Get(GeneratedKernel[] kernels)
    {
        var missing = kernels.Where(k => !programs.ContainsKey(k.Source)).DistinctBy(k => k.Source).ToList();
        if (missing.Count > 0)
        {
            if (Characters > MaxCharacters)
            {
                Forget();
                missing = [.. kernels.DistinctBy(k => k.Source)];
            }
            GeneratedKernel[][] parts = [.. missing.Chunk(backend.KernelsPerProgram(missing.Count))];
            foreach (var kernel in missing) Listener?.Invoke(kernel);
            string[] sources = [.. parts.Select(part => Program(dialect, part))];
            var compiled = backend.Compile(sources);
            Characters += sources.Sum(s => s.Length);
            for (int i = 0; i < parts.Length; i++)
                foreach (var kernel in parts[i]) programs.Add(kernel.Source, compiled[i]);
        }
        return [.. kernels.Select(k => programs[k.Source])];
    }

    /// <summary>A program of some kernels.</summary>
    public static string Program(Dialect dialect, IReadOnlyList<GeneratedKernel> kernels)
    {
        var source = new StringBuilder(dialect.Prelude(kernels.SelectMany(k => k.Prelude).Distinct()));
        foreach (var kernel in kernels) source.Append('\n').Append(kernel.Source);
        return source.ToString();
    }

    private void Forget()
    {
        foreach (var program in programs.Values.Distinct()) program.Dispose();
        programs.Clear();
        Characters = 0;
    }
}
