using System.Numerics;

namespace GpuTensor.CudaSimulator.Interpreter.Operations;

/// <summary>Logic of predicates, carries, and what packs and unpacks registers.</summary>
internal static unsafe class Predicates
{
    private static uint Get(Machine m, int offset) => *(uint*)(m.Registers + offset);

    public static void Move(Machine m, Op* op) => m.PutPredicate(op->D, Get(m, op->A) ^ (uint)op->E);

    public static void Not(Machine m, Op* op) => m.PutPredicate(op->D, ~Get(m, op->A));

    public static void And(Machine m, Op* op) => m.PutPredicate(op->D, Get(m, op->A) & Get(m, op->B));

    public static void Or(Machine m, Op* op) => m.PutPredicate(op->D, Get(m, op->A) | Get(m, op->B));

    public static void Xor(Machine m, Op* op) => m.PutPredicate(op->D, Get(m, op->A) ^ Get(m, op->B));

    /// <summary>add.cc, addc, sub.cc, subc of four-byte lanes: E has 1 to take the carry in, 2 to put it out, 4 to subtract.</summary>
    public static void Carry32(Machine m, Op* op)
    {
        uint* d = m.Lanes<uint>(op->D), a = m.Lanes<uint>(op->A), b = m.Lanes<uint>(op->B);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            ulong carry = (op->E & 1) != 0 ? m.Carry >> i & 1 : 0;
            ulong sum = (op->E & 4) != 0 ? (ulong)a[i] - b[i] - carry : (ulong)a[i] + b[i] + carry;
            d[i] = (uint)sum;
            if ((op->E & 2) != 0) SetCarry(m, i, (sum >> 32 & 1) != 0);
        }
    }

    /// <inheritdoc cref="Carry32"/>
    public static void Carry64(Machine m, Op* op)
    {
        ulong* d = m.Lanes<ulong>(op->D), a = m.Lanes<ulong>(op->A), b = m.Lanes<ulong>(op->B);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            UInt128 carry = (op->E & 1) != 0 ? m.Carry >> i & 1 : 0;
            UInt128 sum = (op->E & 4) != 0 ? (UInt128)a[i] - b[i] - carry : (UInt128)a[i] + b[i] + carry;
            d[i] = (ulong)sum;
            if ((op->E & 2) != 0) SetCarry(m, i, (sum >> 64 & 1) != 0);
        }
    }

    /// <summary>mad.lo.cc, madc.lo, mad.hi.cc, madc.hi of four-byte lanes: E as for <see cref="Carry32"/>, 8 for the high half, 16
    /// signed.</summary>
    public static void MultiplyCarry32(Machine m, Op* op)
    {
        uint* d = m.Lanes<uint>(op->D), a = m.Lanes<uint>(op->A), b = m.Lanes<uint>(op->B), c = m.Lanes<uint>(op->C);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            ulong carry = (op->E & 1) != 0 ? m.Carry >> i & 1 : 0;
            ulong product = (op->E & 16) != 0 ? (ulong)((long)(int)a[i] * (int)b[i]) : (ulong)a[i] * b[i];
            ulong sum = ((op->E & 8) != 0 ? product >> 32 : (uint)product) + c[i] + carry;
            d[i] = (uint)sum;
            if ((op->E & 2) != 0) SetCarry(m, i, (sum >> 32 & 1) != 0);
        }
    }

    /// <inheritdoc cref="MultiplyCarry32"/>
    public static void MultiplyCarry64(Machine m, Op* op)
    {
        ulong* d = m.Lanes<ulong>(op->D), a = m.Lanes<ulong>(op->A), b = m.Lanes<ulong>(op->B), c = m.Lanes<ulong>(op->C);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            UInt128 carry = (op->E & 1) != 0 ? m.Carry >> i & 1 : 0;
            ulong high = (op->E & 16) != 0 ? MultiplyHighSigned(a[i], b[i]) : Math.BigMul(a[i], b[i], out _);
            UInt128 sum = (UInt128)((op->E & 8) != 0 ? high : a[i] * b[i]) + c[i] + carry;
            d[i] = (ulong)sum;
            if ((op->E & 2) != 0) SetCarry(m, i, (sum >> 64 & 1) != 0);
        }
    }

    private static ulong MultiplyHighSigned(ulong a, ulong b) => (ulong)Math.BigMul((long)a, (long)b, out _);

    private static void SetCarry(Machine m, int lane, bool carry) => m.Carry = (m.Carry & ~(1u << lane)) | (carry ? 1u << lane : 0);

    /// <summary>lop3: E is the table of its 8 cases, the bit of a counting 4.</summary>
    public static void Lop3(Machine m, Op* op)
    {
        uint* d = m.Lanes<uint>(op->D), a = m.Lanes<uint>(op->A), b = m.Lanes<uint>(op->B), c = m.Lanes<uint>(op->C);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            uint result = 0;
            for (int k = 0; k < 8; k++)
                if ((op->E >> k & 1) != 0)
                    result |= ((k & 4) != 0 ? a[i] : ~a[i]) & ((k & 2) != 0 ? b[i] : ~b[i]) & ((k & 1) != 0 ? c[i] : ~c[i]);
            d[i] = result;
        }
    }

    /// <summary>bfi: sources A, B, C and E; Size 4 or 8.</summary>
    public static void Insert(Machine m, Op* op)
    {
        uint* c = m.Lanes<uint>(op->C), length = m.Lanes<uint>(op->E);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            if (op->Size == 8)
                m.Lanes<ulong>(op->D)[i] = InsertField.Of(m.Lanes<ulong>(op->A)[i], m.Lanes<ulong>(op->B)[i], c[i], length[i], 64);
            else m.Lanes<uint>(op->D)[i] = (uint)InsertField.Of(m.Lanes<uint>(op->A)[i], m.Lanes<uint>(op->B)[i], c[i], length[i], 32);
        }
    }

    /// <summary>prmt with a mode, E an index of <see cref="Modes"/>.</summary>
    public static void PermuteMode(Machine m, Op* op)
    {
        uint* d = m.Lanes<uint>(op->D), a = m.Lanes<uint>(op->A), b = m.Lanes<uint>(op->B), c = m.Lanes<uint>(op->C);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            d[i] = Permute.Invoke(a[i], b[i], Permute.Selector(Modes[op->E], c[i]));
        }
    }

    /// <summary>prmt's modes.</summary>
    public static readonly string[] Modes = ["f4e", "b4e", "rc8", "ecl", "ecr", "rc16"];

    /// <summary>testp: E is the test, Size 4 or 8.</summary>
    public static void Test(Machine m, Op* op)
    {
        uint holds = 0;
        for (int i = 0; i < 32; i++)
        {
            double value = op->Size == 8 ? m.Lanes<double>(op->A)[i] : m.Lanes<float>(op->A)[i];
            bool subnormal = op->Size == 8 ? double.IsSubnormal(value) : float.IsSubnormal((float)value);
            bool test = op->E switch
            {
                0 => double.IsFinite(value),
                1 => double.IsInfinity(value),
                2 => !double.IsNaN(value),
                3 => double.IsNaN(value),
                4 => double.IsFinite(value) && value != 0 && !subnormal,
                _ => subnormal,
            };
            if (test) holds |= 1u << i;
        }
        m.PutPredicate(op->D, holds);
    }

    /// <summary>testp's tests.</summary>
    public static readonly string[] Tests = ["finite", "infinite", "number", "notanumber", "normal", "subnormal"];

    /// <summary>{a, b, …} of a register: Table[D…] are Count destinations of Size bytes each (-1: none), from A of RegisterBytes.</summary>
    public static void Unpack(Machine m, Op* op)
    {
        for (int k = 0; k < op->Count; k++)
        {
            int target = m.Table[op->D + k];
            if (target < 0) continue;
            int shift = 8 * op->Size * k;
            for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
            {
                int i = BitOperations.TrailingZeroCount(mask);
                ulong value = (op->RegisterBytes == 8 ? m.Lanes<ulong>(op->A)[i] : m.Lanes<uint>(op->A)[i]) >> shift;
                m.Lanes<uint>(target)[i] = op->Size == 4 ? (uint)value : (ushort)value;
            }
        }
    }

    /// <summary>A register of {a, b, …}: Table[A…] are Count sources of Size bytes each, to D of RegisterBytes.</summary>
    public static void Pack(Machine m, Op* op)
    {
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            ulong value = 0;
            for (int k = 0; k < op->Count; k++)
            {
                ulong part = m.Lanes<uint>(m.Table[op->A + k])[i];
                value |= (op->Size == 4 ? part : part & 0xFFFF) << (8 * op->Size * k);
            }
            if (op->RegisterBytes == 8) m.Lanes<ulong>(op->D)[i] = value;
            else m.Lanes<uint>(op->D)[i] = (uint)value;
        }
    }

    /// <summary>cvt by the function at index E.</summary>
    public static void Convert(Machine m, Op* op)
    {
        var function = m.Conversion(op->E);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            ulong value = function(op->Size == 8 ? m.Lanes<ulong>(op->A)[i] : m.Lanes<uint>(op->A)[i]);
            if (op->RegisterBytes == 8) m.Lanes<ulong>(op->D)[i] = value;
            else m.Lanes<uint>(op->D)[i] = op->RegisterBytes == 2 ? (ushort)value : (uint)value;
        }
    }

    /// <summary>cvt of two floats into the halves of a register: A the upper, B the lower; Size is 4 in both.</summary>
    public static void ConvertPair(Machine m, Op* op)
    {
        var function = m.Conversion(op->E);
        uint* d = m.Lanes<uint>(op->D), a = m.Lanes<uint>(op->A), b = m.Lanes<uint>(op->B);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            d[i] = (uint)function(a[i]) << 16 | (ushort)function(b[i]);
        }
    }
}
