namespace GpuTensor.Kernels;

/// <summary>CUDA C++ as NVRTC takes it: no header, no include path. NVRTC knows the mathematical functions and min and max in all their
/// overloads, and neither INFINITY nor the unsigned types' short names. Compiled with --fmad=false, so an expression is rounded where it is
/// written, as in the other dialect.</summary>
internal sealed partial record Dialect
{
    public static readonly Dialect Cuda = new()
    {
        Name = "cuda",
        Header = CudaHeader.ReplaceLineEndings("\n"),
        // "long" has 32 bits on Windows.
        Types = ["int", "uchar", "signed char", "ushort", "short", "uint", "int", "ulong", "long long", "float", "double"],
        Truncates = ["truncate_int", "truncate_long"],
        // One block to a multiprocessor is enough: without that word the compiler spills a few registers of small kernels to fit more
        // blocks (measured).
        Kernel = "extern \"C\" __global__ void __launch_bounds__({3}, 1) ",
        Function = "__device__ __forceinline__ ",
        Global = "",
        Local = "",
        LocalArray = "__shared__ {0} {1}[{2}];",
        Restrict = "__restrict__ ",
        // One name and one type in all kernels of a program, which the compiler demands. 16 bytes: the longest vector.
        DynamicLocal = "extern __shared__ __align__(16) ulong {0}[];",
        GroupIds = ["blockIdx.x", "blockIdx.y", "blockIdx.z"],
        LocalIds = ["threadIdx.x", "threadIdx.y", "threadIdx.z"],
        LocalBarrier = "__syncthreads();",
        GlobalBarrier = "__syncthreads();",
        HighProduct = "__umulhi({0}, {1})",
        WideSuffix = "ULL",
        ScalarsInMemory = true,
        Unroll = "#pragma unroll",
        KeepLoop = "#pragma unroll 1",
        MemoryVectors = ["int4", "uchar4", "char4", "ushort4", "short4", "uint4", "int4", "ulonglong2", "longlong2", "float4", "double2"],
        // All lanes of a warp are here: subgroups past the last row take part too.
        Shuffles = ("__shfl_down_sync(0xffffffffu, {0}, {1}, {2})", "__shfl_sync(0xffffffffu, {0}, 0, {2})"),
        // cuda_fp16.h needs an include path, the instructions behind it do not. bfloat16 has such instructions from sm_80 on only, so it is
        // converted by its bits everywhere.
        Intrinsics = new Dictionary<string, string>
        {
            ["from_f16_f32"] = "$T $N($H h) { $T r; asm(\"cvt.f32.f16 %0, %1;\" : \"=f\"(r) : \"h\"(h)); return r; }",
            ["to_f16_f32"] = "$H $N($T x) { $H h; asm(\"cvt.rn.f16.f32 %0, %1;\" : \"=h\"(h) : \"f\"(x)); return h; }",
            ["round_f16_f32"] = "$T $N($T x) { return @from_f16(@to_f16(x)); }",
        },
    };

    // Generated code declares what it may not need (177, 550), compares unsigned numbers with 0 where signed ones would matter (186), and
    // divides floats by a constant that is 0 where the program does (39).
    private const string CudaHeader = """
        #pragma nv_diag_suppress 39, 177, 186, 550
        typedef unsigned char uchar;
        typedef unsigned short ushort;
        typedef unsigned int uint;
        typedef unsigned long long ulong;
        #define INFINITY __int_as_float(0x7f800000)
        #define NAN __int_as_float(0x7fc00000)
        __device__ __forceinline__ float as_float(uint x) { return __uint_as_float(x); }
        __device__ __forceinline__ float as_float(int x) { return __int_as_float(x); }
        __device__ __forceinline__ float as_float(float x) { return x; }
        __device__ __forceinline__ uint as_uint(float x) { return __float_as_uint(x); }
        __device__ __forceinline__ uint as_uint(int x) { return (uint)x; }
        __device__ __forceinline__ int as_int(float x) { return __float_as_int(x); }
        __device__ __forceinline__ int as_int(uint x) { return (int)x; }
        __device__ __forceinline__ double as_double(ulong x) { return __longlong_as_double((long long)x); }
        __device__ __forceinline__ double as_double(long long x) { return __longlong_as_double(x); }
        __device__ __forceinline__ ulong as_ulong(double x) { return (ulong)__double_as_longlong(x); }
        __device__ __forceinline__ ulong as_ulong(long long x) { return (ulong)x; }
        __device__ __forceinline__ long long as_long_long(double x) { return __double_as_longlong(x); }
        __device__ __forceinline__ long long as_long_long(ulong x) { return (long long)x; }
        __device__ __forceinline__ int truncate_int(float x) { return __float2int_rz(x); }
        __device__ __forceinline__ int truncate_int(double x) { return x == x ? __double2int_rz(x) : 0; }
        __device__ __forceinline__ long long truncate_long(float x) { return x == x ? __float2ll_rz(x) : 0; }
        __device__ __forceinline__ long long truncate_long(double x) { return x == x ? __double2ll_rz(x) : 0; }

        """;
}
