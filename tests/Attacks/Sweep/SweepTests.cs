using System.Text;
using Xunit;

namespace GpuTensor.Tests.Attacks.Sweep;

/// <summary>Every public method, constructor and indexer that takes a size or an index, called with −1, 0 and the largest and smallest
/// numbers on devices of 256 MB: the answer is right or a typed error, the same on each device, and the process lives. A seeded tenth by
/// default, all with <c>GPUTENSOR_SWEEP=all</c>; <c>GPUTENSOR_SWEEP_SEED</c> draws another tenth, <c>GPUTENSOR_SWEEP=NAME</c> takes methods
/// whose name contains that.</summary>
public class SweepTests
{
    /// <summary>Methods that are not called, with the reason.</summary>
    private static readonly Dictionary<string, string> LeftOut = new()
    {
        ["ImageDataset.Read(ReadOnlySpan<Int32> indices, Span<Byte> inputs, Span<Byte> targets)"] =
            "needs files; checks its arguments as TensorDataset does",
    };

    private static readonly Dictionary<string, string?> Small = new()
    {
        ["GPUTENSOR_MEMORY_LIMIT"] = $"{256 << 20}",
        // Managed memory in hexadecimal: what passes it would be a bare OutOfMemoryException.
        ["DOTNET_GCHeapHardLimit"] = $"{768 << 20:x}",
    };

    [Fact]
    public async Task Extreme_sizes_and_indices_give_a_right_answer_or_a_typed_error_on_every_device()
    {
        string drawn = Environment.GetEnvironmentVariable("GPUTENSOR_SWEEP") ?? "";
        var methods = SweepMethod.All.Where(m => drawn == "all" || (drawn.Length > 0 ? m.Name.Contains(drawn) : IsDrawn(m.Name))).ToArray();
        var failures = new List<string>();
        var answers = new List<Dictionary<string, string>>();
        foreach (string device in TestDevices.Names)
        {
            TestDevices.Get(device);
            answers.Add(await Sweep(device, methods, failures));
        }
        foreach (var (call, expected) in answers[0])
            foreach (var other in answers.Skip(1))
                if (other.TryGetValue(call, out string? actual) && actual != expected && !expected.Contains(Full) && !actual.Contains(Full))
                    failures.Add($"{call}: the devices differ:\n    {expected}\n    {actual}");
        Assert.True(failures.Count == 0,
            $"{failures.Count} of {answers[0].Count} calls of {methods.Length} methods:\n{string.Join('\n', failures)}");
    }

    private const string Full = nameof(DeviceOutOfMemoryException);

    private static bool IsDrawn(string name)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("GPUTENSOR_SWEEP_SEED"), out int given) ? given : 1;
        return Encoding.UTF8.GetBytes(name).Aggregate((uint)seed * 2654435761, (hash, b) => (hash ^ b) * 16777619) % 10 == 0;
    }

    /// <summary>All calls, in as many processes as it takes.</summary>
    private static async Task<Dictionary<string, string>> Sweep(string device, SweepMethod[] methods, List<string> failures)
    {
        string list = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(list, methods.Select(m => m.Name));
            var answers = new Dictionary<string, string>();
            for (int next = 0; ;)
            {
                var result = await ChildProcess.Run(SweepRun.Run, device, TimeSpan.FromMinutes(60), Small, list, $"{next}");
                string? open = null;
                foreach (string line in result.Output.Split('\n'))
                    if (line.StartsWith(SweepRun.Begin, StringComparison.Ordinal)) open = line[2..];
                    else if (open is not null && line.Length >= 2)
                    {
                        if (line.StartsWith(SweepRun.Bad, StringComparison.Ordinal))
                            failures.Add($"{device}: {open}: {line.Replace("\\n", "\n    ")}");
                        else answers[open] = line;
                        open = null;
                    }
                    else if (line.StartsWith(SweepRun.LeftOut, StringComparison.Ordinal)
                        && !LeftOut.Keys.Any(name => line[2..].StartsWith(name, StringComparison.Ordinal)))
                        failures.Add($"{device}: is not called, for no reason that is listed: {line[2..]}");
                if (result.ExitCode == 0) return answers;
                failures.Add($"{device}: {open ?? "start"}: the process ended with exit code {result.ExitCode}: {result.Errors}");
                if (open is null) return answers;
                next = int.Parse(open.Split(' ')[0]) + 1;
            }
        }
        finally
        {
            File.Delete(list);
        }
    }
}
