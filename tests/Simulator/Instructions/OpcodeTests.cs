using GpuTensor.CudaSimulator.Interpreter;
using Xunit;

namespace GpuTensor.Tests.Simulator.Instructions;

/// <summary>Each opcode at the edges that the PTX ISA names: shifts beyond the width, NaN, infinities, subnormals, overflow, division by
/// zero.</summary>
public class OpcodeTests
{
    private const ulong NaN = 0x7FFFFFFF, Inf = 0x7F800000, MinusInf = 0xFF800000, QuietNaN = 0x7FC00000, MinusZero = 0x80000000;
    private const ulong Most64 = 0x7FFFFFFFFFFFFFFF, Least64 = 0x8000000000000000, All64 = ulong.MaxValue, All32 = uint.MaxValue;

    private static ulong F(float v) => BitConverter.SingleToUInt32Bits(v);

    private static ulong D(double v) => BitConverter.DoubleToUInt64Bits(v);

    private static ulong S(int v) => (uint)v;

    private static ulong L(long v) => (ulong)v;

    private static ulong H(int v) => (ushort)v;

    private static OpcodeCase C(string opcode, string signature, ulong expected, params ulong[] operands) =>
        new(opcode, signature, expected, operands);

    private static IEnumerable<OpcodeCase> Integers() =>
    [
        C("add.s32", "www", S(int.MinValue), S(int.MaxValue), 1), C("add.u64", "lll", 0, All64, 1),
        C("add.s16", "hhh", H(short.MinValue), H(short.MaxValue), 1),
        C("add.sat.s32", "www", S(int.MaxValue), S(int.MaxValue), 5), C("add.sat.s32", "www", S(int.MinValue), S(int.MinValue), S(-1)),
        C("sub.sat.s32", "www", S(int.MinValue), S(int.MinValue), 5), C("sub.u32", "www", All32, 0, 1), C("sub.s64", "lll", L(-3), 4, 7),
        C("sub.u16", "hhh", 0xFFFF, 0, 1),
        C("mul.lo.s32", "www", S(unchecked(100000 * 100000)), 100000, 100000),
        C("mul.lo.u64", "lll", unchecked(0x123456789ABCDEFul * 0xFEDCBA987654321ul), 0x123456789ABCDEF, 0xFEDCBA987654321),
        C("mul.lo.s16", "hhh", H(unchecked((short)(300 * 300))), 300, 300),
        C("mul.hi.s32", "www", S(-1), S(-1), 5), C("mul.hi.u32", "www", 4, All32, 5),
        C("mul.hi.s32", "www", 0x40000000, S(int.MinValue), S(int.MinValue)),
        C("mul.hi.s64", "lll", All64, All64, 5), C("mul.hi.u64", "lll", 4, All64, 5), C("mul.hi.s16", "hhh", 0xFFFF, 0xFFFF, 5),
        C("mul.hi.u16", "hhh", 4, 0xFFFF, 5),
        C("mul.wide.s32", "lww", L(-5), S(-1), 5), C("mul.wide.u32", "lww", 0xFFFFFFFFul * 5, All32, 5),
        C("mul.wide.s32", "lww", 1ul << 62, S(int.MinValue), S(int.MinValue)),
        C("mul.wide.s16", "whh", S(-5), 0xFFFF, 5), C("mul.wide.u16", "whh", 0xFFFF * 5, 0xFFFF, 5),
        C("mad.lo.s32", "wwww", S(-13), 4, S(-5), 7), C("mad.lo.s64", "llll", L(-13), 4, L(-5), 7),
        C("mad.lo.s16", "hhhh", H(-13), 4, H(-5), 7),
        C("mad.hi.s32", "wwww", 6, S(-1), 5, 7), C("mad.hi.u32", "wwww", 11, All32, 5, 7), C("mad.hi.u64", "llll", 11, All64, 5, 7),
        C("mad.hi.s64", "llll", 6, All64, 5, 7),
        C("mad.wide.s32", "lwwl", L(-5 + 7), S(-1), 5, 7), C("mad.wide.u32", "lwwl", 0xFFFFFFFFul * 5 + 7, All32, 5, 7),
        C("mad.wide.s16", "whhw", 2, 0xFFFF, 5, 7), C("mad.wide.u16", "whhw", 0xFFFF * 5 + 7, 0xFFFF, 5, 7),
        C("mul24.lo.s32", "www", S(-5), 0x01FFFFFF, 5), C("mul24.lo.u32", "www", 0xFFFFFF * 5u, 0xFFFFFFFF, 5),
        C("div.s32", "www", S(-3), S(-7), 2), C("div.s32", "www", S(int.MinValue), S(int.MinValue), S(-1)),
        C("div.s32", "www", All32, 7, 0), C("div.u32", "www", All32, 7, 0),
        C("div.u32", "www", 0x7FFFFFFF, All32, 2), C("div.s64", "lll", Least64, Least64, All64), C("div.u64", "lll", All64, 5, 0),
        C("div.s64", "lll", All64, 5, 0), C("div.s64", "lll", L(-2), 7, L(-3)), C("div.u64", "lll", Most64, All64, 2),
        C("div.s16", "hhh", H(-3), H(-7), 2), C("div.u16", "hhh", 0x7FFF, 0xFFFF, 2),
        C("rem.s32", "www", S(-1), S(-7), 2), C("rem.s32", "www", 1, 7, S(-2)), C("rem.s32", "www", 0, S(int.MinValue), S(-1)),
        C("rem.u32", "www", All32, 7, 0),
        C("rem.s64", "lll", 0, Least64, All64), C("rem.s64", "lll", L(-1), L(-7), 2), C("rem.u64", "lll", 1, 7, 2),
        C("rem.s16", "hhh", H(-1), H(-7), 2), C("rem.u16", "hhh", 1, 7, 2),
        C("min.s32", "www", S(-1), S(-1), 1), C("min.u32", "www", 1, S(-1), 1), C("max.s32", "www", 1, S(-1), 1),
        C("max.u32", "www", All32, S(-1), 1),
        C("min.s64", "lll", L(-1), L(-1), 1), C("min.u64", "lll", 1, L(-1), 1), C("max.s64", "lll", 1, L(-1), 1),
        C("max.u64", "lll", All64, L(-1), 1),
        C("min.s16", "hhh", H(-1), H(-1), 1), C("min.u16", "hhh", 1, H(-1), 1), C("max.s16", "hhh", 1, H(-1), 1),
        C("max.u16", "hhh", 0xFFFF, H(-1), 1),
        C("abs.s32", "ww", S(int.MinValue), S(int.MinValue)), C("abs.s32", "ww", 7, S(-7)), C("abs.s64", "ll", 7, L(-7)),
        C("abs.s16", "hh", 7, H(-7)), C("abs.s16", "hh", 0x8000, 0x8000),
        C("neg.s32", "ww", S(int.MinValue), S(int.MinValue)), C("neg.s64", "ll", L(-7), 7), C("neg.s16", "hh", H(-7), 7),
        C("sad.u32", "wwww", 13, 3, 9, 7), C("sad.s32", "wwww", S(-1) - S(int.MinValue) + 1 + 0, S(int.MinValue), S(-1), 1),
        C("popc.b32", "ww", 32, All32), C("popc.b64", "wl", 64, All64), C("clz.b32", "ww", 32, 0), C("clz.b64", "wl", 64, 0),
        C("clz.b64", "wl", 0, Least64), C("clz.b32", "ww", 31, 1),
        C("bfind.u32", "ww", All32, 0), C("bfind.u32", "ww", 31, Least64 >> 32), C("bfind.s32", "ww", All32, All32),
        C("bfind.s32", "ww", 30, Least64 >> 32), C("bfind.u64", "wl", 63, Least64), C("bfind.s64", "wl", 62, Least64),
        C("bfind.s64", "wl", All32, All64),
        C("bfind.shiftamt.u32", "ww", 0, Least64 >> 32), C("bfind.shiftamt.u64", "wl", 63, 1), C("bfind.shiftamt.u32", "ww", All32, 0),
        C("brev.b32", "ww", 0x80000000, 1), C("brev.b32", "ww", 0x1E6A2C48, 0x12345678), C("brev.b64", "ll", Least64, 1),
        C("cnot.b32", "ww", 1, 0), C("cnot.b32", "ww", 0, 9),
        C("and.b32", "www", 0x0F00, 0x0FF0, 0xFF0F), C("or.b64", "lll", 0xFFFF, 0x0FF0, 0xFF0F),
        C("xor.b16", "hhh", 0xF0FF, 0x0FF0, 0xFF0F), C("not.b16", "hh", 0xF00F, 0x0FF0), C("not.b32", "ww", All32, 0),
        C("not.b64", "ll", 0, All64),
        C("and.b64", "lll", 0x0F00, 0x0FF0, 0xFF0F), C("and.b16", "hhh", 0x0F00, 0x0FF0, 0xFF0F),
        C("or.b32", "www", 0xFFFF, 0x0FF0, 0xFF0F), C("or.b16", "hhh", 0xFFFF, 0x0FF0, 0xFF0F), C("xor.b32", "www", 0xF0FF, 0x0FF0, 0xFF0F),
        C("xor.b64", "lll", 0xF0FF, 0x0FF0, 0xFF0F),
        C("and.pred", "ppp", 0, 1, 0), C("and.pred", "ppp", 1, 1, 1), C("or.pred", "ppp", 1, 1, 0), C("xor.pred", "ppp", 0, 1, 1),
        C("not.pred", "pp", 1, 0), C("mov.pred", "pp", 1, 1),
        C("selp.b32", "wwwp", 5, 5, 6, 1), C("selp.b64", "lllp", 6, 5, 6, 0), C("selp.b16", "hhhp", 5, 5, 6, 1),
        C("selp.f32", "fffp", F(2), F(1), F(2), 0), C("selp.f64", "dddp", D(1), D(1), D(2), 1),
    ];

