namespace GpuTensor.Kernels;

/// <summary>How a dtype is computed and stored in OpenCL C.</summary>
/// <param name="Scalar">The type of accumulators: unsigned for integers, whose overflow is defined.</param>
/// <param name="Size">Its bytes.</param>
internal readonly record struct GemmTypes(string Scalar, int Size, bool IsFloat)
{
    /// <summary>Lanes of every vector, as in the generated kernels: one register of AVX-512 for 4 bytes, two for 8.</summary>
    public const int Lanes = 16;

    /// <summary>The type in which a product of that dtype accumulates.</summary>
    public static GemmTypes Of(DType dtype) => dtype switch
    {
        DType.Float16 or DType.BFloat16 or DType.Float32 => new("float", 4, true),
        DType.Float64 => new("double", 8, true),
        DType.Int64 => new("ulong", 8, false),
        DType.Bool => throw new ArgumentException("a product of booleans is not defined"),
        _ => new("uint", 4, false),
    };

    /// <summary>The accumulators' vector.</summary>
    public string Vector => Scalar + Lanes;

    /// <summary>One step of the chain.</summary>
    public string MultiplyAdd(string a, string b, string c) => IsFloat ? $"fma({a}, {b}, {c})" : $"{a} * {b} + {c}";

    /// <summary>The element type of a buffer.</summary>
    public static string Storage(DType dtype) => dtype switch
    {
        DType.Bool or DType.UInt8 => "uchar",
        DType.Int8 => "char",
        DType.Int16 => "short",
        DType.Int32 => "int",
        DType.Int64 => "long",
        DType.Float16 => "half",
        DType.BFloat16 => "ushort",
        DType.Float32 => "float",
        _ => "double",
    };

    /// <summary>Reads <paramref name="width"/> elements at <paramref name="pointer"/> (1: a scalar) as accumulators' type.</summary>
    public string Load(DType dtype, string pointer, int width)
    {
        string w = width == 1 ? "" : width.ToString();
        string raw = width == 1 ? $"*({pointer})" : $"vload{w}(0, {pointer})";
        return dtype switch
        {
            DType.Float32 or DType.Float64 => raw,
            DType.Float16 => $"vload_half{w}(0, {pointer})",
            DType.BFloat16 => $"as_float{w}(convert_uint{w}({raw}) << 16)",
            // Sign extension, then the same bits unsigned.
            DType.Int64 => $"as_ulong{w}({raw})",
            _ => $"as_uint{w}(convert_int{w}({raw}))",
        };
    }

    /// <summary>Writes accumulators, rounded or truncated to the dtype.</summary>
    public string Store(DType dtype, string value, string pointer, int width)
    {
        string w = width == 1 ? "" : width.ToString();
        string To(string converted) => width == 1 ? $"*({pointer}) = {converted};" : $"vstore{w}({converted}, 0, {pointer});";
        return dtype switch
        {
            DType.Float32 or DType.Float64 => To(value),
            DType.Float16 => $"vstore_half{w}_rte({value}, 0, {pointer});",
            DType.BFloat16 => To($"bf16_bits{w}({value})"),
            DType.Int64 => To($"as_long{w}({value})"),
            DType.Int32 => To($"as_int{w}({value})"),
            // A conversion of integers drops the upper bits.
            _ => To($"convert_{Storage(dtype)}{w}({value})"),
        };
    }

    /// <summary>What a program of these kernels starts with.</summary>
    public const string Header = "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n#pragma OPENCL FP_CONTRACT OFF\n";

    /// <summary>What <see cref="Store"/> calls: rounding to bfloat16, half to even, NaN kept.</summary>
    public static string Helpers(DType dtype)
    {
        if (dtype != DType.BFloat16) return "";
        string One(string w) => $$"""
            #ifndef GEMM_BF16{{w}}
            #define GEMM_BF16{{w}}
            static inline ushort{{w}} bf16_bits{{w}}(float{{w}} x)
            {
                uint{{w}} u = as_uint{{w}}(x);
                uint{{w}} rounded = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
                return convert_ushort{{w}}(select(rounded, (uint{{w}})(0x7fc0u), isnan(x)));
            }
            #endif

            """;
        return One("") + One(Lanes.ToString());
    }
}
