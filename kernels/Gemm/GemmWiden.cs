namespace GpuTensor.Kernels;

/// <summary>The kernel that makes accumulators of A's values, in A's own layout: a halves' widening, or the code merged before the
/// product.</summary>
internal static class GemmWiden
{
    private const int Lanes = GemmAccumulator.Lanes;

    /// <summary>Generates it.</summary>
    /// <param name="batch">Sizes of the batch dimensions that A is not broadcast along, those of <paramref name="code"/> and
    /// <paramref name="at"/>.</param>
    /// <param name="at">Where the values go; one of the last two strides is 1.</param>
    public static SymbolicLaunch Generate(GemmSpec spec, Instruction[] code, SymInt[] batch, Access at, int target,
        IReadOnlyList<DType> scratch, DeviceProfile profile, Dialect dialect,
        bool wide, string description)
    {
        int rank = batch.Length;
        bool alongRows = at.Strides[rank] == 1;
        SymInt lines = alongRows ? spec.K : spec.M, length = alongRows ? spec.M : spec.K, batches = SymInt.Product(batch);
        SymInt each = SymInt.Max(1, lines * batches / profile.PreferredGroups), chunks = SymInt.Ceil(lines, each);
        var writer = new GemmKernelWriter("widen", spec, profile, dialect, wide, [code], scratch, (target, true));
        var o = writer.Out;
        string n = o.Slot(length), e = o.Slot(each), count = o.Slot(lines);
        writer.Coordinate("chunk", chunks);
        writer.BatchCoordinates(batch);
        var element = alongRows
            ? writer.Element(code, batch, spec.M, spec.K, "j", "line", rank, "v")
            : writer.Element(code, batch, spec.M, spec.K, "line", "j", rank + 1, "v");
        using (o.For($"{writer.X} line = chunk * {e}", $"line < min((chunk + 1) * {e}, {count})", "line++"))
        {
            string batchAddress = writer.BatchAddress(at, rank), pitch = o.Slot(at.Strides[alongRows ? rank + 1 : rank]);
            o.Variable(writer.Pointer(true), "to", $"{writer.Accumulators(target, true)} + {batchAddress} + line * {pitch}");
            element.WriteUniform();
            // The pitch is a multiple of 16, so that the last vector is stored whole.
            using (o.For($"{writer.X} j = 0", $"j < {n}", $"j += {Lanes}"))
            {
                o.Let("int", "part", $"(int)min({n} - j, ({writer.X}){Lanes})");
                element.WriteWholeOrPart("part", () => o.Line($"vstore16({element.Value(Lanes)}, 0, to + j);"));
            }
        }
        return writer.Finish(chunks * batches, 1, description);
    }
}
