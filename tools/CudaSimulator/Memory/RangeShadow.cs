using System.Numerics;
using System.Runtime.Intrinsics;

namespace GpuTensor.CudaSimulator.Memory;

/// <summary>The shadow's rules for a range that a copy or fill touches at once. Ranges start and end at any byte.</summary>
internal static unsafe class RangeShadow
{
    public static void Read(DeviceMemory memory, DeviceAllocation allocation, ulong offset, ulong bytes, DeviceOperation operation)
    {
        var shadow = allocation.Shadow;
        uint serial = operation.FirstSerial, known = serial;
        ulong end = offset + bytes;
        for (ulong word = offset / 4; word * 4 < end; word++)
        {
            if (IsRun(allocation, word, offset, end, operation.OrderedBefore))
            {
                Vector256.Store(Vector256.Create(serial), shadow.Reader + word);
                Vector256.Store(Vector256.Create(serial), shadow.Reader + word + 8);
                var states = Vector256.Load(shadow.State + word) & Vector256.Create((ushort)0xFF);
                (states | Vector256.Create((ushort)(0xF << ShadowPlanes.ReaderShift))).Store(shadow.State + word);
                word += Run - 1;
                continue;
            }
            uint mask = Mask(word, offset, end);
            uint writer = shadow.Writer[word] & ShadowPlanes.SerialMask;
            if (writer != known && writer != 0 && ((shadow.State[word] >> ShadowPlanes.WriterShift) & mask) != 0)
            {
                Check(memory, allocation, word, writer, operation, "reads", "wrote");
                known = writer;
            }
            uint reader = shadow.Reader[word] & ShadowPlanes.SerialMask;
            bool fresh = reader != serial;
            if (fresh && reader != 0 && memory.Timeline.Of(reader) is { } earlier && !operation.Follows(earlier))
                allocation.UnorderedReaders.Add(word, reader);
            shadow.Reader[word] = serial;
            uint read = fresh ? mask : mask | ((uint)shadow.State[word] >> ShadowPlanes.ReaderShift);
            shadow.State[word] = (ushort)((shadow.State[word] & 0xFFu) | (read << ShadowPlanes.ReaderShift));
        }
    }

    public static void Write(DeviceMemory memory, DeviceAllocation allocation, ulong offset, ulong bytes, DeviceOperation operation)
    {
        var shadow = allocation.Shadow;
        uint serial = operation.FirstSerial, known = serial, knownReader = serial;
        ulong end = offset + bytes;
        for (ulong word = offset / 4; word * 4 < end; word++)
        {
            if (IsRun(allocation, word, offset, end, operation.OrderedBefore))
            {
                Vector256.Store(Vector256.Create(serial), shadow.Writer + word);
                Vector256.Store(Vector256.Create(serial), shadow.Writer + word + 8);
                Vector256.Store(Vector256<uint>.Zero, shadow.WriterThread + word);
                Vector256.Store(Vector256<uint>.Zero, shadow.WriterThread + word + 8);
                var states = Vector256.Load(shadow.State + word) & Vector256.Create((ushort)(0xF << ShadowPlanes.ReaderShift));
                (states | Vector256.Create((ushort)(ShadowPlanes.WrittenBits | (0xF << ShadowPlanes.WriterShift))))
                    .Store(shadow.State + word);
                word += Run - 1;
                continue;
            }
            uint mask = Mask(word, offset, end), state = shadow.State[word];
            uint writer = shadow.Writer[word] & ShadowPlanes.SerialMask;
            if (writer != known && writer != 0 && ((state >> ShadowPlanes.WriterShift) & mask) != 0)
            {
                Check(memory, allocation, word, writer, operation, "writes", "wrote");
                known = writer;
            }
            uint reader = shadow.Reader[word] & ShadowPlanes.SerialMask;
            if (reader != knownReader && reader != 0 && ((state >> ShadowPlanes.ReaderShift) & mask) != 0)
            {
                Check(memory, allocation, word, reader, operation, "writes", "read");
                knownReader = reader;
            }
            if (allocation.UnorderedReaders.Count != 0)
                foreach (uint other in allocation.UnorderedReaders.Take(word))
                    Check(memory, allocation, word, other, operation, "writes", "read");
            uint wrote = writer == serial ? mask | ((state >> ShadowPlanes.WriterShift) & 0xF) : mask;
            shadow.State[word] = (ushort)((state & 0xF0F) | mask | (wrote << ShadowPlanes.WriterShift));
            shadow.Writer[word] = serial;
            shadow.WriterThread[word] = 0;
        }
    }

