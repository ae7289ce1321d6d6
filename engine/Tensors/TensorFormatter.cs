using System.Globalization;
using System.Text;

namespace GpuTensor;

/// <summary>How a tensor is printed: <c>torch.set_printoptions</c>' names and defaults.</summary>
/// <param name="Precision">Digits after the point.</param>
/// <param name="Threshold">Tensors of more elements are summarised.</param>
/// <param name="EdgeItems">What a summary shows at each end of a dimension.</param>
/// <param name="LineWidth">Characters a line may take.</param>
/// <param name="SciMode">Scientific notation always or never; null: PyTorch's rule.</param>
internal sealed record PrintOptions(int Precision = 4, int Threshold = 1000, int EdgeItems = 3, int LineWidth = 80, bool? SciMode = null)
{
    /// <summary>PyTorch's defaults.</summary>
    public static PrintOptions Default { get; } = new();

    /// <summary>Whether a tensor of that shape is printed as a summary.</summary>
    public bool Summarises(Shape shape) => shape.ElementCount > Threshold;

    /// <summary>How many positions of a dimension a summary shows.</summary>
    public int Shown(int size) => size > 2 * EdgeItems ? 2 * EdgeItems : size;
}

/// <summary>Prints host arrays as PyTorch prints tensors (its <c>torch/_tensor_str.py</c> defines the layout): one width for all elements,
/// chosen from those that are shown.</summary>
internal sealed class TensorFormatter
{
    private const string Prefix = "tensor(";

    private readonly HostArray array;
    private readonly Shape shape;
    private readonly PrintOptions options;
    private readonly bool summarise;
    private readonly long[] strides;
    private readonly Func<long, string> format;
    private readonly int width;

    private TensorFormatter(HostArray array, Shape shape, PrintOptions options)
    {
        (this.array, this.shape, this.options) = (array, shape, options);
        summarise = options.Summarises(shape);
        strides = array.Shape.ContiguousStrides();
        (format, width) = array.DType.IsFloatingPoint() ? FloatFormat() : (Integer, Shown().Max(i => Integer(i).Length));
    }

    /// <summary>The text of an array with its suffixes in order, such as <c>requires_grad=True</c>,
    /// <c>grad_fn=&lt;MulBackward0&gt;</c>.</summary>
    /// <param name="array">What to print.</param>
    /// <param name="options">Null: PyTorch's defaults.</param>
    /// <param name="device">Printed first (<c>device='cuda:0'</c>) unless null.</param>
    /// <param name="suffixes">Printed last, after <c>size=</c> and <c>dtype=</c>, which are known from the array.</param>
    public static string Format(HostArray array, PrintOptions? options = null, string? device = null,
        params ReadOnlySpan<string> suffixes) =>
        Format(array, array.Shape, options, device, suffixes);

    /// <inheritdoc cref="Format(HostArray, PrintOptions?, string?, ReadOnlySpan{string})"/>
    /// <param name="array">What a summary shows (<see cref="PrintOptions.Shown"/> positions of each dimension), or all.</param>
    /// <param name="shape">Of all.</param>
    public static string Format(HostArray array, Shape shape, PrintOptions? options = null, string? device = null,
        params ReadOnlySpan<string> suffixes)
    {
        options ??= PrintOptions.Default;
        var all = new List<string>();
        if (device is not null) all.Add($"device='{device}'");
        bool empty = array.Count == 0;
        if (empty && array.Shape.Rank != 1) all.Add($"size=({string.Join(", ", array.Shape)})");
        // An element shows whether it is of a default dtype (1., 1, True); without elements only float32 goes without saying.
        if (empty ? array.DType != DType.Float32 : array.DType is not (DType.Float32 or DType.Int64 or DType.Bool))
            all.Add($"dtype=torch.{array.DType.Name()}");
        all.AddRange(suffixes);
        var text = new StringBuilder(Prefix);
        if (empty) text.Append("[]");
        else new TensorFormatter(array, shape, options).Append(text, 0, 0);
        return AddSuffixes(text, all, options.LineWidth);
    }

    /// <summary>Suffixes follow the last line while it has room and take a line of their own where not.</summary>
    private static string AddSuffixes(StringBuilder text, List<string> suffixes, int lineWidth)
    {
        string body = text.ToString();
        int last = body.Length - body.LastIndexOf('\n') + 1;
        foreach (string suffix in suffixes)
        {
            if (last + suffix.Length + 2 > lineWidth)
            {
                text.Append(",\n").Append(' ', Prefix.Length).Append(suffix);
                last = Prefix.Length + suffix.Length;
            }
            else
            {
                text.Append(", ").Append(suffix);
                last += suffix.Length + 2;
            }
        }
        return text.Append(')').ToString();
    }

