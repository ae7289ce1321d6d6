namespace GpuTensor.Kernels;

/// <summary>The kernels of a convolution and its gradients, in plain loops: one accumulator for each element of the result, one fused
/// multiply-add for each product, no product with padding. Halves accumulate in float32, integers wrap.</summary>
/// <remarks>The shape of a GPU gives each element a work-item. The shape of a CPU computes 16 neighbours along the last dimension at a
/// time, each in an accumulator of its own, so both shapes add up in one order and give equal bits.</remarks>
internal abstract class ConvolutionWriter
{
    /// <summary>Neighbours that the shape of a CPU computes together.</summary>
    protected const int Lanes = 16;

    private readonly OwnKernelSpec spec;
    private readonly Dictionary<(string Name, int Operand, int Dimension), string> slots = [];

    protected ConvolutionWriter(OwnKernelSpec spec, ConvolutionGeometry geometry, DeviceProfile profile, Dialect dialect)
    {
        (this.spec, Geometry, Profile) = (spec, geometry, profile);
        Out = new(new(spec.Name, spec.Buffers, spec.Scalars, [], false), profile, dialect, NeedsWide(spec));
        Out.BeginSection();
    }

    protected ConvolutionGeometry Geometry { get; }

    protected DeviceProfile Profile { get; }

    protected KernelWriter Out { get; }

    /// <summary>The type of indices.</summary>
    protected string X => Out.X;

    /// <summary>The type of an accumulator.</summary>
    protected string Accumulator => Out.Dialect.Type(GemmAccumulator.KindOf(spec.In));

    protected int SpatialRank => Geometry.Stride.Length;

    /// <summary>The last spatial dimension, along which the shape of a CPU has its lanes.</summary>
    protected int LastDimension => SpatialRank - 1;

    /// <summary>The size of the result along a dimension.</summary>
    protected string Size(int d) => Size(-1, d);

    /// <summary>The size of an operand along a dimension.</summary>
    protected string Size(int operand, int d) => Argument("size", SizeOf(operand, d), operand, d);

    /// <summary>The size of an operand along a dimension; of the result where the operand is −1.</summary>
    protected SymInt SizeOf(int operand, int d) => operand < 0 ? spec.Sizes[d] : spec.Operands[operand].Sizes[d];

    protected SymInt ResultSize(int d) => spec.Sizes[d];

    /// <summary>The stride along a spatial dimension: whether it is 1 is part of the text.</summary>
    protected string Stride(int d) => Geometry.Stride[d] == 1 ? "1" : Argument("stride", Geometry.Stride[d], dimension: d);

    protected string Padding(int d) => Argument("padding", Geometry.Padding[d], dimension: d);

    protected string Dilation(int d) => Argument("dilation", Geometry.Dilation[d], dimension: d);

    /// <summary>A number as an argument of the kernel. Numbers of different meaning are different arguments even where they are equal, so
    /// that the text does not depend on them.</summary>
    protected string Argument(string name, SymInt value, int operand = -1, int dimension = 0)
    {
        if (!slots.TryGetValue((name, operand, dimension), out string? slot))
            slots.Add((name, operand, dimension), slot = Out.Slot(value));
        return slot;
    }

    /// <summary>Writes the kernel.</summary>
    public SymbolicKernel Generate()
    {
        Out.Let(X, "g", Out.Dialect.GroupIds[0]);
        var groups = Write();
        Out.Put(Out.EndSection(groups));
        int size = Profile.IsCpu ? 1 : Profile.GroupSize;
        var (source, entry) = Out.Finish(size);
        return new(new(source, entry, Out.Wide, size, Out.Prelude), [.. Out.Integers], groups);
    }

    /// <summary>Writes what group g does.</summary>
    /// <returns>How many groups there are.</returns>
    protected abstract SymInt Write();

