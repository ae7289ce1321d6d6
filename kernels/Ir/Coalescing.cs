namespace GpuTensor.Kernels;

/// <summary>The fewest dimensions that describe strided accesses: sizes of 1 go, and neighbours that every access walks as one become one.
/// [4, 1, 6] read with strides [6, 9, 1] is [24] with stride 1. The elements keep their order.</summary>
internal sealed class Coalescing
{
    /// <summary>Coalesces the dimensions [from, to).</summary>
    /// <param name="sizes">Sizes of all dimensions.</param>
    /// <param name="strides">Strides of each access along them.</param>
    /// <param name="isFixed">Which dimensions stay as they are; null: none.</param>
    /// <returns>The dimensions that are left: the size, and which of the old ones has the stride.</returns>
    public static List<(SymInt Size, int Dimension)> Run(SymInt[] sizes, int from, int to, IReadOnlyList<SymInt[]> strides,
        Func<int, bool>? isFixed = null)
    {
        var left = new List<(SymInt Size, int Dimension)>();
        bool isLastFixed = true;
        for (int d = from; d < to; d++)
        {
            bool isThisFixed = isFixed is not null && isFixed(d);
            if (sizes[d] == 1 && !isThisFixed) continue;
            if (!isThisFixed && !isLastFixed && IsOne(strides, left[^1].Dimension, d, sizes[d])) left[^1] = (left[^1].Size * sizes[d], d);
            else left.Add((sizes[d], d));
            isLastFixed = isThisFixed;
        }
        return left;
    }

    /// <summary>Whether a step of the outer dimension is for every access a walk along the whole inner one.</summary>
    private static bool IsOne(IReadOnlyList<SymInt[]> strides, int outer, int inner, SymInt size)
    {
        for (int i = 0; i < strides.Count; i++)
            if (strides[i][outer] != strides[i][inner] * size) return false;
        return true;
    }
}
