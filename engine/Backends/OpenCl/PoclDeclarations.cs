using System.Globalization;
using System.Text;
using GpuTensor.Kernels;

namespace GpuTensor.Backends.OpenCl;

/// <summary>
/// What generated kernels use of OpenCL C's library, declared for PoCL. For every program PoCL parses a header of 900 KB, which is a
/// quarter of the time that a small program compiles; with <c>_OPENCL_H_</c> defined it leaves it out, as its own <c>_clang_opencl.h</c>
/// provides for. These are declarations only: the functions are PoCL's, and so are the bits.
/// </summary>
internal static class PoclDeclarations
{
    public const string Option = "-D_OPENCL_H_";

    private static readonly string[] Integers = ["char", "uchar", "short", "ushort", "int", "uint", "long", "ulong"],
        Floats = ["float", "double"];

    private static readonly int[] Widths = [2, 4, 8, 16];

    /// <summary>Stands before a program; lines after it count from 1 again.</summary>
    public static string Text { get; } = Write();

    private static string Write()
    {
        const string pure = "__attribute__((overloadable, const)) ", over = "__attribute__((overloadable)) ";
        var text = new StringBuilder("""
            #define INFINITY (__builtin_inff())
            #define NAN (__builtin_nanf(""))
            #define CLK_LOCAL_MEM_FENCE 1
            #define CLK_GLOBAL_MEM_FENCE 2

            """);
        string[] all = [.. Integers, .. Floats];
        foreach (string type in all)
            foreach (string width in (string[])["", "16"])
                text.Append(CultureInfo.InvariantCulture, $"#define as_{type}{width}(x) __builtin_astype((x), {type}{width})\n");
        text.Append("#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n");
        foreach (string type in (string[])["char", "short", "int", "long"])
            text.Append(CultureInfo.InvariantCulture, $"typedef unsigned {type} u{type}; ");
        text.Append("typedef __SIZE_TYPE__ size_t; ");
        foreach (string type in all)
            foreach (int width in Widths)
                text.Append(CultureInfo.InvariantCulture, $"typedef {type} {type}{width} __attribute__((ext_vector_type({width}))); ");
        text.Append($"size_t {pure}get_group_id(uint); size_t {pure}get_local_id(uint); size_t {pure}get_global_id(uint); void "
            + "__attribute__((overloadable, convergent)) barrier(uint); ");
        foreach (string lanes in (string[])["char16", "short16", "int16", "long16"])
            text.Append(CultureInfo.InvariantCulture, $"int {pure}any({lanes}); int {pure}all({lanes}); ");
        foreach (string scalar in Floats)
            foreach (string t in (string[])[scalar, scalar + "16"])
            {
                foreach (string name in (string[])["fabs", "floor", "ceil", "trunc", "rint", "sqrt"])
                    text.Append(CultureInfo.InvariantCulture, $"{t} {pure}{name}({t}); ");
                foreach (string name in (string[])["copysign", "fmod"])
                    text.Append(CultureInfo.InvariantCulture, $"{t} {pure}{name}({t}, {t}); ");
                text.Append(CultureInfo.InvariantCulture, $"{t} {pure}fma({t}, {t}, {t}); ");
            }
        foreach (string name in Functions.OfDevice(1)) text.Append(CultureInfo.InvariantCulture, $"double {pure}{name}(double); ");
        foreach (string name in Functions.OfDevice(2)) text.Append(CultureInfo.InvariantCulture, $"double {pure}{name}(double, double); ");
        foreach (string scalar in Integers)
            foreach (string t in (string[])[scalar, scalar + "16"])
                foreach (string name in (string[])["min", "max", "mul_hi"])
                    text.Append(CultureInfo.InvariantCulture, $"{t} {pure}{name}({t}, {t}); ");
        foreach (string to in all)
            foreach (string from in all) text.Append(CultureInfo.InvariantCulture, $"{to}16 {pure}convert_{to}16({from}16); ");
        foreach (string to in (string[])["int", "long"])
            foreach (string from in Floats)
                foreach (string width in (string[])["", "16"]) 
                    text.Append(CultureInfo.InvariantCulture, $"{to}{width} {pure}convert_{to}{width}_sat({from}{width}); ");
        foreach (string space in (string[])["__global", "__local", "__private"])
            foreach (string type in all)
                foreach (int width in Widths)
                    text.Append(CultureInfo.InvariantCulture,
                        $"{type}{width} __attribute__((overloadable, pure)) vload{width}(size_t, const {space} {type}*); void "
                        + $"{over}vstore{width}({type}{width}, size_t, {space} {type}*); ");
        return text.Append("\n#line 1\n").ToString();
    }
}
