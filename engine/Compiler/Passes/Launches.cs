using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>Groups that run in one kernel launch: independent ones side by side, tiny ones one after the other.</summary>
/// <param name="Implementation">What computes them.</param>
/// <param name="IsSerial">One work-group runs the groups in order.</param>
internal sealed record Launch(FusionGroup[] Groups, Implementation Implementation, bool IsSerial = false);

/// <summary>Packs groups into launches. A group waits until somebody needs it, so that what nobody needs soon (bias gradients, losses)
/// shares a launch.</summary>
internal sealed class Launches
{
    private const int MaxWaiting = 64;

    private readonly Fusion fusion;
    private readonly Buffers buffers;
    private readonly Implementation[] implementations;
    private readonly DeviceProfile profile;
    private readonly SizeConditions conditions;
    private readonly List<Launch> launches = [];
    private readonly List<FusionGroup> waiting = [];
    private readonly bool[] isWaiting;

    private Launches(Fusion fusion, Buffers buffers, Implementation[] implementations, DeviceProfile profile, SizeConditions conditions) =>
        (this.fusion, this.buffers, this.implementations, this.profile, this.conditions, isWaiting) =
            (fusion, buffers, implementations, profile, conditions, new bool[fusion.Groups.Length]);

    /// <param name="fusion">The groups.</param>
    /// <param name="buffers">Where their values lie.</param>
    /// <param name="implementations">By group: what computes it.</param>
    /// <param name="profile">The device's shape.</param>
    /// <param name="fuse">False: every group is a launch of its own.</param>
    /// <param name="conditions">Takes what is asked about sizes.</param>
    public static List<Launch> Run(Fusion fusion, Buffers buffers, Implementation[] implementations, DeviceProfile profile, bool fuse,
        SizeConditions? conditions = null) => new Launches(fusion, buffers, implementations, profile, conditions ?? new()).Run(fuse);

    private List<Launch> Run(bool fuse)
    {
        foreach (var group in fusion.Groups)
        {
            if (buffers.Elided.Contains(group.Ordinal)) continue;
            while (Waits(group)) Emit();
            if (!implementations[group.Ordinal].SharesLaunches) launches.Add(new([group], implementations[group.Ordinal]));
            else
            {
                waiting.Add(group);
                isWaiting[group.Ordinal] = true;
                if (!fuse || waiting.Count >= MaxWaiting) Emit();
            }
        }
        while (waiting.Count > 0) Emit();
        return fuse && profile.IsCpu ? MergeTiny() : launches;
    }

    private HashSet<int> Before(FusionGroup group) => buffers.Before.GetValueOrDefault(group.Ordinal) ?? [];

    private bool Waits(FusionGroup group) => Array.Exists(group.Sources, s => isWaiting[s]) || Before(group).Any(s => isWaiting[s]);

    private void Emit()
    {
        VisitCounter.Visit(waiting.Sum(g => 1 + g.Sources.Length + Before(g).Count));
        var ready = waiting.FindAll(g => !Waits(g));
        foreach (var group in ready) isWaiting[group.Ordinal] = false;
        waiting.RemoveAll(g => !isWaiting[g.Ordinal]);
        var current = new List<FusionGroup>();
        int bytes = 0;
        foreach (var group in ready)
        {
            if (current.Count > 0
                && (bytes + group.ParameterBytes > profile.MaxParameterBytes - 64
                    || implementations[group.Ordinal] != implementations[current[0].Ordinal])) Close();
            current.Add(group);
            bytes += group.ParameterBytes;
        }
        Close();

        void Close()
        {
            if (current.Count > 0) launches.Add(new([.. current], implementations[current[0].Ordinal]));
            current.Clear();
            bytes = 0;
        }
    }

    private List<Launch> MergeTiny()
    {
        var result = new List<Launch>();
        long elements = 0;
        int bytes = 0, members = 0;
        foreach (var launch in launches)
        {
            long size = launch.Groups.Sum(g => g.Space.Elements);
            int need = launch.Groups.Sum(g => g.ParameterBytes), count = launch.Groups.Sum(g => g.Members.Length);
            bool isGathered = Array.Exists(launch.Groups, g => buffers.Gathered.ContainsKey(g.Ordinal));
            var last = launch.Groups[^1].Members[^1].Value;
            bool tiny = launch.Implementation.SharesLaunches && !isGathered && conditions.IsWithin(SizeLimit.Serial, last, size);
            if (tiny && elements >= 0 && result.Count > 0 && bytes + need < profile.MaxParameterBytes - 64
                && members + count <= Fuser.MaxMembers && conditions.IsWithin(SizeLimit.Serial, last, elements + size))
            {
                result[^1] = result[^1] with { Groups = [.. result[^1].Groups, .. launch.Groups], IsSerial = true };
                (elements, bytes, members) = (elements + size, bytes + need, members + count);
                continue;
            }
            result.Add(launch);
            (elements, bytes, members) = (tiny ? size : -1, need, count);
        }
        return result;
    }
}
