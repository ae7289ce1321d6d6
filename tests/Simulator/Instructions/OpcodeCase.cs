using System.Globalization;
using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.Tests.Simulator.Instructions;

/// <summary>One instruction, its operands' bits and what the PTX manual says comes out. The signature has a letter for each operand, the
/// destination first, as in the interpreter's table: p h w l f d; b is a byte in a register of 16 bits.</summary>
internal sealed record OpcodeCase(string Opcode, string Signature, ulong Expected, params ulong[] Operands)
{
    public override string ToString() =>
        $"{Opcode} {string.Join(", ", Operands.Select(o => "0x" + o.ToString("x", CultureInfo.InvariantCulture)))} -> 0x{Expected:x}";

    /// <summary>Runs cases of one opcode, a lane each, and returns what came out.</summary>
    public static ulong[] Run(SimulatedGpu gpu, string opcode, string signature, IReadOnlyList<OpcodeCase> cases, string suffix = "")
    {
        var kernel = gpu.LoadPtx(Text(opcode, signature, suffix)).Kernels["k"];
        ulong result = gpu.Allocate(cases.Count * 8);
        int operands = signature.Length - 1;
        ulong[] values = new ulong[Math.Max(1, cases.Count * operands)];
        for (int i = 0; i < cases.Count; i++)
            for (int k = 0; k < operands; k++) values[k * cases.Count + i] = cases[i].Operands[k];
        ulong input = gpu.Upload<ulong>(values);
        gpu.Launch(kernel, new((uint)(cases.Count + 63) / 64), new(64), result, input, cases.Count);
        return gpu.Download<ulong>(result, cases.Count);
    }

    private static string Text(string opcode, string signature, string suffix)
    {
        var text = new System.Text.StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($".visible .entry k(.param .u64 result, .param .u64 input, .param .u32 count)");
        Line($"{{");
        Line($".reg .pred %p<9>;\n.reg .b16 %h<9>;\n.reg .b32 %r<20>;\n.reg .b64 %q<20>;");
        Line($"ld.param.u64 %q10, [result];\nld.param.u64 %q11, [input];\nld.param.u32 %r10, [count];");
        Line($"mov.u32 %r11, %tid.x;\nmov.u32 %r12, %ctaid.x;\nmad.lo.u32 %r11, %r12, 64, %r11;");
        Line($"setp.ge.u32 %p8, %r11, %r10;\n@%p8 bra DONE;");
        Line($"mul.wide.u32 %q12, %r11, 8;\nadd.u64 %q10, %q10, %q12;\nadd.u64 %q11, %q11, %q12;\nmul.wide.u32 %q13, %r10, 8;");
        var names = new List<string>();
        for (int k = 0; k < signature.Length; k++)
        {
            string name = (signature[k] switch { 'p' => "%p", 'h' or 'b' => "%h", 'w' or 'f' => "%r", _ => "%q" }) + k;
            names.Add(name);
            if (k == 0) continue;
            if (signature[k] == 'p') Line($"ld.global.u32 %r15, [%q11];\nsetp.ne.u32 {name}, %r15, 0;");
            else Line($"ld.global.{(signature[k] switch { 'b' => "u8", 'h' => "u16", 'w' or 'f' => "u32", _ => "u64" })} {name}, [%q11];");
            Line($"add.u64 %q11, %q11, %q13;");
        }
        Line($"{opcode} {string.Join(", ", names)}{suffix};");
        if (signature[0] == 'p') Line($"selp.u64 %q14, 1, 0, %p0;");
        else if (signature[0] is 'h' or 'b') Line($"cvt.u64.u16 %q14, %h0;");
        else if (signature[0] is 'w' or 'f') Line($"cvt.u64.u32 %q14, %r0;");
        else Line($"mov.b64 %q14, %q0;");
        Line($"st.global.u64 [%q10], %q14;\nDONE:\nret;\n}}");
        return text.ToString();
    }
}
