using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Global accesses whose lanes touch neighbouring elements, or all the same one: checked and moved as vectors. Each answers false,
/// having changed nothing, where an access is of another kind or anything looks wrong: the way lane by lane then finds out what.</summary>
internal sealed unsafe partial class Machine
{
    private static readonly Vector512<ulong> LaneNumbers = Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7);

    private bool LoadGlobalRun(Op* op)
    {
        int bytes = op->Size * op->Count;
        if (op->Access == AccessKind.Atomic || !FindRun(op, bytes, out int first, out int lanes, out ulong address, out bool same))
            return false;
        if (FindAllocation(op, address, same ? bytes : lanes * bytes) is not { } allocation) return false;
        ulong offset = address - allocation.Address;
        byte* source = allocation.Data.Pointer + offset;
        if (same)
        {
            ulong word = offset / 4;
            if (bytes < 4) ReadGlobalWord(allocation, word, ((1u << bytes) - 1) << (int)(offset % 4), first, op);
            else
                for (int i = 0; i < bytes; i += 4) ReadGlobalWord(allocation, word++, 0xF, first, op);
            for (int k = 0; k < op->Count; k++) Broadcast(op, op->Count == 1 ? op->D : Table[op->D + k], source + k * op->Size);
            return true;
        }
        int total = lanes * bytes;
        if (((offset | (uint)total) & 3) != 0 || !ReadWords(allocation, offset / 4, total / 4, op->Access == AccessKind.ReadOnly))
            return false;
        if (op->Count == 1 && op->Size == op->RegisterBytes && op->Size >= 4)
        {
            Unsafe.CopyBlockUnaligned(Registers + op->D + first * op->Size, source, (uint)total);
        }
        else if (op->Size == 4 && op->RegisterBytes == 4)
        {
            for (int k = 0; k < op->Count; k++)
            {
                uint* target = Lanes<uint>(Table[op->D + k]) + first, element = (uint*)source + k;
                for (int i = 0; i < lanes; i++, element += op->Count) target[i] = *element;
            }
        }
        else
        {
            for (int i = 0; i < lanes; i++)
                for (int k = 0; k < op->Count; k++, source += op->Size)
                    Deliver(op, op->Count == 1 ? op->D : Table[op->D + k], first + i, source);
        }
        return true;
    }

    private bool StoreGlobalRun(Op* op)
    {
        int bytes = op->Size * op->Count;
        if (op->Access == AccessKind.Atomic || !FindRun(op, bytes, out int first, out int lanes, out ulong address, out bool same) || same)
            return false;
        int total = lanes * bytes;
        if (FindAllocation(op, address, total) is not { ReadOnly: false } allocation || allocation.UnorderedReaders.Count != 0)
            return false;
        ulong offset = address - allocation.Address;
        if (((offset | (uint)total) & 3) != 0 || !WriteWords(allocation, offset / 4, total / 4, first, bytes)) return false;
        byte* target = allocation.Data.Pointer + offset;
        if (op->Count == 1 && op->Size == op->RegisterBytes && op->Size >= 4)
        {
            Unsafe.CopyBlockUnaligned(target, Registers + op->D + first * op->Size, (uint)total);
        }
        else if (op->Size == 4 && op->RegisterBytes == 4)
        {
            for (int k = 0; k < op->Count; k++)
            {
                uint* source = Lanes<uint>(Table[op->D + k]) + first, element = (uint*)target + k;
                for (int i = 0; i < lanes; i++, element += op->Count) *element = source[i];
            }
        }
        else
        {
            for (int i = 0; i < lanes; i++)
            {
                for (int k = 0; k < op->Count; k++, target += op->Size)
                {
                    ulong value = Fetch(op, op->Count == 1 ? op->D : Table[op->D + k], first + i);
                    Unsafe.CopyBlockUnaligned(target, &value, op->Size);
                }
            }
        }
        return true;
    }

    private void Broadcast(Op* op, int register, byte* source)
    {
        ulong value = Element(op, source);
        if (op->RegisterBytes == 8)
        {
            var wide = Vector512.Create(value);
            Put(register, wide, wide, wide, wide);
            return;
        }
        var narrow = Vector512.Create((uint)Narrow(op, value));
        Put(register, narrow, narrow);
    }

    /// <summary>True if the executing lanes follow each other without a gap and so do their addresses, or if all have one
    /// address.</summary>
    private bool FindRun(Op* op, int bytes, out int first, out int lanes, out ulong address, out bool same)
    {
        first = BitOperations.TrailingZeroCount(Exec);
        uint shifted = Exec >> first;
        lanes = BitOperations.PopCount(Exec);
        (address, same) = (Address(op, first), op->A < 0);
        if ((address & (ulong)(bytes - 1)) != 0) return false;
        if (same) return true;
        if (op->E != 8) return false;
        var addresses = Lanes<Vector512<ulong>>(op->A);
        // The run as it would be from lane 0 on.
        ulong start = address - (ulong)op->Offset - (ulong)(first * bytes);
        var step = Vector512.Create((ulong)(8 * bytes));
        var expected = Vector512.Create(start) + LaneNumbers * Vector512.Create((ulong)bytes);
        ulong equal = Vector512.Equals(addresses[0], expected).ExtractMostSignificantBits();
        expected += step;
        equal |= Vector512.Equals(addresses[1], expected).ExtractMostSignificantBits() << 8;
        expected += step;
        equal |= Vector512.Equals(addresses[2], expected).ExtractMostSignificantBits() << 16;
        expected += step;
        equal |= Vector512.Equals(addresses[3], expected).ExtractMostSignificantBits() << 24;
        if (((uint)equal & Exec) == Exec) return (shifted & (shifted + 1)) == 0;
        var one = Vector512.Create(address - (ulong)op->Offset);
        equal = Vector512.Equals(addresses[0], one).ExtractMostSignificantBits() | Vector512.Equals(addresses[1], one)
            .ExtractMostSignificantBits() << 8
            | Vector512.Equals(addresses[2], one).ExtractMostSignificantBits() << 16 | Vector512.Equals(addresses[3], one)
                .ExtractMostSignificantBits() << 24;
        return same = ((uint)equal & Exec) == Exec;
    }

    private DeviceAllocation? FindAllocation(Op* op, ulong address, int bytes)
    {
        var allocation = Found[op->Slot];
        if (allocation is null || address - allocation.Address >= allocation.Bytes)
        {
            allocation = _memory.Find(address);
            Found[op->Slot] = allocation;
        }
        return allocation is not null && allocation.Bytes - (address - allocation.Address) >= (ulong)bytes ? allocation : null;
    }

    /// <summary>The rules of <see cref="ReadGlobalWord"/> for whole words that nobody unordered and nobody of this launch has
    /// written.</summary>
    private bool ReadWords(DeviceAllocation allocation, ulong word, int count, bool readOnly)
    {
        var shadow = allocation.Shadow;
        ushort* state = shadow.State + word;
        uint* writer = shadow.Writer + word, reader = shadow.Reader + word;
        var serials = Vector512.Create(ShadowPlanes.SerialMask);
        var ordered = Vector512.Create(_orderedBefore);
        var launch = Vector512.Create(_firstSerial);
        var written = Vector256.Create((ushort)ShadowPlanes.WrittenBits);
        for (int i = 0; i < count; i += 16)
        {
            uint valid = count - i >= 16 ? 0xFFFFu : (1u << (count - i)) - 1;
            uint full = Vector256.Equals(Vector256.Load(state + i) & written, written).ExtractMostSignificantBits();
            var before = Vector512.LessThan(Vector512.Load(writer + i) & serials, ordered);
            var last = Vector512.Load(reader + i) & serials;
            var known = Vector512.LessThan(last, ordered) | Vector512.GreaterThanOrEqual(last, launch);
            if (((uint)(before & known).ExtractMostSignificantBits() & full & valid) != valid) return false;
        }
        var own = Vector512.Create(_serial);
        var flag = Vector512.Create(_serial | (readOnly ? ShadowPlanes.ReadOnlyReader : 0));
        for (int i = 0; i < count; i += 16)
        {
            var old = Vector512.Load(reader + i);
            var last = old & serials;
            var inLaunch = Vector512.GreaterThanOrEqual(last, launch);
            var flags = inLaunch & ((old & ~serials) | (~Vector512.Equals(last, own) & Vector512.Create(ShadowPlanes.SharedReaders)));
            var next = flag | flags;
            var read = Vector256.Load(state + i) | Vector256.Create((ushort)(0xF << ShadowPlanes.ReaderShift));
            if (count - i >= 16)
            {
                next.Store(reader + i);
                read.Store(state + i);
                continue;
            }
            for (int k = 0; k < count - i; k++)
            {
                reader[i + k] = next[k];
                state[i + k] = read[k];
            }
        }
        return true;
    }

    /// <summary>The rules of <see cref="WriteGlobalWord"/> for whole words that nobody unordered has touched, and of this launch only this
    /// block by reading.</summary>
    private bool WriteWords(DeviceAllocation allocation, ulong word, int count, int firstLane, int bytes)
    {
        var shadow = allocation.Shadow;
        ushort* state = shadow.State + word;
        uint* writer = shadow.Writer + word, reader = shadow.Reader + word, thread = shadow.WriterThread + word;
        var serials = Vector512.Create(ShadowPlanes.SerialMask);
        var ordered = Vector512.Create(_orderedBefore);
        var own = Vector512.Create(_serial);
        for (int i = 0; i < count; i += 16)
        {
            uint valid = count - i >= 16 ? 0xFFFFu : (1u << (count - i)) - 1;
            var last = Vector512.Load(reader + i);
            var good = Vector512.LessThan(Vector512.Load(writer + i) & serials, ordered)
                & (Vector512.LessThan(last & serials, ordered) | Vector512.Equals(last, own));
            if (((uint)good.ExtractMostSignificantBits() & valid) != valid) return false;
        }
        uint tag = ThreadTag(firstLane);
        var numbers = Vector512.Create(0u, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        // Which lane a word belongs to: the last of them where several share it.
        int up = bytes == 8 ? 1 : bytes == 16 ? 2 : 0, down = bytes == 2 ? 1 : bytes == 1 ? 2 : 0;
        var wrote = Vector256.Create((ushort)0xFF);
        for (int i = 0; i < count; i += 16)
        {
            var lanes = numbers + Vector512.Create((uint)i);
            lanes = Vector512.ShiftLeft(Vector512.ShiftRightLogical(lanes, up), down) + Vector512.Create(tag + (1u << down) - 1);
            var next = Vector256.Load(state + i) | wrote;
            if (count - i >= 16)
            {
                own.Store(writer + i);
                lanes.Store(thread + i);
                next.Store(state + i);
                continue;
            }
            for (int k = 0; k < count - i; k++)
            {
                writer[i + k] = _serial;
                thread[i + k] = lanes[k];
                state[i + k] = next[k];
            }
        }
        return true;
    }
}
