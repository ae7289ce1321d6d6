using System.Globalization;

namespace GpuTensor.CudaSimulator.Ptx;

/// <summary>Reads a module's text. What it does not know, it refuses, naming the line: a directive that is skipped would be a rule
/// unchecked.</summary>
internal sealed partial class PtxParser
{
    private readonly List<PtxToken> _tokens;
    private readonly PtxSyntax _module = new();
    private int _at;

    private PtxParser(string text) => _tokens = PtxLexer.Split(text);

    public static PtxSyntax Parse(string text)
    {
        var parser = new PtxParser(text);
        parser.Module();
        return parser._module;
    }

    private PtxToken Peek => _tokens[_at];

    private PtxToken Next() => _tokens[_at++];

    private bool Is(string text) => Peek.Text == text && !Peek.Quoted;

    private bool Accept(string text)
    {
        if (!Is(text)) return false;
        _at++;
        return true;
    }

    private void Expect(string text)
    {
        if (!Accept(text)) throw Fail($"'{text}' expected, '{Peek.Text}' found");
    }

    private DeviceFault Fail(string what, int line = 0) =>
        new(FaultKind.InvalidPtx, $"PTX line {(line > 0 ? line : Peek.Line)}: {what}.");

    private void SkipLine()
    {
        int line = Peek.Line;
        while (Peek.Line == line && Peek.Text.Length > 0) _at++;
    }

    private void Module()
    {
        while (Peek.Text.Length > 0)
        {
            var token = Next();
            switch (token.Text)
            {
                case ".version":
                    string[] version = Next().Text.Split('.');
                    if (version.Length != 2 || !int.TryParse(version[0], out int major) || !int.TryParse(version[1], out int minor))
                        throw Fail("a version such as 9.0 expected", token.Line);
                    _module.Version = major * 10 + minor;
                    break;
                case ".target":
                    var target = Next().Text.AsSpan();
                    if (!target.StartsWith("sm_") || !int.TryParse(target[3..].TrimEnd("abcdefghijklmnopqrstuvwxyz"), out int sm))
                        throw Fail($"a target such as sm_90 expected, '{target}' found", token.Line);
                    _module.Target = sm;
                    while (Accept(",")) Next();     // debug, texmode_…: no meaning here
                    break;
                case ".address_size":
                    if (Next().Text != "64") throw Fail("only 64-bit addresses are simulated", token.Line);
                    break;
                case ".file": _at--; SkipLine(); break;
                case ".section": SkipSection(); break;
                case ".pragma": Next(); Expect(";"); break;
                case ".visible" or ".extern" or ".weak" or ".common":
                    bool external = token.Text == ".extern";
                    Declaration(Next(), external);
                    break;
                case ";": break;
                default: Declaration(token, external: false); break;
            }
        }
        if (_module.Version == 0) throw new DeviceFault(FaultKind.InvalidPtx, "The PTX names no .version.");
        if (_module.Target == 0) throw new DeviceFault(FaultKind.InvalidPtx, "The PTX names no .target.");
    }

    private void SkipSection()
    {
        while (!Is("{")) if (Next().Text.Length == 0) throw Fail("a section without end");
        while (!Is("}")) if (Next().Text.Length == 0) throw Fail("a section without end");
        Next();
    }

    private void Declaration(PtxToken token, bool external)
    {
        switch (token.Text)
        {
            case ".global": Add(Variable(PtxSpace.Global, external)); break;
            case ".const": Add(Variable(PtxSpace.Const, external)); break;
            case ".shared": Add(Variable(PtxSpace.Shared, external)); break;
            case ".func": Function(isEntry: false, token.Line); break;
            case ".entry": Function(isEntry: true, token.Line); break;
            default: throw Fail($"unknown directive or statement '{token.Text}'", token.Line);
        }

        void Add(PtxVariable variable)
        {
            Expect(";");
            _module.Variables[variable.Name] = variable;
        }
    }

