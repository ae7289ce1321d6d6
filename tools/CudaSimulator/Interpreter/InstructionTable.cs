using GpuTensor.CudaSimulator.Interpreter.Operations;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Instructions whose operands are registers and literals in order: the opcode as written, what each operand is, and what runs it.
/// A signature has a letter for each operand, the destination first: p predicate, h 16 bits, w 32 bits, l 64 bits, f float32, d
/// float64.</summary>
internal static unsafe partial class InstructionTable
{
    /// <summary>A row.</summary>
    public readonly struct Entry(string signature, delegate*<Machine, Op*, void> run, int extra, Flow flow = Flow.Next)
    {
        public string Signature { get; } = signature;

        public delegate*<Machine, Op*, void> Run { get; } = run;

        /// <summary>What <see cref="Op.E"/> is.</summary>
        public int Extra { get; } = extra;

        public Flow Flow { get; } = flow;
    }

    private static readonly Dictionary<string, Entry> Rows = new(StringComparer.Ordinal);

    /// <summary>Comparisons by "lt.s32": into one predicate, and combined.</summary>
    private static readonly Dictionary<string, (Entry Plain, Entry Combined)> Comparisons = new(StringComparer.Ordinal);

    static InstructionTable()
    {
        Integers();
        Shifts();
        Floats();
        Directed();
        Approximate();
        Others();
        CompareIntegers();
        CompareFloats();
    }

    public static bool TryGet(string opcode, out Entry entry) => Rows.TryGetValue(opcode, out entry);

    public static bool TryGetComparison(string name, out Entry plain, out Entry combined)
    {
        bool known = Comparisons.TryGetValue(name, out var pair);
        (plain, combined) = pair;
        return known;
    }

    /// <summary>One row for each of the opcodes, separated by spaces.</summary>
    private static void Add(string opcodes, string signature, delegate*<Machine, Op*, void> run, int extra = 0)
    {
        foreach (string opcode in opcodes.Split(' ')) Rows.Add(opcode, new(signature, run, extra));
    }