    /// <summary>After a copy between allocations: what was unwritten at the source is unwritten at the destination.</summary>
    public static void CopyWritten(DeviceAllocation from, ulong fromOffset, DeviceAllocation to, ulong toOffset, ulong bytes)
    {
        for (ulong i = 0; i < bytes;)
        {
            ulong source = fromOffset + i, target = toOffset + i;
            if (source % 4 == 0 && target % 4 == 0 && bytes - i >= 4)
            {
                int written = from.Shadow.State[source / 4] & ShadowPlanes.WrittenBits;
                ref ushort state = ref to.Shadow.State[target / 4];
                state = (ushort)((state & ~ShadowPlanes.WrittenBits) | written);
                i += 4;
                continue;
            }
            bool bit = (from.Shadow.State[source / 4] >> (int)(source % 4) & 1) != 0;
            ref ushort cell = ref to.Shadow.State[target / 4];
            cell = (ushort)(bit ? cell | 1 << (int)(target % 4) : cell & ~(1 << (int)(target % 4)));
            i++;
        }
    }

    /// <summary>Overwrites what was never written with 0xFF in a copy of the range.</summary>
    public static void Poison(DeviceAllocation allocation, ulong offset, ulong bytes, byte* copy)
    {
        ulong end = offset + bytes;
        for (ulong word = offset / 4; word * 4 < end; word++)
        {
            uint lacks = ~(uint)allocation.Shadow.State[word] & Mask(word, offset, end);
            for (; lacks != 0; lacks &= lacks - 1) copy[word * 4 + (ulong)BitOperations.TrailingZeroCount(lacks) - offset] = 0xFF;
        }
    }

    public static ulong? FirstUnwritten(DeviceAllocation allocation, ulong offset, ulong bytes)
    {
        ulong end = offset + bytes;
        for (ulong word = offset / 4; word * 4 < end; word++)
        {
            if ((word + Run) * 4 <= end
                && (Vector256.Load(allocation.Shadow.State + word) & Vector256.Create((ushort)ShadowPlanes.WrittenBits))
                    == Vector256.Create((ushort)ShadowPlanes.WrittenBits))
            {
                word += Run - 1;
                continue;
            }
            uint lacks = ~(uint)allocation.Shadow.State[word] & Mask(word, offset, end);
            if (lacks != 0) return allocation.Address + word * 4 + (ulong)BitOperations.TrailingZeroCount(lacks);
        }
        return null;
    }

    /// <summary>Words that are dealt with at once where nothing about them is in doubt.</summary>
    private const int Run = 16;

    /// <summary>True where a whole run lies in the range and was last touched by what certainly ended before.</summary>
    private static bool IsRun(DeviceAllocation allocation, ulong word, ulong offset, ulong end, uint orderedBefore)
    {
        if (word * 4 < offset || (word + Run) * 4 > end || allocation.UnorderedReaders.Count != 0) return false;
        uint* writers = allocation.Shadow.Writer + word, readers = allocation.Shadow.Reader + word;
        var serials = Vector256.Create(ShadowPlanes.SerialMask);
        var newest = Vector256.Max(
            Vector256.Max(Vector256.Load(writers) & serials, Vector256.Load(writers + 8) & serials),
            Vector256.Max(Vector256.Load(readers) & serials, Vector256.Load(readers + 8) & serials));
        // Nothing is before a limit of zero, which leaves words that were never touched to the long way.
        return Vector256.LessThanAll(newest, Vector256.Create(orderedBefore));
    }

    private static void Check(
        DeviceMemory memory, DeviceAllocation allocation, ulong word, uint serial, DeviceOperation operation, string verb,
        string earlierVerb)
    {
        if (memory.Timeline.Of(serial) is not { } earlier || earlier == operation || operation.Follows(earlier)) return;
        ulong address = allocation.Address + word * 4;
        throw new DeviceFault(
            FaultKind.IllegalAddress,
            $"{operation.Name} {verb} 0x{address:x} that {earlier.Name} {earlierVerb}, and nothing orders the two: no stream or event "
            + "between them. "
            + $"The address {memory.Whereabouts(address)}.");
    }

    /// <summary>Which bytes of a word lie in [offset, end).</summary>
    private static uint Mask(ulong word, ulong offset, ulong end)
    {
        ulong start = word * 4;
        uint mask = 0xF;
        if (start < offset) mask &= 0xFu << (int)(offset - start);
        if (start + 4 > end) mask &= 0xFu >> (int)(start + 4 - end);
        return mask;
    }
}
