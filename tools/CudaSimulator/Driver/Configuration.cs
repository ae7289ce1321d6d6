using System.Globalization;
using GpuTensor.CudaSimulator.Interpreter;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>A call that is to fail: the n-th of a name, or the n-th of all where the name is "*".</summary>
internal sealed class InjectedFault(string call, long number, int code)
{
    private long _left = number;

    /// <summary>The number to fail with, 0 where this call is not the one.</summary>
    public int Next(string name) => (call == "*" || call == name) && --_left == 0 ? code : 0;

    /// <summary>"cuLaunchKernel:3" or "cuLaunchKernel:3:700" or "*:17".</summary>
    public static InjectedFault Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length is < 2 or > 3) throw new FormatException($"'{text}' is no fault: write call:number or call:number:code.");
        int code = parts.Length == 3 ? int.Parse(parts[2], CultureInfo.InvariantCulture) : Default(parts[0]);
        return new(parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture), code);
    }

    // 999 is no status of cuBLAS or NVRTC; 14 and 11 are their internal errors.
    private static int Default(string call) => call.StartsWith("cublas", StringComparison.Ordinal) ? BlasError.InternalError
        : call.StartsWith("nvrtc", StringComparison.Ordinal) ? 11 : 999;
}

/// <summary>What machine is simulated:
/// <c>GPUTENSOR_SIMULATOR="capability=9.0,8.6;driver=13.0;memory=8G;late=7;fail=cuLaunchKernel:3;approx=up"</c>.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item><c>capability</c>: one GPU each; 9.0 unless said.</item>
/// <item><c>driver</c>: the CUDA version of the driver; 13.0.</item>
/// <item><c>memory</c>: bytes of each GPU, with K, M or G; 16G. Only what is written takes room.</item>
/// <item><c>late</c>: 0: work runs only when something waits for it. Another number seeds a schedule that also runs it earlier.</item>
/// <item><c>seed</c>: the order of blocks and lanes.</item>
/// <item><c>fail</c>: the n-th call of a name fails; may be given several times.</item>
/// <item><c>approx</c>: nearest, up or down: how far approximate instructions stray.</item>
/// <item><c>pools</c>: 0: the devices have no memory pools.</item>
/// <item><c>epilogues</c>: 0: cublasLt has no algorithm for any product with an epilogue.</item>
/// <item><c>visible</c>: as CUDA_VISIBLE_DEVICES: which GPUs are seen, in their new order; none after the first that is no ordinal.</item>
/// <item><c>poll</c>: how many questions about a stream it takes, at most, until pending work is done; 3.</item>
/// <item><c>report</c>: a file that the report is written to when the process ends. What is called after that goes to a file beside it, its
/// name with <c>.late</c> at the end.</item>
/// <item><c>nvrtc</c>: the real NVRTC's file, where the folder's <c>libnvrtc</c> is a link to the simulator, so that its calls can fail
/// too.</item>
/// </list>
/// </remarks>
internal sealed class Configuration
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "GPUTENSOR_SIMULATOR";

    public List<int> Capabilities { get; } = [];

    public int DriverVersion { get; private set; } = 13000;

    public long MemoryBytes { get; private set; } = 16L << 30;

    public int Late { get; private set; }

    public int Seed { get; private set; } = 1;

    public List<InjectedFault> Faults { get; } = [];

    public Approximation Approximation { get; private set; }

    public bool Pools { get; private set; } = true;

    public bool Epilogues { get; private set; } = true;

    /// <summary>Ordinals of the GPUs that are seen, in their new order; null for all.</summary>
    public int[]? Visible { get; private set; }

    public int Poll { get; private set; } = 3;

    public string? ReportFile { get; private set; }

    /// <summary>The real NVRTC's file; null where nobody goes through the simulator to it.</summary>
    public string? Compiler { get; private set; }

    /// <summary>Reads the settings; anything unknown is an error, so that no test believes it set what it did not.</summary>
    public static Configuration Parse(string? text)
    {
        var read = new Configuration();
        foreach (string entry in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = entry.IndexOf('=');
            if (equals < 0) throw new FormatException($"'{entry}' in {Variable}: write name=value.");
            read.Set(entry[..equals].Trim(), entry[(equals + 1)..].Trim());
        }
        if (read.Capabilities.Count == 0) read.Capabilities.Add(90);
        if (read.Visible is null && Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") is { } visible)
            read.Visible = VisibleDevices(visible);
        return read;
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "capability":
                Capabilities.Clear();
                foreach (string one in value.Split(',', StringSplitOptions.TrimEntries))
                {
                    int number = Number(one, 10);
                    if (!DeviceModel.IsKnown(number)) throw new FormatException($"{Variable}: no device of capability {one} is simulated.");
                    Capabilities.Add(number);
                }
                break;
            case "driver": DriverVersion = 10 * Number(value, 100); break;
            case "memory": MemoryBytes = Bytes(value); break;
            case "late": Late = Int(value); break;
            case "seed": Seed = Int(value); break;
            case "fail": Faults.Add(InjectedFault.Parse(value)); break;
            case "approx":
                Approximation = value switch
                {
                    "nearest" => Approximation.Nearest,
                    "up" => Approximation.High,
                    "down" => Approximation.Low,
                    _ => throw new FormatException($"{Variable}: approx is nearest, up or down, not '{value}'."),
                };
                break;
            case "pools": Pools = Int(value) != 0; break;
            case "epilogues": Epilogues = Int(value) != 0; break;
            case "visible": Visible = VisibleDevices(value); break;
            case "poll": Poll = Math.Max(1, Int(value)); break;
            case "report": ReportFile = value; break;
            case "nvrtc": Compiler = value; break;
            default: throw new FormatException($"{Variable} has no setting '{name}'.");
        }
    }

    // As the driver reads the variable: up to the first entry that names no device.
    private static int[] VisibleDevices(string text) =>
        [.. text.Split(',').Select(t => int.TryParse(t, out int ordinal) ? ordinal : -1).TakeWhile(o => o >= 0)];

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int Number(string version, int scale)
    {
        var parts = version.Split('.');
        return (Int(parts[0]) * scale) + (parts.Length > 1 ? Int(parts[1]) : 0);
    }

    private static long Bytes(string text)
    {
        int shift = char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        return long.Parse(shift == 0 ? text : text[..^1], CultureInfo.InvariantCulture) << shift;
    }
}