    private static void Integers()
    {
        Add("add.u32 add.s32", "www", &Drivers.Vector2<Add<uint>, uint>);
        Add("add.u64 add.s64", "lll", &Drivers.Vector2<Add<ulong>, ulong>);
        Add("add.u16 add.s16", "hhh", &Drivers.Vector2<Low16<Add<uint>>, uint>);
        Add("sub.u32 sub.s32", "www", &Drivers.Vector2<Subtract<uint>, uint>);
        Add("sub.u64 sub.s64", "lll", &Drivers.Vector2<Subtract<ulong>, ulong>);
        Add("sub.u16 sub.s16", "hhh", &Drivers.Vector2<Low16<Subtract<uint>>, uint>);
        Add("add.sat.s32", "www", &Drivers.Lane2<AddSaturate32, int, int, int>);
        Add("sub.sat.s32", "www", &Drivers.Lane2<SubtractSaturate32, int, int, int>);
        Add("mul.lo.u32 mul.lo.s32", "www", &Drivers.Vector2<Multiply<uint>, uint>);
        Add("mul.lo.u64 mul.lo.s64", "lll", &Drivers.Vector2<Multiply<ulong>, ulong>);
        Add("mul.lo.u16 mul.lo.s16", "hhh", &Drivers.Vector2<Low16<Multiply<uint>>, uint>);
        Add("mad.lo.u32 mad.lo.s32", "wwww", &Drivers.Vector3<MultiplyAdd<uint>, uint>);
        Add("mad.lo.u64 mad.lo.s64", "llll", &Drivers.Vector3<MultiplyAdd<ulong>, ulong>);
        Add("mad.lo.u16 mad.lo.s16", "hhhh", &Drivers.Vector3<Low16Ternary<MultiplyAdd<uint>>, uint>);
        Add("mul.hi.u32", "www", &Drivers.Lane2<MultiplyHigh32, uint, uint, uint>);
        Add("mul.hi.s32", "www", &Drivers.Lane2<MultiplyHighSigned32, int, int, int>);
        Add("mul.hi.u64", "lll", &Drivers.Lane2<MultiplyHigh64, ulong, ulong, ulong>);
        Add("mul.hi.s64", "lll", &Drivers.Lane2<MultiplyHighSigned64, long, long, long>);
        Add("mul.hi.u16", "hhh", &Drivers.Lane2<MultiplyHigh16, uint, uint, uint>);
        Add("mul.hi.s16", "hhh", &Drivers.Lane2<MultiplyHighSigned16, uint, uint, uint>);
        Add("mad.hi.u32", "wwww", &Drivers.Lane3<ThenAdd32<MultiplyHigh32>, uint, uint, uint, uint>);
        Add("mad.hi.s32", "wwww", &Drivers.Lane3<ThenAddSigned32<MultiplyHighSigned32>, int, int, int, int>);
        Add("mad.hi.u64", "llll", &Drivers.Lane3<ThenAdd64<MultiplyHigh64>, ulong, ulong, ulong, ulong>);
        Add("mad.hi.s64", "llll", &Drivers.Lane3<ThenAddSigned64<MultiplyHighSigned64>, long, long, long, long>);
        Add("mul.wide.u32", "lww", &Drivers.MultiplyWideUnsigned);
        Add("mul.wide.s32", "lww", &Drivers.MultiplyWideSigned);
        Add("mad.wide.u32", "lwwl", &Drivers.MultiplyWideUnsigned);
        Add("mad.wide.s32", "lwwl", &Drivers.MultiplyWideSigned);
        Add("mul.wide.u16", "whh", &Drivers.Lane2<MultiplyWide16, uint, uint, uint>);
        Add("mul.wide.s16", "whh", &Drivers.Lane2<MultiplyWideSigned16, int, uint, uint>);
        Add("mad.wide.u16", "whhw", &Drivers.Lane3<MultiplyAddWide16, uint, uint, uint, uint>);
        Add("mad.wide.s16", "whhw", &Drivers.Lane3<MultiplyAddWideSigned16, int, uint, uint, int>);
        Add("mul24.lo.s32", "www", &Drivers.Lane2<Multiply24, int, int, int>);
        Add("mul24.lo.u32", "www", &Drivers.Lane2<Multiply24Unsigned, uint, uint, uint>);
        Add("div.u32", "www", &Drivers.Lane2<Divide32, uint, uint, uint>);
        Add("div.s32", "www", &Drivers.Lane2<DivideSigned32, int, int, int>);
        Add("div.u64", "lll", &Drivers.Lane2<Divide64, ulong, ulong, ulong>);
        Add("div.s64", "lll", &Drivers.Lane2<DivideSigned64, long, long, long>);
        Add("div.u16", "hhh", &Drivers.Lane2<Divide16, uint, uint, uint>);
        Add("div.s16", "hhh", &Drivers.Lane2<DivideSigned16, uint, uint, uint>);
        Add("rem.u32", "www", &Drivers.Lane2<Remainder32, uint, uint, uint>);
        Add("rem.s32", "www", &Drivers.Lane2<RemainderSigned32, int, int, int>);
        Add("rem.u64", "lll", &Drivers.Lane2<Remainder64, ulong, ulong, ulong>);
        Add("rem.s64", "lll", &Drivers.Lane2<RemainderSigned64, long, long, long>);
        Add("rem.u16", "hhh", &Drivers.Lane2<Remainder16, uint, uint, uint>);
        Add("rem.s16", "hhh", &Drivers.Lane2<RemainderSigned16, uint, uint, uint>);
        Add("min.u32", "www", &Drivers.Vector2<Minimum<uint>, uint>);
        Add("min.s32", "www", &Drivers.Vector2<Minimum<int>, int>);
        Add("min.u64", "lll", &Drivers.Vector2<Minimum<ulong>, ulong>);
        Add("min.s64", "lll", &Drivers.Vector2<Minimum<long>, long>);
        Add("min.u16", "hhh", &Drivers.Vector2<Minimum<uint>, uint>);
        Add("min.s16", "hhh", &Drivers.Vector2<Signed16<Minimum<int>>, uint>);
        Add("max.u32", "www", &Drivers.Vector2<Maximum<uint>, uint>);
        Add("max.s32", "www", &Drivers.Vector2<Maximum<int>, int>);
        Add("max.u64", "lll", &Drivers.Vector2<Maximum<ulong>, ulong>);
        Add("max.s64", "lll", &Drivers.Vector2<Maximum<long>, long>);
        Add("max.u16", "hhh", &Drivers.Vector2<Maximum<uint>, uint>);
        Add("max.s16", "hhh", &Drivers.Vector2<Signed16<Maximum<int>>, uint>);
        Add("abs.s32", "ww", &Drivers.Vector1<Absolute<int>, int>);
        Add("abs.s64", "ll", &Drivers.Vector1<Absolute<long>, long>);
        Add("abs.s16", "hh", &Drivers.Vector1<Signed16Unary<Absolute<int>>, uint>);
        Add("neg.s32", "ww", &Drivers.Vector1<Negate<int>, int>);
        Add("neg.s64", "ll", &Drivers.Vector1<Negate<long>, long>);
        Add("neg.s16", "hh", &Drivers.Vector1<Signed16Unary<Negate<int>>, uint>);
        Add("and.b32", "www", &Drivers.Vector2<And<uint>, uint>);
        Add("and.b64", "lll", &Drivers.Vector2<And<ulong>, ulong>);
        Add("and.b16", "hhh", &Drivers.Vector2<And<uint>, uint>);
        Add("and.pred", "ppp", &Predicates.And);
        Add("or.b32", "www", &Drivers.Vector2<Or<uint>, uint>);
        Add("or.b64", "lll", &Drivers.Vector2<Or<ulong>, ulong>);
        Add("or.b16", "hhh", &Drivers.Vector2<Or<uint>, uint>);
        Add("or.pred", "ppp", &Predicates.Or);
        Add("xor.b32", "www", &Drivers.Vector2<Xor<uint>, uint>);
        Add("xor.b64", "lll", &Drivers.Vector2<Xor<ulong>, ulong>);
        Add("xor.b16", "hhh", &Drivers.Vector2<Xor<uint>, uint>);
        Add("xor.pred", "ppp", &Predicates.Xor);
        Add("not.b32", "ww", &Drivers.Vector1<Not<uint>, uint>);
        Add("not.b64", "ll", &Drivers.Vector1<Not<ulong>, ulong>);
        Add("not.b16", "hh", &Drivers.Vector1<Signed16Unary<Not<int>>, uint>);
        Add("not.pred", "pp", &Predicates.Not);
        Add("cnot.b32", "ww", &Drivers.Lane1<IsZero32, uint, uint>);
        Add("cnot.b16", "hh", &Drivers.Lane1<IsZero32, uint, uint>);
        Add("sad.u32", "wwww", &Drivers.Lane3<Sad32, uint, uint, uint, uint>);
        Add("sad.s32", "wwww", &Drivers.Lane3<SadSigned32, uint, int, int, uint>);
        string[] carries = ["", "addc", "add.cc", "addc.cc", "", "subc", "sub.cc", "subc.cc"];
        for (int how = 1; how < 8; how++)
        {
            if (how == 4) continue;
            Add($"{carries[how]}.u32 {carries[how]}.s32", "www", &Predicates.Carry32, how);
            Add($"{carries[how]}.u64 {carries[how]}.s64", "lll", &Predicates.Carry64, how);
        }
        foreach (var (name, how) in (ReadOnlySpan<(string, int)>)[("madc.{0}", 1), ("mad.{0}.cc", 2), ("madc.{0}.cc", 3)])
        {
            foreach (var (half, high) in (ReadOnlySpan<(string, int)>)[("lo", 0), ("hi", 8)])
            {
                string opcode = string.Format(System.Globalization.CultureInfo.InvariantCulture, name, half);
                Add(opcode + ".u32", "wwww", &Predicates.MultiplyCarry32, how | high);
                Add(opcode + ".s32", "wwww", &Predicates.MultiplyCarry32, how | high | 16);
                Add(opcode + ".u64", "llll", &Predicates.MultiplyCarry64, how | high);
                Add(opcode + ".s64", "llll", &Predicates.MultiplyCarry64, how | high | 16);
            }
        }
    }

