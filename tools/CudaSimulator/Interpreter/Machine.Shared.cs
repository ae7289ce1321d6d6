using System.Numerics;
using System.Runtime.InteropServices;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>A block's shared memory and its shadow: per word which bytes were written, who wrote last and who has read since the last
/// barrier.</summary>
internal sealed unsafe partial class Machine
{
    /// <summary>Flags of a reader's tag above its thread: it stands for several threads of one warp, or of several.</summary>
    private const uint ManyInWarp = 1u << 31, Many = 1u << 30;

    /// <summary>Of a word's state: from here on the bytes the last writer wrote, the bytes that were read; below, the bytes written at
    /// all.</summary>
    private const int WriterShift = 4, ReaderShift = 8;

    /// <summary>The flag of a writer's tag: it was an atomic.</summary>
    private const uint AtomicWrite = 1u << 31;

    private const uint ClockLimit = 1u << 20;

    private NativeBuffer _shared, _sharedState, _sharedWriter, _sharedReader, _sharedByteReader;

    /// <summary>True once this launch has read parts of a word: neighbouring halves belong to different threads, so such readers are kept
    /// by byte.</summary>
    private bool _readsBytes;

    private int _sharedBytes;

    /// <summary>Counts barriers, of blocks and of warps, so that "since the last barrier" is a comparison.</summary>
    private uint _clock = 1;

    /// <summary>The clock when the block's warps last waited for each other.</summary>
    private uint _blockSyncedAt;

    private bool _blockTagsLost;

    private void PrepareShared()
    {
        _sharedBytes = _kernel.StaticShared + _dynamicShared;
        nuint words = ((nuint)_sharedBytes + 3) / 4;
        _shared.Reserve(words * 4);
        _sharedState.Reserve(words * 2);
        _sharedWriter.Reserve(words * 4);
        _sharedReader.Reserve(words * 4);
        _sharedByteReader.Reserve(words * 16);
        _readsBytes = false;
        ForgetShared();
    }

    private void DisposeShared()
    {
        _shared.Dispose();
        _sharedState.Dispose();
        _sharedWriter.Dispose();
        _sharedReader.Dispose();
        _sharedByteReader.Dispose();
    }

    /// <summary>A new block: nothing is written, and what the last one did lies behind a barrier.</summary>
    private void BeginSharedOfBlock()
    {
        // Early, where it costs nothing: no tag of this block exists.
        if (_clock > ClockLimit / 2) RestartClock();
        _blockTagsLost = false;
        _blockSyncedAt = Tick();
        if (_sharedBytes > 0) NativeMemory.Clear(_sharedState.Pointer, ((nuint)_sharedBytes + 3) / 4 * 2);
    }

    private uint Tick()
    {
        if (++_clock >= ClockLimit)
        {
            // Half a million barriers in one block: what its threads did to global memory until here is no longer told apart.
            RestartClock();
            _blockTagsLost = true;
        }
        return _clock;
    }

    private void RestartClock()
    {
        _clock = 1;
        _blockSyncedAt = 1;
        foreach (var warp in _warps) warp.SyncedAt = 1;
        ForgetShared();
    }

    private void ForgetShared()
    {
        nuint words = ((nuint)_sharedBytes + 3) / 4;
        if (words == 0) return;
        NativeMemory.Clear(_sharedWriter.Pointer, words * 4);
        NativeMemory.Clear(_sharedReader.Pointer, words * 4);
        NativeMemory.Clear(_sharedByteReader.Pointer, words * 16);
    }

