using System.Collections;
using System.Runtime.CompilerServices;

namespace GpuTensor;

/// <summary>The zeros around a convolution's input: a number for all spatial dimensions or one for each, as <see cref="PerDimension"/>;
/// <c>"valid"</c>: none; <c>"same"</c>: as many as give the result the input's size (stride 1). The default is none.</summary>
[CollectionBuilder(typeof(Padding), nameof(Create))]
public readonly struct Padding : IReadOnlyCollection<int>
{
    private Padding(PerDimension widths) => Widths = widths;

    /// <summary>Makes it of widths; collection expressions call this.</summary>
    public static Padding Create(ReadOnlySpan<int> widths) => new(PerDimension.Create(widths));

    /// <summary>One width for all dimensions.</summary>
    public static implicit operator Padding(int width) => new((PerDimension)width);

    /// <summary>Two dimensions: height, width.</summary>
    public static implicit operator Padding((int Height, int Width) widths) => new((PerDimension)widths);

    /// <summary>Three dimensions: depth, height, width.</summary>
    public static implicit operator Padding((int Depth, int Height, int Width) widths) => new((PerDimension)widths);

    /// <summary>One width, or one for each dimension.</summary>
    public static implicit operator Padding(int[] widths) => new((PerDimension)widths.NotNull());

    /// <summary>Widths for the dimensions.</summary>
    public static implicit operator Padding(PerDimension widths) => new(widths);

    /// <summary><c>"valid"</c> or <c>"same"</c>.</summary>
    /// <exception cref="ArgumentException">Another text.</exception>
    public static implicit operator Padding(string mode) => mode.NotNull() switch
    {
        "valid" => new(0),
        "same" => new(0) { IsSame = true },
        _ => throw new ArgumentException($"A padding is \"valid\", \"same\" or numbers, not \"{mode}\".", nameof(mode)),
    };

    /// <summary>Whether the result has the input's size.</summary>
    public bool IsSame { get; private init; }

    /// <summary>The widths, where <see cref="IsSame"/> does not decide.</summary>
    public PerDimension Widths { get; }

    /// <summary>How many widths were given.</summary>
    public int Count => Widths.Count;

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => Widths.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => IsSame ? "same" : Widths.Count == 0 ? "0" : $"{Widths}";
}