    private static void Shifts()
    {
        Add("shl.b32", "www", &Drivers.Vector2<ShiftLeft32, uint>);
        Add("shl.b64", "llw", &Drivers.ShiftLeft64);
        Add("shl.b16", "hhw", &Drivers.Lane2<ShiftLeft16, uint, uint, uint>);
        Add("shr.u32 shr.b32", "www", &Drivers.Vector2<ShiftRight32, uint>);
        Add("shr.s32", "www", &Drivers.Vector2<ShiftRightSigned32, int>);
        Add("shr.u64 shr.b64", "llw", &Drivers.ShiftRight64);
        Add("shr.s64", "llw", &Drivers.Lane2<ShiftRightSigned64, long, long, uint>);
        Add("shr.u16 shr.b16", "hhw", &Drivers.Lane2<ShiftRight16, uint, uint, uint>);
        Add("shr.s16", "hhw", &Drivers.Lane2<ShiftRightSigned16, uint, uint, uint>);
        Add("shf.l.wrap.b32", "wwww", &Drivers.Lane3<FunnelLeftWrap, uint, uint, uint, uint>);
        Add("shf.l.clamp.b32", "wwww", &Drivers.Lane3<FunnelLeftClamp, uint, uint, uint, uint>);
        Add("shf.r.wrap.b32", "wwww", &Drivers.Lane3<FunnelRightWrap, uint, uint, uint, uint>);
        Add("shf.r.clamp.b32", "wwww", &Drivers.Lane3<FunnelRightClamp, uint, uint, uint, uint>);
        Add("bfe.u32", "wwww", &Drivers.Lane3<ExtractField32, uint, uint, uint, uint>);
        Add("bfe.s32", "wwww", &Drivers.Lane3<ExtractFieldSigned32, int, int, uint, uint>);
        Add("bfe.u64", "llww", &Drivers.Lane3<ExtractField64, ulong, ulong, uint, uint>);
        Add("bfe.s64", "llww", &Drivers.Lane3<ExtractFieldSigned64, long, long, uint, uint>);
        Add("popc.b32", "ww", &Drivers.Lane1<PopulationCount32, uint, uint>);
        Add("popc.b64", "wl", &Drivers.Lane1<PopulationCount64, uint, ulong>);
        Add("clz.b32", "ww", &Drivers.Lane1<LeadingZeros32, uint, uint>);
        Add("clz.b64", "wl", &Drivers.Lane1<LeadingZeros64, uint, ulong>);
        Add("bfind.u32", "ww", &Drivers.Lane1<FindBit32, uint, uint>);
        Add("bfind.s32", "ww", &Drivers.Lane1<FindBitSigned32, uint, int>);
        Add("bfind.u64", "wl", &Drivers.Lane1<FindBit64, uint, ulong>);
        Add("bfind.s64", "wl", &Drivers.Lane1<FindBitSigned64, uint, long>);
        Add("bfind.shiftamt.u32", "ww", &Drivers.Lane1<FindShift32, uint, uint>);
        Add("bfind.shiftamt.u64", "wl", &Drivers.Lane1<FindShift64, uint, ulong>);
        Add("brev.b32", "ww", &Drivers.Lane1<ReverseBits32, uint, uint>);
        Add("brev.b64", "ll", &Drivers.Lane1<ReverseBits64, ulong, ulong>);
        Add("prmt.b32", "wwww", &Drivers.Lane3<Permute, uint, uint, uint, uint>);
        for (int i = 0; i < Predicates.Modes.Length; i++) Add($"prmt.b32.{Predicates.Modes[i]}", "wwww", &Predicates.PermuteMode, i);
        Add("dp4a.u32.u32", "wwww", &Drivers.Lane3<DotUnsigned, uint, uint, uint, uint>);
        Add("dp4a.s32.s32", "wwww", &Drivers.Lane3<DotSigned, uint, uint, uint, uint>);
        Add("dp4a.u32.s32", "wwww", &Drivers.Lane3<DotUnsignedSigned, uint, uint, uint, uint>);
        Add("dp4a.s32.u32", "wwww", &Drivers.Lane3<DotSignedUnsigned, uint, uint, uint, uint>);
    }

