using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Shares the bytes and FLOPs of a kernel out to its steps: over the steps of a kernel they add up to the kernel's. A value counts
/// where it is first read from memory and where it is last written; what one step leaves for the next within a kernel counts nowhere.
/// Example: of a product whose left operand is copied first, the copy reads the left operand, and the product the right one.</summary>
internal static class Attribution
{
    /// <param name="launches">The launches. A step that states FLOPs of its own keeps them (<see cref="StepWork"/>).</param>
    /// <param name="buffers">Where values lie.</param>
    public static LoweredLaunch[] Run(IReadOnlyList<LoweredLaunch> launches, Buffers buffers)
    {
        var result = new LoweredLaunch[launches.Count];
        for (int i = 0; i < result.Length; i++)
        {
            var launch = launches[i];
            result[i] = launch.Steps.Length == 0 ? launch : launch with { Steps = Share(launch, buffers) };
        }
        return result;
    }

    private static PlannedStep[] Share(LoweredLaunch launch, Buffers buffers)
    {
        var steps = launch.Steps;
        var kernel = steps[0].Identity.Kernel;
        if (steps.Length == 1) return [WithWork(steps[0], new(kernel.BytesRead, kernel.BytesWritten, kernel.Flops))];
        var work = Array.ConvertAll(steps, s => s.Identity.Work);
        int main = Array.FindLastIndex(steps, s => s.Calls.Length > 0), last = steps.Length - 1;
        work[main < 0 ? last : main].Flops += kernel.Flops - work.Sum(w => w.Flops);
        var uses = new Dictionary<MemoryId, (int First, int Last)>();
        var copies = new Dictionary<MemoryId, List<int>>();
        for (int s = 0; s < steps.Length; s++)
        {
            VisitCounter.Visit(1 + steps[s].Memories.Length);
            if (steps[s].Copy is not null)
            {
                if (!copies.TryGetValue(steps[s].Memories[1], out var parts)) copies.Add(steps[s].Memories[1], parts = []);
                parts.Add(s);
            }
            else foreach (var memory in steps[s].Memories) uses[memory] = (uses.TryGetValue(memory, out var known) ? known.First : s, s);
        }
        var seen = new HashSet<Value>();
        foreach (var group in launch.Launch.Groups)
        {
            seen.Clear();
            foreach (var member in group.Members)
            {
                foreach (var source in Identification.Reads(member, group, buffers.Fusion, seen)) Read(source);
                if (member.IsStored) work[UsesOf(member.Value).Last].BytesWritten += member.Value.Bytes;
            }
        }
        return [.. steps.Select((step, s) => WithWork(step, work[s]))];

        void Read(Value value)
        {
            long rest = value.Bytes;
            // Parts of a flat value that are copied together are read there.
            if (buffers.Find(value) is { } place && copies.TryGetValue(place.Memory, out var parts))
                foreach (int s in parts)
                {
                    long bytes = Math.Min(rest, steps[s].Copy!.Value.Bytes);
                    work[s].BytesRead += bytes;
                    rest -= bytes;
                }
            work[UsesOf(value).First].BytesRead += rest;
        }

        (int First, int Last) UsesOf(Value value) =>
            buffers.Find(value) is { } place && uses.TryGetValue(place.Memory, out var known) ? known : (last, last);
    }

    private static PlannedStep WithWork(PlannedStep step, StepWork work) => step with { Identity = step.Identity with { Work = work } };
}
