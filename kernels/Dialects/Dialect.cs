using System.Globalization;
using System.Text;

namespace GpuTensor.Kernels;

/// <summary>How a source language spells what kernels are made of. Two instances exist (this file's, and the one in Dialect.Cuda.cs): a
/// dialect is this data and nothing else, so that one generator serves both.</summary>
internal sealed partial record Dialect
{
    /// <summary>For people and cache keys.</summary>
    public required string Name { get; init; }

    /// <summary>What stands first in every program.</summary>
    public required string Header { get; init; }

    /// <summary>Scalar type names by <see cref="Kind"/>; a vector type is the name and its width.</summary>
    public required string[] Types { get; init; }

    /// <summary>What stands before a kernel's name: {0}, {1} and {2} are the work-items of a group along x, y and z, {3} is their
    /// product.</summary>
    public required string Kernel { get; init; }

    /// <summary>What stands before a helper function's result type.</summary>
    public required string Function { get; init; }

    /// <summary>Address space of buffers and of memory shared by a work-group, each with a trailing space where there is one.</summary>
    public required string Global { get; init; }

    /// <inheritdoc cref="Global"/>
    public required string Local { get; init; }

    /// <summary>A local array: type, name, length.</summary>
    public required string LocalArray { get; init; }

    public required string Restrict { get; init; }

    /// <summary>The dynamic local array, {0} its name: 64-bit words, as many as the launch says (<see cref="LaunchShape"/>). It is declared
    /// as the kernel's last parameter (<see cref="DynamicLocalIsParameter"/>) or by a statement.</summary>
    public required string DynamicLocal { get; init; }

    /// <inheritdoc cref="DynamicLocal"/>
    public bool DynamicLocalIsParameter { get; init; }

    /// <summary>The work-group's position in the grid, along x, y and z.</summary>
    public required string[] GroupIds { get; init; }

    /// <summary>The work-item's position in its group, along x, y and z.</summary>
    public required string[] LocalIds { get; init; }

    /// <summary>Waits until all of the group are here and see each other's local, or local and global, writes.</summary>
    public required string LocalBarrier { get; init; }

    /// <inheritdoc cref="LocalBarrier"/>
    public required string GlobalBarrier { get; init; }

    /// <summary>The upper 32 bits of the product of two unsigned numbers.</summary>
    public required string HighProduct { get; init; }

    /// <summary>Suffix of an unsigned 64-bit literal.</summary>
    public required string WideSuffix { get; init; }

    /// <summary>True where the language has vectors of 16 lanes, which the CPU shape needs.</summary>
    public bool HasVectors { get; init; }

    /// <summary>Vectors of 16 bytes, or of four elements where those are smaller, by <see cref="Kind"/>: what one work-item of the GPU
    /// shape reads and writes at a time.</summary>
    public required string[] MemoryVectors { get; init; }

    /// <summary>The pragma before a loop that must be unrolled, so that the arrays that it walks through are registers. Null: the language
    /// has none that compilers must follow.</summary>
    public string? Unroll { get; init; }

    /// <summary>The pragma before a loop that must not be unrolled, since its body is long. Null: compilers of the language do not unroll
    /// such loops by themselves.</summary>
    public string? KeepLoop { get; init; }

    /// <summary>Sub-group shuffles: {0} value, {1} distance, {2} width (a power of two, at most 32). <c>Down</c> reads the work-item {1}
    /// further on, <c>First</c> the first of the width. Null: the generator goes by way of local memory.</summary>
    public (string Down, string First)? Shuffles { get; init; }

    /// <summary>True: a kernel reads its per-step scalars from a block in device memory, at places that its integers name, so that a
    /// captured launch need not change. False: they are parameters.</summary>
    public bool ScalarsInMemory { get; init; }

    /// <summary>Helper functions that the language or its hardware has an instruction for: templates that stand in for the
    /// library's.</summary>
    public IReadOnlyDictionary<string, string> Intrinsics { get; init; } =
        System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    public string Type(Kind kind, int width = 1) => width == 1 ? Types[(int)kind] : Vector[(int)kind];

    private string[] Vector => vector ??= [.. Types.Select(t => t + "16")];

    private string[]? vector;

    /// <summary>A conversion by value.</summary>
    public string Convert(Kind kind, int width, string value) =>
        width == 1 ? $"({Types[(int)kind]})({value})" : $"convert_{Vector[(int)kind]}({value})";

