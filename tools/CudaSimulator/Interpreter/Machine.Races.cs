using System.Runtime.CompilerServices;
using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>The rules for global memory, word by word. Another operation's access must be ordered before this launch; another block's
/// access of this launch must not meet a write, unless both are atomic; another thread's write of a whole word in this block needs a
/// barrier since; what was read through the read-only cache must not be written by the launch at all; what is read must have been
/// written.</summary>
internal sealed unsafe partial class Machine
{
    /// <summary>Of thread tags: the thread in its block, above it the clock.</summary>
    private const int ThreadBits = 10;

    private uint _serial, _firstSerial, _orderedBefore;
    private uint _checkedSerial;

    private void BeginRaces()
    {
        ulong blocks = _grid.Count;
        if (blocks - 1 > uint.MaxValue)
            throw new DeviceFault(FaultKind.LaunchTimeout, $"{_kernel.Name}: a grid of {blocks} blocks is beyond a simulator.");
        _firstSerial = _operation.FirstSerial;
        _memory.Timeline.TakeBlocks(_operation, (uint)(blocks - 1));
        _orderedBefore = _operation.OrderedBefore;
        _checkedSerial = 0;
    }

    private uint ThreadTag(int lane) => (_clock << ThreadBits) | Thread(lane);

    /// <summary>True if what carries the tag happened without a barrier between it and this lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Unsynchronised(uint tag, uint thread)
    {
        uint other = tag & ((1u << ThreadBits) - 1);
        uint clock = tag >> ThreadBits;
        return other != thread && clock >= (other / 32 == thread / 32 ? _warp.SyncedAt : _blockSyncedAt);
    }

    /// <summary>A lane reads bytes of a word.</summary>
    private void ReadGlobalWord(DeviceAllocation allocation, ulong word, uint mask, int lane, Op* op)
    {
        var shadow = allocation.Shadow;
        uint state = shadow.State[word];
        if ((state & mask) != mask)
            throw GlobalFault(op, lane, allocation, word, "reads memory that was never written");
        uint writer = shadow.Writer[word], serial = writer & ShadowPlanes.SerialMask;
        bool atomic = op->Access == AccessKind.Atomic;
        if (serial >= _orderedBefore && (state >> ShadowPlanes.WriterShift & mask) != 0)
        {
            if (serial == _serial)
            {
                uint tag = shadow.WriterThread[word];
                if (op->Access == AccessKind.ReadOnly)
                    throw GlobalFault(op, lane, allocation, word,
                        $"reads through the read-only cache what thread {ThreadName(tag & 1023)} of this block wrote");
                if (!(atomic && (writer & ShadowPlanes.AtomicWriter) != 0) && mask == 0xF && !_blockTagsLost
                    && Unsynchronised(tag, Thread(lane)))
                    throw GlobalFault(op, lane, allocation, word,
                        $"reads what thread {ThreadName(tag & 1023)} of this block wrote, with no barrier between");
            }
            else if (serial >= _firstSerial)
            {
                if (!(atomic && (writer & ShadowPlanes.AtomicWriter) != 0))
                    throw GlobalFault(op, lane, allocation, word,
                        $"reads{(op->Access == AccessKind.ReadOnly ? " through the read-only cache" : "")} what block {BlockOf(serial)} "
                        + "of the same launch wrote "
                        + $"(thread {ThreadName(shadow.WriterThread[word] & 1023)})");
            }
            else
            {
                RequireOrder(serial, op, lane, allocation, word, "reads", "wrote");
            }
        }
        if (atomic) return;
        uint reader = shadow.Reader[word], last = reader & ShadowPlanes.SerialMask;
        uint flag = op->Access == AccessKind.ReadOnly ? ShadowPlanes.ReadOnlyReader : 0;
        uint read = mask;
        if (last >= _firstSerial)
        {
            flag |= reader & ~ShadowPlanes.SerialMask;
            if (last != _serial) flag |= ShadowPlanes.SharedReaders;
            read |= state >> ShadowPlanes.ReaderShift & 0xF;
        }
        else if (last >= _orderedBefore && _memory.Timeline.Of(last) is { } earlier && !_operation.Follows(earlier))
        {
            allocation.UnorderedReaders.Add(word, last);
        }
        shadow.Reader[word] = _serial | flag;
        shadow.State[word] = (ushort)((state & 0xFF) | (read << ShadowPlanes.ReaderShift));
    }

