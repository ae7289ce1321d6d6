using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>Pinned host memory: who holds it, what pending copies will read and write, and whether anybody wrote beyond its ends.</summary>
internal sealed unsafe class HostMemory
{
    private const int Guard = 256;
    private const byte GuardByte = 0xA7, Poison = 0xFF;
    private readonly SortedList<nuint, Block> _blocks = [];

    /// <summary>A block of pinned memory.</summary>
    public sealed class Block(nuint address, nuint bytes, SimulatedContext owner)
    {
        public nuint Address => address;

        public nuint Bytes => bytes;

        public SimulatedContext Owner => owner;

        /// <summary>Copies that have not run yet.</summary>
        public List<PendingCopy> Pending { get; } = [];
    }

    /// <summary>A copy between device and pinned memory that was asked for and has not run.</summary>
    public sealed record PendingCopy(Block Block, nuint Address, nuint Bytes, bool WritesHost, ulong? Hash, string Call)
    {
        public bool Overlaps(nuint address, nuint bytes) => address < Address + Bytes && Address < address + bytes;
    }

    public IEnumerable<Block> Live => _blocks.Values;

    /// <summary>New memory, full of NaN: nothing may be read that was not written.</summary>
    public nuint Allocate(nuint bytes, SimulatedContext owner)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc(bytes + 2 * Guard, 4096);
        new Span<byte>(memory, Guard).Fill(GuardByte);
        NativeMemory.Fill(memory + Guard, bytes, Poison);
        new Span<byte>(memory + Guard + bytes, Guard).Fill(GuardByte);
        nuint address = (nuint)(memory + Guard);
        _blocks.Add(address, new(address, bytes, owner));
        return address;
    }

    public void Free(nuint address)
    {
        if (!_blocks.TryGetValue(address, out var block))
            throw DriverError.Value($"0x{address:x} is no start of pinned memory");
        // On a lost device no copy runs any more.
        if (block.Owner.Device.Sticky is null && block.Pending.FirstOrDefault() is { } pending)
        {
            string message = $"pinned memory 0x{address:x} ({block.Bytes} bytes) is freed while {pending.Call} may still be using it";
            block.Owner.Device.Fail(Result.CUDA_ERROR_LAUNCH_FAILED, "cuMemFreeHost: " + message);
            throw DriverError.Value(message);
        }
        byte* memory = (byte*)address - Guard;
        bool intact = !new ReadOnlySpan<byte>(memory, Guard).ContainsAnyExcept(GuardByte)
            && !new ReadOnlySpan<byte>((byte*)address + block.Bytes, Guard).ContainsAnyExcept(GuardByte);
        _blocks.Remove(address);
        NativeMemory.AlignedFree(memory);
        if (intact) return;
        string overrun = $"the host wrote beyond the ends of pinned memory 0x{address:x} ({block.Bytes} bytes)";
        block.Owner.Device.Fail(Result.CUDA_ERROR_LAUNCH_FAILED, "cuMemFreeHost: " + overrun);
        throw DriverError.Value(overrun);
    }

    /// <summary>Frees what a context owns, without a word.</summary>
    public void FreeAll(SimulatedContext owner)
    {
        foreach (var block in _blocks.Values.Where(b => b.Owner == owner).ToArray())
        {
            _blocks.Remove(block.Address);
            NativeMemory.AlignedFree((byte*)block.Address - Guard);
        }
    }

    /// <summary>The block that holds a range; null for ordinary memory.</summary>
    public Block? Find(nuint address, nuint bytes)
    {
        int low = 0, high = _blocks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_blocks.GetKeyAtIndex(middle) <= address) low = middle + 1;
            else high = middle;
        }
        if (low == 0) return null;
        var block = _blocks.GetValueAtIndex(low - 1);
        if (address >= block.Address + block.Bytes) return null;
        if (address + bytes > block.Address + block.Bytes)
            throw DriverError.Value($"{bytes} bytes at 0x{address:x} leave the pinned memory 0x{block.Address:x} of {block.Bytes} bytes");
        return block;
    }

    /// <summary>A copy to the device will read this range: it must not change until then.</summary>
    public static PendingCopy BeginRead(Block block, nuint address, nuint bytes, string call)
    {
        // What an earlier copy is still to write here will change it rightly.
        bool steady = !block.Pending.Any(p => p.WritesHost && p.Overlaps(address, bytes));
        var pending = new PendingCopy(block, address, bytes, false, steady ? Hash(address, bytes) : null, call);
        block.Pending.Add(pending);
        return pending;
    }

    /// <summary>A copy from the device will write this range: until then it holds nothing, and the host must not write it.</summary>
    public static PendingCopy BeginWrite(Block block, nuint address, nuint bytes, string call)
    {
        bool alone = !block.Pending.Any(p => p.Overlaps(address, bytes));
        if (alone) NativeMemory.Fill((void*)address, bytes, Poison);
        var pending = new PendingCopy(block, address, bytes, true, alone ? Hash(address, bytes) : null, call);
        block.Pending.Add(pending);
        return pending;
    }

    /// <summary>The copy runs now.</summary>
    public static void End(PendingCopy pending)
    {
        pending.Block.Pending.Remove(pending);
        if (pending.Hash is not { } hash || Hash(pending.Address, pending.Bytes) == hash) return;
        throw new DeviceFault(FaultKind.LaunchFailed, pending.WritesHost
            ? $"{pending.Call}: the host wrote to its {pending.Bytes} pinned bytes at 0x{pending.Address:x} before the copy had arrived"
            : $"{pending.Call}: its {pending.Bytes} pinned bytes at 0x{pending.Address:x} were changed between the call and the copy");
    }

    private static ulong Hash(nuint address, nuint bytes)
    {
        var hash = new XxHash3();
        for (nuint done = 0; done < bytes;)
        {
            int part = (int)Math.Min(bytes - done, 1 << 30);
            hash.Append(new ReadOnlySpan<byte>((byte*)address + done, part));
            done += (nuint)part;
        }
        return hash.GetCurrentHashAsUInt64();
    }
}
