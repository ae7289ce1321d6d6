using System.Globalization;

namespace GpuTensor.Kernels;

/// <summary>What the kernels of a product share: the buffers and scalars a launch takes, renumbered; the group's coordinates; the
/// launch.</summary>
internal sealed class GemmKernelWriter
{
    private readonly int[] arguments, scalars;

    /// <param name="programs">The element programs that the launch runs.</param>
    /// <param name="scratch">Dtypes of the plan's scratch buffers, which follow the spec's.</param>
    /// <param name="extra">Buffers that it uses besides those of its programs, and whether it writes them.</param>
    public GemmKernelWriter(string name, GemmSpec spec, DeviceProfile profile, Dialect dialect, bool wide,
        Instruction[][] programs, IReadOnlyList<DType> scratch,
        params (int Argument, bool Written)[] extra)
    {
        Spec = spec;
        arguments = [.. programs.SelectMany(GemmProgram.Buffers).Concat(extra.Select(e => e.Argument)).Distinct().Order()];
        scalars = [.. programs.SelectMany(p => p.OfType<ScalarArgument>()).Select(s => s.Slot).Distinct().Order()];
        var written = programs.SelectMany(p => p.OfType<Store>()).Select(s => s.Buffer)
            .Concat(extra.Where(e => e.Written).Select(e => e.Argument)).ToHashSet();
        var buffers = arguments.Select(a =>
            new BufferParameter(a < spec.Buffers.Length ? spec.Buffers[a].DType : scratch[a - spec.Buffers.Length], written.Contains(a)));
        Out = new KernelWriter(new KernelSpec(name, [.. buffers], [.. scalars.Select(s => spec.Scalars[s])], [], false),
            profile, dialect, wide);
        Out.BeginSection();
        Out.Variable(Out.X, "g", dialect.GroupIds[0]);
    }

    public GemmSpec Spec { get; }

    public KernelWriter Out { get; }

    /// <summary>The type of indices.</summary>
    public string X => Out.X;

    /// <summary>The accumulators' type.</summary>
    public string Type(int width = 1) => Out.Dialect.Type(GemmAccumulator.KindOf(Spec.In), width);

    /// <summary>A buffer as accumulators.</summary>
    public string Accumulators(int argument, bool written = false) => $"({Pointer(written)}){Out.Buffer(Local(argument))}";

    /// <summary>The type of a pointer to accumulators.</summary>
    public string Pointer(bool written = false) => $"{(written ? "" : "const ")}{Out.Dialect.Global}{Type()}*";

    /// <summary>A program as this kernel's parameters are numbered.</summary>
    public ElementWriter Element(Instruction[] code, SymInt[] batch, SymInt rows, SymInt columns, string row, string column,
        int lanes, string prefix) =>
        new(Out, [.. batch, rows, columns], GemmProgram.Renumber(code, Local, slot => Array.IndexOf(scalars, slot)),
            [.. batch.Select((_, d) => Batch(d)), row, column], lanes, Spec.In, prefix);

    /// <summary>Splits the fastest part of g off as a coordinate.</summary>
    public void Coordinate(string name, SymInt size)
    {
        string n = Out.Slot(size);
        Out.Let(X, name, $"g % {n}").Line($"g /= {n};");
    }

    /// <summary>Declares the coordinates "column" and "block" of a tile: x and y of a grid whose z is the batch, to which g is set. Where
    /// the device has no grid of these sizes, all three are split off x.</summary>
    /// <returns>The grid.</returns>
    public SymbolicGrid Tiles(SymInt columns, SymInt rows, SymInt batches, int localBytes)
    {
        var most = Out.Profile.MaxGroups;
        if (rows > most.Y || batches > most.Z)
        {
            Coordinate("column", columns);
            Coordinate("block", rows);
            return new(columns * rows * batches, 1, 1, localBytes);
        }
        Out.Let(X, ("column", "g"), ("block", Out.Dialect.GroupIds[1])).Line($"g = {Out.Dialect.GroupIds[2]};");
        return new(columns, rows, batches, localBytes);
    }

    /// <summary>What remains of g as batch coordinates.</summary>
    public void BatchCoordinates(SymInt[] batch)
    {
        for (int d = batch.Length - 1; d > 0; d--) Coordinate(Batch(d), batch[d]);
        if (batch.Length > 0) Out.Let(X, Batch(0), "g");
    }

    /// <summary>offset + Σ index·stride over the batch dimensions.</summary>
    public string BatchAddress(Access at, int rank)
    {
        string text = at.Offset == 0 ? "0" : Out.Slot(at.Offset);
        for (int d = 0; d < rank; d++)
            if (at.Strides[d] != 0) text += $" + {Batch(d)} * {Out.Slot(at.Strides[d])}";
        return text;
    }

    /// <summary>A stride: 0 and 1 are part of the source.</summary>
    public string Stride(SymInt value) => value == 0 ? "0" : value == 1 ? "1" : Out.Slot(value);

    /// <summary>The launch.</summary>
    public SymbolicLaunch Finish(SymbolicGrid grid, Size3 groupSize, string description)
    {
        Out.Put(Out.EndSection(grid.X));
        var (source, entry) = Out.Finish(groupSize);
        var text = new KernelText(source, entry, Out.Wide, groupSize, Out.Prelude);
        return new(new(text, [.. Out.Integers], grid), arguments, scalars, description);
    }

    private static string Batch(int d) => "i" + d.ToString(CultureInfo.InvariantCulture);

    private int Local(int argument) => Array.IndexOf(arguments, argument);
}
