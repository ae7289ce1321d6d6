namespace GpuTensor.Tests.Simulator.Instructions;

/// <summary>C's arithmetic types, as CUDA names them.</summary>
internal enum ValueType
{
    I32, U32, I64, U64, F32, F64,
}

/// <summary>A random expression as CUDA C++ and as a function of a lane in C#. No undefined behaviour: signed arithmetic goes through
/// unsigned, divisors are odd or positive, floats are converted to integers in range only. Float32 NaNs are 0x7fffffff on both
/// sides.</summary>
internal sealed class RandomExpression(string text, Func<int, ulong> value)
{
    private static readonly string[] Names = ["int", "unsigned", "long long", "unsigned long long", "float", "double"];

    /// <summary>The source.</summary>
    public string Text { get; } = text;

    /// <summary>The bits for a lane, zero-extended.</summary>
    public Func<int, ulong> Value { get; } = value;

    public static string Name(ValueType type) => Names[(int)type];

    /// <summary>The variables each lane has: two of each type, called a0, a1, … f0, f1.</summary>
    public static ulong[][] Variables(Random random, int lanes)
    {
        float[] floats = [0f, -0f, 1, -1, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -1e-40f, float.MaxValue,
            0.1f, 3e9f, 16777217f];
        var variables = new ulong[12][];
        for (int v = 0; v < 12; v++)
        {
            var type = (ValueType)(v / 2);
            variables[v] = new ulong[lanes];
            for (int i = 0; i < lanes; i++)
            {
                ulong bits = (ulong)random.NextInt64() ^ (ulong)random.NextInt64() << 1;
                if (random.Next(3) == 0) bits = (ulong)(long)random.Next(-5, 6);
                if (random.Next(8) == 0)
                    bits = (ulong[])[0, ulong.MaxValue, 1ul << 63, 1ul << 31, 0x7FFFFFFF, long.MaxValue] is var all ? all[random.Next(6)]
                        : 0;
                double real = random.Next(4) switch { 0 => floats[random.Next(floats.Length)], 1 => random.Next(-100, 100), 2 =>
                    Math.Exp(random.NextDouble() * 160 - 80), _ => random.NextDouble() * 2 - 1 };
                variables[v][i] = type switch
                {
                    ValueType.F32 => Bits((float)real),
                    ValueType.F64 => BitConverter.DoubleToUInt64Bits(random.Next(10) == 0 ? real * 1e-310 : real),
                    ValueType.I32 or ValueType.U32 => (uint)bits,
                    _ => bits,
                };
            }
        }
        return variables;
    }

    public static RandomExpression Make(Random random, ulong[][] variables, ValueType type, int depth)
    {
        RandomExpression Of(ValueType t) => Make(random, variables, t, depth - 1);
        if (depth == 0 || random.Next(12) == 0)
        {
            int v = (int)type * 2 + random.Next(2);
            return new($"{"aabbccddffgg"[v]}{v % 2}", lane => variables[v][lane]);
        }
        if (random.Next(7) == 0)
        {
            var compared = (ValueType)random.Next(6);
            var (p, q, x, y) = (Of(compared), Of(compared), Of(type), Of(type));
            int which = random.Next(4);
            return new($"({p.Text} {(string[])["<", "<=", "==", "!="] switch { var ops => ops[which] }} {q.Text} ? {x.Text} : {y.Text})",
                lane => Compare(compared, which, p.Value(lane), q.Value(lane)) ? x.Value(lane) : y.Value(lane));
        }
        return type switch
        {
            ValueType.F32 => Float(random, Of),
            ValueType.F64 => Double(random, Of),
            _ => Integer(random, type, Of),
        };
    }

    private static bool Compare(ValueType type, int which, ulong a, ulong b)
    {
        if (type is ValueType.F32 or ValueType.F64)
        {
            double x = type == ValueType.F32 ? Single(a) : Real(a), y = type == ValueType.F32 ? Single(b) : Real(b);
            return which switch { 0 => x < y, 1 => x <= y, 2 => x == y, _ => x != y };
        }
        int order = type switch
        {
            ValueType.I32 => ((int)a).CompareTo((int)b),
            ValueType.I64 => ((long)a).CompareTo((long)b),
            _ => a.CompareTo(b),
        };
        return which switch { 0 => order < 0, 1 => order <= 0, 2 => order == 0, _ => order != 0 };
    }

