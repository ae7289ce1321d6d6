using GpuTensor.CudaSimulator.Interpreter.Operations;
using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Instructions that the table cannot hold: control, comparisons, conversions, packing.</summary>
internal sealed unsafe partial class Decoder
{
    /// <returns>False for an opcode nobody knows.</returns>
    private bool Special(string name, string[] modifiers)
    {
        switch (name)
        {
            case "mov": Move(modifiers); return true;
            case "ld" or "ldu": Load(modifiers); return true;
            case "st": Store(modifiers); return true;
            case "atom": Atomic(modifiers, returns: true); return true;
            case "red": Atomic(modifiers, returns: false); return true;
            case "setp": Compare(modifiers); return true;
            case "cvt": Convert(modifiers); return true;
            case "cvta": ConvertAddress(modifiers); return true;
            case "bra" when modifiers is [] or ["uni"]: Branch(); return true;
            case "brx" when modifiers is ["idx"] or ["idx", "uni"]: BranchIndexed(); return true;
            case "call" when modifiers is [] or ["uni"]: Call(); return true;
            case "bar" or "barrier": return Barrier(name, modifiers);
            case "shfl": return Shuffle(modifiers);
            case "vote": return Vote(modifiers);
            case "match": return Match(modifiers);
            case "redux": return Redux(modifiers);
            case "lop3" when modifiers is ["b32"]: Lop3(); return true;
            case "bfi" when modifiers is ["b32"] or ["b64"]: Insert(modifiers[0] == "b64"); return true;
            default: return false;
        }
    }

    private void Move(string[] modifiers)
    {
        if (modifiers is not [var typeName] || PtxTypes.Parse(typeName) is not (not PtxType.None and var type))
            throw Fail("unknown form of mov");
        RequireOperands(2);
        var (target, source) = (_at.Operands[0], _at.Operands[1]);
        if (target.Kind == OperandKind.Vector)
        {
            var parts = target.Items;
            int size = PartSize(type, parts.Length);
            int[] places = [.. parts.Select(p => p.Name == "_" ? -1 : Target(p, size == 4 ? PtxType.B32 : PtxType.B16))];
            ref var unpack = ref Emit(&Predicates.Unpack);
            (unpack.D, unpack.Count, unpack.Size, unpack.RegisterBytes) = (AddTable(places), (byte)parts.Length, (byte)size,
                (byte)type.Size());
            Last.A = Source(source, type);
            return;
        }
        if (source.Kind == OperandKind.Vector)
        {
            var parts = source.Items;
            int size = PartSize(type, parts.Length);
            int[] places = [.. parts.Select(p => Source(p, size == 4 ? PtxType.B32 : PtxType.B16))];
            ref var pack = ref Emit(&Predicates.Pack);
            (pack.A, pack.Count, pack.Size, pack.RegisterBytes) = (AddTable(places), (byte)parts.Length, (byte)size, (byte)type.Size());
            Last.D = Target(target, type);
            return;
        }
        if (type == PtxType.Pred)
        {
            Emit(&Predicates.Move);
            Last.E = source.Negated ? -1 : 0;
        }
        else if (type.Size() == 8) Emit(&Drivers.Move64);
        else Emit(&Drivers.Move32);
        int place = Source(source, type);
        Last.A = place;
        Last.D = Target(target, type);
    }

    private int PartSize(PtxType type, int parts)
    {
        int size = parts is 2 or 4 ? type.Size() / parts : 0;
        if (size is not (2 or 4)) throw Fail($"{parts} parts of {type.Size()} bytes");
        return size;
    }

    private int AddTable(ReadOnlySpan<int> values)
    {
        int start = _table.Count;
        foreach (int value in values) _table.Add(value);
        return start;
    }

    private void Compare(string[] modifiers)
    {
        int combine = -1;
        var rest = new List<string>();
        foreach (string modifier in modifiers)
        {
            int how = modifier switch { "and" => 0, "or" => 1, "xor" => 2, _ => -1 };
            if (how >= 0 && combine < 0 && rest.Count > 0) combine = how;
            else rest.Add(modifier);
        }
        // The flush stands after the combination: setp.lt.and.ftz.f32.
        if (!InstructionTable.TryGetComparison(string.Join('.', rest), out var plain, out var combined))
            throw Fail($"comparison '{_at.Opcode}' is unknown to the simulator");
        var type = TypeOf(plain.Signature[1]);
        var target = _at.Operands.Length > 0 ? _at.Operands[0] : throw Fail("operands expected");
        bool pair = target.Kind == OperandKind.Pair;
        RequireOperands(combine < 0 ? 3 : 4);
        int a = Source(_at.Operands[1], type), b = Source(_at.Operands[2], type);
        if (combine < 0 && !pair)
        {
            Emit(plain.Run);
            Last.D = Target(target, PtxType.Pred);
        }
        else
        {
            Emit(combined.Run);
            Last.E = Math.Max(combine, 0);
            Last.D = Target(pair ? target.Items[0] : target, PtxType.Pred);
            if (pair)
            {
                Last.E |= 8;
                Last.Offset = Target(target.Items[1], PtxType.Pred);
            }
            if (combine >= 0)
            {
                int c = Source(_at.Operands[3], PtxType.Pred);
                Last.C = c;
                if (_at.Operands[3].Negated) Last.E |= 4;
            }
        }
        (Last.A, Last.B) = (a, b);
    }

