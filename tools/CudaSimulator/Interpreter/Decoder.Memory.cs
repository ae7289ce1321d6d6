using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Loads, stores and atomic operations.</summary>
internal sealed unsafe partial class Decoder
{
    private struct Access
    {
        public PtxSpace Space;
        public PtxType Type;
        public int Count;
        public AccessKind Kind;
        public string Operation;
    }

    private Access Parse(string[] modifiers, bool store, bool atomic)
    {
        var access = new Access { Count = 1, Operation = "" };
        bool weak = false;
        foreach (string modifier in modifiers)
        {
            switch (modifier)
            {
                case "global": access.Space = PtxSpace.Global; break;
                case "shared" or "shared::cta": access.Space = PtxSpace.Shared; break;
                case "local": access.Space = PtxSpace.Local; break;
                case "const" when !store && !atomic: access.Space = PtxSpace.Const; break;
                case "param": access.Space = PtxSpace.Param; break;
                case "v2": access.Count = 2; break;
                case "v4": access.Count = 4; break;
                case "nc" when !store && !atomic: access.Kind = AccessKind.ReadOnly; break;
                case "volatile" or "relaxed" or "acquire" or "release" or "acq_rel": access.Kind = AccessKind.Atomic; break;
                case "weak": weak = true; break;
                // Scopes, and hints to the caches: all levels are one here.
                case "cta" or "cluster" or "gpu" or "sys": break;
                case "ca" or "cg" or "cs" or "lu" or "cv" or "wb" or "wt": break;
                default:
                    if (modifier.StartsWith("L1::", StringComparison.Ordinal) || modifier.StartsWith("L2::", StringComparison.Ordinal))
                        break;
                    var type = PtxTypes.Parse(modifier);
                    if (type is not (PtxType.None or PtxType.Pred) && access.Type == PtxType.None) access.Type = type;
                    else if (atomic && access.Operation.Length == 0) access.Operation = modifier;
                    else throw Fail($"modifier '.{modifier}' is unknown to the simulator");
                    break;
            }
        }
        if (access.Type == PtxType.None) throw Fail("a type expected");
        if (weak && access.Kind == AccessKind.Atomic) throw Fail("weak and ordered at once");
        return access;
    }

    /// <summary>Puts the address in the op: a register or none, an offset, and the space of a variable.</summary>
    private void Address(PtxOperand operand, ref Access access)
    {
        if (operand.Kind != OperandKind.Address) throw Fail($"an address expected, '{operand}' found");
        Last.Slot = access.Space is PtxSpace.Global or PtxSpace.Const or PtxSpace.Generic ? _slots++ : 0;
        Last.Offset = operand.Offset;
        Last.A = -1;
        Last.E = 8;
        if (operand.Name.Length == 0)
        {
        }
        else if (_scope.Function.Registers.TryGetValue(operand.Name, out var type))
        {
            if (type.Size() is not (4 or 8)) throw Fail($"{operand.Name} is no address");
            int register = Register(operand.Name, type);
            (Last.A, Last.E) = (register, type.Size());
        }
        else
        {
            var (space, address) = AddressOf(operand.Name);
            Last.Offset += address;
            bool fits = access.Space == space
                || (access.Space == PtxSpace.Param && space == PtxSpace.FunctionParam)
                || (access.Space == PtxSpace.Generic && space is PtxSpace.Global or PtxSpace.Const);
            if (!fits) throw Fail($"{operand.Name} is a variable of another space");
            if (space == PtxSpace.FunctionParam) access.Space = space;
        }
        Last.Space = access.Space;
    }

    /// <summary>The registers of a load or store; all of one width.</summary>
    private (int Place, int RegisterBytes) Values(PtxOperand operand, Access access, bool store)
    {
        var items = operand.Kind == OperandKind.Vector ? operand.Items : [operand];
        if (items.Length != access.Count) throw Fail($"{items.Length} registers for {access.Count} elements");
        int bytes = 0;
        foreach (var item in items)
        {
            if (item.Kind != OperandKind.Register || item.Name == "_") continue;
            int declared = Math.Max(Declared(item).Size(), 2);
            if (bytes != 0 && declared != bytes) throw Fail("registers of different widths");
            bytes = declared;
        }
        if (bytes == 0) bytes = Math.Max(access.Type.Size(), 2);
        if (bytes < access.Type.Size()) throw Fail($"registers of {bytes} bytes for elements of {access.Type.Size()}");
        var type = bytes == 8 ? PtxType.B64 : bytes == 4 ? PtxType.B32 : PtxType.B16;
        int[] places = [.. items.Select(i => store ? Source(i, type) : Target(i, type))];
        return (places.Length == 1 ? places[0] : AddTable(places), bytes);
    }

    private void Load(string[] modifiers)
    {
        var access = Parse(modifiers, store: false, atomic: false);
        RequireOperands(2);
        if (access.Kind == AccessKind.ReadOnly && access.Space != PtxSpace.Global) throw Fail("'.nc' outside global memory");
        Emit(&Machine.Load);
        Address(_at.Operands[1], ref access);
        var (place, registerBytes) = Values(_at.Operands[0], access, store: false);
        Describe(access, place, registerBytes);
        if (access.Space == PtxSpace.Param && Last.A < 0)
        {
            int end = _parameters.Count == 0 ? 0 : _parameters[^1].Offset + _parameters[^1].Bytes;
            if (Last.Offset < 0 || Last.Offset + access.Count * access.Type.Size() > end) throw Fail("a load beyond the parameters");
            Last.Run = &Machine.LoadParameter;
        }
    }

    private void Store(string[] modifiers)
    {
        var access = Parse(modifiers, store: true, atomic: false);
        RequireOperands(2);
        Emit(&Machine.Store);
        Address(_at.Operands[0], ref access);
        if (access.Space == PtxSpace.Param) throw Fail("a store to a kernel's parameter");
        var (place, registerBytes) = Values(_at.Operands[1], access, store: true);
        Describe(access, place, registerBytes);
    }

    private void Describe(Access access, int place, int registerBytes)
    {
        Last.D = place;
        Last.Size = (byte)access.Type.Size();
        Last.Count = (byte)access.Count;
        Last.RegisterBytes = (byte)registerBytes;
        Last.Signed = access.Type.IsSigned();
        Last.Access = access.Kind;
    }

    private void Atomic(string[] modifiers, bool returns)
    {
        var access = Parse(modifiers, store: false, atomic: true);
        string name = $"{access.Operation}.{access.Type.ToString().ToLowerInvariant()}";
        int index = Array.FindIndex(Machine.AtomicOperations, o => o.Name == name);
        if (index < 0 || access.Count != 1) throw Fail($"atomic operation '{name}' is unknown to the simulator");
        bool swap = access.Operation == "cas";
        int first = returns ? 1 : 0;
        RequireOperands(first + (swap ? 3 : 2));
        Emit(&Machine.Atomic);
        access.Kind = AccessKind.Atomic;
        Address(_at.Operands[first], ref access);
        if (access.Space is not (PtxSpace.Global or PtxSpace.Shared or PtxSpace.Generic))
            throw Fail("an atomic operation outside global and shared memory");
        int b = Source(_at.Operands[first + 1], access.Type), c = swap ? Source(_at.Operands[first + 2], access.Type) : -1;
        int d = returns && _at.Operands[0].Name != "_" ? Target(_at.Operands[0], access.Type) : -1;
        Describe(access, d, access.Type.Size());
        (Last.B, Last.C, Last.Count) = (b, c, (byte)index);
    }
}
