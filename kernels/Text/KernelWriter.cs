using System.Globalization;
using System.Text;

namespace GpuTensor.Kernels;

/// <summary>One kernel while it is made: its statements, the integer block, the helper functions used. A section names buffers, scalars and
/// integers by numbers of its own (<see cref="SectionBody"/>), and the kernel says what they are.</summary>
internal sealed partial class KernelWriter(KernelSpec spec, DeviceProfile profile, Dialect dialect, bool wide) : StatementBuilder
{
    public KernelSpec Spec { get; } = spec;

    public DeviceProfile Profile { get; } = profile;

    public Dialect Dialect { get; } = dialect;

    /// <summary>The integer block: offsets of the buffers first, then, where scalars lie in memory, each one's place.</summary>
    public List<SymInt> Integers { get; } = [.. new SymInt[spec.Buffers.Length + (dialect.ScalarsInMemory ? spec.Scalars.Length : 0)]];

    public HashSet<string> Prelude { get; } = [];

    public bool Wide { get; } = wide;

    /// <summary>The kind of sizes, indices and addresses.</summary>
    public Kind Index { get; } = wide ? Kind.I64 : Kind.I32;

    public string X { get; } = dialect.Type(wide ? Kind.I64 : Kind.I32);

    /// <summary>Lanes of an element-level register.</summary>
    public int Width { get; } = profile.IsCpu ? 16 : 1;

    /// <summary>Calls a helper function.</summary>
    public string Call(string function, Kind kind, int width)
    {
        string name = Library.Name(function, kind, width);
        Prelude.Add(name);
        return name;
    }

    private readonly StringBuilder scratch = new();

    /// <summary>A scalar function of operands, as an expression.</summary>
    public string Apply(ScalarFunction function, Kind kind, int width, params string[] operands)
    {
        Library.Bring(function);
        scratch.Clear();
        Library.Expand(Dialect, scratch, function.Template(kind), kind, width, "", false, name => Prelude.Add(name), operands);
        return scratch.ToString();
    }

    /// <summary>The whole function; its name is the specification's with a hash of the text.</summary>
    public (string Source, string EntryPoint) Finish(Size3 groupSize)
    {
        // In the shape of a CPU a group is one work-item, and there is no barrier.
        if (!Profile.IsCpu) BarrierCheck.Run(Statements);
        var text = new StringBuilder(4096);
        text.Append(CultureInfo.InvariantCulture, $"struct @_integers {{ {X} n[{Math.Max(Integers.Count, 1)}]; }};\n");
        text.Append(string.Format(CultureInfo.InvariantCulture, Dialect.Kernel, groupSize.X, groupSize.Y, groupSize.Z,
            groupSize.Count)).Append("@(");
        // No two parameters share memory that is written, so every one may be restrict.
        for (int b = 0; b < Spec.Buffers.Length; b++)
            text.Append(BufferType(b)).Append(' ').Append(Dialect.Restrict).Append("buffer").Append(b).Append(", ");
        text.Append("const struct @_integers k");
        if (Dialect.ScalarsInMemory)
        {
            if (Spec.Scalars.Length > 0)
                text.Append(", const ").Append(Dialect.Global).Append(Dialect.Type(Kind.U64)).Append("* ").Append(Dialect.Restrict)
                    .Append("scalars");
        }
        else
            for (int s = 0; s < Spec.Scalars.Length; s++) text.Append(", const ").Append(ScalarType(s)).Append(" scalar").Append(s);
        if (Dialect.DynamicLocalIsParameter && Statements.OfType<Statement.DynamicLocal>().FirstOrDefault() is { } array)
            text.Append(", ").AppendFormat(CultureInfo.InvariantCulture, Dialect.DynamicLocal, array.Name);
        text.Append(")\n{\n");
        StatementPrinter.Run(Statements, Dialect, 1, text);
        string source = text.Append("}\n").ToString();
        string name = Sanitize(Spec.Name) + "_" + Hash(source);
        return (source.Replace("@", name), name);
    }

    private string ScalarType(int slot) =>
        Spec.Scalars[slot].IsFloatingPoint() ? Dialect.Type(Profile.HasFloat64 ? Kind.F64 : Kind.F32) : Dialect.Type(Kind.I64);

    private string BufferType(int buffer) =>
        $"{(Spec.Buffers[buffer].Written ? "" : "const ")}{Dialect.Global}{Dialect.Type(Kinds.Stored(Spec.Buffers[buffer].DType))}*";

    private static string Sanitize(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (char c in name) clean.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        if (clean.Length == 0 || char.IsDigit(clean[0])) clean.Insert(0, 'k');
        return clean.ToString();
    }

    /// <summary>FNV-1a over 64 bits: stable between runs and machines, unlike string.GetHashCode.</summary>
    private static string Hash(string text)
    {
        ulong h = 14695981039346656037;
        foreach (char c in text) h = (h ^ c) * 1099511628211;
        return (h ^ h >> 29).ToString("x16", CultureInfo.InvariantCulture)[..12];
    }
}