    private void Convert(string[] modifiers)
    {
        RoundingMode? rounding = null;
        bool integral = false, flush = false, saturate = false, relu = false, pack = false;
        var types = new List<PtxType>();
        foreach (string modifier in modifiers)
        {
            switch (modifier)
            {
                case "rn" or "rni": rounding = RoundingMode.Nearest; integral = modifier == "rni"; break;
                case "rz" or "rzi": rounding = RoundingMode.Zero; integral = modifier == "rzi"; break;
                case "rm" or "rmi": rounding = RoundingMode.Down; integral = modifier == "rmi"; break;
                case "rp" or "rpi": rounding = RoundingMode.Up; integral = modifier == "rpi"; break;
                case "ftz": flush = true; break;
                case "sat": saturate = true; break;
                case "relu": relu = true; break;
                case "f16x2": pack = true; types.Add(PtxType.F16); break;
                case "bf16x2": pack = true; types.Add(PtxType.BF16); break;
                default:
                    var type = PtxTypes.Parse(modifier);
                    if (type is PtxType.None or PtxType.Pred or PtxType.B8 or PtxType.B16 or PtxType.B32 or PtxType.B64)
                        throw Fail($"modifier '.{modifier}' is unknown to the simulator");
                    types.Add(type);
                    break;
            }
        }
        if (types.Count != 2) throw Fail("two types expected");
        var (to, from) = (types[0], types[1]);
        bool toFloat = to.IsFloat(), fromFloat = from.IsFloat();
        bool needsRounding = toFloat != fromFloat || (toFloat && to.Size() < from.Size());
        if (needsRounding && rounding is null) throw Fail("a rounding modifier is required");
        if (toFloat && !fromFloat && integral) throw Fail("an integral rounding where the source is an integer");
        if (fromFloat && !toFloat) integral = true;
        RequireOperands(pack ? 3 : 2);
        if (pack)
        {
            if (from != PtxType.F32) throw Fail("only float32 can be packed");
            int high = Source(_at.Operands[1], from), low = Source(_at.Operands[2], from);
            Emit(&Predicates.ConvertPair);
            (Last.A, Last.B, Last.D, Last.Size) = (high, low, Target(_at.Operands[0], PtxType.B32), 4);
            Last.E = ConversionIndex();
            return;
        }
        var (target, source) = (_at.Operands[0], _at.Operands[1]);
        // Registers may be wider than the types, not narrower.
        var targetType = Declared(target);
        if (target.Kind != OperandKind.Register || targetType.Size() < to.Size()) throw Fail($"'{target}' cannot take {to.Size()} bytes");
        var sourceType = source.Kind == OperandKind.Immediate ? from : Declared(source);
        if (sourceType.Size() < from.Size()) throw Fail($"'{source}' has no {from.Size()} bytes");
        int place = Source(source, sourceType);
        Emit(saturate || flush || relu ? null : Fast(to, from, rounding, integral, targetType.Size(), sourceType.Size()));
        if (Last.Run is null)
        {
            Last.Run = &Predicates.Convert;
            Last.E = ConversionIndex();
        }
        (Last.A, Last.Size) = (place, (byte)(sourceType.Size() == 8 ? 8 : 4));
        Last.D = Target(target, targetType);
        Last.RegisterBytes = (byte)Math.Max(targetType.Size(), 2);

        int ConversionIndex()
        {
            if (_conversionIndex.TryGetValue(_at.Opcode, out int index)) return index;
            _conversions.Add(Conversion.Of(to, from, rounding, integral, flush, saturate, relu));
            return _conversionIndex[_at.Opcode] = _conversions.Count - 1;
        }
    }

    /// <summary>The functions of the conversions that kernels are full of; null for the others.</summary>
    private static delegate*<Machine, Op*,
        void> Fast(PtxType to, PtxType from, RoundingMode? rounding, bool integral, int targetBytes, int sourceBytes)
    {
        if (targetBytes != to.Size() || sourceBytes != from.Size()) return null;
        return (to, from) switch
        {
            (PtxType.S64 or PtxType.U64, PtxType.S32) => &Drivers.WidenSigned,
            (PtxType.S64 or PtxType.U64, PtxType.U32) => &Drivers.WidenUnsigned,
            (PtxType.U32 or PtxType.S32, PtxType.U64 or PtxType.S64) => &Drivers.NarrowTo32,
            (PtxType.U32 or PtxType.S32, PtxType.U16) => &Drivers.Move32,
            (PtxType.F64, PtxType.F32) when !integral => &Drivers.Lane1<ConvertF32ToF64, double, float>,
            (PtxType.F32, PtxType.F64) when rounding == RoundingMode.Nearest && !integral => &Drivers.Lane1<ConvertF64ToF32, float, double>,
            (PtxType.F32, PtxType.S32) when rounding == RoundingMode.Nearest => &Drivers.Vector1<ConvertS32ToF32, int>,
            (PtxType.F32, PtxType.U32) when rounding == RoundingMode.Nearest => &Drivers.Vector1<ConvertU32ToF32, uint>,
            (PtxType.F32, PtxType.F16) => &Drivers.Lane1<ConvertF16ToF32, float, uint>,
            (PtxType.S32, PtxType.F32) when rounding == RoundingMode.Zero => &Drivers.Vector1<ConvertF32ToS32, float>,
            _ => null,
        };
    }