    private void ReadSharedWord(uint word, uint mask, int lane, Op* op)
    {
        ref ushort cell = ref ((ushort*)_sharedState.Pointer)[word];
        uint state = cell;
        if ((state & mask) != mask)
            throw SharedFault(op, lane, word, "reads shared memory that was never written");
        uint thread = Thread(lane);
        uint writer = ((uint*)_sharedWriter.Pointer)[word];
        bool bothAtomic = op->Access == AccessKind.Atomic && (writer & AtomicWrite) != 0;
        if (!bothAtomic && (state >> WriterShift & mask) != 0 && Unsynchronised(writer & ~AtomicWrite, thread))
            throw SharedFault(op, lane, word, $"reads what thread {ThreadName(writer & 1023)} wrote, with no barrier between");
        if (op->Access == AccessKind.Atomic) return;
        if (mask != 0xF)
        {
            _readsBytes = true;
            for (uint left = mask; left != 0; left &= left - 1) RememberReader(ref ByteReader(word, left), thread);
            return;
        }
        RememberReader(ref ((uint*)_sharedReader.Pointer)[word], thread);
        cell = (ushort)((state & 0xFF) | (0xFu << ReaderShift));
    }

    private ref uint ByteReader(uint word, uint bytes) =>
        ref ((uint*)_sharedByteReader.Pointer)[(word * 4) + (uint)BitOperations.TrailingZeroCount(bytes)];

    private void RememberReader(ref uint reader, uint thread)
    {
        uint now = (_clock << ThreadBits) | thread, last = reader & ~(Many | ManyInWarp), flags = reader & (Many | ManyInWarp);
        if (last >> ThreadBits >= _blockSyncedAt)
        {
            if ((last & 1023) / 32 != thread / 32 || (flags & Many) != 0) now |= Many;
            else if (last >> ThreadBits >= _warp.SyncedAt && ((last & 1023) != thread || flags != 0)) now |= ManyInWarp;
        }
        reader = now;
    }

    /// <summary>Throws where another thread has read what this one is about to write, since they last waited for each other.</summary>
    private void CheckReader(uint reader, uint thread, int lane, uint word, Op* op)
    {
        uint last = reader & ~(Many | ManyInWarp);
        if (last >> ThreadBits < _blockSyncedAt) return;
        bool race = (reader & Many) != 0
            || ((reader & ManyInWarp) != 0
                ? (last & 1023) / 32 != thread / 32 || last >> ThreadBits >= _warp.SyncedAt
                : Unsynchronised(last, thread));
        if (race) throw SharedFault(op, lane, word, $"writes what thread {ThreadName(last & 1023)} read, with no barrier between");
    }

    private void WriteSharedWord(uint word, uint mask, int lane, Op* op, bool alsoReads)
    {
        ref ushort cell = ref ((ushort*)_sharedState.Pointer)[word];
        uint state = cell;
        if (alsoReads && (state & mask) != mask)
            throw SharedFault(op, lane, word, "an atomic operation on shared memory that was never written");
        uint thread = Thread(lane);
        ref uint writer = ref ((uint*)_sharedWriter.Pointer)[word];
        uint wrote = mask;
        if ((state >> WriterShift & mask) != 0)
        {
            bool bothAtomic = op->Access == AccessKind.Atomic && (writer & AtomicWrite) != 0;
            if (!bothAtomic && Unsynchronised(writer & ~AtomicWrite, thread))
                throw SharedFault(op, lane, word, $"writes what thread {ThreadName(writer & 1023)} wrote, with no barrier between");
        }
        if ((writer & 1023) == thread) wrote |= state >> WriterShift & 0xF;
        if ((state >> ReaderShift & mask) != 0) CheckReader(((uint*)_sharedReader.Pointer)[word], thread, lane, word, op);
        if (_readsBytes)
            for (uint left = mask; left != 0; left &= left - 1) CheckReader(ByteReader(word, left), thread, lane, word, op);
        cell = (ushort)((state & 0xF0F) | mask | (wrote << WriterShift));
        writer = (_clock << ThreadBits) | thread | (op->Access == AccessKind.Atomic ? AtomicWrite : 0);
    }

    private DeviceFault SharedFault(Op* op, int lane, uint word, string what) =>
        Fault(FaultKind.IllegalAddress, op, lane, $"{what}; shared address 0x{word * 4:x} of {_sharedBytes} bytes");
}
