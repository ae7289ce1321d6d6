using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <content>Lines values up with the space of a group.</content>
internal sealed partial class Fuser
{
    /// <summary>How a value lines up with a group, which may have to go over to a finer space for that.</summary>
    /// <param name="Space">The group's space, with dimensions in two where the value needs that.</param>
    /// <param name="Map">The value's coordinates in that space.</param>
    /// <param name="Splits">What makes the group's space that one, in order.</param>
    private sealed record Fit(IterationSpace Space, long[][] Map, List<(int Dim, long Inner)>? Splits)
    {
        /// <summary>Factors of the group's indices as factors of the space's.</summary>
        public long[] Move(long[] factors)
        {
            foreach (var (dim, inner) in Splits ?? []) factors = IterationSpace.SplitFactors(factors, dim, inner);
            return factors;
        }
    }

    /// <summary>Coordinates of a value of <paramref name="shape"/>, whose dimensions move through an operand by <paramref name="strides"/>,
    /// in the group's dimensions. Null: no way, or a dimension of the group would be left out (other than reduced ones).</summary>
    private Fit? Match(Shape shape, long[] strides, GroupDraft group, long[] position)
    {
        var sizes = SizesOf(shape);
        var space = group.Space;
        List<(int Dim, long Inner)>? splits = null;
        for (int attempt = 0; attempt < 6; attempt++)
        {
            var taken = Taken(space.Rank);
            if (DimensionMatch.Find(sizes, strides, space.Sizes, position, taken, out var split) is { } map)
                return Covers(space, taken) ? new(space, map, splits) : null;
            if (split is not { } at || space.SplitTotal is not null || !space.IsLoopNest
                && !(splitsRows && space.IsProductRow(at.Dim))) return null;
            if (space.Kind == GroupKind.Column && at.Dim < space.OuterDims) return null;
            (space, position) = (space.Split(at.Dim, at.Inner), IterationSpace.SplitFactors(position, at.Dim, at.Inner));
            (splits ??= []).Add(at);
        }
        return null;
    }

    /// <summary>Whether the dimensions taken are all outer ones, and all or none of the reduced ones.</summary>
    private static bool Covers(IterationSpace space, bool[] taken)
    {
        bool any = false, all = true;
        for (int k = 0; k < space.Rank; k++)
        {
            if (space.Sizes[k] <= 1) continue;
            if (k >= space.OuterDims) (any, all) = (any | taken[k], all & taken[k]);
            else if (!taken[k]) return false;
        }
        return !any || all;
    }

    private bool[] Taken(int dims) => dims <= used.Length ? used : new bool[dims];

    private static long[] SizesOf(Shape shape)
    {
        var sizes = new long[shape.Rank];
        for (int d = 0; d < sizes.Length; d++) sizes[d] = shape.Span[d];
        return sizes;
    }

    private static long[] StridesOf(Use use) => use.View?.Strides ?? use.Value.Shape.ContiguousStrides();
}