    /// <summary>A lane writes bytes of a word, or with <paramref name="alsoReads"/> modifies them.</summary>
    private void WriteGlobalWord(DeviceAllocation allocation, ulong word, uint mask, int lane, Op* op, bool alsoReads)
    {
        if (allocation.ReadOnly) throw GlobalFault(op, lane, allocation, word, "writes constant memory");
        var shadow = allocation.Shadow;
        uint state = shadow.State[word];
        bool atomic = op->Access == AccessKind.Atomic;
        if (alsoReads && (state & mask) != mask)
            throw GlobalFault(op, lane, allocation, word, "an atomic operation on memory that was never written");
        uint writer = shadow.Writer[word], serial = writer & ShadowPlanes.SerialMask;
        if (serial >= _orderedBefore && (state >> ShadowPlanes.WriterShift & mask) != 0)
        {
            bool bothAtomic = atomic && (writer & ShadowPlanes.AtomicWriter) != 0;
            uint tag = shadow.WriterThread[word];
            if (serial == _serial)
            {
                if (!bothAtomic && mask == 0xF && !_blockTagsLost && Unsynchronised(tag, Thread(lane)))
                    throw GlobalFault(op, lane, allocation, word,
                        $"writes what thread {ThreadName(tag & 1023)} of this block wrote, with no barrier between");
            }
            else if (serial >= _firstSerial)
            {
                if (!bothAtomic)
                    throw GlobalFault(op, lane, allocation, word,
                        $"writes what block {BlockOf(serial)} of the same launch wrote (thread {ThreadName(tag & 1023)})");
            }
            else
            {
                RequireOrder(serial, op, lane, allocation, word, "writes", "wrote");
            }
        }
        uint reader = shadow.Reader[word], last = reader & ShadowPlanes.SerialMask;
        if (last >= _orderedBefore && (state >> ShadowPlanes.ReaderShift & mask) != 0)
        {
            if (last >= _firstSerial)
            {
                if ((reader & ShadowPlanes.ReadOnlyReader) != 0)
                    throw GlobalFault(op, lane, allocation, word, "writes what the same launch reads through the read-only cache");
                if (last != _serial || (reader & ShadowPlanes.SharedReaders) != 0)
                    throw GlobalFault(op, lane, allocation, word,
                        last != _serial ? $"writes what block {BlockOf(last)} of the same launch read"
                        : "writes what other blocks of the same launch read");
            }
            else
            {
                RequireOrder(last, op, lane, allocation, word, "writes", "read");
            }
        }
        if (allocation.UnorderedReaders.Count != 0)
            foreach (uint other in allocation.UnorderedReaders.Take(word))
                RequireOrder(other, op, lane, allocation, word, "writes", "read");
        uint wrote = serial == _serial ? mask | (state >> ShadowPlanes.WriterShift & 0xF) : mask;
        shadow.State[word] = (ushort)((state & 0xF0F) | mask | (wrote << ShadowPlanes.WriterShift));
        shadow.Writer[word] = atomic ? _serial | ShadowPlanes.AtomicWriter : _serial;
        shadow.WriterThread[word] = ThreadTag(lane);
    }

    private void RequireOrder(uint serial, Op* op, int lane, DeviceAllocation allocation, ulong word, string verb, string earlierVerb)
    {
        if (serial == _checkedSerial) return;
        if (_memory.Timeline.Of(serial) is { } earlier && earlier != _operation && !_operation.Follows(earlier))
            throw GlobalFault(op, lane, allocation, word,
                $"{verb} what {earlier.Name} {earlierVerb}, and nothing orders the two: no stream or event between them");
        _checkedSerial = serial;
    }

    private string BlockOf(uint serial)
    {
        var order = new BlockOrder(_grid.Count, _settings.Seed);
        return BlockName(order[serial - _firstSerial]);
    }

    private DeviceFault GlobalFault(Op* op, int lane, DeviceAllocation allocation, ulong word, string what)
    {
        ulong address = allocation.Address + word * 4;
        return Fault(FaultKind.IllegalAddress, op, lane, $"{what}; the address 0x{address:x} {_memory.Whereabouts(address)}");
    }
}