    /// <summary>The rest of a variable's declaration, up to but without what ends it.</summary>
    private PtxVariable Variable(PtxSpace space, bool external = false)
    {
        int alignment = 0, line = Peek.Line;
        PtxType type = PtxType.None;
        while (Peek.Text.StartsWith('.'))
        {
            string word = Next().Text;
            switch (word)
            {
                case ".align": alignment = Integer(); break;
                // A pointer parameter's promise about what it points to; no meaning for the call.
                case ".ptr":
                    while (Peek.Text is ".global" or ".const" or ".local" or ".shared") Next();
                    if (Accept(".align")) Integer();
                    break;
                default:
                    if (type != PtxType.None || (type = PtxTypes.Parse(word[1..])) is PtxType.None or PtxType.Pred)
                        throw Fail($"unknown type or attribute '{word}' of a variable", line);
                    break;
            }
        }
        string name = Next().Text;
        if (type == PtxType.None) throw Fail($"variable {name} has no type", line);
        long count = 1;
        while (Accept("["))
        {
            if (Accept("]"))
            {
                count = -1;
                continue;
            }
            count *= Integer();
            Expect("]");
        }
        var variable = new PtxVariable
        {
            Name = name, Space = space, Type = type, Count = count, External = external, Line = line,
            Alignment = alignment == 0 ? type.Size() : alignment,
        };
        if (Accept("=")) Initializer(variable);
        if (variable.Initializers.Count > Math.Max(count, 0)) throw Fail($"{name} has more initialisers than elements", line);
        return variable;
    }

    private void Initializer(PtxVariable variable)
    {
        if (Accept("{"))
        {
            while (!Accept("}"))
            {
                if (Is("{")) Initializer(variable);
                else variable.Initializers.Add(Element(variable));
                if (!Is("}")) Expect(",");
            }
            return;
        }
        variable.Initializers.Add(Element(variable));
    }

    private PtxInitializer Element(PtxVariable variable)
    {
        bool generic = Accept("generic");
        if (generic) Expect("(");
        if (TryLiteral(out ulong bits, out int floatBytes))
        {
            if (floatBytes != 0 && floatBytes != variable.Type.Size())
                throw Fail($"a float literal of {floatBytes} bytes in an initialiser of {variable.Type.Size()}");
            return new(bits, null, false);
        }
        string symbol = Next().Text;
        if (generic) Expect(")");
        long offset = Accept("+") ? Literal() : 0;
        if (variable.Type.Size() != 8) throw Fail($"the address of {symbol} in an element of {variable.Type.Size()} bytes");
        return new((ulong)offset, symbol, generic);
    }

    private int Integer() => checked((int)Literal());

    private long Literal()
    {
        if (!TryLiteral(out ulong bits, out _)) throw Fail($"a number expected, '{Peek.Text}' found");
        return (long)bits;
    }

    /// <summary>A literal at this place: decimal, hexadecimal, octal, binary, <c>0f</c> and <c>0d</c> bit patterns, each perhaps
    /// negated.</summary>
    private bool TryLiteral(out ulong bits, out int floatBytes)
    {
        (bits, floatBytes) = (0, 0);
        bool negative = Is("-");
        var token = negative ? _tokens[_at + 1] : Peek;
        var text = token.Text.AsSpan();
        if (text.Length == 0 || token.Quoted || !char.IsAsciiDigit(text[0])) return false;
        _at += negative ? 2 : 1;
        bool good;
        if (text.Length == 10 && text[0] == '0' && text[1] is 'f' or 'F')
        {
            good = ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bits);
            floatBytes = 4;
        }
        else if (text.Length == 18 && text[0] == '0' && text[1] is 'd' or 'D')
        {
            good = ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bits);
            floatBytes = 8;
        }
        else
        {
            text = text.TrimEnd("uU");
            if (text.StartsWith("0x") || text.StartsWith("0X"))
                good = ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bits);
            else if (text.StartsWith("0b") || text.StartsWith("0B"))
                good = ulong.TryParse(text[2..], NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out bits);
            else if (text.Length > 1 && text[0] == '0')
                good = Octal(text, out bits);
            else
                good = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bits);
        }
        if (!good || (negative && floatBytes != 0)) throw Fail($"'{token.Text}' is no number", token.Line);
        if (negative) bits = (ulong)-(long)bits;
        return true;
    }

    private static bool Octal(ReadOnlySpan<char> text, out ulong bits)
    {
        bits = 0;
        foreach (char c in text)
        {
            if (c is < '0' or > '7') return false;
            bits = bits * 8 + (ulong)(c - '0');
        }
        return true;
    }
}
