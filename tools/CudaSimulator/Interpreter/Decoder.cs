using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Turns an entry point's text into <see cref="Op"/>s once, with the functions it calls put in place of the calls. Refuses what
/// the interpreter does not know, naming the line.</summary>
internal sealed unsafe partial class Decoder
{
    private readonly PtxSyntax _module;
    private readonly Func<string, PtxGlobal?> _globals;
    private readonly RegisterLayout _registers = new();
    private readonly List<Op> _ops = [];
    private readonly List<PtxInstruction> _source = [];
    private readonly List<int> _table = [];
    private readonly List<Func<ulong, ulong>> _conversions = [];
    private readonly Dictionary<string, int> _conversionIndex = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _shared = new(StringComparer.Ordinal);
    private readonly List<string> _calling = [];
    private readonly IReadOnlyList<PtxParameter> _parameters;

    /// <summary>Branches that wait for their labels: the op or table entry, and the label.</summary>
    private readonly List<(int Index, bool InTable, Label Target)> _fixups = [];

    private int _localBytes, _functionParameterBytes, _slots;
    private long _sharedBytes;

    /// <summary>The instruction that is decoded, and the function and call it is in.</summary>
    private PtxInstruction _at = null!;
    private Scope _scope = null!;

    private Decoder(PtxSyntax module, Func<string, PtxGlobal?> globals, IReadOnlyList<PtxParameter> parameters) =>
        (_module, _globals, _parameters) = (module, globals, parameters);

    /// <summary>A place in the code.</summary>
    private sealed class Label
    {
        public int Index = -1;
    }

    /// <summary>One call of a function: what its names stand for.</summary>
    private sealed class Scope(PtxFunction function)
    {
        public readonly PtxFunction Function = function;
        public readonly Dictionary<string, int> Registers = new(StringComparer.Ordinal);
        public readonly Dictionary<string, Label> Labels = new(StringComparer.Ordinal);

        /// <summary>Offsets of local variables and of parameters passed.</summary>
        public readonly Dictionary<string, (PtxSpace Space, long Offset)> Variables = new(StringComparer.Ordinal);

        /// <summary>Where ret goes in a function that was called.</summary>
        public Label? Return;
    }

    /// <summary>Decodes an entry point.</summary>
    public static (PtxCode Code, int StaticShared, int LocalBytes) Decode(
        PtxSyntax module, PtxFunction entry, IReadOnlyList<PtxParameter> parameters, Func<string, PtxGlobal?> globals)
    {
        var decoder = new Decoder(module, globals, parameters);
        decoder.PlaceShared(entry, []);
        decoder.PlaceDynamicShared();
        decoder.Expand(entry, null);
        // Falling off the end is leaving.
        decoder._at = new PtxInstruction { Opcode = "ret", Line = entry.Line };
        decoder.Emit(&Machine.Exit).Flow = Flow.Exit;
        decoder.Resolve();
        var ops = GC.AllocateArray<Op>(decoder._ops.Count, pinned: true);
        decoder._ops.CopyTo(ops);
        BlockPriorities.Assign(ops, decoder._table);
        var code = new PtxCode
        {
            Ops = ops,
            Source = [.. decoder._source],
            RegisterBytes = decoder._registers.Bytes,
            Constants = decoder._registers.Constants,
            Specials = decoder._registers.Specials,
            LocalBytes = decoder._localBytes,
            FunctionParameterBytes = decoder._functionParameterBytes,
            Slots = decoder._slots,
            Table = [.. decoder._table],
            Conversions = decoder._conversions,
        };
        return (code, checked((int)decoder._sharedBytes), decoder._localBytes);
    }

    private DeviceFault Fail(string what) => new(FaultKind.InvalidPtx, $"PTX line {_at.Line} '{_at}': {what}.");

