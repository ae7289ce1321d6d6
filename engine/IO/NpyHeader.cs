using System.Runtime.InteropServices;
using System.Text;

namespace GpuTensor.IO;

/// <summary>The dictionary at the head of an .npy file, <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }</c>: read by a
/// parser for exactly this, without recursion, and never evaluated.</summary>
internal ref struct NpyHeader
{
    private readonly ReadOnlySpan<byte> text;
    private readonly FileReader reader;
    private readonly long start;
    private int at;

    private NpyHeader(ReadOnlySpan<byte> text, FileReader reader, long start)
    {
        this.text = text;
        (this.reader, this.start) = (reader, start);
    }

    /// <summary>What the header says of the data.</summary>
    public readonly record struct Contents(DType DType, bool BigEndian, bool Fortran, Shape Shape, long Bytes);

    /// <summary>Reads a header that starts at a file offset.</summary>
    public static Contents Parse(ReadOnlySpan<byte> text, FileReader reader, long start)
    {
        var parser = new NpyHeader(text, reader, start);
        return parser.Dictionary();
    }

    /// <summary>The header of our own files.</summary>
    public static string Write(DType dtype, Shape shape)
    {
        if (shape.Rank > FileShape.MaxRank)
            throw new TensorShapeException($"An .npy file holds at most {FileShape.MaxRank} dimensions, not the {shape.Rank} of {shape}.");
        string descr = dtype switch
        {
            DType.Bool => "|b1",
            DType.UInt8 => "|u1",
            DType.Int8 => "|i1",
            DType.BFloat16 => throw new TensorDTypeException(
                "NumPy has no bfloat16, so .npy files cannot hold it: save x.To(DType.Float32), or use SafeTensors, which keeps bfloat16."),
            _ => $"<{(dtype.IsFloatingPoint() ? 'f' : 'i')}{dtype.Size()}",
        };
        string sizes = shape.Rank == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape)})";
        return $"{{'descr': '{descr}', 'fortran_order': False, 'shape': {sizes}, }}";
    }

    private Contents Dictionary()
    {
        (DType Type, bool Big)? descr = null;
        bool? fortran = null;
        List<long>? sizes = null;
        Expect('{', "a dictionary");
        while (true)
        {
            SkipSpace();
            if (Take('}')) break;
            int keyAt = at;
            string key = String("a key");
            Expect(':', "':' after the key");
            SkipSpace();
            switch (key)
            {
                case "descr" when descr is null: descr = Descr(); break;
                case "fortran_order" when fortran is null: fortran = Bool(); break;
                case "shape" when sizes is null: sizes = Tuple(); break;
                default: throw Error($"expected each of 'descr', 'fortran_order' and 'shape' once, found '{key}'.", keyAt);
            }
            SkipSpace();
            if (Take(',')) continue;
            Expect('}', "',' or '}'");
            break;
        }
        SkipSpace();
        if (at < text.Length) throw Error("expected the end of the header after '}'.");
        if (descr is not { } d) throw Error("the header lacks 'descr'.", 0);
        if (fortran is not { } f) throw Error("the header lacks 'fortran_order'.", 0);
        if (sizes is null) throw Error("the header lacks 'shape'.", 0);
        var (reader, start) = (this.reader, this.start);
        var (shape, bytes) = FileShape.Make(CollectionsMarshal.AsSpan(sizes), d.Type, what => reader.Error(what, start));
        return new(d.Type, d.Big, f, shape, bytes);
    }

    private (DType, bool) Descr()
    {
        int from = at;
        if (at < text.Length && text[at] == '[')
            throw Error("structured dtypes are not supported: expected one number type such as '<f4'.", from);
        string descr = String("a dtype such as '<f4'");
        bool order = descr.Length > 0 && descr[0] is '<' or '>' or '|' or '=';
        string type = order ? descr[1..] : descr;
        DType? dtype = type switch
        {
            "b1" or "?" => DType.Bool, "u1" => DType.UInt8, "i1" => DType.Int8,
            "i2" => DType.Int16, "i4" => DType.Int32, "i8" => DType.Int64,
            "f2" => DType.Float16, "f4" => DType.Float32, "f8" => DType.Float64,
            _ => null,
        };
        if (dtype is null)
            throw Error($"dtype '{descr}'{Explain(type)} is not supported: expected bool, uint8, int8 to int64, float16 to float64.", from);
        if (descr[0] == '|' && dtype.Value.Size() > 1) throw Error($"dtype '{descr}' lacks its byte order.", from);
        return (dtype.Value, descr[0] == '>');
    }

    private static string Explain(string type) => type switch
    {
        "" => "",
        "V2" => " (raw bytes; bfloat16 is written so by some programs: save it as float32, or in a .safetensors file)",
        _ => type[0] switch
        {
            'u' when int.TryParse(type[1..], out int n) && n is 2 or 4 or 8 => $" (uint{8 * n})",
            'c' when int.TryParse(type[1..], out int n) && n is 8 or 16 => $" (complex{8 * n})",
            'f' => " (extended precision)",
            'O' => " (Python objects, which are pickles and never loaded)",
            'U' or 'S' => " (text)",
            'M' or 'm' => " (dates)",
            'V' => " (raw bytes)",
            _ => "",
        },
    };

    private string String(string what)
    {
        SkipSpace();
        if (at >= text.Length || text[at] is not ((byte)'\'' or (byte)'"')) throw Error($"expected {what} in quotes.");
        var rest = text[(at + 1)..];
        int end = rest.IndexOf(text[at]);
        // No name that we know is longer or has an escape.
        if (end < 0 || end > 64 || rest[..end].ContainsAny((byte)'\\', (byte)'\n'))
            throw Error($"expected {what} in quotes, of at most 64 characters.");
        at += end + 2;
        return Encoding.Latin1.GetString(rest[..end]);
    }

    private bool Bool()
    {
        if (text[at..].StartsWith("True"u8)) at += 4;
        else if (text[at..].StartsWith("False"u8)) at += 5;
        else throw Error("expected True or False.");
        return text[at - 2] == 'u';
    }

    private List<long> Tuple()
    {
        var sizes = new List<long>();
        Expect('(', "a tuple of sizes");
        bool comma = true;
        while (true)
        {
            SkipSpace();
            if (Take(')')) break;
            if (!comma) throw Error("expected ',' or ')' in the shape.");
            if (sizes.Count == FileShape.MaxRank) throw Error($"the shape has more than {FileShape.MaxRank} dimensions.");
            sizes.Add(Integer());
            SkipSpace();
            comma = Take(',');
        }
        if (sizes.Count == 1 && !comma) throw Error("expected ',' after the only size: (n) is no tuple.");
        return sizes;
    }

    private long Integer()
    {
        int from = at;
        if (at < text.Length && text[at] == '-') throw Error("a size must not be negative.");
        long value = 0;
        while (at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9')
        {
            if (value > (long.MaxValue - 9) / 10) throw Error("the size is too large for 64 bits.", from);
            value = 10 * value + (text[at++] - '0');
        }
        if (at == from) throw Error("expected a size.");
        Take('L'); // Python 2 wrote long integers so.
        return value;
    }

    private void Expect(char c, string what)
    {
        SkipSpace();
        if (!Take(c)) throw Error($"expected {what}.");
    }

    private bool Take(char c)
    {
        if (at >= text.Length || text[at] != c) return false;
        at++;
        return true;
    }

    private void SkipSpace()
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r') at++;
    }

    private readonly TensorFileException Error(string what, int? position = null) => reader.Error(what, start + (position ?? at));
}