    /// <summary>Appends the part of the array from an offset on, below <paramref name="dim"/> dimensions. Recursion is as deep as the
    /// rank.</summary>
    private void Append(StringBuilder text, int dim, long offset)
    {
        if (dim == array.Shape.Rank)
        {
            text.Append(Padded(offset));
            return;
        }
        if (dim == array.Shape.Rank - 1)
        {
            AppendRow(text, Prefix.Length + dim, offset);
            return;
        }
        int below = array.Shape.Rank - dim - 1;
        text.Append('[');
        bool first = true;
        foreach (int i in Indices(dim))
        {
            if (!first) text.Append(',').Append('\n', below).Append(' ', Prefix.Length + dim + 1);
            first = false;
            if (i < 0) text.Append("...");
            else Append(text, dim + 1, offset + i * strides[dim]);
        }
        text.Append(']');
    }

    private void AppendRow(StringBuilder text, int indent, long offset)
    {
        int perLine = Math.Max(1, (options.LineWidth - indent) / (width + 2));
        text.Append('[');
        int n = 0;
        foreach (int i in Indices(array.Shape.Rank - 1))
        {
            if (n > 0 && n % perLine == 0) text.Append(",\n").Append(' ', indent + 1);
            else if (n > 0) text.Append(", ");
            text.Append(i >= 0 ? Padded(offset + i) : options.EdgeItems == 0 ? "..." : " ...");
            n++;
        }
        text.Append(']');
    }

    /// <summary>The indices in the array that are shown of a dimension; -1 stands for the dots.</summary>
    private IEnumerable<int> Indices(int dim)
    {
        int n = array.Shape[dim], edge = options.EdgeItems;
        bool cut = summarise && shape[dim] > 2 * edge;
        for (int i = 0; i < (cut ? edge : n); i++) yield return i;
        if (!cut) yield break;
        yield return -1;
        for (int i = n - edge; i < n; i++) yield return i;
    }

    /// <summary>The offsets of the elements that are shown: they alone decide width and notation.</summary>
    private List<long> Shown()
    {
        var offsets = new List<long> { 0 };
        for (int dim = 0; dim < array.Shape.Rank; dim++)
        {
            var next = new List<long>();
            foreach (long offset in offsets)
                foreach (int i in Indices(dim))
                    if (i >= 0) next.Add(offset + i * strides[dim]);
            offsets = next;
        }
        return offsets;
    }

    private string Padded(long offset) => format(offset).PadLeft(width);

    private string Integer(long i) => array.DType switch
    {
        DType.Bool => array.Data[i] != 0 ? "True" : "False",
        DType.UInt8 => array.Data[i].ToString(CultureInfo.InvariantCulture),
        DType.Int8 => ((sbyte)array.Data[i]).ToString(CultureInfo.InvariantCulture),
        DType.Int16 => array.As<short>()[(int)i].ToString(CultureInfo.InvariantCulture),
        DType.Int32 => array.As<int>()[(int)i].ToString(CultureInfo.InvariantCulture),
        _ => array.As<long>()[(int)i].ToString(CultureInfo.InvariantCulture),
    };

    private double Float(long i) => array.DType switch
    {
        DType.Float16 or DType.BFloat16 => HalfBits.ToFloat(array.DType, array.As<ushort>()[(int)i]),
        DType.Float32 => array.As<float>()[(int)i],
        _ => array.As<double>()[(int)i],
    };

    /// <summary>PyTorch's rule: integers get a point and no digits; scientific where magnitudes lie more than 1000 apart, above 1e8, or
    /// (not for integers) below 1e-4. Only finite values other than zero decide.</summary>
    private (Func<long, string> Format, int Width) FloatFormat()
    {
        var values = Shown().Select(Float).Where(v => double.IsFinite(v) && v != 0).ToList();
        int digits = options.Precision;
        bool integers = values.TrueForAll(v => v == Math.Ceiling(v)), scientific = false;
        if (values.Count > 0)
        {
            double min = values.Min(Math.Abs), max = values.Max(Math.Abs);
            scientific = max / min > 1000 || max > 1e8 || (!integers && min < 1e-4);
        }
        string Scientific(double v) => ExactDecimal.Scientific(v, digits);
        string Point(double v) => ExactDecimal.Fixed(v, 0) + (double.IsFinite(v) ? "." : "");
        string Fixed(double v) => ExactDecimal.Fixed(v, digits);
        Func<double, string> print = scientific ? Scientific : integers ? Point : Fixed;
        // The width is found before SciMode overrides the notation, as PyTorch does it; so is it here, to the character.
        int width = values.Count == 0 ? 1 : values.Max(v => print(v).Length);
        if (options.SciMode is { } sci && values.Count > 0) print = sci ? Scientific : integers ? Point : Fixed;
        return (i => print(Float(i)), width);
    }
}