    private static RandomExpression Integer(Random random, ValueType type, Func<ValueType, RandomExpression> of)
    {
        bool wide = type is ValueType.I64 or ValueType.U64, signed = type is ValueType.I32 or ValueType.I64;
        string t = Name(type), u = wide ? "unsigned long long" : "unsigned";
        ulong Cut(ulong v) => wide ? v : (uint)v;
        long Signed(ulong v) => wide ? (long)v : (int)v;
        int bits = wide ? 64 : 32;
        var a = of(type);
        if (random.Next(4) == 0)
        {
            var from = (ValueType)random.Next(6);
            var x = of(from);
            if (from is ValueType.F32 or ValueType.F64)
            {
                string abs = from == ValueType.F32 ? "fabsf" : "fabs", limit = from == ValueType.F32 ? "1e6f" : "1e6";
                return new($"({abs}({x.Text}) < {limit} ? ({t})(int){x.Text} : ({t})7)", lane =>
                {
                    double v = from == ValueType.F32 ? Single(x.Value(lane)) : Real(x.Value(lane));
                    return Cut(Math.Abs(v) < 1e6 ? (ulong)(int)v : 7);
                });
            }
            return new($"(({t}){x.Text})", lane => Cut(from switch { ValueType.I32 => (ulong)(int)x.Value(lane), _ => x.Value(lane) }));
        }
        var b = of(type);
        switch (random.Next(16))
        {
            case 0: return new($"(({t})(({u}){a.Text} + ({u}){b.Text}))", l => Cut(a.Value(l) + b.Value(l)));
            case 1: return new($"(({t})(({u}){a.Text} - ({u}){b.Text}))", l => Cut(a.Value(l) - b.Value(l)));
            case 2: return new($"(({t})(({u}){a.Text} * ({u}){b.Text}))", l => Cut(a.Value(l) * b.Value(l)));
            case 3 when signed: return new($"({a.Text} / (({b.Text} & 0x7fff) | 1))", l =>
                Cut((ulong)(Signed(a.Value(l)) / (long)(b.Value(l) & 0x7fff | 1))));
            case 4 when signed: return new($"({a.Text} % (({b.Text} & 0x7fff) | 1))", l =>
                Cut((ulong)(Signed(a.Value(l)) % (long)(b.Value(l) & 0x7fff | 1))));
            case 3: return new($"({a.Text} / ({b.Text} | 1))", l => a.Value(l) / (b.Value(l) | 1));
            case 4: return new($"({a.Text} % ({b.Text} | 1))", l => a.Value(l) % (b.Value(l) | 1));
            case 5: return new($"({a.Text} & {b.Text})", l => a.Value(l) & b.Value(l));
            case 6: return new($"({a.Text} | {b.Text})", l => a.Value(l) | b.Value(l));
            case 7: return new($"({a.Text} ^ {b.Text})", l => a.Value(l) ^ b.Value(l));
            case 8: return new($"(~{a.Text})", l => Cut(~a.Value(l)));
            case 9: return new($"({a.Text} >> ({b.Text} & {bits - 1}))", l =>
                signed ? Cut((ulong)(Signed(a.Value(l)) >> (int)(b.Value(l) & (uint)(bits - 1))))
                    : a.Value(l) >> (int)(b.Value(l) & (uint)(bits - 1)));
            case 10: return new($"(({t})(({u}){a.Text} << ({b.Text} & {bits - 1})))", l =>
                Cut(a.Value(l) << (int)(b.Value(l) & (uint)(bits - 1))));
            case 11: return new($"{(signed ? "" : "u")}{(wide ? "ll" : "")}min({a.Text}, {b.Text})", l =>
                signed ? Cut((ulong)Math.Min(Signed(a.Value(l)), Signed(b.Value(l)))) : Math.Min(a.Value(l), b.Value(l)));
            case 12: return new($"{(signed ? "" : "u")}{(wide ? "ll" : "")}max({a.Text}, {b.Text})", l =>
                signed ? Cut((ulong)Math.Max(Signed(a.Value(l)), Signed(b.Value(l)))) : Math.Max(a.Value(l), b.Value(l)));
            case 13:
                string high = (wide, signed) switch { (false, true) => "__mulhi", (false, false) => "__umulhi", (true, true) =>
                    "__mul64hi", _ => "__umul64hi" };
                return new($"{high}({a.Text}, {b.Text})", l => wide
                    ? signed ? (ulong)Math.BigMul((long)a.Value(l), (long)b.Value(l), out _) : Math.BigMul(a.Value(l), b.Value(l), out _)
                    : signed ? (uint)((long)(int)a.Value(l) * (int)b.Value(l) >> 32) : a.Value(l) * b.Value(l) >> 32);
            case 14:
                return new($"(({t}){(wide ? "__popcll" : "__popc")}({a.Text}) + ({t}){(wide ? "__clzll" : "__clz")}({b.Text}))",
                    l => (ulong)(System.Numerics.BitOperations.PopCount(a.Value(l))
                        + System.Numerics.BitOperations.LeadingZeroCount(b.Value(l)) - (64 - bits)));
            default:
                if (wide) goto case 0;
                var c = of(ValueType.U32);
                return new($"(({t})(__byte_perm({a.Text}, {b.Text}, {c.Text} & 0x7777) ^ __funnelshift_r({a.Text}, {b.Text}, {c.Text})))",
                    l =>
                {
                    ulong both = b.Value(l) << 32 | a.Value(l);
                    uint permuted = 0, selector = (uint)c.Value(l);
                    for (int k = 0; k < 4; k++) permuted |= (uint)(both >> (int)(8 * (selector >> (4 * k) & 7)) & 0xFF) << (8 * k);
                    return permuted ^ (uint)(both >> (int)(selector & 31));
                });
        }
    }