    private static IEnumerable<OpcodeCase> Bits() =>
    [
        C("shl.b32", "www", 0, 1, 32), C("shl.b32", "www", 0x80000000, 1, 31), C("shl.b32", "www", 0, All32, All32),
        C("shl.b64", "llw", 0, 1, 64), C("shl.b64", "llw", 1ul << 33, 1, 33), C("shl.b16", "hhw", 0, 1, 16),
        C("shl.b16", "hhw", 0x8000, 3, 15),
        C("shr.u32", "www", 0, All32, 32), C("shr.s32", "www", All32, 0x80000000, 32), C("shr.s32", "www", All32, 0x80000000, All32),
        C("shr.s32", "www", 0, 0x7FFFFFFF, 99), C("shr.u32", "www", 1, All32, 31),
        C("shr.u64", "llw", 0, All64, 64), C("shr.s64", "llw", All64, Least64, 200), C("shr.u64", "llw", 1, All64, 63),
        C("shr.u16", "hhw", 0, 0xFFFF, 16), C("shr.s16", "hhw", 0xFFFF, 0x8000, 77), C("shr.s16", "hhw", 0xFFF0, 0xFF00, 4),
        C("shr.b32", "www", 0x7FFFFFFF, All32, 1),
        C("shf.l.wrap.b32", "wwww", 0xDEADBEEF, 0x12345678, 0xDEADBEEF, 32),
        C("shf.l.clamp.b32", "wwww", 0x12345678, 0x12345678, 0xDEADBEEF, 40),
        C("shf.l.wrap.b32", "wwww", 0xADBEEF12, 0x12345678, 0xDEADBEEF, 8),
        C("shf.r.wrap.b32", "wwww", 0x12345678, 0x12345678, 0xDEADBEEF, 32),
        C("shf.r.clamp.b32", "wwww", 0xDEADBEEF, 0x12345678, 0xDEADBEEF, 32),
        C("shf.r.wrap.b32", "wwww", 0xEF123456, 0x12345678, 0xDEADBEEF, 8),
        C("shf.r.clamp.b32", "wwww", 0xDEADBEEF, 0x12345678, 0xDEADBEEF, 99),
        C("bfe.u32", "wwww", 0x56, 0x12345678, 8, 8), C("bfe.s32", "wwww", S(-2), 0x0000E000, 12, 4), C("bfe.u32", "wwww", 0, All32, 4, 0),
        C("bfe.s32", "wwww", 0, All32, 4, 0), C("bfe.u32", "wwww", 0xF, All32, 28, 8), C("bfe.s32", "wwww", All32, 0x80000000, 31, 5),
        C("bfe.s32", "wwww", All32, 0x80000000, 40, 5), C("bfe.u32", "wwww", 0, All32, 40, 5), C("bfe.u32", "wwww", All32, All32, 0, 32),
        C("bfe.u64", "llww", 0xAB, 0xAB00000000, 32, 8), C("bfe.s64", "llww", L(-8), Least64, 60, 99),
        C("bfe.u64", "llww", All64, All64, 0, 64), C("bfe.s64", "llww", L(-8), 0x8000, 12, 4),
        C("bfi.b32", "wwwww", 0x12AB5678, 0xAB, 0x12345678, 16, 8), C("bfi.b32", "wwwww", 0x12345678, 0xAB, 0x12345678, 32, 8),
        C("bfi.b32", "wwwww", 0x12345678, 0xAB, 0x12345678, 4, 0), C("bfi.b32", "wwwww", 0xB2345678, 0xAB, 0x12345678, 28, 8),
        C("bfi.b64", "lllww", 0xAB00000000000001, 0xAB, 1, 56, 99), C("bfi.b64", "lllww", 0x000000AB00000001, 0xAB, 1, 32, 32),
        C("prmt.b32", "wwww", 0x12345678, 0x12345678, 0x9ABCDEF0, 0x3210),
        C("prmt.b32", "wwww", 0x78563412, 0x12345678, 0x9ABCDEF0, 0x0123),
        C("prmt.b32", "wwww", 0x9ABCDEF0, 0x12345678, 0x9ABCDEF0, 0x7654),
        C("prmt.b32", "wwww", 0x0000FFFF, 0x12345678, 0x9ABCDEF0, 0x89FF),
        C("prmt.b32", "wwww", 0xFF00FF00, 0x12345678, 0x9ABCDEF0, 0xC8E8),
        C("prmt.b32.f4e", "wwww", 0xF0123456, 0x12345678, 0x9ABCDEF0, 1), C("prmt.b32.b4e", "wwww", 0xDEBC9A78, 0x12345678, 0x9ABCDEF0, 0),
        C("prmt.b32.rc8", "wwww", 0x56565656, 0x12345678, 0, 1), C("prmt.b32.ecl", "wwww", 0x12343434, 0x12345678, 0, 2),
        C("prmt.b32.ecr", "wwww", 0x56565678, 0x12345678, 0, 1), C("prmt.b32.rc16", "wwww", 0x12341234, 0x12345678, 0, 1),
        C("dp4a.s32.s32", "wwww", S(10 - 1 + 4 - 9 + 16), 0x04FD02FF, 0x04030201, 10),
        C("dp4a.u32.u32", "wwww", 255 * 255 * 4 + 1, All32, All32, 1), C("dp4a.u32.s32", "wwww", S(-255 * 4), All32, All32, 0),
        C("dp4a.s32.u32", "wwww", S(-255 * 4), All32, All32, 0),
        C("mov.b32", "ww", 5, 5), C("mov.b64", "ll", All64, All64), C("mov.u16", "hh", 0xABCD, 0xABCD), C("mov.f32", "ff", NaN, NaN),
    ];