    private void ConvertAddress(string[] modifiers)
    {
        bool to = modifiers is ["to", ..];
        string[] rest = to ? modifiers[1..] : modifiers;
        if (rest is not [var space, "u64"]) throw Fail("unknown form of cvta");
        RequireOperands(2);
        ulong window = space switch
        {
            "global" or "const" => 0,
            "shared" => Machine.SharedWindow,
            "local" => Machine.LocalWindow,
            _ => throw Fail($"space '.{space}' is unknown to the simulator"),
        };
        int source = Source(_at.Operands[1], PtxType.B64);
        if (window == 0)
        {
            Emit(&Drivers.Move64);
        }
        else
        {
            Emit(&Drivers.Vector2<Add<ulong>, ulong>);
            Last.B = _registers.Constant(8, to ? 0 - window : window);
        }
        Last.A = source;
        Last.D = Target(_at.Operands[0], PtxType.B64);
    }

    private Label LabelOf(PtxOperand operand) =>
        operand.Kind == OperandKind.Symbol && _scope.Labels.TryGetValue(operand.Name, out var label) ? label
            : throw Fail($"label '{operand}' is unknown");

    private void Branch()
    {
        RequireOperands(1);
        var label = LabelOf(_at.Operands[0]);
        Emit(&Machine.Branch).Flow = Flow.Branch;
        _fixups.Add((_ops.Count - 1, false, label));
    }

    private void BranchIndexed()
    {
        RequireOperands(2);
        string name = _at.Operands[1].Name;
        var list = _scope.Function.Body.FirstOrDefault(i => i.Label == name)?.Targets ?? throw Fail($"{name} is no list of branch targets");
        int index = Source(_at.Operands[0], PtxType.B32);
        int start = _table.Count;
        foreach (string target in list)
        {
            if (!_scope.Labels.TryGetValue(target, out var label)) throw Fail($"label '{target}' is unknown");
            _fixups.Add((_table.Count, true, label));
            _table.Add(-1);
        }
        Emit(&Machine.BranchIndexed).Flow = Flow.Indexed;
        (Last.A, Last.D, Last.E) = (index, start, list.Length);
    }

    private void Call()
    {
        if (_at.Guard.Length > 0) throw Fail("a guarded call is not simulated");
        var operands = _at.Operands;
        int at = 0;
        PtxOperand[] results = operands.Length > 0 && operands[0].Kind == OperandKind.List ? operands[at++].Items : [];
        if (at >= operands.Length || operands[at].Kind != OperandKind.Symbol
            || !_module.Functions.TryGetValue(operands[at].Name, out var function))
            throw Fail("a call of a function of this module expected: indirect calls are not simulated");
        at++;
        PtxOperand[] arguments = at < operands.Length && operands[at].Kind == OperandKind.List ? operands[at++].Items : [];
        if (at != operands.Length || results.Length != function.Results.Count || arguments.Length != function.Parameters.Count)
            throw Fail($"the operands do not fit the declaration of {function.Name}");
        Expand(function, ([.. results.Select(Passed)], [.. arguments.Select(Passed)]));

        long Passed(PtxOperand operand)
        {
            if (operand.Kind != OperandKind.Symbol || AddressOf(operand.Name) is not (PtxSpace.FunctionParam, var offset))
                throw Fail($"'{operand}' is no variable of the parameter space");
            return offset;
        }
    }

    private void Lop3()
    {
        RequireOperands(5);
        if (_at.Operands[4].Kind != OperandKind.Immediate) throw Fail("the table of lop3 must be a literal");
        int a = Source(_at.Operands[1], PtxType.B32), b = Source(_at.Operands[2], PtxType.B32), c = Source(_at.Operands[3], PtxType.B32);
        Emit(&Predicates.Lop3);
        (Last.A, Last.B, Last.C, Last.E) = (a, b, c, (int)_at.Operands[4].Bits);
        Last.D = Target(_at.Operands[0], PtxType.B32);
    }

    private void Insert(bool wide)
    {
        RequireOperands(5);
        var type = wide ? PtxType.B64 : PtxType.B32;
        int a = Source(_at.Operands[1], type), b = Source(_at.Operands[2], type);
        int c = Source(_at.Operands[3], PtxType.B32), d = Source(_at.Operands[4], PtxType.B32);
        Emit(&Predicates.Insert);
        (Last.A, Last.B, Last.C, Last.E, Last.Size) = (a, b, c, d, (byte)type.Size());
        Last.D = Target(_at.Operands[0], type);
    }
}
