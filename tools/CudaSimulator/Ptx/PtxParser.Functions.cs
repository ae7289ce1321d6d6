using System.Globalization;

namespace GpuTensor.CudaSimulator.Ptx;

/// <summary>Functions, their scopes and instructions.</summary>
internal sealed partial class PtxParser
{
    /// <summary>Names of the scopes open at this place, innermost last: what the source calls a thing, and what it is called in the
    /// function.</summary>
    private readonly List<Dictionary<string, string>> _scopes = [];

    private PtxFunction _function = null!;
    private int _unique;

    private void Function(bool isEntry, int line)
    {
        List<PtxVariable> results = !isEntry && Is("(") ? Parameters(PtxSpace.FunctionParam) : [];
        string name = Next().Text;
        var parameters = Is("(") ? Parameters(isEntry ? PtxSpace.Param : PtxSpace.FunctionParam) : [];
        var function = new PtxFunction { Name = name, IsEntry = isEntry, Line = line };
        function.Results.AddRange(results);
        function.Parameters.AddRange(parameters);
        while (Peek.Text.StartsWith('.'))
        {
            var directive = Next();
            switch (directive.Text)
            {
                case ".maxntid" or ".reqntid":
                    function.MaxThreads = Integer();
                    while (Accept(",")) function.MaxThreads *= Integer();
                    break;
                // What a compiler needs to know, and ptxas has acted on.
                case ".minnctapersm" or ".maxnreg" or ".maxnctapersm": Integer(); break;
                case ".noreturn": break;
                case ".pragma": Next(); Expect(";"); break;
                default: throw Fail($"unknown directive '{directive.Text}' of a function", directive.Line);
            }
        }
        if (Accept(";"))
        {
            _module.Functions.TryAdd(name, function);
            return;
        }
        Expect("{");
        function.HasBody = true;
        _function = function;
        _scopes.Clear();
        _scopes.Add(new(StringComparer.Ordinal));
        foreach (var variable in results.Concat(parameters)) function.Variables[variable.Name] = variable;
        while (_scopes.Count > 0) Statement();
        _module.Functions[name] = function;
    }

    private List<PtxVariable> Parameters(PtxSpace space)
    {
        var list = new List<PtxVariable>();
        Expect("(");
        while (!Accept(")"))
        {
            // A function of this kind may also take registers; NVRTC passes all by .param.
            Expect(".param");
            list.Add(Variable(space));
            if (!Is(")")) Expect(",");
        }
        return list;
    }

    private void Statement()
    {
        var token = Next();
        switch (token.Text)
        {
            case "": throw Fail($"function {_function.Name} without end", token.Line);
            case "{": _scopes.Add(new(StringComparer.Ordinal)); return;
            case "}": _scopes.RemoveAt(_scopes.Count - 1); return;
            case ";": return;
            case ".loc" or ".file": _at--; SkipLine(); return;
            case ".pragma": Next(); Expect(";"); return;
            case ".reg": Registers(); return;
            case ".local": Local(PtxSpace.Local); return;
            case ".shared": Local(PtxSpace.Shared); return;
            case ".param": Local(PtxSpace.FunctionParam); return;
        }
        if (token.Text.StartsWith('.')) throw Fail($"unknown directive '{token.Text}'", token.Line);
        if (Is(":"))
        {
            Next();
            Label(token);
            return;
        }
        _at--;
        Instruction();
    }

    private void Label(PtxToken name)
    {
        string[]? targets = null;
        if (Accept(".branchtargets"))
        {
            var list = new List<string>();
            do list.Add(Resolve(Next().Text)); while (Accept(","));
            Expect(";");
            targets = [.. list];
        }
        else if (Peek.Text is ".calltargets" or ".callprototype")
        {
            throw Fail($"'{Peek.Text}': indirect calls are not simulated");
        }
        _function.Body.Add(new PtxInstruction { Label = name.Text, Targets = targets, Line = name.Line });
    }