    private static IEnumerable<OpcodeCase> Floats()
    {
        float sub = 1e-40f, tiny = float.Epsilon, big = float.MaxValue;
        return
        [
            C("add.f32", "fff", NaN, Inf, MinusInf), C("add.f32", "fff", NaN, QuietNaN, F(1)),
            C("add.f32", "fff", F(sub + sub), F(sub), F(sub)), C("add.ftz.f32", "fff", 0, F(sub), F(sub)),
            C("add.f32", "fff", Inf, F(big), F(big)), C("add.f32", "fff", 0, F(1), F(-1)),
            C("add.f32", "fff", MinusZero, MinusZero, MinusZero),
            C("add.rz.f32", "fff", F(big), F(big), F(big)), C("add.rm.f32", "fff", F(big), F(big), F(big)),
            C("add.rp.f32", "fff", Inf, F(big), F(big)), C("add.rm.f32", "fff", MinusInf, F(-big), F(-big)),
            C("add.rn.f32", "fff", F(1), F(1), F(1e-10f)), C("add.rp.f32", "fff", F(MathF.BitIncrement(1)), F(1), F(tiny)),
            C("add.rm.f32", "fff", F(MathF.BitDecrement(1)), F(1), F(-tiny)),
            C("add.rz.f32", "fff", F(MathF.BitDecrement(1)), F(1), F(-tiny)), C("add.rm.f32", "fff", MinusZero, F(1), F(-1)),
            C("add.sat.f32", "fff", F(1), F(1), F(1)), C("add.sat.f32", "fff", 0, F(-1), F(-1)), C("add.sat.f32", "fff", 0, NaN, F(1)),
            C("add.sat.f32", "fff", 0, MinusZero, MinusZero), C("mul.ftz.sat.f32", "fff", F(0.5f), F(1), F(0.5f)),
            C("sub.f32", "fff", NaN, Inf, Inf), C("sub.f32", "fff", F(-1), F(1), F(2)),
            C("sub.rz.f32", "fff", F(MathF.BitDecrement(1)), F(1), F(tiny)), C("sub.rp.f32", "fff", F(1), F(1), F(tiny)),
            C("sub.rm.f32", "fff", F(MathF.BitDecrement(1)), F(1), F(tiny)), C("sub.ftz.f32", "fff", F(-0f), F(-sub), F(0)),
            C("mul.f32", "fff", NaN, 0, Inf), C("mul.f32", "fff", 0, F(tiny), F(0.5f)), C("mul.f32", "fff", F(tiny * 2), F(tiny), F(2)),
            C("mul.rp.f32", "fff", F(tiny), F(tiny), F(0.25f)), C("mul.rm.f32", "fff", 0, F(tiny), F(0.25f)),
            C("mul.rm.f32", "fff", F(-tiny), F(tiny), F(-0.25f)), C("mul.rz.f32", "fff", MinusZero, F(tiny), F(-0.25f)),
            C("mul.rz.f32", "fff", F(big), F(big), F(2)), C("mul.ftz.f32", "fff", MinusZero, F(-sub), F(2)),
            C("mul.rn.f32", "fff", MinusZero, F(-1), F(0)),
            C("fma.rn.f32", "ffff", F(MathF.FusedMultiplyAdd(1.1f, 1.1f, -1.21f)), F(1.1f), F(1.1f), F(-1.21f)),
            C("fma.rn.f32", "ffff", NaN, 0, Inf, F(1)), C("fma.rn.f32", "ffff", NaN, F(1), Inf, MinusInf),
            C("fma.rz.f32", "ffff", F(MathF.BitDecrement(1)), F(1), F(1), F(-tiny)),
            C("fma.rp.f32", "ffff", F(MathF.BitIncrement(1)), F(tiny), F(tiny), F(1)),
            C("fma.rm.f32", "ffff", F(1), F(tiny), F(tiny), F(1)), C("fma.rn.sat.f32", "ffff", F(1), F(2), F(3), F(4)),
            C("fma.rn.ftz.f32", "ffff", 0, F(sub), F(1), F(0)), C("fma.rm.f32", "ffff", MinusZero, F(1), F(1), F(-1)),
            C("div.rn.f32", "fff", F(1f / 3), F(1), F(3)), C("div.rn.f32", "fff", NaN, 0, 0), C("div.rn.f32", "fff", MinusInf, F(-1), 0),
            C("div.rz.f32", "fff", F(MathF.BitDecrement(1f / 3)), F(1), F(3)),
            C("div.rm.f32", "fff", F(MathF.BitDecrement(1f / 3)), F(1), F(3)), C("div.rp.f32", "fff", F(1f / 3), F(1), F(3)),
            C("div.rp.f32", "fff", F(-MathF.BitDecrement(1f / 3)), F(-1), F(3)), C("div.rp.f32", "fff", F(tiny), F(tiny), F(4)),
            C("div.rn.ftz.f32", "fff", 0, F(sub), F(1)),
            C("rcp.rn.f32", "ff", Inf, 0), C("rcp.rn.f32", "ff", MinusInf, MinusZero), C("rcp.rn.f32", "ff", 0, Inf),
            C("rcp.rz.f32", "ff", F(MathF.BitDecrement(1f / 3)), F(3)), C("rcp.rp.f32", "ff", F(1f / 3), F(3)),
            C("sqrt.rn.f32", "ff", NaN, F(-1)), C("sqrt.rn.f32", "ff", MinusZero, MinusZero),
            C("sqrt.rn.f32", "ff", F(MathF.Sqrt(2)), F(2)), C("sqrt.rp.f32", "ff", F(MathF.BitIncrement(MathF.Sqrt(2))), F(2)),
            C("sqrt.rm.f32", "ff", F(MathF.Sqrt(2)), F(2)), C("sqrt.rz.f32", "ff", F(2), F(4)), C("sqrt.rn.ftz.f32", "ff", 0, F(sub)),
            C("min.f32", "fff", F(1), NaN, F(1)), C("min.f32", "fff", NaN, NaN, QuietNaN), C("min.f32", "fff", MinusZero, 0, MinusZero),
            C("max.f32", "fff", 0, 0, MinusZero), C("max.f32", "fff", F(1), F(1), QuietNaN), C("min.NaN.f32", "fff", NaN, F(1), QuietNaN),
            C("max.NaN.f32", "fff", NaN, QuietNaN, F(1)), C("max.f32", "fff", F(sub), F(sub), 0), C("max.ftz.f32", "fff", 0, F(sub), 0),
            C("neg.f32", "ff", MinusZero, 0), C("abs.f32", "ff", F(1), F(-1)), C("abs.ftz.f32", "ff", 0, F(-sub)),
            C("neg.ftz.f32", "ff", MinusZero, F(sub)), C("copysign.f32", "fff", F(-2), F(-1), F(2)),
            C("copysign.f64", "ddd", D(2), D(1), D(-2)),
            C("testp.finite.f32", "pf", 0, Inf), C("testp.infinite.f32", "pf", 1, MinusInf), C("testp.number.f32", "pf", 0, NaN),
            C("testp.notanumber.f32", "pf", 1, NaN), C("testp.normal.f32", "pf", 0, F(sub)), C("testp.subnormal.f32", "pf", 1, F(sub)),
            C("testp.normal.f64", "pd", 1, D(1e-300)), C("testp.subnormal.f64", "pd", 1, D(1e-310)), C("testp.normal.f32", "pf", 0, 0),
            C("add.f64", "ddd", D(0.1 + 0.2), D(0.1), D(0.2)), C("sub.f64", "ddd", D(0.1 - 0.2), D(0.1), D(0.2)),
            C("mul.f64", "ddd", D(0.1 * 0.2), D(0.1), D(0.2)),
            C("fma.rn.f64", "dddd", D(Math.FusedMultiplyAdd(0.1, 0.2, -0.02)), D(0.1), D(0.2), D(-0.02)),
            C("div.rn.f64", "ddd", D(1.0 / 3), D(1), D(3)), C("rcp.rn.f64", "dd", D(1.0 / 3), D(3)),
            C("sqrt.rn.f64", "dd", D(Math.Sqrt(2)), D(2)),
            C("add.rz.f64", "ddd", D(Math.BitDecrement(1.0)), D(1), D(-double.Epsilon)),
            C("add.rp.f64", "ddd", D(Math.BitIncrement(1.0)), D(1), D(double.Epsilon)),
            C("mul.rm.f64", "ddd", 0, D(double.Epsilon), D(0.25)), C("mul.rp.f64", "ddd", D(double.Epsilon), D(double.Epsilon), D(0.25)),
            C("fma.rm.f64", "dddd", D(Math.BitDecrement(1.0)), D(-double.Epsilon), D(double.Epsilon), D(1)),
            C("add.rz.f64", "ddd", D(double.MaxValue), D(double.MaxValue), D(double.MaxValue)), C("sub.rm.f64", "ddd", D(-0.0), D(1), D(1)),
            C("fma.rz.f64", "dddd", D(0.1 * 3 > 0.3 ? Math.BitDecrement(0.1 * 3) : 0.1 * 3), D(0.1), D(3), 0),
            C("min.f64", "ddd", D(1), D(double.NaN), D(1)), C("max.f64", "ddd", 0, 0, D(-0.0)), C("min.f64", "ddd", D(-0.0), 0, D(-0.0)),
            C("neg.f64", "dd", D(-0.0), 0), C("abs.f64", "dd", D(1), D(-1)),
        ];
    }