    /// <summary>Opens the loop of a CPU's group over its share of some work, or the guard that a work-item of a GPU has any.</summary>
    /// <param name="index">The name of the piece of work.</param>
    /// <param name="count">How many pieces there are.</param>
    /// <param name="groups">How many groups share them.</param>
    protected StatementBuilder.Scope Share(string index, SymInt count, out SymInt groups)
    {
        if (!Profile.IsCpu)
        {
            groups = SymInt.Ceil(count, Profile.GroupSize);
            Out.Let(X, index, $"g * {Profile.GroupSize} + {Out.Dialect.LocalIds[0]}");
            return Out.If($"{index} < {Out.Slot(count)}");
        }
        var each = SymInt.Ceil(count, SymInt.Clamp(count, 1, Profile.PreferredGroups * 2L));
        groups = SymInt.Ceil(count, each);
        string e = Out.Slot(each), n = Out.Slot(count);
        return Out.For($"{X} {index} = g * {e}", $"{index} < min((g + 1) * {e}, {n})", $"{index}++");
    }

    /// <summary>Splits a flat position into coordinates, the last of which moves fastest.</summary>
    protected void Coordinates(string flat, params (string Name, string Size)[] dimensions)
    {
        Out.Variable(X, "rest", flat);
        for (int d = dimensions.Length - 1; d > 0; d--)
            Out.Let(X, dimensions[d].Name, $"rest % {dimensions[d].Size}").Line($"rest /= {dimensions[d].Size};");
        Out.Let(X, dimensions[0].Name, "rest");
    }

    /// <summary>Reads one element of an operand, as an accumulator.</summary>
    /// <param name="operand">Which operand.</param>
    /// <param name="prefix">What the names of registers begin with.</param>
    /// <param name="coordinates">The names of the element's coordinates.</param>
    protected string Read(int operand, string prefix, string[] coordinates)
    {
        var (load, sizes) = spec.Operands[operand];
        var element = new ElementWriter(Out, sizes, [load], coordinates, -1, spec.In, prefix);
        element.WriteUniform();
        return element.Value(1);
    }

    /// <summary>The position of a convolution's input along dimension d, for position y of its result and the kernel's position
    /// k.</summary>
    protected string InputPosition(string y, int d) => $"{y} * {Stride(d)} - {Padding(d)} + k{d} * {Dilation(d)}";

    /// <summary>accumulator += a · b.</summary>
    protected void MultiplyAdd(string accumulator, string a, string b) =>
        Out.Line($"{accumulator} = {GemmAccumulator.MultiplyAdd(spec.In, a, b, accumulator)};");

    /// <summary>Writes the epilogue of one element.</summary>
    protected void Finish(string accumulator, string[] coordinates) =>
        new ElementWriter(Out, spec.Sizes, spec.Epilogue, coordinates, -1, spec.In, "v").WriteOne(accumulator);

    /// <summary>Names of a value's spatial coordinates, after those of its first two dimensions.</summary>
    protected string[] Named(string first, string second, string spatial) =>
        [first, second, .. Enumerable.Range(0, SpatialRank).Select(d => spatial + d)];

    /// <summary>Whether some position in memory, or a position that padding and dilation reach, passes what an int holds.</summary>
    private bool NeedsWide(OwnKernelSpec spec)
    {
        const long Limit = int.MaxValue - (1 << 20);
        SymInt most = 1;
        foreach (var size in spec.Sizes) most = SymInt.Reach(most, size);
        most = SymInt.Reach(most, Lanes);
        foreach (var operand in spec.Operands) most = SymInt.Max(most, operand.Element.At.Reach(operand.Sizes));
        foreach (var instruction in spec.Epilogue)
            if (instruction.Place is { } at) most = SymInt.Max(most, at.Reach(spec.Sizes));
        for (int d = 0; d < SpatialRank; d++)
        {
            var longest = spec.Operands.Aggregate(spec.Sizes[d + 2], (n, operand) => SymInt.Max(n, operand.Sizes[d + 2]));
            var moved = SymInt.Reach(SymInt.AddReach(longest, Lanes), (long)Geometry.Stride[d] + Geometry.Dilation[d]);
            most = SymInt.Max(most, SymInt.AddReach(moved, Geometry.Padding[d]));
        }
        return most > Limit;
    }
}
