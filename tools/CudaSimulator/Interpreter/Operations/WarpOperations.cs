using System.Numerics;
using System.Runtime.Intrinsics;

namespace GpuTensor.CudaSimulator.Interpreter.Operations;

/// <summary>Instructions through which the lanes of a warp see each other. The member mask must name the lanes that execute.</summary>
internal static unsafe class WarpOperations
{
    /// <summary>shfl.sync: D, A value, B lane, C clamp and segments, E predicate or -1, Offset: the mode in the low byte, above it the
    /// masks' register.</summary>
    public static void Shuffle(Machine m, Op* op)
    {
        m.RequireMembers(op, (int)(op->Offset >> 8));
        uint* a = m.Lanes<uint>(op->A), b = m.Lanes<uint>(op->B), c = m.Lanes<uint>(op->C);
        uint* result = stackalloc uint[32];
        uint inside = 0;
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            int by = (int)(b[lane] & 31), clamp = (int)(c[lane] & 31), segments = (int)(c[lane] >> 8 & 31);
            int last = (lane & segments) | (clamp & ~segments), first = lane & segments;
            var (source, holds) = (op->Offset & 0xFF) switch
            {
                0 => (lane - by, lane - by >= last),
                1 => (lane + by, lane + by <= last),
                2 => (lane ^ by, (lane ^ by) <= last),
                _ => (first | (by & ~segments), (first | (by & ~segments)) <= last),
            };
            if (!holds) source = lane;
            else inside |= 1u << lane;
            if ((m.Exec >> source & 1) == 0)
                throw m.Fault(FaultKind.LaunchFailed, op, lane,
                    $"takes the value of lane {source}, which is not active (active lanes 0x{m.Exec:x8})");
            result[lane] = a[source];
        }
        var values = (Vector512<uint>*)result;
        m.Put(op->D, values[0], values[1]);
        if (op->E >= 0) m.PutPredicate(op->E, inside);
    }

    /// <summary>vote.sync: E is 0 all, 1 any, 2 uni, 3 ballot; 4 more where the predicate A is negated. C: the masks.</summary>
    public static void Vote(Machine m, Op* op)
    {
        m.RequireMembers(op, op->C);
        uint* members = m.Lanes<uint>(op->C);
        uint votes = *(uint*)(m.Registers + op->A);
        if ((op->E & 4) != 0) votes = ~votes;
        votes &= m.Exec;
        uint predicate = 0;
        uint* ballots = m.Lanes<uint>(op->D);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            uint group = members[lane] & m.Exec, of = votes & group;
            bool holds = (op->E & 3) switch { 0 => of == group, 1 => of != 0, 2 => of == 0 || of == group, _ => false };
            if ((op->E & 3) == 3) ballots[lane] = of;
            else if (holds) predicate |= 1u << lane;
        }
        if ((op->E & 3) != 3) m.PutPredicate(op->D, predicate);
    }

    /// <summary>match.any.sync and match.all.sync of values A of 4 or 8 bytes; C: the masks; E: a predicate for match.all, -1
    /// none.</summary>
    public static void Match(Machine m, Op* op)
    {
        m.RequireMembers(op, op->C);
        uint* members = m.Lanes<uint>(op->C);
        uint* d = m.Lanes<uint>(op->D);
        uint predicate = 0;
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            uint same = 0;
            for (uint other = members[lane]; other != 0; other &= other - 1)
            {
                int i = BitOperations.TrailingZeroCount(other);
                if (Value(m, op, i) == Value(m, op, lane)) same |= 1u << i;
            }
            if (op->Count == 1) same = same == members[lane] ? same : 0;
            if (same != 0) predicate |= 1u << lane;
            d[lane] = same;
        }
        if (op->E >= 0) m.PutPredicate(op->E, predicate);
    }

    private static ulong Value(Machine m, Op* op, int lane) => op->Size == 8 ? m.Lanes<ulong>(op->A)[lane] : m.Lanes<uint>(op->A)[lane];

    /// <summary>redux.sync: E is 0 add, 1 and, 2 or, 3 xor, 4 min.s, 5 max.s, 6 min.u, 7 max.u. C: the masks.</summary>
    public static void Reduce(Machine m, Op* op)
    {
        m.RequireMembers(op, op->C);
        uint* members = m.Lanes<uint>(op->C), a = m.Lanes<uint>(op->A);
        uint* result = stackalloc uint[32];
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            uint group = members[lane], value = a[BitOperations.TrailingZeroCount(group)];
            for (group &= group - 1; group != 0; group &= group - 1)
            {
                uint other = a[BitOperations.TrailingZeroCount(group)];
                value = op->E switch
                {
                    0 => value + other,
                    1 => value & other,
                    2 => value | other,
                    3 => value ^ other,
                    4 => (uint)Math.Min((int)value, (int)other),
                    5 => (uint)Math.Max((int)value, (int)other),
                    6 => Math.Min(value, other),
                    _ => Math.Max(value, other),
                };
            }
            result[lane] = value;
        }
        var values = (Vector512<uint>*)result;
        m.Put(op->D, values[0], values[1]);
    }

    public static void ActiveMask(Machine m, Op* op)
    {
        var lanes = Vector512.Create(m.Exec);
        m.Put(op->D, lanes, lanes);
    }
}