    private static IEnumerable<OpcodeCase> Comparisons()
    {
        foreach (var (name, less, equal, greater, unordered) in ((string, ulong, ulong, ulong, ulong)[])
            [("eq", 0, 1, 0, 0), ("ne", 1, 0, 1, 0), ("lt", 1, 0, 0, 0), ("le", 1, 1, 0, 0), ("gt", 0, 0, 1, 0), ("ge", 0, 1, 1, 0),
                ("equ", 0, 1, 0, 1), ("neu", 1, 0, 1, 1),
             ("ltu", 1, 0, 0, 1), ("leu", 1, 1, 0, 1), ("gtu", 0, 0, 1, 1), ("geu", 0, 1, 1, 1), ("num", 1, 1, 1, 0), ("nan", 0, 0, 0, 1)])
            yield return new($"setp.{name}.f32|f64", "", less | equal << 1 | greater << 2 | unordered << 3);
    }

    private static IEnumerable<OpcodeCase> Conversions() =>
    [
        C("cvt.rzi.s32.f32", "wf", 0, NaN), C("cvt.rzi.s32.f32", "wf", 0x7FFFFFFF, Inf), C("cvt.rzi.s32.f32", "wf", 0x80000000, F(-3e9f)),
        C("cvt.rzi.s32.f32", "wf", S(-1), F(-1.9f)), C("cvt.rzi.u32.f32", "wf", 0, F(-1)), C("cvt.rzi.u32.f32", "wf", All32, F(5e9f)),
        C("cvt.rzi.u32.f32", "wf", 0xFFFFFF00, F(4294967040f)), C("cvt.rzi.u32.f32", "wf", 0, NaN),
        C("cvt.rni.s32.f32", "wf", 2, F(2.5f)), C("cvt.rni.s32.f32", "wf", 4, F(3.5f)), C("cvt.rmi.s32.f32", "wf", S(-3), F(-2.5f)),
        C("cvt.rpi.s32.f32", "wf", S(-2), F(-2.5f)), C("cvt.rzi.s64.f32", "lf", Least64, NaN), C("cvt.rzi.s64.f32", "lf", Most64, F(1e20f)),
        C("cvt.rzi.u64.f32", "lf", All64, Inf), C("cvt.rzi.u64.f32", "lf", 0, F(-5)),
        C("cvt.rzi.s32.f64", "wd", 0x80000000, D(double.NaN)), C("cvt.rzi.s32.f64", "wd", 0x7FFFFFFF, D(1e10)),
        C("cvt.rzi.s64.f64", "ld", Least64, D(double.NaN)), C("cvt.rzi.s64.f64", "ld", Most64, D(9.3e18)),
        C("cvt.rni.s64.f64", "ld", 4, D(4.5)), C("cvt.rzi.u64.f64", "ld", 0x8000000000000000, D(9223372036854775808.0)),
        C("cvt.rzi.u32.f64", "wd", 0x80000000, D(double.NaN)),
        C("cvt.rzi.s16.f32", "hf", 0x7FFF, F(1e6f)), C("cvt.rzi.u16.f32", "hf", 0, F(-1)), C("cvt.rzi.s8.f32", "wf", S(-128), F(-1e6f)),
        C("cvt.rzi.u8.f32", "wf", 255, F(300)),
        C("cvt.rn.f32.s32", "fw", F(16777216), 16777217), C("cvt.rn.f32.s32", "fw", F(-1), All32),
        C("cvt.rn.f32.u32", "fw", F(4294967296f), All32), C("cvt.rz.f32.u32", "fw", F(4294967040f), All32),
        C("cvt.rp.f32.s32", "fw", F(16777218), 16777217), C("cvt.rm.f32.s32", "fw", F(-16777218), S(-16777217)),
        C("cvt.rn.f32.s64", "fl", F(9223372036854775808f), Most64), C("cvt.rz.f32.s64", "fl", F(9223371487098961920f), Most64),
        C("cvt.rn.f32.u64", "fl", F(18446744073709551616f), All64),
        C("cvt.rn.f32.u64", "fl", F(BitConverter.UInt32BitsToSingle(0x5F000001)), 0x8000008000000001),
        C("cvt.rn.f32.u64", "fl", F(9223372036854775808f), 0x8000008000000000),
        C("cvt.rn.f64.s64", "dl", D(9223372036854775808.0), Most64), C("cvt.rn.f64.u64", "dl", D(18446744073709551616.0), All64),
        C("cvt.rz.f64.u64", "dl", D(18446744073709549568.0), All64), C("cvt.rn.f64.s32", "dw", D(-1), All32),
        C("cvt.rn.f64.u32", "dw", D(4294967295), All32), C("cvt.rn.f32.u8", "fb", F(200), 200), C("cvt.rn.f32.s8", "fb", F(-56), 200),
        C("cvt.rn.f32.u16", "fh", F(65535), 65535), C("cvt.rn.f32.s16", "fh", F(-1), 65535),
        C("cvt.f64.f32", "df", D(1e-40f), F(1e-40f)), C("cvt.rn.f32.f64", "fd", Inf, D(1e300)),
        C("cvt.rz.f32.f64", "fd", F(float.MaxValue), D(1e300)), C("cvt.rp.f32.f64", "fd", F(float.Epsilon), D(1e-300)),
        C("cvt.rm.f32.f64", "fd", F(-float.Epsilon), D(-1e-300)), C("cvt.rn.f32.f64", "fd", F(0.1f), D(0.1)),
        C("cvt.rz.f32.f64", "fd", F(MathF.BitDecrement(0.1f)), D(0.1)), C("cvt.rn.f32.f64", "fd", NaN, D(double.NaN)),
        C("cvt.rn.ftz.f32.f64", "fd", 0, D(1e-40)),
        C("cvt.rni.f32.f32", "ff", F(2), F(2.5f)), C("cvt.rni.f32.f32", "ff", MinusZero, F(-0.3f)),
        C("cvt.rzi.f32.f32", "ff", F(-2), F(-2.9f)), C("cvt.rmi.f32.f32", "ff", F(-3), F(-2.1f)),
        C("cvt.rpi.f32.f32", "ff", F(-2), F(-2.9f)), C("cvt.rni.f32.f32", "ff", NaN, NaN), C("cvt.sat.f32.f32", "ff", 0, NaN),
        C("cvt.sat.f32.f32", "ff", F(1), F(7)), C("cvt.ftz.f32.f32", "ff", 0, F(1e-40f)), C("cvt.rni.f64.f64", "dd", D(-4), D(-3.5)),
        C("cvt.rmi.f64.f64", "dd", D(-4), D(-3.5)),
        C("cvt.f32.f16", "fh", F(1), 0x3C00), C("cvt.f32.f16", "fh", Inf, 0x7C00), C("cvt.f32.f16", "fh", NaN, 0x7E01),
        C("cvt.f32.f16", "fh", F(5.9604645e-8f), 1), C("cvt.f32.f16", "fh", MinusZero, 0x8000),
        C("cvt.rn.f16.f32", "hf", 0x7C00, F(65520)), C("cvt.rn.f16.f32", "hf", 0x7BFF, F(65519)),
        C("cvt.rz.f16.f32", "hf", 0x7BFF, F(1e6f)), C("cvt.rn.f16.f32", "hf", 0x7FFF, NaN), C("cvt.rn.f16.f32", "hf", 1, F(5.9604645e-8f)),
        C("cvt.rn.f16.f32", "hf", 0, F(2.9802322e-8f)), C("cvt.rn.f16.f32", "hf", 1, F(3e-8f)),
        C("cvt.rn.f16.f32", "hf", 0x3C00, F(1.0004883f)), C("cvt.rn.f16.f32", "hf", 0x3C02, F(1.0014648f)),
        C("cvt.rn.f16.f32", "hf", 0x8000, MinusZero), C("cvt.rn.f16.f64", "hd", 0x3C00, D(1)), C("cvt.rn.f16.s32", "hw", 0x7C00, 70000),
        C("cvt.rn.bf16.f32", "hf", 0x3F80, F(1)), C("cvt.rn.bf16.f32", "hf", 0x3F80, 0x3F808000),
        C("cvt.rn.bf16.f32", "hf", 0x3F82, 0x3F818000), C("cvt.rn.bf16.f32", "hf", 0x7F80, F(float.MaxValue)),
        C("cvt.rn.bf16.f32", "hf", 0x7FFF, NaN), C("cvt.rz.bf16.f32", "hf", 0x7F7F, F(float.MaxValue)),
        C("cvt.f32.bf16", "fh", F(1), 0x3F80), C("cvt.rn.relu.bf16.f32", "hf", 0, F(-3)),
        C("cvt.rn.f16x2.f32", "wff", 0x3C004000, F(1), F(2)), C("cvt.rn.bf16x2.f32", "wff", 0x3F804000, F(1), F(2)),
        C("cvt.s64.s32", "lw", All64, All32), C("cvt.u64.u32", "lw", All32, All32), C("cvt.u32.u64", "wl", 0x9ABCDEF0, 0x123456789ABCDEF0),
        C("cvt.u64.s32", "lw", All64, All32), C("cvt.s32.s8", "wb", S(-1), 0xFF), C("cvt.u32.u8", "wb", 255, 0xFF),
        C("cvt.s16.s8", "hb", 0xFFFF, 0xFF), C("cvt.u16.u32", "hw", 0x5678, 0x12345678), C("cvt.s32.s16", "wh", S(-1), 0xFFFF),
        C("cvt.u32.u16", "wh", 0xFFFF, 0xFFFF), C("cvt.s64.s8", "lb", All64, 0xFF),
        C("cvt.sat.s8.s32", "ww", S(127), 1000), C("cvt.sat.u8.s32", "ww", 0, S(-5)), C("cvt.sat.u8.s32", "ww", 255, 300),
        C("cvt.sat.s32.s64", "wl", 0x7FFFFFFF, 1ul << 40), C("cvt.sat.u32.s64", "wl", 0, L(-1)),
        C("cvt.sat.s32.u32", "ww", 0x7FFFFFFF, All32), C("cvt.s8.s32", "ww", S(-128), 0x180),
    ];

