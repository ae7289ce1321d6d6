using System.Numerics;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Branches, exits, barriers. Lanes that diverge run group by group; the group whose place comes first in an order of the basic
/// blocks in which every block follows those that lead to it runs first, so that groups meet again as early as they can (thread frontiers,
/// Diamos et al., MICRO 2011). Two such orders, one with either side of a branch first, are chosen between by the seed.</summary>
internal sealed unsafe partial class Machine
{
    public static void Branch(Machine m, Op* op)
    {
        Op* target = m._ops + op->Offset;
        uint taken = m.Exec, rest = m.Active & ~taken;
        if (--m._budget < 0)
            throw m.Fault(FaultKind.LaunchTimeout, op, BitOperations.TrailingZeroCount(taken),
                $"{m._settings.MaxWarpInstructions} branches by one warp: a loop without end");
        if (rest == 0)
        {
            m.Next = target;
            if (m._warp.WaitingCount > 0) m.Reschedule();
            return;
        }
        m.Wait(m.Next, rest);
        m.Next = target;
        m.Active = taken;
        m.Reschedule();
    }

    /// <summary>The entry of a basic block that is also reached by falling through: the place where groups meet.</summary>
    public static void Join(Machine m, Op* op)
    {
        if (m._warp.WaitingCount == 0) return;
        // The group that waits here waits at this very instruction.
        m.Next = op;
        m.Reschedule();
        if (m.Next == op) m.Next = op + 1;
    }