    /// <summary>Static shared memory of the entry and of the functions it calls, laid out once.</summary>
    private void PlaceShared(PtxFunction function, HashSet<string> seen)
    {
        if (!seen.Add(function.Name)) return;
        foreach (var (name, variable) in function.Variables)
            if (variable.Space == PtxSpace.Shared) Place(function.Name + "/" + name, variable);
        foreach (var instruction in function.Body)
        {
            foreach (var operand in instruction.Operands)
            {
                if (operand.Kind is not (OperandKind.Symbol or OperandKind.Address)) continue;
                if (_module.Variables.TryGetValue(operand.Name, out var variable) && variable.Space == PtxSpace.Shared
                    && variable.Count >= 0)
                    Place(operand.Name, variable);
                if (instruction.Opcode.StartsWith("call", StringComparison.Ordinal)
                    && _module.Functions.TryGetValue(operand.Name, out var callee))
                    PlaceShared(callee, seen);
            }
        }
    }

    private void Place(string name, PtxVariable variable)
    {
        if (_shared.ContainsKey(name)) return;
        _sharedBytes = (_sharedBytes + variable.Alignment - 1) / variable.Alignment * variable.Alignment;
        _shared[name] = _sharedBytes;
        _sharedBytes += variable.Bytes;
    }

    /// <summary>Every array of dynamic shared memory starts where the static ends.</summary>
    private void PlaceDynamicShared()
    {
        int alignment = 1;
        foreach (var variable in _module.Variables.Values)
            if (variable is { Space: PtxSpace.Shared, Count: < 0 }) alignment = Math.Max(alignment, variable.Alignment);
        bool any = _module.Variables.Values.Any(v => v is { Space: PtxSpace.Shared, Count: < 0 });
        long start = (_sharedBytes + alignment - 1) / alignment * alignment;
        foreach (var variable in _module.Variables.Values)
            if (variable is { Space: PtxSpace.Shared, Count: < 0 }) _shared[variable.Name] = start;
        if (any && _sharedBytes > 0) _sharedBytes = start;
    }

    /// <summary>Decodes a function's body at this place.</summary>
    private void Expand(PtxFunction function, (long[] Results, long[] Parameters)? passed)
    {
        if (!function.HasBody) throw Fail($"function {function.Name} has no body in this module");
        if (_calling.Contains(function.Name)) throw Fail($"{function.Name} calls itself: recursion is not simulated");
        _calling.Add(function.Name);
        var (outer, at) = (_scope, _at);
        _scope = new Scope(function);
        if (passed is var (results, arguments) && passed is not null)
        {
            for (int i = 0; i < function.Results.Count; i++)
                _scope.Variables[function.Results[i].Name] = (PtxSpace.FunctionParam, results[i]);
            for (int i = 0; i < function.Parameters.Count; i++)
                _scope.Variables[function.Parameters[i].Name] = (PtxSpace.FunctionParam, arguments[i]);
            _scope.Return = new Label();
        }
        foreach (var (name, variable) in function.Variables)
        {
            if (variable.Space == PtxSpace.Local) _scope.Variables[name] = (PtxSpace.Local, Reserve(ref _localBytes, variable));
            else if (variable.Space == PtxSpace.FunctionParam && !_scope.Variables.ContainsKey(name))
                _scope.Variables[name] = (PtxSpace.FunctionParam, Reserve(ref _functionParameterBytes, variable));
        }
        foreach (var instruction in function.Body)
            if (instruction.Label is { } label) _scope.Labels[label] = new Label();
        foreach (var instruction in function.Body)
        {
            _at = instruction;
            if (instruction.Label is { } label)
            {
                if (instruction.Targets is null) Mark(_scope.Labels[label]);
            }
            else
            {
                Instruction();
            }
        }
        if (_scope.Return is { } end) Mark(end);
        (_scope, _at) = (outer, at);
        _calling.RemoveAt(_calling.Count - 1);
    }

    private static long Reserve(ref int bytes, PtxVariable variable)
    {
        bytes = (bytes + variable.Alignment - 1) / variable.Alignment * variable.Alignment;
        int offset = bytes;
        bytes = checked(bytes + (int)variable.Bytes);
        // Frames of the lanes lie behind each other, so each must keep the alignment of 16 that vectors need.
        bytes = (bytes + 15) / 16 * 16;
        return offset;
    }

    /// <summary>A label stands here: where groups of lanes meet.</summary>
    private void Mark(Label label)
    {
        label.Index = _ops.Count;
        ref var op = ref Emit(&Machine.Join);
        // A label has no guard, though the instruction after a call may.
        (op.Flow, op.Guard) = (Flow.Join, -1);
    }