    private static IEnumerable<OpcodeCase> Approximations() =>
    [
        C("ex2.approx.f32", "ff", F(1), 0), C("ex2.approx.f32", "ff", F(8), F(3)), C("ex2.approx.f32", "ff", 0, MinusInf),
        C("ex2.approx.f32", "ff", Inf, F(200)), C("ex2.approx.ftz.f32", "ff", 0, F(-130)),
        C("ex2.approx.f32", "ff", F(7.346839692639297e-40f), F(-130)), C("ex2.approx.f32", "ff", NaN, NaN),
        C("lg2.approx.f32", "ff", MinusInf, 0), C("lg2.approx.f32", "ff", NaN, F(-1)), C("lg2.approx.f32", "ff", F(3), F(8)),
        C("lg2.approx.f32", "ff", Inf, Inf), C("lg2.approx.ftz.f32", "ff", MinusInf, F(1e-40f)), C("lg2.approx.f32", "ff", 0, F(1)),
        C("rcp.approx.f32", "ff", Inf, 0), C("rcp.approx.ftz.f32", "ff", MinusInf, F(-1e-40f)), C("rcp.approx.f32", "ff", F(0.25f), F(4)),
        C("rcp.approx.ftz.f32", "ff", 0, F(2e38f)), C("rsqrt.approx.f32", "ff", Inf, 0), C("rsqrt.approx.f32", "ff", MinusInf, MinusZero),
        C("rsqrt.approx.f32", "ff", NaN, F(-1)), C("rsqrt.approx.f32", "ff", F(0.5f), F(4)), C("sqrt.approx.f32", "ff", F(2), F(4)),
        C("sqrt.approx.f32", "ff", NaN, F(-4)), C("sqrt.approx.ftz.f32", "ff", 0, F(1e-40f)),
        C("sin.approx.f32", "ff", MinusZero, MinusZero), C("sin.approx.f32", "ff", NaN, Inf), C("cos.approx.f32", "ff", F(1), 0),
        C("cos.approx.f32", "ff", NaN, MinusInf), C("tanh.approx.f32", "ff", F(-1), MinusInf), C("tanh.approx.f32", "ff", 0, 0),
        C("div.approx.f32", "fff", F(2), F(6), F(3)), C("div.approx.f32", "fff", NaN, Inf, F(2e38f)),
        C("div.approx.f32", "fff", 0, F(1e38f), F(2e38f)), C("div.full.f32", "fff", F(0.5f), F(1e38f), F(2e38f)),
        C("div.approx.f32", "fff", Inf, F(1), 0),
        C("rcp.approx.ftz.f64", "dd", D(0.25), D(4)), C("rcp.approx.ftz.f64", "dd", D(double.PositiveInfinity), D(1e-310)),
        C("rcp.approx.ftz.f64", "dd", 0x3FD5555500000000, D(3)), C("rsqrt.approx.ftz.f64", "dd", D(0.5), D(4)),
        C("rsqrt.approx.f64", "dd", D(0.5), D(4)),
    ];

