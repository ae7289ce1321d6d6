using System.Numerics;
using System.Runtime.CompilerServices;
using GpuTensor.CudaSimulator.Memory;
using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Loads and stores of every space, lane by lane; <see cref="Machine"/>.Vectors has the ways for neighbouring addresses.</summary>
internal sealed unsafe partial class Machine
{
    /// <summary>Where generic addresses of shared and local memory begin: below every device address. Sixteen MiB each.</summary>
    public const ulong SharedWindow = 0x0100_0000, LocalWindow = 0x0200_0000, WindowBytes = 0x0100_0000;

    private enum Use
    {
        Read, Write, Modify,
    }

    public static void Load(Machine m, Op* op)
    {
        if (op->Space == PtxSpace.Global && m.LoadGlobalRun(op)) return;
        if (op->Space == PtxSpace.Shared && m.LoadSharedRun(op)) return;
        int bytes = op->Size * op->Count;
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            byte* source = m.Resolve(op, lane, m.Address(op, lane), bytes, Use.Read);
            if (op->Count == 1) m.Deliver(op, op->D, lane, source);
            else
                for (int i = 0; i < op->Count; i++) m.Deliver(op, m.Table[op->D + i], lane, source + i * op->Size);
        }
    }

    public static void Store(Machine m, Op* op)
    {
        if (op->Space == PtxSpace.Global && m.StoreGlobalRun(op)) return;
        if (op->Space == PtxSpace.Shared && m.StoreSharedRun(op)) return;
        int bytes = op->Size * op->Count;
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            byte* target = m.Resolve(op, lane, m.Address(op, lane), bytes, Use.Write);
            for (int i = 0; i < op->Count; i++)
            {
                ulong value = m.Fetch(op, op->Count == 1 ? op->D : m.Table[op->D + i], lane);
                switch (op->Size)
                {
                    case 1: target[i] = (byte)value; break;
                    case 2: ((ushort*)target)[i] = (ushort)value; break;
                    case 4: ((uint*)target)[i] = (uint)value; break;
                    default: ((ulong*)target)[i] = value; break;
                }
            }
        }
    }

    /// <summary>A load of a kernel's parameter at a fixed place: the same for all lanes.</summary>
    public static void LoadParameter(Machine m, Op* op)
    {
        for (int i = 0; i < op->Count; i++)
        {
            int target = op->Count == 1 ? op->D : m.Table[op->D + i];
            byte* source = m._parameters + op->Offset + i * op->Size;
            if (op->RegisterBytes == 8)
            {
                var value = System.Runtime.Intrinsics.Vector512.Create(Element(op, source));
                m.Put(target, value, value, value, value);
            }
            else
            {
                var value = System.Runtime.Intrinsics.Vector512.Create((uint)Narrow(op, Element(op, source)));
                m.Put(target, value, value);
            }
        }
    }

    /// <summary>Where an access of one lane goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Address(Op* op, int lane) =>
        op->A < 0 ? (ulong)op->Offset : (op->E == 8 ? Lanes<ulong>(op->A)[lane] : Lanes<uint>(op->A)[lane]) + (ulong)op->Offset;

    private static ulong Element(Op* op, byte* source) => op->Size switch
    {
        1 => op->Signed ? (ulong)(sbyte)*source : *source,
        2 => op->Signed ? (ulong)*(short*)source : *(ushort*)source,
        4 => op->Signed ? (ulong)*(int*)source : *(uint*)source,
        _ => *(ulong*)source,
    };

    /// <summary>Registers of 16 bits lie in lanes of 32, the upper half zero.</summary>
    private static ulong Narrow(Op* op, ulong value) => op->RegisterBytes == 2 ? (ushort)value : value;

    private void Deliver(Op* op, int register, int lane, byte* source)
    {
        ulong value = Element(op, source);
        if (op->RegisterBytes == 8) Lanes<ulong>(register)[lane] = value;
        else Lanes<uint>(register)[lane] = (uint)Narrow(op, value);
    }

    private ulong Fetch(Op* op, int register, int lane) => op->RegisterBytes == 8 ? Lanes<ulong>(register)[lane]
        : Lanes<uint>(register)[lane];

    /// <summary>The host's place of one lane's access, after every check.</summary>
    private byte* Resolve(Op* op, int lane, ulong address, int bytes, Use use)
    {
        var space = op->Space;
        if (space == PtxSpace.Generic)
        {
            if (address >= 1UL << 32) space = PtxSpace.Global;
            else if (address - SharedWindow < WindowBytes) (space, address) = (PtxSpace.Shared, address - SharedWindow);
            else if (address - LocalWindow < WindowBytes) (space, address) = (PtxSpace.Local, address - LocalWindow);
            else throw AddressFault(op, lane, address, bytes, use, _memory.Whereabouts(address));
        }
        if ((address & (ulong)(bytes - 1)) != 0)
            throw Fault(FaultKind.MisalignedAddress, op, lane,
                $"{Verb(use)} {bytes} bytes at 0x{address:x}, which is no multiple of {bytes}");
        switch (space)
        {
            case PtxSpace.Global or PtxSpace.Const: return ResolveGlobal(op, lane, address, bytes, use);
            case PtxSpace.Shared:
                if (address > (ulong)_sharedBytes || (ulong)_sharedBytes - address < (ulong)bytes)
                    throw AddressFault(op, lane, address, bytes, use, $"is outside the block's {_sharedBytes} bytes of shared memory");
                TouchShared(op, lane, (uint)address, bytes, use);
                return _shared.Pointer + address;
            case PtxSpace.Local: return ResolveLocal(op, lane, address, bytes, use);
            case PtxSpace.FunctionParam:
                return _warp.Parameters + (ulong)lane * (ulong)_code.FunctionParameterBytes + address;
            default:
                if (address > (ulong)_parameterBytes || (ulong)_parameterBytes - address < (ulong)bytes)
                    throw AddressFault(op, lane, address, bytes, use, $"is outside the kernel's {_parameterBytes} bytes of parameters");
                return _parameters + address;
        }
    }

    private byte* ResolveGlobal(Op* op, int lane, ulong address, int bytes, Use use)
    {
        var allocation = Found[op->Slot];
        if (allocation is null || address - allocation.Address >= allocation.Bytes)
        {
            allocation = _memory.Reach(address, _operation)
                ?? throw AddressFault(op, lane, address, bytes, use, _memory.Whereabouts(address));
            Found[op->Slot] = allocation;
        }
        ulong offset = address - allocation.Address;
        if (allocation.Bytes - offset < (ulong)bytes)
            throw AddressFault(op, lane, address, bytes, use, $"{_memory.Whereabouts(address)}, which ends before the access does");
        if (op->Space == PtxSpace.Const && !allocation.ReadOnly) throw AddressFault(op, lane, address, bytes, use, "is no constant memory");
        ulong word = offset / 4;
        if (bytes < 4)
        {
            TouchGlobal(allocation, word, ((1u << bytes) - 1) << (int)(offset % 4), lane, op, use);
        }
        else
        {
            for (int i = 0; i < bytes; i += 4) TouchGlobal(allocation, word++, 0xF, lane, op, use);
        }
        return allocation.Data.Pointer + offset;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TouchGlobal(DeviceAllocation allocation, ulong word, uint mask, int lane, Op* op, Use use)
    {
        if (use == Use.Read) ReadGlobalWord(allocation, word, mask, lane, op);
        else WriteGlobalWord(allocation, word, mask, lane, op, use == Use.Modify);
    }

    private void TouchShared(Op* op, int lane, uint address, int bytes, Use use)
    {
        uint word = address / 4;
        uint mask = bytes < 4 ? ((1u << bytes) - 1) << (int)(address % 4) : 0xF;
        for (int i = 0; i < bytes; i += 4, word++)
        {
            if (use == Use.Read) ReadSharedWord(word, mask, lane, op);
            else WriteSharedWord(word, mask, lane, op, use == Use.Modify);
        }
    }

    private byte* ResolveLocal(Op* op, int lane, ulong address, int bytes, Use use)
    {
        ulong size = (ulong)_code.LocalBytes;
        if (address > size || size - address < (ulong)bytes)
            throw AddressFault(op, lane, address, bytes, use, $"is outside the thread's {size} bytes of local memory");
        byte* written = _warp.LocalWritten + (ulong)lane * size + address;
        for (int i = 0; i < bytes; i++)
        {
            if (use != Use.Write && written[i] == 0)
                throw Fault(FaultKind.IllegalAddress, op, lane,
                    $"reads local memory that was never written; local address 0x{address:x} of {size} bytes");
            written[i] = 1;
        }
        return _warp.Local + (ulong)lane * size + address;
    }

    private static string Verb(Use use) => use switch { Use.Read => "reads", Use.Write => "writes", _ => "an atomic operation on" };

    private DeviceFault AddressFault(Op* op, int lane, ulong address, int bytes, Use use, string where) =>
        Fault(FaultKind.IllegalAddress, op, lane, $"{Verb(use)} {bytes} bytes at 0x{address:x}, which {where}");
}
