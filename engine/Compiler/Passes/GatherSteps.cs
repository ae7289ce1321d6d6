using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Copies the parts of flat values together that do not lie one after the other (see <see cref="Buffers.Gathered"/>), in front of
/// the first launch that reads them.</summary>
internal static class GatherSteps
{
    /// <param name="launches">The launches.</param>
    /// <param name="kernels">By launch: what it is.</param>
    /// <param name="buffers">Where values lie.</param>
    public static LoweredLaunch[] Run(IReadOnlyList<LoweredLaunch> launches, KernelIdentity[] kernels, Buffers buffers)
    {
        var result = launches.ToArray();
        var done = new HashSet<Value>();
        for (int i = 0; i < result.Length; i++)
        {
            var flat = result[i].Launch.Groups.SelectMany(g => buffers.Gathered.GetValueOrDefault(g.Ordinal) ?? []).Where(done.Add);
            PlannedStep[] copies = [.. flat.SelectMany(v => Copies(v, kernels[i], buffers))];
            if (copies.Length > 0) result[i] = result[i] with { Steps = [.. copies, .. result[i].Steps] };
        }
        return result;
    }

    private static IEnumerable<PlannedStep> Copies(Value flat, KernelIdentity kernel, Buffers buffers)
    {
        var (to, offset) = buffers.Of(flat);
        long size = flat.DType.Size(), at = offset * size;
        foreach (var (part, _) in flat.Operands)
        {
            if (part.Bytes == 0) continue;
            var from = buffers.Of(part);
            yield return new(null, [from.Memory, to], [flat.DType, flat.DType], [], new(kernel, $"copy of {part} to its place in {flat}"))
            {
                Copy = (from.Offset * size, at, part.Bytes),
            };
            at += part.Bytes;
        }
    }
}