    private void Registers()
    {
        var typeToken = Next();
        var type = PtxTypes.Parse(typeToken.Text.TrimStart('.'));
        if (type == PtxType.None) throw Fail($"unknown type '{typeToken.Text}' of a register", typeToken.Line);
        do
        {
            string name = Next().Text;
            if (Accept("<"))
            {
                int count = Integer();
                Expect(">");
                for (int i = 0; i < count; i++) Declare(name + i.ToString(CultureInfo.InvariantCulture), type);
            }
            else
            {
                Declare(name, type);
            }
        }
        while (Accept(","));
        Expect(";");
    }

    private void Declare(string name, PtxType type)
    {
        string unique = _scopes.Count == 1 ? name : $"{name}'{++_unique}";
        _scopes[^1][name] = unique;
        _function.Registers[unique] = type;
    }

    private void Local(PtxSpace space)
    {
        var variable = Variable(space);
        Expect(";");
        string unique = _scopes.Count == 1 ? variable.Name : $"{variable.Name}'{++_unique}";
        _scopes[^1][variable.Name] = unique;
        _function.Variables[unique] = variable;
    }

    private string Resolve(string name)
    {
        for (int i = _scopes.Count - 1; i >= 0; i--)
            if (_scopes[i].TryGetValue(name, out string? unique)) return unique;
        return name;
    }

    private void Instruction()
    {
        string guard = "";
        bool negated = false;
        int line = Peek.Line;
        if (Accept("@"))
        {
            negated = Accept("!");
            guard = Resolve(Next().Text);
        }
        string opcode = Next().Text;
        if (opcode.Length == 0 || !char.IsAsciiLetter(opcode[0])) throw Fail($"an instruction expected, '{opcode}' found", line);
        var operands = new List<PtxOperand>();
        while (!Accept(";"))
        {
            operands.Add(Operand());
            if (!Is(";")) Expect(",");
        }
        _function.Body.Add(new PtxInstruction { Guard = guard, GuardNegated = negated, Opcode = opcode, Operands = [.. operands],
            Line = line });
    }

    private PtxOperand Operand()
    {
        if (Accept("[")) return Address();
        if (Accept("{")) return new PtxOperand { Kind = OperandKind.Vector, Items = Items("}") };
        if (Accept("(")) return new PtxOperand { Kind = OperandKind.List, Items = Items(")") };
        if (TryLiteral(out ulong bits, out int floatBytes))
            return new PtxOperand { Kind = OperandKind.Immediate, Bits = bits, FloatBytes = floatBytes };
        bool negated = Accept("!");
        var token = Next();
        if (token.Text == "WARP_SZ") return new PtxOperand { Kind = OperandKind.Immediate, Bits = 32 };
        if (token.Quoted || token.Text.Length == 0 || !(char.IsAsciiLetter(token.Text[0]) || token.Text[0] is '_' or '$' or '%'))
            throw Fail($"an operand expected, '{token.Text}' found", token.Line);
        var first = Named(token.Text, negated);
        if (Accept("|")) return new PtxOperand { Kind = OperandKind.Pair, Items = [first, Named(Next().Text, negated: false)] };
        if (first.Kind == OperandKind.Symbol && Accept("+"))
            return new PtxOperand { Kind = OperandKind.Symbol, Name = first.Name, Offset = Literal() };
        return first;
    }

    private PtxOperand Named(string text, bool negated)
    {
        string name = Resolve(text);
        bool register = name == "_" || text[0] == '%' || _function.Registers.ContainsKey(name);
        return new PtxOperand { Kind = register ? OperandKind.Register : OperandKind.Symbol, Name = name, Negated = negated };
    }

    private PtxOperand[] Items(string end)
    {
        var items = new List<PtxOperand>();
        while (!Accept(end))
        {
            items.Add(Operand());
            if (!Is(end)) Expect(",");
        }
        return [.. items];
    }

    private PtxOperand Address()
    {
        string name = "";
        if (!TryLiteral(out ulong bits, out _)) name = Resolve(Next().Text);
        long offset = (long)bits;
        if (Accept("+")) offset += Literal();
        else if (name.Length > 0 && Is("-")) offset += Literal();
        Expect("]");
        return new PtxOperand { Kind = OperandKind.Address, Name = name, Offset = offset };
    }
}
