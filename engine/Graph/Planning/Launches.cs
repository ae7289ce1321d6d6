using GpuTensor.Kernels;

namespace GpuTensor.Graph.Planning;

/// <summary>Groups that run in one kernel launch: independent ones side by side, tiny ones one after the other.</summary>
internal sealed class Launch
{
    public readonly List<Group> Groups = [];

    /// <summary>One work-group runs the groups in order.</summary>
    public bool Serial;

    public bool IsProduct => Groups[0].Kind == GroupKind.MatMul;
}

/// <summary>Packs groups into launches. A group waits until somebody needs it, so that what nobody needs soon (bias gradients, losses) shares a launch.</summary>
internal static class Launches
{
    /// <summary>Below this many elements in all, dependent groups run one after the other in one work-item of a CPU: less than a launch costs.</summary>
    public const long SerialElements = 8192;

    public static List<Launch> Form(List<Group> groups, DeviceProfile profile, bool fuse)
    {
        var launches = new List<Launch>();
        var waiting = new List<Group>();
        var isWaiting = new HashSet<Group>();
        foreach (var group in groups)
        {
            if (group.Members.Count == 0) continue;
            while (group.Sources.Any(isWaiting.Contains) || group.After.Any(isWaiting.Contains)) Emit();
            if (group.Kind == GroupKind.MatMul) launches.Add(new() { Groups = { group } });
            else
            {
                waiting.Add(group);
                isWaiting.Add(group);
                if (!fuse || waiting.Count >= 64) Emit();
            }
        }
        while (waiting.Count > 0) Emit();
        return fuse && profile.IsCpu ? MergeTiny(launches, profile) : launches;

        void Emit()
        {
            Work.Visit(waiting.Sum(g => 1 + g.Sources.Count + g.After.Count));
            var ready = waiting.Where(g => !g.Sources.Any(isWaiting.Contains) && !g.After.Any(isWaiting.Contains)).ToList();
            foreach (var g in ready) isWaiting.Remove(g);
            waiting.RemoveAll(g => !isWaiting.Contains(g));
            Launch? current = null;
            int bytes = 0;
            foreach (var g in ready)
            {
                int need = g.ParameterBytes();
                if (current is null || bytes + need > profile.MaxParameterBytes - 64)
                {
                    launches.Add(current = new());
                    bytes = 0;
                }
                current.Groups.Add(g);
                bytes += need;
            }
        }
    }

    private static List<Launch> MergeTiny(List<Launch> launches, DeviceProfile profile)
    {
        var result = new List<Launch>();
        long elements = 0;
        int bytes = 0, members = 0;
        foreach (var launch in launches)
        {
            long size = launch.Groups.Sum(g => g.Elements);
            int need = launch.Groups.Sum(g => g.ParameterBytes()), count = launch.Groups.Sum(g => g.Members.Count);
            bool tiny = !launch.IsProduct && size <= SerialElements;
            if (tiny && elements >= 0 && result.Count > 0 && elements + size <= SerialElements && bytes + need < profile.MaxParameterBytes - 64 && members + count <= Fuser.MaxMembers)
            {
                result[^1].Groups.AddRange(launch.Groups);
                result[^1].Serial = true;
                (elements, bytes, members) = (elements + size, bytes + need, members + count);
                continue;
            }
            result.Add(launch);
            (elements, bytes, members) = (tiny ? size : -1, need, count);
        }
        return result;
    }
}