    private static void Others()
    {
        Add("selp.b32 selp.u32 selp.s32", "wwwp", &Drivers.Select32);
        Add("selp.f32", "fffp", &Drivers.Select32);
        Add("selp.b16 selp.u16 selp.s16", "hhhp", &Drivers.Select32);
        Add("selp.b64 selp.u64 selp.s64", "lllp", &Drivers.Select64);
        Add("selp.f64", "dddp", &Drivers.Select64);
        for (int i = 0; i < Predicates.Tests.Length; i++)
        {
            Add($"testp.{Predicates.Tests[i]}.f32", "pf", &Predicates.Test, i);
            Add($"testp.{Predicates.Tests[i]}.f64", "pd", &Predicates.Test, i);
        }
        Add("activemask.b32", "w", &WarpOperations.ActiveMask);
        Add("membar.cta membar.gl membar.sys fence.acq_rel.cta fence.acq_rel.gpu fence.acq_rel.sys fence.sc.cta fence.sc.gpu fence.sc.sys",
            "",
            &Machine.Nothing);
        // Hints without a meaning for results.
        Add("nanosleep.u32", "w", &Machine.Nothing);
        foreach (string opcode in (ReadOnlySpan<string>)["ret", "ret.uni", "exit"]) Rows.Add(opcode, new("", &Machine.Exit, 0, Flow.Exit));
        foreach (string opcode in (ReadOnlySpan<string>)["trap", "brkpt"]) Rows.Add(opcode, new("", &Machine.Trap, 0, Flow.Exit));
    }

