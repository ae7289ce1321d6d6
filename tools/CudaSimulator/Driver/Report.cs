using System.Diagnostics;
using System.Text;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>What tests ask the simulator afterwards: which calls were made, what is still alive, what defects were found even where the
/// host swallowed the error, and where the time went.</summary>
internal sealed class Report
{
    private const int MostDefects = 100;
    private readonly Dictionary<string, long> _calls = [], _ticks = [];
    private readonly List<string> _defects = [], _refusals = [];

    /// <summary>Counts a call.</summary>
    public void Called(string name)
    {
        _calls[name] = _calls.GetValueOrDefault(name) + 1;
        Calls++;
    }

    /// <summary>Adds the time a call took, by <see cref="Stopwatch"/>.</summary>
    public void Took(string name, long ticks) => _ticks[name] = _ticks.GetValueOrDefault(name) + ticks;

    /// <summary>Calls of all names.</summary>
    public long Calls { get; private set; }

    /// <summary>Programs of NVRTC that are alive, where its calls go through the simulator.</summary>
    public long CompilerPrograms { get; set; }

    /// <summary>Kernels that have run to their end.</summary>
    public long Launches { get; set; }

    /// <summary>Notes a defect.</summary>
    public void Defect(string message)
    {
        if (_defects.Count < MostDefects) _defects.Add(message);
    }

    /// <summary>Notes why cuBLAS refused a call: its status alone says little.</summary>
    public void Refused(string message)
    {
        if (_refusals.Count == MostDefects) _refusals.RemoveAt(0);
        _refusals.Add(message);
    }

    /// <summary>As JSON: live objects by kind, device blocks and bytes, defects, calls.</summary>
    public string Write(Simulator simulator)
    {
        var live = simulator.Handles.Live.Where(h => h is not MemoryPool).GroupBy(h => h.Kind).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (g.Key, (long)g.Count()))
            .Append(("device block", simulator.Devices.Sum(d => (long)d.Blocks.Count)))
            .Append(("device bytes", simulator.Devices.Sum(d => (long)d.Blocks.Bytes)))
            .Append(("NVRTC program", CompilerPrograms))
            .Append(("pinned block", (long)simulator.HostMemory.Live.Count()))
            .Append(("share", simulator.Devices.Sum(d => (long)(d.Primary?.Shares ?? 0))));
        var text = new StringBuilder("{\"live\":{");
        Append(text, live);
        text.Append("},\"blocks\":[").AppendJoin(',', simulator.Devices.SelectMany(d => d.Blocks.Describe()).Take(20).Select(Quote));
        text.Append("],\"defects\":[").AppendJoin(',', _defects.Select(Quote));
        text.Append("],\"refusals\":[").AppendJoin(',', _refusals.Select(Quote)).Append("],\"launches\":").Append(Launches);
        text.Append(",\"callCount\":").Append(Calls).Append(",\"calls\":{");
        Append(text, _calls.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => (p.Key, p.Value)));
        text.Append("},\"milliseconds\":{");
        Append(text, _ticks.OrderByDescending(p => p.Value).Select(p => (p.Key, p.Value * 1000 / Stopwatch.Frequency)));
        return text.Append("}}").ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<(string Name, long Value)> pairs) =>
        text.AppendJoin(',', pairs.Select(p => $"{Quote(p.Name)}:{p.Value}"));

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c < ' ') quoted.Append($"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
