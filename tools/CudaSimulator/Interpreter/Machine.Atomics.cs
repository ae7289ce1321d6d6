using System.Numerics;
using GpuTensor.CudaSimulator.Interpreter.Operations;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Read-modify-write instructions.</summary>
internal sealed unsafe partial class Machine
{
    /// <summary>Per lane, whether the last addition carried.</summary>
    public uint Carry;

    /// <summary>atom and red: D the old value (-1: none), A the address, B and C the operands; E is the width of the address, Offset is
    /// added to it; Table[Source-independent] names the operation: <see cref="Op.Count"/> is an index of <see cref="AtomicOperations"/>.
    /// Lanes go one after the other, from a lane that the seed picks.</summary>
    public static void Atomic(Machine m, Op* op)
    {
        var operation = AtomicOperations[op->Count].Apply;
        uint start = (uint)(m._settings.Seed * 2654435761L >> 16) + (uint)m._blockIndex & 31;
        for (int k = 0; k < 32; k++)
        {
            int lane = (int)((start + (uint)k) & 31);
            if ((m.Exec >> lane & 1) == 0) continue;
            byte* place = m.Resolve(op, lane, m.Address(op, lane), op->Size, Use.Modify);
            ulong b = m.Operand(op, op->B, lane), c = op->C >= 0 ? m.Operand(op, op->C, lane) : 0;
            if (op->Size == 8)
            {
                ulong old = *(ulong*)place;
                *(ulong*)place = operation(old, b, c);
                if (op->D >= 0) m.Lanes<ulong>(op->D)[lane] = old;
            }
            else if (op->Size == 4)
            {
                uint old = *(uint*)place;
                *(uint*)place = (uint)operation(old, b, c);
                if (op->D >= 0) m.Lanes<uint>(op->D)[lane] = old;
            }
            else
            {
                ushort old = *(ushort*)place;
                *(ushort*)place = (ushort)operation(old, b, c);
                if (op->D >= 0) m.Lanes<uint>(op->D)[lane] = old;
            }
        }
    }

    private ulong Operand(Op* op, int register, int lane) => op->Size == 8 ? Lanes<ulong>(register)[lane] : Lanes<uint>(register)[lane];

    /// <summary>The operations by their names after <c>atom</c>.</summary>
    public static readonly (string Name, Func<ulong, ulong, ulong, ulong> Apply)[] AtomicOperations =
    [
        ("exch.b32", (a, b, c) => b), ("exch.b64", (a, b, c) => b),
        ("cas.b32", (a, b, c) => a == b ? c : a), ("cas.b64", (a, b, c) => a == b ? c : a), ("cas.b16", (a, b, c) => a == b ? c : a),
        ("and.b32", (a, b, c) => a & b), ("and.b64", (a, b, c) => a & b),
        ("or.b32", (a, b, c) => a | b), ("or.b64", (a, b, c) => a | b),
        ("xor.b32", (a, b, c) => a ^ b), ("xor.b64", (a, b, c) => a ^ b),
        ("add.u32", (a, b, c) => a + b), ("add.s32", (a, b, c) => a + b), ("add.u64", (a, b, c) => a + b),
        ("add.f32", (a, b, c) => BitConverter.SingleToUInt32Bits(Nan.Canonical(
            BitConverter.UInt32BitsToSingle((uint)a) + BitConverter.UInt32BitsToSingle((uint)b)))),
        ("add.f64", (a, b, c) => BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(a) + BitConverter.UInt64BitsToDouble(b))),
        ("min.u32", (a, b, c) => Math.Min((uint)a, (uint)b)), ("max.u32", (a, b, c) => Math.Max((uint)a, (uint)b)),
        ("min.s32", (a, b, c) => (uint)Math.Min((int)a, (int)b)), ("max.s32", (a, b, c) => (uint)Math.Max((int)a, (int)b)),
        ("min.u64", (a, b, c) => Math.Min(a, b)), ("max.u64", (a, b, c) => Math.Max(a, b)),
        ("min.s64", (a, b, c) => (ulong)Math.Min((long)a, (long)b)), ("max.s64", (a, b, c) => (ulong)Math.Max((long)a, (long)b)),
        ("inc.u32", (a, b, c) => (uint)a >= (uint)b ? 0 : a + 1), ("dec.u32", (a, b, c) => a == 0 || (uint)a > (uint)b ? b : a - 1),
    ];

    /// <summary>A <c>cvt</c> of the kernel's.</summary>
    public Func<ulong, ulong> Conversion(int index) => _code.Conversions[index];
}
