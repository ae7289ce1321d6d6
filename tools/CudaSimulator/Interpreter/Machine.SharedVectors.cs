using System.Numerics;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Shared accesses of one four-byte element: the checks of <see cref="Machine.ReadSharedWord"/> in one loop, for lanes that did
/// nothing wrong. Answers false at the first that did, or that is of another kind; going over lanes a second time changes
/// nothing.</summary>
internal sealed unsafe partial class Machine
{
    private const uint TagClock = (1u << 30) - (1u << ThreadBits), TagThread = (1u << ThreadBits) - 1;

    private bool LoadSharedRun(Op* op)
    {
        if (op->Size != 4 || op->Count != 1 || op->RegisterBytes != 4 || op->Access != AccessKind.Plain) return false;
        uint* target = Lanes<uint>(op->D), data = (uint*)_shared.Pointer;
        ushort* states = (ushort*)_sharedState.Pointer;
        uint* writers = (uint*)_sharedWriter.Pointer, readers = (uint*)_sharedReader.Pointer;
        uint since = _blockSyncedAt << ThreadBits, warpSince = _warp.SyncedAt << ThreadBits, now = (_clock << ThreadBits) | Thread(0);
        ulong limit = (ulong)_sharedBytes, previous = ulong.MaxValue;
        for (uint mask = Exec; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            ulong address = Address(op, lane);
            ulong word = address >> 2;
            uint thread = now + (uint)lane;
            ref uint reader = ref readers[word];
            if (address == previous)
            {
                // The lane before was let through, so this word is written, and by nobody since the barrier but perhaps that lane.
                if ((writers[word] & TagClock) < since)
                {
                    reader |= ManyInWarp;
                    target[lane] = data[word];
                    continue;
                }
            }
            if ((address & 3) != 0 || address >= limit || limit - address < 4) return false;
            uint state = states[word], writer = writers[word];
            if ((state & 0xF) != 0xF) return false;
            if ((writer & TagClock) >= since && (writer & TagThread) != (thread & TagThread)) return false;
            uint last = reader;
            uint next = thread, read = 0xF00;
            if ((last & TagClock) >= since)
            {
                if (((last ^ thread) & TagThread & ~31u) != 0 || (last & Many) != 0) next |= Many;
                else if ((last & TagClock) >= warpSince && (((last ^ thread) & TagThread) != 0 || (last & ManyInWarp) != 0))
                    next |= ManyInWarp;
            }
            reader = next;
            states[word] = (ushort)((state & 0xFF) | read);
            target[lane] = data[word];
            previous = address;
        }
        return true;
    }

    private bool StoreSharedRun(Op* op)
    {
        if (_readsBytes || op->Size != 4 || op->Count != 1 || op->RegisterBytes != 4 || op->Access != AccessKind.Plain) return false;
        uint* source = Lanes<uint>(op->D), data = (uint*)_shared.Pointer;
        ushort* states = (ushort*)_sharedState.Pointer;
        uint* writers = (uint*)_sharedWriter.Pointer, readers = (uint*)_sharedReader.Pointer;
        uint since = _blockSyncedAt << ThreadBits, now = (_clock << ThreadBits) | Thread(0);
        ulong limit = (ulong)_sharedBytes;
        for (uint mask = Exec; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            ulong address = Address(op, lane);
            ulong word = address >> 2;
            uint thread = now + (uint)lane;
            if ((address & 3) != 0 || address >= limit || limit - address < 4) return false;
            uint writer = writers[word], reader = readers[word];
            if ((writer & TagClock) >= since && (writer & TagThread) != (thread & TagThread)) return false;
            if ((reader & TagClock) >= since && ((reader & (Many | ManyInWarp)) != 0 || ((reader ^ thread) & TagThread) != 0)) return false;
            writers[word] = thread;
            states[word] = (ushort)((states[word] & 0xF00) | 0xFF);
            data[word] = source[lane];
        }
        return true;
    }
}