    /// <summary>A branch by index through a table: Table[D], count E.</summary>
    public static void BranchIndexed(Machine m, Op* op)
    {
        uint rest = m.Active & ~m.Exec;
        if (rest != 0) m.Wait(m.Next, rest);
        uint* index = m.Lanes<uint>(op->A);
        uint left = m.Exec;
        if (--m._budget < 0)
            throw m.Fault(FaultKind.LaunchTimeout, op, BitOperations.TrailingZeroCount(left),
                $"{m._settings.MaxWarpInstructions} branches by one warp: a loop without end");
        while (left != 0)
        {
            int first = BitOperations.TrailingZeroCount(left);
            if (index[first] >= op->E)
                throw m.Fault(FaultKind.IllegalInstruction, op, first, $"index {index[first]} into a branch table of {op->E} targets");
            uint same = 0;
            for (uint mask = left; mask != 0; mask &= mask - 1)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                if (index[lane] == index[first]) same |= 1u << lane;
            }
            m.Wait(m._ops + m.Table[op->D + (int)index[first]], same);
            left &= ~same;
        }
        m.Active = 0;
        m.Resume();
    }

    public static void Exit(Machine m, Op* op)
    {
        m._warp.Live &= ~m.Exec;
        m.Active &= ~m.Exec;
        if (m.Active == 0) m.Resume();
        else m.SetExec(m.Active);
    }

    public static void Trap(Machine m, Op* op) =>
        throw m.Fault(FaultKind.LaunchFailed, op, BitOperations.TrailingZeroCount(m.Exec), "the kernel trapped");

    public static void Nothing(Machine m, Op* op)
    {
    }

    public static void Barrier(Machine m, Op* op)
    {
        if (m.Exec != m._warp.Live)
        {
            uint missing = m._warp.Live & ~m.Exec;
            throw m.Fault(FaultKind.LaunchFailed, op, BitOperations.TrailingZeroCount(m.Exec),
                $"a divergent barrier: lanes 0x{m.Exec:x8} of warp {m._warp.Index} arrived, lanes 0x{missing:x8} took another path");
        }
        m._warp.Barrier = op;
        m._stopped = true;
    }

    /// <summary><c>bar.warp.sync</c>: the lanes it names wait for each other and see each other's memory.</summary>
    public static void WarpBarrier(Machine m, Op* op)
    {
        m.RequireMembers(op, op->A);
        m._warp.SyncedAt = m.Tick();
    }

    /// <summary>Faults unless the member masks name exactly the lanes that execute: one mask for all, or groups each with its
    /// own.</summary>
    public void RequireMembers(Op* op, int masks)
    {
        uint* members = Lanes<uint>(masks);
        uint exec = Exec;
        for (uint mask = exec; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            uint named = members[lane];
            if (named == exec) continue;
            bool group = (named & ~exec) == 0 && (named >> lane & 1) != 0;
            for (uint other = named & exec; group && other != 0; other &= other - 1)
                group = members[BitOperations.TrailingZeroCount(other)] == named;
            if (!group)
                throw Fault(FaultKind.LaunchFailed, op, lane, $"the member mask 0x{named:x8} is not the active lanes 0x{exec:x8}");
        }
    }

    /// <summary>Everybody who has not exited is at a barrier: lets them go.</summary>
    private void ReleaseBarrier(int count)
    {
        Op* barrier = null;
        uint now = Tick();
        _blockSyncedAt = now;
        for (int w = 0; w < count; w++)
        {
            var warp = _warps[w];
            if (warp.Live == 0) continue;
            if (barrier is null) barrier = warp.Barrier;
            if (warp.Barrier != barrier)
            {
                _warp = warp;
                throw Fault(FaultKind.LaunchFailed, warp.Barrier, BitOperations.TrailingZeroCount(warp.Live),
                    $"a divergent barrier: other warps of the block wait at the one of PTX line {_code.Source[barrier->Source].Line}");
            }
            warp.Barrier = null;
            warp.SyncedAt = now;
        }
    }

    private int Priority(Op* op) => _variantB ? op->PriorityB : op->PriorityA;

    /// <summary>Puts a group aside, with those already waiting at the place.</summary>
    private void Wait(Op* next, uint lanes)
    {
        var warp = _warp;
        for (int i = 0; i < warp.WaitingCount; i++)
        {
            if (warp.Waiting[i].Next != (nint)next) continue;
            warp.Waiting[i].Lanes |= lanes;
            return;
        }
        warp.Waiting[warp.WaitingCount++] = ((nint)next, lanes);
    }

    /// <summary>Joins the running group with the one that waits where it is, then lets the group that comes first run.</summary>
    private void Reschedule()
    {
        var warp = _warp;
        var waiting = warp.Waiting;
        for (int i = 0; i < warp.WaitingCount; i++)
        {
            if (waiting[i].Next != (nint)Next) continue;
            Active |= waiting[i].Lanes;
            waiting[i] = waiting[--warp.WaitingCount];
            break;
        }
        int first = -1, best = Priority(Next);
        for (int i = 0; i < warp.WaitingCount; i++)
            if (Priority((Op*)waiting[i].Next) is var priority && priority < best) (first, best) = (i, priority);
        if (first >= 0)
        {
            var (next, lanes) = waiting[first];
            waiting[first] = ((nint)Next, Active);
            Next = (Op*)next;
            Active = lanes;
        }
        SetExec(Active);
    }

    /// <summary>The running group is gone: the first waiting one runs, or the warp is done.</summary>
    private void Resume()
    {
        var warp = _warp;
        if (warp.WaitingCount == 0)
        {
            _stopped = true;
            return;
        }
        int best = 0;
        for (int i = 1; i < warp.WaitingCount; i++)
            if (Priority((Op*)warp.Waiting[i].Next) < Priority((Op*)warp.Waiting[best].Next)) best = i;
        (nint next, Active) = warp.Waiting[best];
        Next = (Op*)next;
        warp.Waiting[best] = warp.Waiting[--warp.WaitingCount];
        SetExec(Active);
    }

    /// <summary>A fault of an instruction: names kernel, block, thread, line and instruction.</summary>
    public DeviceFault Fault(FaultKind kind, Op* op, int lane, string what)
    {
        var source = _code.Source[op->Source];
        return new DeviceFault(kind,
            $"{_kernel.Name}, block {BlockName(_blockIndex)}, thread {ThreadName(Thread(lane))}, PTX line {source.Line} '{source}': "
            + $"{what}.");
    }

    private uint Thread(int lane) => (uint)_warp.Index * 32 + (uint)lane;

    private string ThreadName(uint thread) => $"({thread % _block.X}, {thread / _block.X % _block.Y}, {thread / _block.X / _block.Y})";

    private string BlockName(ulong block) => $"({block % _grid.X}, {block / _grid.X % _grid.Y}, {block / _grid.X / _grid.Y})";
}
