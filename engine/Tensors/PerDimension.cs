using System.Collections;
using System.Runtime.CompilerServices;

namespace GpuTensor;

/// <summary>A number for each spatial dimension, as PyTorch takes a kernel's size, stride or dilation: one for all (<c>stride: 2</c>), or
/// one for each (<c>stride: (2, 1)</c>, <c>stride: [2, 1]</c>). <c>default</c>: the default of the function that takes it.</summary>
[CollectionBuilder(typeof(PerDimension), nameof(Create))]
public readonly struct PerDimension : IReadOnlyCollection<int>
{
    private readonly int[]? values;

    private PerDimension(int[] values) => this.values = values;

    /// <summary>Makes the list; collection expressions call this.</summary>
    public static PerDimension Create(ReadOnlySpan<int> values) => new(values.ToArray());

    /// <summary>One number for all dimensions.</summary>
    public static implicit operator PerDimension(int value) => new([value]);

    /// <summary>Two dimensions: height, width.</summary>
    public static implicit operator PerDimension((int Height, int Width) values) => new([values.Height, values.Width]);

    /// <summary>Three dimensions: depth, height, width.</summary>
    public static implicit operator PerDimension((int Depth, int Height, int Width) values) =>
        new([values.Depth, values.Height, values.Width]);

    /// <summary>One number, or one for each dimension.</summary>
    public static implicit operator PerDimension(int[] values) => new([.. values.NotNull()]);

    /// <summary>How many numbers were given; 0: the default.</summary>
    public int Count => values?.Length ?? 0;

    /// <summary>The numbers of so many dimensions.</summary>
    /// <exception cref="ArgumentException">Neither one number was given nor one for each dimension, or one is below
    /// <paramref name="least"/>.</exception>
    internal int[] Of(int dimensions, int otherwise, int least, string op, string name)
    {
        if (Count != 0 && Count != 1 && Count != dimensions)
            throw new ArgumentException($"{op}: {name} takes one number, or {dimensions}, not {this}.", name);
        var source = values;
        int[] result = [.. Enumerable.Range(0, dimensions)
            .Select(d => source is null ? otherwise : source[Math.Min(d, source.Length - 1)])];
        if (Array.Exists(result, value => value < least))
            throw new ArgumentOutOfRangeException(name, $"{this}", $"{op}: {name} must be {least} or more.");
        return result;
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(values ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() =>
        Count == 0 ? "default" : Count == 1 ? $"{values![0]}" : $"({string.Join(", ", values!.Select(value => $"{value}"))})";
}
