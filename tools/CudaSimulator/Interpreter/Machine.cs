using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using GpuTensor.CudaSimulator.Memory;
using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>A multiprocessor that runs one block at a time, one warp at a time. The fields are what the instruction's functions work on:
/// those of the warp whose turn it is.</summary>
internal sealed unsafe partial class Machine : IDisposable
{
    /// <summary>The register file of the warp that runs.</summary>
    public byte* Registers;

    /// <summary>Lanes the instruction is executed for: those active whose guard holds.</summary>
    public uint Exec;

    /// <summary>The group of lanes that runs.</summary>
    public uint Active;

    /// <summary>The next instruction.</summary>
    public Op* Next;

    /// <summary>The lanes of <see cref="Exec"/> as vector masks; kept only while it is not full.</summary>
    private Vector512<uint> _low, _high;
    private Vector512<ulong> _wide0, _wide1, _wide2, _wide3;

    private Warp _warp = null!;
    private Warp[] _warps = [];
    private bool _stopped;
    private long _budget;
    private NativeBuffer _registerFiles, _local, _functionParameters;

    /// <summary>The kernel that runs, its code, and what the launch was given.</summary>
    private PtxKernel _kernel = null!;
    private PtxCode _code = null!;
    private Op* _ops;
    private Extent _grid, _block;
    private RunSettings _settings = null!;
    private DeviceMemory _memory = null!;
    private DeviceOperation _operation = null!;
    private byte* _parameters;
    private int _parameterBytes;
    private int _dynamicShared;
    private bool _variantB;
    private ulong _blockIndex;

    /// <summary>Allocations that accesses found last time.</summary>
    public DeviceAllocation?[] Found = [];

    /// <summary>Lane instructions and warp instructions of the launch.</summary>
    public long LaneInstructions, WarpInstructions;

    /// <summary>What approximate instructions return.</summary>
    public Approximation Approximation => _settings.Approximation;

    /// <summary>Operand lists.</summary>
    public int[] Table => _code.Table;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Lanes<T>(int offset) where T : unmanaged => (T*)(Registers + offset);

    /// <summary>Writes the executing lanes of a register of four-byte lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(int offset, Vector512<uint> low, Vector512<uint> high)
    {
        var target = (Vector512<uint>*)(Registers + offset);
        if (Exec == uint.MaxValue)
        {
            target[0] = low;
            target[1] = high;
            return;
        }
        target[0] = Vector512.ConditionalSelect(_low, low, target[0]);
        target[1] = Vector512.ConditionalSelect(_high, high, target[1]);
    }

    /// <summary>Writes the executing lanes of a register of eight-byte lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(int offset, Vector512<ulong> v0, Vector512<ulong> v1, Vector512<ulong> v2, Vector512<ulong> v3)
    {
        var target = (Vector512<ulong>*)(Registers + offset);
        if (Exec == uint.MaxValue)
        {
            target[0] = v0;
            target[1] = v1;
            target[2] = v2;
            target[3] = v3;
            return;
        }
        target[0] = Vector512.ConditionalSelect(_wide0, v0, target[0]);
        target[1] = Vector512.ConditionalSelect(_wide1, v1, target[1]);
        target[2] = Vector512.ConditionalSelect(_wide2, v2, target[2]);
        target[3] = Vector512.ConditionalSelect(_wide3, v3, target[3]);
    }

    /// <summary>Writes the executing lanes of a predicate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PutPredicate(int offset, uint lanes)
    {
        ref uint target = ref *(uint*)(Registers + offset);
        target = (target & ~Exec) | (lanes & Exec);
    }