    private static RandomExpression Float(Random random, Func<ValueType, RandomExpression> of)
    {
        if (random.Next(5) == 0)
        {
            var from = (ValueType)random.Next(6);
            var x = of(from);
            return new($"((float){x.Text})", l => Bits(from switch
            {
                ValueType.I32 => (int)x.Value(l),
                ValueType.U32 => (uint)x.Value(l),
                ValueType.I64 => FromInteger((long)x.Value(l)),
                ValueType.U64 => FromInteger(x.Value(l)),
                ValueType.F32 => Single(x.Value(l)),
                _ => (float)Real(x.Value(l)),
            }));
        }
        RandomExpression a = of(ValueType.F32), b = of(ValueType.F32);
        switch (random.Next(11))
        {
            case 0 or 1: return new($"({a.Text} + {b.Text})", l => Bits(Single(a.Value(l)) + Single(b.Value(l))));
            case 2: return new($"({a.Text} - {b.Text})", l => Bits(Single(a.Value(l)) - Single(b.Value(l))));
            case 3 or 4: return new($"({a.Text} * {b.Text})", l => Bits(Single(a.Value(l)) * Single(b.Value(l))));
            case 5: return new($"({a.Text} / {b.Text})", l => Bits(Single(a.Value(l)) / Single(b.Value(l))));
            case 6:
                var c = of(ValueType.F32);
                return new($"__fmaf_rn({a.Text}, {b.Text}, {c.Text})", l =>
                    Bits(MathF.FusedMultiplyAdd(Single(a.Value(l)), Single(b.Value(l)), Single(c.Value(l)))));
            case 7: return new($"sqrtf(fabsf({a.Text}))", l => Bits(MathF.Sqrt(MathF.Abs(Single(a.Value(l))))));
            case 8: return new($"fminf({a.Text}, {b.Text})", l => Bits(float.MinNumber(Single(a.Value(l)), Single(b.Value(l)))));
            case 9: return new($"(floorf({a.Text}) + rintf({b.Text}))", l =>
                Bits(MathF.Floor(Single(a.Value(l))) + MathF.Round(Single(b.Value(l)), MidpointRounding.ToEven)));
            default: return new($"(truncf({a.Text}) - ceilf({b.Text}))", l =>
                Bits(MathF.Truncate(Single(a.Value(l))) - MathF.Ceiling(Single(b.Value(l)))));
        }
    }

    private static RandomExpression Double(Random random, Func<ValueType, RandomExpression> of)
    {
        if (random.Next(5) == 0)
        {
            var from = (ValueType)random.Next(6);
            var x = of(from);
            return new($"((double){x.Text})", l => BitConverter.DoubleToUInt64Bits(from switch
            {
                ValueType.I32 => (int)x.Value(l),
                ValueType.U32 => (uint)x.Value(l),
                ValueType.I64 => (long)x.Value(l),
                ValueType.U64 => x.Value(l),
                ValueType.F32 => Single(x.Value(l)),
                _ => Real(x.Value(l)),
            }));
        }
        RandomExpression a = of(ValueType.F64), b = of(ValueType.F64);
        Func<int, ulong> Op(Func<double, double, double> f) => l => BitConverter.DoubleToUInt64Bits(f(Real(a.Value(l)), Real(b.Value(l))));
        switch (random.Next(9))
        {
            case 0 or 1: return new($"({a.Text} + {b.Text})", Op((x, y) => x + y));
            case 2: return new($"({a.Text} - {b.Text})", Op((x, y) => x - y));
            case 3 or 4: return new($"({a.Text} * {b.Text})", Op((x, y) => x * y));
            case 5: return new($"({a.Text} / {b.Text})", Op((x, y) => x / y));
            case 6: return new($"fma({a.Text}, {b.Text}, 0.3)", Op((x, y) => Math.FusedMultiplyAdd(x, y, 0.3)));
            case 7: return new($"sqrt(fabs({a.Text}))", Op((x, y) => Math.Sqrt(Math.Abs(x))));
            default: return new($"fmax({a.Text}, {b.Text})", Op(double.MaxNumber));
        }
    }

    /// <summary>Rounded once, whatever the machine's instructions are: through a double that is odd where it is inexact.</summary>
    private static float FromInteger(Int128 value)
    {
        double nearest = (double)value;
        Int128 back = (Int128)nearest;
        if (back == value) return (float)nearest;
        if ((BitConverter.DoubleToUInt64Bits(nearest) & 1) == 0)
            nearest = (back < value) ? Math.BitIncrement(nearest) : Math.BitDecrement(nearest);
        return (float)nearest;
    }

    public static float Single(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    public static double Real(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    private static ulong Bits(float value) => float.IsNaN(value) ? 0x7FFFFFFF : BitConverter.SingleToUInt32Bits(value);
}