    private static void CompareIntegers()
    {
        Compare<uint>("u16", "u32", "hw", unsigned: true);
        Compare<ulong>("u64", "", "l", unsigned: true);
        Compare<int>("s32", "", "w", unsigned: false);
        Compare<long>("s64", "", "l", unsigned: false);
        Compared<Signed16Compare<Less<int>>, uint>("lt.s16", "h");
        Compared<Signed16Compare<LessOrEqual<int>>, uint>("le.s16", "h");
        Compared<Signed16Compare<Greater<int>>, uint>("gt.s16", "h");
        Compared<Signed16Compare<GreaterOrEqual<int>>, uint>("ge.s16", "h");
        Compared<Equal<uint>, uint>("eq.s16 eq.b16", "h");
        Compared<NotEqual<uint>, uint>("ne.s16 ne.b16", "h");
        Compared<Equal<uint>, uint>("eq.b32", "w");
        Compared<NotEqual<uint>, uint>("ne.b32", "w");
        Compared<Equal<ulong>, ulong>("eq.b64", "l");
        Compared<NotEqual<ulong>, ulong>("ne.b64", "l");
    }

    private static void Compare<T>(string type, string second, string letters, bool unsigned) where T : unmanaged
    {
        for (int k = 0; k < letters.Length; k++)
        {
            string name = k == 0 ? type : second, letter = letters[k].ToString();
            Compared<Equal<T>, T>($"eq.{name}", letter);
            Compared<NotEqual<T>, T>($"ne.{name}", letter);
            Compared<Less<T>, T>($"lt.{name}" + (unsigned ? $" lo.{name}" : ""), letter);
            Compared<LessOrEqual<T>, T>($"le.{name}" + (unsigned ? $" ls.{name}" : ""), letter);
            Compared<Greater<T>, T>($"gt.{name}" + (unsigned ? $" hi.{name}" : ""), letter);
            Compared<GreaterOrEqual<T>, T>($"ge.{name}" + (unsigned ? $" hs.{name}" : ""), letter);
        }
    }

    private static void Compared<TOp, T>(string names, string letter) where TOp : IVectorCompare<T> where T : unmanaged
    {
        foreach (string name in names.Split(' '))
            Comparisons.Add(name,
                (new($"p{letter}{letter}", &Drivers.Compare<TOp, T>, 0), new($"p{letter}{letter}", &Drivers.CompareCombined<TOp, T>, 0)));
    }
}
