using System.Globalization;
using System.Text.RegularExpressions;

namespace GpuTensor.Cli.Kernels;

/// <summary>A kernel in CUDA C++.</summary>
/// <param name="Name">Its entry point.</param>
/// <param name="Parameters">The bytes of each parameter, as the host lays them out.</param>
/// <param name="Body">Its text.</param>
internal sealed record SourceKernel(string Name, int[] Parameters, string Body);

/// <summary>What ptxas says of a kernel.</summary>
internal sealed record KernelResources(int Registers, int SharedBytes, int StackBytes, int SpillBytes);

/// <summary>Reads what generated CUDA C++, its PTX and ptxas's log say, as far as checks need it.</summary>
internal static partial class CudaText
{
    [GeneratedRegex(@"extern ""C"" __global__ void (?:__launch_bounds__\([^)]*\) )?(\w+)\(([^)]*)\)")]
    private static partial Regex Entry();

    [GeneratedRegex(@"struct (\w+) \{ (int|long long) n\[(\d+)\]; \};")]
    private static partial Regex Integers();

    [GeneratedRegex(@"\.entry (\w+)\s*\(([^)]*)\)")]
    private static partial Regex PtxEntry();

    [GeneratedRegex(@"\.param (?:\.align \d+ )?\.[a-z](\d+) (?:\.ptr (?:\.\w+ )?(?:\.align \d+ )?)?\w+(?:\[(\d+)\])?")]
    private static partial Regex PtxParameter();

    [GeneratedRegex(@"Function properties for '?(\w+)")]
    private static partial Regex Properties();

    [GeneratedRegex(@"^(?:ptxas)?[\s.]+(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")]
    private static partial Regex Frame();

    [GeneratedRegex(@"Used (\d+) registers(?:.*?(\d+)(?:\+\d+)? bytes smem)?")]
    private static partial Regex Used();

    // The functions whose slow path, for huge arguments, keeps an array on the stack; NVIDIA's own code.
    [GeneratedRegex(@"\b(?:gt_)?(?:sin|cos|tan|sincos|pow|lgamma)(?:f|_\w+)?\(")]
    private static partial Regex StackUser();

    /// <summary>The kernels of a program.</summary>
    /// <exception cref="FormatException">A parameter is of a type that the generator does not write.</exception>
    public static List<SourceKernel> Kernels(string source)
    {
        var structs = Integers().Matches(source).ToDictionary(m => m.Groups[1].Value,
            m => (m.Groups[2].Value == "int" ? 4 : 8) * int.Parse(m.Groups[3].Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);
        var entries = Entry().Matches(source);
        var kernels = new List<SourceKernel>();
        for (int i = 0; i < entries.Count; i++)
        {
            int end = i + 1 < entries.Count ? entries[i + 1].Index : source.Length;
            string name = entries[i].Groups[1].Value;
            int[] parameters = [.. entries[i].Groups[2]
                .Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(p => Size(name, p))];
            kernels.Add(new(name, parameters, source[entries[i].Index..end]));
        }
        return kernels;

        int Size(string kernel, string parameter)
        {
            if (parameter.Contains('*')) return 8;
            string[] words = parameter.Split(' ');
            foreach (string word in words)
                if (structs.TryGetValue(word, out int bytes)) return bytes;
            return words[^2] switch { "int" or "uint" or "float" => 4, "long" or "ulong" or "double" => 8, _ =>
                throw new FormatException($"{kernel} takes a '{parameter}', whose size is not known here.") };
        }
    }

    /// <summary>The bytes of each parameter of each entry in PTX.</summary>
    public static Dictionary<string, int[]> PtxParameters(string ptx) =>
        PtxEntry().Matches(ptx).ToDictionary(m => m.Groups[1].Value, m => PtxParameter().Matches(m.Groups[2].Value)
        .Select(p => int.Parse(p.Groups[1].Value, CultureInfo.InvariantCulture) / 8 * (p.Groups[2].Success
            ? int.Parse(p.Groups[2].Value, CultureInfo.InvariantCulture) : 1)).ToArray(), StringComparer.Ordinal);

    /// <summary>True where a kernel may have a stack: it calls sin, cos, tan, pow or lgamma, itself or through one of the program's
    /// functions.</summary>
    public static bool MayHaveStack(SourceKernel kernel) => StackUser().IsMatch(kernel.Body);

    /// <summary>What ptxas reports of each function with <c>-v</c>, and every line that is no report: a warning.</summary>
    public static (Dictionary<string, KernelResources> Kernels, List<string> Warnings) Log(string log)
    {
        var kernels = new Dictionary<string, KernelResources>(StringComparer.Ordinal);
        var warnings = new List<string>();
        string? name = null;
        foreach (string line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Frame().Match(line) is { Success: true } frame && name is not null)
                kernels[name] = new(0, 0, Number(frame, 1), Number(frame, 2) + Number(frame, 3));
            else if (!line.StartsWith("ptxas info", StringComparison.Ordinal)) warnings.Add(line.Trim());
            else if (Properties().Match(line) is { Success: true } properties) name = properties.Groups[1].Value;
            else if (Used().Match(line) is { Success: true } used && name is not null && kernels.TryGetValue(name, out var known))
                kernels[name] = known with { Registers = Number(used, 1), SharedBytes = used.Groups[2].Success ? Number(used, 2) : 0 };
        }
        return (kernels, warnings);

        static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }
}