    private void Resolve()
    {
        foreach (var (index, inTable, target) in _fixups)
        {
            if (inTable)
            {
                _table[index] = target.Index;
                continue;
            }
            var op = _ops[index];
            op.Offset = target.Index;
            _ops[index] = op;
        }
    }

    /// <summary>Appends an op of the instruction at hand, its guard included.</summary>
    private ref Op Emit(delegate*<Machine, Op*, void> run)
    {
        _ops.Add(new Op { Run = run, D = -1, A = -1, B = -1, C = -1, E = 0, Guard = -1, Source = _source.Count - 1 });
        if (_source.Count == 0 || _source[^1] != _at)
        {
            _source.Add(_at);
            Last.Source = _source.Count - 1;
        }
        if (_at.Guard.Length > 0)
        {
            Last.Guard = Register(_at.Guard, PtxType.Pred);
            Last.GuardNegated = _at.GuardNegated;
        }
        return ref Last;
    }

    private ref Op Last => ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ops)[^1];

    private void Instruction()
    {
        string opcode = _at.Opcode;
        if (InstructionTable.TryGet(opcode, out var entry))
        {
            if (_scope.Return is { } end && opcode.StartsWith("ret", StringComparison.Ordinal))
            {
                Emit(&Machine.Branch).Flow = Flow.Branch;
                _fixups.Add((_ops.Count - 1, false, end));
                return;
            }
            Simple(entry);
            return;
        }
        int dot = opcode.IndexOf('.');
        string name = dot < 0 ? opcode : opcode[..dot];
        string[] modifiers = dot < 0 ? [] : opcode[(dot + 1)..].Split('.');
        if (!Special(name, modifiers)) throw Fail($"opcode '{opcode}' is unknown to the simulator");
    }

    /// <summary>An instruction of the table: its operands by the signature.</summary>
    private void Simple(InstructionTable.Entry entry)
    {
        string signature = entry.Signature;
        RequireOperands(signature.Length);
        ref var op = ref Emit(entry.Run);
        op.Flow = entry.Flow;
        op.E = entry.Extra;
        if (signature.Length > 0) op.D = Target(_at.Operands[0], TypeOf(signature[0]));
        if (signature.Length > 1) op.A = Source(_at.Operands[1], TypeOf(signature[1]));
        if (signature.Length > 2) op.B = Source(_at.Operands[2], TypeOf(signature[2]));
        if (signature.Length > 3)
        {
            op.C = Source(_at.Operands[3], TypeOf(signature[3]));
            if (signature[3] == 'p' && _at.Operands[3].Negated) op.E = -1;
        }
        if (signature.Length > 1) op.Size = (byte)(signature[1] is 'l' or 'd' ? 8 : 4);
    }

    private static PtxType TypeOf(char letter) => letter switch
    {
        'p' => PtxType.Pred, 'h' => PtxType.B16, 'w' => PtxType.B32, 'l' => PtxType.B64, 'f' => PtxType.F32, _ => PtxType.F64,
    };

    private void RequireOperands(int count)
    {
        if (_at.Operands.Length != count) throw Fail($"{_at.Operands.Length} operands where {count} are expected");
    }

    /// <summary>The place of a register that must have the type's width; "_" is a register nobody reads.</summary>
    private int Target(PtxOperand operand, PtxType type)
    {
        if (operand.Kind != OperandKind.Register || operand.Negated) throw Fail($"a register expected, '{operand}' found");
        return operand.Name == "_" ? _registers.Add(type) : Register(operand.Name, type);
    }

    private int Register(string name, PtxType type)
    {
        if (!_scope.Function.Registers.TryGetValue(name, out var declared)) throw Fail($"{name} is no register of {_scope.Function.Name}");
        bool same = type == PtxType.Pred || declared == PtxType.Pred ? type == declared : declared.Size() == type.Size();
        if (!same) throw Fail($"register {name} was declared .{declared.ToString().ToLowerInvariant()}, {type.Size()} bytes are used");
        if (!_scope.Registers.TryGetValue(name, out int offset)) _scope.Registers[name] = offset = _registers.Add(declared);
        return offset;
    }

    /// <summary>The declared type of a register operand, or B32 of a special one.</summary>
    private PtxType Declared(PtxOperand operand) =>
        operand.Kind == OperandKind.Register && _scope.Function.Registers.TryGetValue(operand.Name, out var type) ? type : PtxType.B32;

    /// <summary>The place of a register, special register, literal or address.</summary>
    private int Source(PtxOperand operand, PtxType type)
    {
        switch (operand.Kind)
        {
            case OperandKind.Register:
                if (operand.Negated && type != PtxType.Pred) throw Fail($"'!' before {operand.Name}, which is no predicate");
                if (!_scope.Function.Registers.ContainsKey(operand.Name)) return SpecialSource(operand.Name, type);
                return Register(operand.Name, type);
            case OperandKind.Immediate:
                return _registers.Constant(type == PtxType.Pred ? 0 : type.Size(), Literal(operand, type));
            case OperandKind.Symbol:
                if (type.Size() != 8) throw Fail($"the address of {operand.Name} in {type.Size()} bytes");
                return _registers.Constant(8, (ulong)(AddressOf(operand.Name).Address + operand.Offset));
            default:
                throw Fail($"a register or literal expected, '{operand}' found");
        }
    }

    private ulong Literal(PtxOperand operand, PtxType type)
    {
        if (operand.FloatBytes == 0 && type is (PtxType.F32 or PtxType.F64))
            throw Fail($"the integer {operand.Bits} where a float is expected");
        if (operand.FloatBytes != 0 && operand.FloatBytes != type.Size())
            throw Fail($"a float literal of {operand.FloatBytes} bytes where {type.Size()} are expected");
        return operand.Bits;
    }

    private int SpecialSource(string name, PtxType type)
    {
        SpecialRegister? register = name switch
        {
            "%tid.x" => SpecialRegister.TidX, "%tid.y" => SpecialRegister.TidY, "%tid.z" => SpecialRegister.TidZ,
            "%ntid.x" => SpecialRegister.NtidX, "%ntid.y" => SpecialRegister.NtidY, "%ntid.z" => SpecialRegister.NtidZ,
            "%ctaid.x" => SpecialRegister.CtaidX, "%ctaid.y" => SpecialRegister.CtaidY, "%ctaid.z" => SpecialRegister.CtaidZ,
            "%nctaid.x" => SpecialRegister.NctaidX, "%nctaid.y" => SpecialRegister.NctaidY, "%nctaid.z" => SpecialRegister.NctaidZ,
            "%laneid" => SpecialRegister.LaneId, "%warpid" => SpecialRegister.WarpId, "%nwarpid" => SpecialRegister.WarpCount,
            "%lanemask_eq" => SpecialRegister.LanemaskEq, "%lanemask_lt" => SpecialRegister.LanemaskLt,
                "%lanemask_le" => SpecialRegister.LanemaskLe,
            "%lanemask_gt" => SpecialRegister.LanemaskGt, "%lanemask_ge" => SpecialRegister.LanemaskGe,
            "%dynamic_smem_size" => SpecialRegister.DynamicSharedBytes, "%total_smem_size" => SpecialRegister.TotalSharedBytes,
            _ => null,
        };
        if (register is not { } known) throw Fail($"special register {name} is unknown to the simulator");
        if (type.Size() != 4) throw Fail($"special register {name} has 4 bytes");
        return _registers.Special(known);
    }

    /// <summary>A variable's space and its address there.</summary>
    private (PtxSpace Space, long Address) AddressOf(string name)
    {
        if (_scope.Variables.TryGetValue(name, out var variable)) return variable;
        if (_shared.TryGetValue(_scope.Function.Name + "/" + name, out long shared) || _shared.TryGetValue(name, out shared))
            return (PtxSpace.Shared, shared);
        if (_globals(name) is { } global) return (global.Constant ? PtxSpace.Const : PtxSpace.Global, (long)global.Address);
        foreach (var parameter in _parameters)
            if (parameter.Name == name) return (PtxSpace.Param, parameter.Offset);
        throw Fail($"{name} is no variable of this module");
    }
}