    private static void Check(IEnumerable<OpcodeCase> cases)
    {
        using var gpu = new SimulatedGpu();
        var wrong = new List<string>();
        foreach (var group in cases.GroupBy(c => (c.Opcode, c.Signature)))
        {
            OpcodeCase[] rows = [.. group];
            ulong[] got = OpcodeCase.Run(gpu, group.Key.Opcode, group.Key.Signature, rows);
            for (int i = 0; i < rows.Length; i++) if (got[i] != rows[i].Expected) wrong.Add($"{rows[i]}, but got 0x{got[i]:x}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Integer_arithmetic_wraps_saturates_and_divides_as_the_manual_says() => Check(Integers());

    [Fact]
    public void Shifts_fields_and_permutations() => Check(Bits());

    [Fact]
    public void Float_arithmetic_rounds_flushes_and_propagates_NaN() => Check(Floats());

    [Fact]
    public void Conversions_clamp_round_and_give_NaN_its_value() => Check(Conversions());

    [Fact]
    public void Approximations_have_the_manuals_special_values() => Check(Approximations());

    [Fact]
    public void Float_comparisons_are_ordered_or_not()
    {
        using var gpu = new SimulatedGpu();
        float nan = float.NaN;
        (float, float)[] pairs = [(1, 2), (2, 2), (3, 2), (nan, 2), (2, nan), (nan, nan), (0f, -0f)];
        int[] classes = [0, 1, 2, 3, 3, 3, 1];
        foreach (var row in Comparisons())
        {
            string name = row.Opcode.Split('.')[1];
            foreach (string type in (string[])["f32", "f64"])
            {
                var cases = pairs.Select(p => type == "f32" ? C("", "pff", 0, F(p.Item1), F(p.Item2))
                    : C("", "pdd", 0, D(p.Item1), D(p.Item2))).ToArray();
                ulong[] got = OpcodeCase.Run(gpu, $"setp.{name}.{type}", type == "f32" ? "pff" : "pdd", cases);
                for (int i = 0; i < pairs.Length; i++)
                    Assert.True(got[i] == (row.Expected >> classes[i] & 1), $"setp.{name}.{type} {pairs[i]} gave {got[i]}");
            }
        }
    }

    [Fact]
    public void Integer_comparisons_know_their_sign()
    {
        Check([.. from name in (string[])["lt", "le", "gt", "ge", "eq", "ne"] from width in (string[])["16", "32",
            "64"] from signed in (bool[])[false, true]
            from pair in ((long, long)[])[(-1, 1), (1, -1), (5, 5), (short.MinValue, 0)]
            let letter = width switch { "16" => 'h', "32" => 'w', _ => 'l' }
            let mask = width switch { "16" => 0xFFFFul, "32" => 0xFFFFFFFFul, _ => ulong.MaxValue }
            let a = (ulong)pair.Item1 & mask let b = (ulong)pair.Item2 & mask
            let order = signed ? pair.Item1.CompareTo(pair.Item2) : a.CompareTo(b)
            let holds = name switch { "lt" => order < 0, "le" => order <= 0, "gt" => order > 0, "ge" => order >= 0, "eq" => order == 0,
                _ => order != 0 }
            select C($"setp.{name}.{(signed ? "s" : "u")}{width}", $"p{letter}{letter}", holds ? 1u : 0, a, b)]);
        Check([C("setp.lo.u32", "pww", 0, All32, 1), C("setp.hs.u64", "pll", 1, All64, 1), C("setp.lt.and.s32", "pwwp", 0, 1, 2, 0),
            C("setp.lt.or.s32", "pwwp", 1, 2, 1, 1), C("setp.lt.xor.s32", "pwwp", 0, 1, 2, 1),
            C("setp.lt.ftz.f32", "pff", 0, 0, F(1e-40f))]);
    }

    [Fact]
    public void Pushed_approximations_stay_within_the_manuals_bound()
    {
        using var gpu = new SimulatedGpu();
        var cases = Enumerable.Range(1, 200).Select(i => C("", "ff", 0, F(i * 0.37f))).ToArray();
        foreach (var (opcode, exact, bound) in ((string, Func<double, double>, double)[])[("rcp.approx.f32", x => 1 / x, 1.2e-7),
            ("ex2.approx.f32", x => Math.Pow(2, x), 2.5e-7), ("sin.approx.f32", Math.Sin, 4e-5), ("tanh.approx.f32", Math.Tanh, 5e-4)])
        {
            int high = 0, low = 0;
            foreach (var mode in (Approximation[])[Approximation.High, Approximation.Low])
            {
                gpu.Settings = gpu.Settings with { Approximation = mode };
                ulong[] got = OpcodeCase.Run(gpu, opcode, "ff", cases);
                for (int i = 0; i < cases.Length; i++)
                {
                    double x = BitConverter.UInt32BitsToSingle((uint)cases[i].Operands[0]), want = exact(x),
                        value = BitConverter.UInt32BitsToSingle((uint)got[i]);
                    if (!double.IsFinite(value)) continue;
                    Assert.True(Math.Abs(value - want) <= bound * Math.Max(1, opcode[0] == 's' ? 1 : Math.Abs(want)) * 1.3,
                        $"{opcode} {x}: {value} for {want}");
                    if (value > want) high++;
                    if (value < want) low++;
                }
            }
            Assert.True(high > 100 && low > 100, $"{opcode} was pushed up {high} and down {low} times");
        }
    }
}