    /// <summary>A floating number without its fraction as an int or long, by what is C#'s rule: beyond the type's range its nearest end,
    /// NaN is 0.</summary>
    public string Truncate(Kind kind, int width, string value) =>
        $"{(width == 1 ? Truncates[kind == Kind.I64 ? 1 : 0] : $"convert_{Type(kind, width)}_sat")}({value})";

    /// <summary>The functions of <see cref="Truncate"/> for one number, to int and to long. A plain cast is undefined out of
    /// range.</summary>
    public required string[] Truncates { get; init; }

    /// <summary>One value in every lane.</summary>
    public string Splat(Kind kind, int width, string value) => $"({Type(kind, width)})({value})";

    /// <summary>The program header: pragmas and the named helper functions, each with what it needs, in an order that does not depend on
    /// the order of the names.</summary>
    public string Prelude(IEnumerable<string> functions)
    {
        var text = new StringBuilder(Header);
        var done = new HashSet<string>();
        foreach (string name in functions.Order(StringComparer.Ordinal)) Library.Append(this, text, name, done);
        return text.ToString();
    }

    /// <summary>A finite literal is hexadecimal, so exact; the others are bit patterns.</summary>
    public string Literal(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (!float.IsFinite(value)) return $"as_float(0x{bits:x8}u)";
        if (value == 0) return (bits >> 31) != 0 ? "-0.0f" : "0.0f";
        return Hexadecimal(value) + "f";
    }

    /// <inheritdoc cref="Literal(float)"/>
    public string Literal(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        if (!double.IsFinite(value)) return $"as_double(0x{bits:x16}{WideSuffix})";
        if (value == 0) return (bits >> 63) != 0 ? "-0.0" : "0.0";
        return Hexadecimal(value);
    }

    private static string Hexadecimal(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int exponent = (int)(bits >> 52 & 0x7ff);
        string digits = (bits & 0xfffffffffffff).ToString("x13", CultureInfo.InvariantCulture).TrimEnd('0');
        string sign = bits >> 63 != 0 ? "-" : "";
        return $"{sign}0x{(exponent == 0 ? 0 : 1)}{(digits.Length == 0 ? ".0" : "." + digits)}p{Math.Max(exponent, 1) - 1023}";
    }

    /// <summary>The literal of a constant of a dtype, as a scalar of its register kind.</summary>
    public string Literal(DType dtype, ulong bits)
    {
        switch (dtype)
        {
            case DType.Bool: return bits != 0 ? "1" : "0";
            case DType.UInt8: return $"({Type(Kind.U8)})({(byte)bits})";
            case DType.Int8: return $"({Type(Kind.I8)})({(sbyte)bits})";
            case DType.Int16: return $"({Type(Kind.I16)})({(short)bits})";
            case DType.Int32: return (int)bits == int.MinValue ? "(-2147483647 - 1)" : ((int)bits).ToString(CultureInfo.InvariantCulture);
            case DType.Int64: return $"({Type(Kind.I64)})0x{bits:x}{WideSuffix}";
            case DType.Float64: return Literal(BitConverter.UInt64BitsToDouble(bits));
            case DType.Float32: return Literal(BitConverter.UInt32BitsToSingle((uint)bits));
            case DType.Float16: return Literal((float)BitConverter.UInt16BitsToHalf((ushort)bits));
            default: return Literal(BitConverter.UInt32BitsToSingle((uint)bits << 16));
        }
    }

    public static readonly Dialect OpenCl = new()
    {
        Name = "opencl",
        Header = "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n#pragma OPENCL FP_CONTRACT OFF\n",
        Types = ["int", "uchar", "char", "ushort", "short", "uint", "int", "ulong", "long", "float", "double"],
        Truncates = ["convert_int_sat", "convert_long_sat"],
        Kernel = "__kernel __attribute__((reqd_work_group_size({0}, {1}, {2}))) void ",
        Function = "static inline ",
        Global = "__global ",
        Local = "__local ",
        LocalArray = "__local {0} {1}[{2}];",
        Restrict = "restrict ",
        DynamicLocal = "__local ulong* restrict {0}",
        DynamicLocalIsParameter = true,
        GroupIds = ["get_group_id(0)", "get_group_id(1)", "get_group_id(2)"],
        LocalIds = ["get_local_id(0)", "get_local_id(1)", "get_local_id(2)"],
        LocalBarrier = "barrier(CLK_LOCAL_MEM_FENCE);",
        GlobalBarrier = "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);",
        HighProduct = "mul_hi({0}, {1})",
        WideSuffix = "UL",
        HasVectors = true,
        MemoryVectors = ["int4", "uchar4", "char4", "ushort4", "short4", "uint4", "int4", "ulong2", "long2", "float4", "double2"],
    };
}