    private void SetExec(uint lanes)
    {
        Exec = lanes;
        if (lanes == uint.MaxValue) return;
        var bits = Vector512.Create(1u, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        _low = Vector512.Equals(Vector512.Create(lanes) & bits, bits);
        _high = Vector512.Equals(Vector512.Create(lanes >> 16) & bits, bits);
        // A lane of ones widened by sign is a lane of ones.
        _wide0 = Vector512.WidenLower(_low.AsInt32()).AsUInt64();
        _wide1 = Vector512.WidenUpper(_low.AsInt32()).AsUInt64();
        _wide2 = Vector512.WidenLower(_high.AsInt32()).AsUInt64();
        _wide3 = Vector512.WidenUpper(_high.AsInt32()).AsUInt64();
    }

    /// <summary>Runs the whole launch.</summary>
    public void Launch(
        PtxKernel kernel, Extent grid, Extent block, int dynamicShared, ReadOnlySpan<byte> parameters, DeviceMemory memory,
        DeviceOperation operation,
        RunSettings settings)
    {
        (_kernel, _code, _grid, _block, _settings, _memory, _operation) = (kernel, kernel.Code, grid, block, settings, memory, operation);
        _dynamicShared = dynamicShared;
        _variantB = (settings.Seed & 1) == 0;
        (LaneInstructions, WarpInstructions) = (0, 0);
        if (Found.Length < _code.Slots) Found = new DeviceAllocation?[_code.Slots];
        else Array.Clear(Found);
        fixed (Op* ops = _code.Ops)
        fixed (byte* given = parameters)
        {
            _ops = ops;
            _parameters = given;
            _parameterBytes = parameters.Length;
            PrepareWarps();
            BeginRaces();
            ulong blocks = grid.Count;
            var order = new BlockOrder(blocks, settings.Seed);
            for (ulong i = 0; i < blocks; i++)
            {
                _blockIndex = order[i];
                _serial = operation.FirstSerial + (uint)i;
                RunBlock();
            }
        }
        _ops = null;
        _parameters = null;
    }

    /// <summary>Sets up what is the same for all blocks: register files with literals and thread numbers.</summary>
    private void PrepareWarps()
    {
        int count = (int)((_block.Count + 31) / 32);
        if (_warps.Length < count) _warps = [.. Enumerable.Range(0, count).Select(i => new Warp { Index = i })];
        nuint registers = ((nuint)_code.RegisterBytes + 63) / 64 * 64;
        nuint local = (nuint)_code.LocalBytes * 32, passed = (nuint)_code.FunctionParameterBytes * 32;
        _registerFiles.Reserve(registers * (nuint)count);
        _local.Reserve(local * 2 * (nuint)count);
        _functionParameters.Reserve(passed * (nuint)count);
        NativeMemory.Clear(_registerFiles.Pointer, registers * (nuint)count);
        PrepareShared();
        for (int w = 0; w < count; w++)
        {
            var warp = _warps[w];
            warp.Registers = _registerFiles.Pointer + registers * (nuint)w;
            warp.Local = _local.Pointer + local * 2 * (nuint)w;
            warp.LocalWritten = warp.Local + local;
            warp.Parameters = _functionParameters.Pointer + passed * (nuint)w;
            foreach (var (offset, width, value) in _code.Constants)
            {
                if (width == 4) new Span<uint>(warp.Registers + offset, 32).Fill((uint)value);
                else if (width == 8) new Span<ulong>(warp.Registers + offset, 32).Fill(value);
                else *(uint*)(warp.Registers + offset) = value != 0 ? uint.MaxValue : 0;
            }
            foreach (var (offset, register) in _code.Specials)
            {
                if (IsOfBlock(register)) continue;
                for (int lane = 0; lane < 32; lane++) SetSpecial(warp.Registers + offset, register, lane, (uint)w);
            }
        }
    }

    private static bool IsOfBlock(SpecialRegister register) =>
        register is SpecialRegister.CtaidX or SpecialRegister.CtaidY or SpecialRegister.CtaidZ;

    private void SetSpecial(byte* target, SpecialRegister register, int lane, uint warp)
    {
        uint thread = warp * 32 + (uint)lane;
        uint value = register switch
        {
            SpecialRegister.TidX => thread % _block.X,
            SpecialRegister.TidY => thread / _block.X % _block.Y,
            SpecialRegister.TidZ => thread / _block.X / _block.Y,
            SpecialRegister.NtidX => _block.X,
            SpecialRegister.NtidY => _block.Y,
            SpecialRegister.NtidZ => _block.Z,
            SpecialRegister.NctaidX => _grid.X,
            SpecialRegister.NctaidY => _grid.Y,
            SpecialRegister.NctaidZ => _grid.Z,
            SpecialRegister.LaneId => (uint)lane,
            SpecialRegister.WarpId => warp,
            SpecialRegister.WarpCount => (uint)((_block.Count + 31) / 32),
            SpecialRegister.LanemaskEq => 1u << lane,
            SpecialRegister.LanemaskLt => (1u << lane) - 1,
            SpecialRegister.LanemaskLe => (2u << lane) - 1,
            SpecialRegister.LanemaskGt => ~((2u << lane) - 1),
            SpecialRegister.LanemaskGe => ~((1u << lane) - 1),
            SpecialRegister.DynamicSharedBytes => (uint)_dynamicShared,
            SpecialRegister.TotalSharedBytes => (uint)(_kernel.StaticShared + _dynamicShared),
            _ => 0,
        };
        ((uint*)target)[lane] = value;
    }

    private void RunBlock()
    {
        int count = (int)((_block.Count + 31) / 32);
        uint x = (uint)(_blockIndex % _grid.X), y = (uint)(_blockIndex / _grid.X % _grid.Y), z = (uint)(_blockIndex / _grid.X / _grid.Y);
        BeginSharedOfBlock();
        for (int w = 0; w < count; w++)
        {
            var warp = _warps[w];
            ulong left = _block.Count - (ulong)w * 32;
            warp.Live = warp.Active = left >= 32 ? uint.MaxValue : (1u << (int)left) - 1;
            warp.Next = _ops;
            warp.WaitingCount = 0;
            warp.SyncedAt = _clock;
            warp.Barrier = null;
            if (_code.LocalBytes > 0) NativeMemory.Clear(warp.LocalWritten, (nuint)_code.LocalBytes * 32);
            foreach (var (offset, register) in _code.Specials)
            {
                if (!IsOfBlock(register)) continue;
                uint value = register == SpecialRegister.CtaidX ? x : register == SpecialRegister.CtaidY ? y : z;
                new Span<uint>(warp.Registers + offset, 32).Fill(value);
            }
        }
        // Warps take turns in another order each time, from one barrier to the next.
        uint turn = (uint)_blockIndex * 2654435761 + (uint)_settings.Seed;
        while (true)
        {
            int waiting = 0;
            uint start = turn % (uint)count;
            bool backwards = (turn >> 16 & 1) != 0;
            for (int k = 0; k < count; k++)
            {
                int w = (int)((backwards ? start + (uint)(count - k) : start + (uint)k) % (uint)count);
                var warp = _warps[w];
                if (warp.Live == 0) continue;
                RunWarp(warp);
                if (warp.Live != 0) waiting++;
            }
            if (waiting == 0) return;
            ReleaseBarrier(count);
            turn = turn * 1664525 + 1013904223;
        }
    }

    /// <summary>Runs a warp until its lanes have exited or stand at a barrier.</summary>
    private void RunWarp(Warp warp)
    {
        _warp = warp;
        Registers = warp.Registers;
        Active = warp.Active;
        Next = warp.Next;
        _stopped = false;
        _budget = _settings.MaxWarpInstructions;
        SetExec(Active);
        long lanes = 0, count = 0;
        while (!_stopped)
        {
            Op* op = Next;
            Next = op + 1;
            count++;
            lanes += BitOperations.PopCount(Active);
            if (op->Guard < 0)
            {
                op->Run(this, op);
                continue;
            }
            uint holds = *(uint*)(Registers + op->Guard);
            if (op->GuardNegated) holds = ~holds;
            holds &= Active;
            if (holds == 0) continue;
            if (holds != Exec) SetExec(holds);
            op->Run(this, op);
            if (Exec != Active) SetExec(Active);
        }
        LaneInstructions += lanes;
        WarpInstructions += count;
        warp.Active = Active;
        warp.Next = Next;
    }

    public void Dispose()
    {
        _registerFiles.Dispose();
        _local.Dispose();
        _functionParameters.Dispose();
        DisposeShared();
    }
}
