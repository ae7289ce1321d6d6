using GpuTensor.CudaSimulator;
using GpuTensor.CudaSimulator.Interpreter;
using GpuTensor.CudaSimulator.Memory;
using GpuTensor.CudaSimulator.Ptx;
using Xunit;

namespace GpuTensor.Tests.Simulator.Instructions;

/// <summary>For each rule a kernel that breaks it, which must fail and say kernel, thread and address; and its mended twin, which must
/// not.</summary>
public class StrictnessTests
{
    private static readonly int[] Numbers = [.. Enumerable.Range(0, 64)];

    /// <summary>Two blocks of 32 threads of a kernel over an uploaded x and an unwritten y of 64 integers.</summary>
    private static DeviceFault? Run(string body, Action<SimulatedGpu, PtxKernel, ulong, ulong>? launch = null)
    {
        using var gpu = new SimulatedGpu();
        var kernel = gpu.Compile(
            $"extern \"C\" __global__ void culprit(int* y, int* x, int n)\n{{\nint t = threadIdx.x, i = blockIdx.x * 32 + t;\n{body}\n}}")
            .Kernels["culprit"];
        ulong x = gpu.Upload<int>(Numbers, "the input"), y = gpu.Allocate(256, "the output");
        launch ??= (g, k, a, b) => g.Launch(k, new(2), new(32), a, b, 64);
        try
        {
            launch(gpu, kernel, y, x);
            return null;
        }
        catch (DeviceFault fault)
        {
            return fault;
        }
    }

    private static void Breaks(FaultKind kind, string body, params string[] says)
    {
        var fault = Run(body);
        Assert.True(fault is not null, $"nothing was found wrong with {body}");
        Assert.Equal(kind, fault!.Kind);
        Assert.Equal((int)kind, fault.Result);
        Assert.StartsWith("culprit, block (", fault.Message);
        Assert.Contains("thread (", fault.Message);
        foreach (string part in says) Assert.Contains(part, fault.Message);
    }

    private static void Holds(string body) => Assert.Null(Run(body));

    [Fact]
    public void Memory_that_was_never_written()
    {
        Breaks(FaultKind.IllegalAddress, "x[i] = y[i] + 1;", "never written", "0x1", "(the output)");
        Breaks(FaultKind.IllegalAddress, "__shared__ int s[32]; if (t < 31) s[t] = t; __syncthreads(); y[i] = s[t];", "never written",
            "thread (31, 0, 0)", "shared address 0x7c");
        Breaks(FaultKind.IllegalAddress, "int l[8]; for (int k = 0; k < n - 57; k++) l[(k * 3 + i) & 7] = k; y[i] = l[(n + i + 5) & 7];",
            "local memory that was never written", "local address 0x");
        Breaks(FaultKind.IllegalAddress, "atomicAdd(&y[0], i);", "never written");
        Holds("y[i] = x[i]; x[i] = y[i] + 1;");
    }

    [Fact]
    public void Bytes_of_a_word_count_one_by_one()
    {
        Breaks(FaultKind.IllegalAddress,
            "unsigned short* h = (unsigned short*)y; if (blockIdx.x == 0) { h[2 * t] = t; __syncthreads(); x[t] = h[2 * t + 1]; }",
            "never written");
        Holds("unsigned char* b = (unsigned char*)y; b[t * 2 + blockIdx.x] = t; ");
        Breaks(FaultKind.IllegalAddress, "unsigned char* b = (unsigned char*)y; b[t * 2] = t;", "block");
    }

    [Fact]
    public void Races_in_shared_memory()
    {
        Breaks(FaultKind.IllegalAddress, "__shared__ int s[33]; s[t] = t; if (t == 0) s[32] = 0; y[i] = s[t + 1];", "no barrier between",
            "shared address 0x");
        Breaks(FaultKind.IllegalAddress,
            "__shared__ int s[32]; s[t] = t; __syncthreads(); int v = s[t ^ 1]; s[t] = v; __syncthreads(); y[i] = s[t];",
            "writes what thread", "read, with no barrier between");
        Breaks(FaultKind.IllegalAddress, "__shared__ int s[1]; s[0] = t; __syncthreads(); y[i] = s[0];", "writes what thread",
            "no barrier between");
        Breaks(FaultKind.IllegalAddress, "__shared__ int s[1]; if (t == 0) s[0] = 0; __syncthreads(); s[0]++; atomicAdd(s, 1); y[i] = 1;",
            "no barrier between");
        Holds("__shared__ int s[32]; s[t] = t; __syncthreads(); int v = s[t ^ 1]; __syncthreads(); s[t] = v; __syncthreads(); y[i] = s[31 "
            + "- t];");
        Holds("__shared__ int s[32]; s[t] = t; __syncwarp(); y[i] = s[t ^ 1];");
        Holds("__shared__ int s[1]; if (t == 0) s[0] = 0; __syncthreads(); atomicAdd(s, 1); __syncthreads(); y[i] = s[0];");
    }

    [Fact]
    public void Races_in_global_memory()
    {
        Breaks(FaultKind.IllegalAddress, "y[t] = i;", "writes what block", "of the same launch wrote", "(the output)");
        Breaks(FaultKind.IllegalAddress, "x[i] = x[63 - i] + 1;", "block", "of the same launch", "(the input)");
        Breaks(FaultKind.IllegalAddress, "y[i] = 0; atomicAdd(&y[(i + 32) & 63], 1);", "block");
        Breaks(FaultKind.IllegalAddress, "y[i] = t; x[i] = y[i ^ 1];", "with no barrier between");
        Holds("y[i] = t; __syncthreads(); x[i] = y[i ^ 1];");
        Holds("atomicAdd(&x[t], 1); atomicMax(&x[t], 3);");
        Holds("y[i] = x[t] + x[63 - t];");
    }

    [Fact]
    public void The_read_only_cache_of_what_the_launch_writes()
    {
        Breaks(FaultKind.IllegalAddress, "int v = __ldg(&x[i]); x[i] = v + 1;", "read-only cache", "(the input)");
        Breaks(FaultKind.IllegalAddress, "y[i] = 1; x[i] = __ldg(&y[i]);", "read-only cache", "(the output)");
        Holds("y[i] = __ldg(&x[63 - i]);");
    }

    [Fact]
    public void Addresses()
    {
        Breaks(FaultKind.MisalignedAddress, "float4 v = *(float4*)(x + t * 4 % 32 + 1); y[i] = v.x + v.y * v.z - v.w;", "ld.global",
            "no multiple of 16", "0x1");
        Breaks(FaultKind.MisalignedAddress, "*(double*)(y + 1) = 2;", "no multiple of 8");
        Breaks(FaultKind.MisalignedAddress,
            "__shared__ double s[32]; volatile double* p = (volatile double*)((char*)(s + t) + 4); *p = t; y[i] = *p;", "no multiple of 8");
        Breaks(FaultKind.IllegalAddress, "y[i + 1] = i;", "thread (31, 0, 0)", "0 bytes past the end of 256 bytes", "(the output)");
        Breaks(FaultKind.IllegalAddress, "y[i - 1] = i;", "thread (0, 0, 0)", "4 bytes before 256 bytes");
        Breaks(FaultKind.IllegalAddress, "y[i] = x[i + (1 << 20)];", "in no allocation");
        Breaks(FaultKind.IllegalAddress, "y[i] = *(int*)(long long)(n - 64 + i * 4);", "is the null pointer");
        Breaks(FaultKind.IllegalAddress, "extern __shared__ int s[]; s[t + 1] = 1; y[i] = 0;",
            "outside the block's 0 bytes of shared memory");
        var fault = Run("y[i] = x[i];", (gpu, kernel, y, x) =>
        {
            gpu.Memory.Free(x);
            gpu.Launch(kernel, new(2), new(32), y, x, 64);
        });
        Assert.Contains("freed memory", fault!.Message);
        Assert.Contains("thread (", fault.Message);
    }

    [Fact]
    public void Barriers_and_shuffles()
    {
        Breaks(FaultKind.LaunchFailed, "if (t < 16) __syncthreads(); y[i] = t;", "divergent barrier", "bar");
        Breaks(FaultKind.LaunchFailed, "if (t < 16) y[i] = __shfl_xor_sync(~0u, t, 1); else y[i] = 0;",
            "member mask 0xffffffff is not the active lanes 0x0000ffff");
        Breaks(FaultKind.LaunchFailed, "y[i] = __shfl_down_sync(0xffff, t, 1);", "member mask 0x0000ffff");
        Breaks(FaultKind.LaunchFailed, "if (t & 1) y[i] = __ballot_sync(~0u, t > 3);", "member mask");
        Breaks(FaultKind.LaunchFailed, "if (t < 8) y[i] = __shfl_sync(0xff, t, 9);", "lane 9, which is not active");
        Holds("if (t < 16) y[i] = __shfl_xor_sync(0xffff, t, 1);");
        Holds("unsigned m = t < 16 ? 0xffff : 0xffff0000; y[i] = __shfl_xor_sync(m, t, 1);");
        Holds("if (t >= 32) return; __syncthreads(); y[i] = t;");
        var fault = Run("__shared__ int s[64]; s[t] = t; if (t < 32) __syncthreads(); y[t] = s[t ^ 33];", (gpu, kernel, y, x) =>
            gpu.Launch(kernel, new(1), new(64), y, x, 64));
        Assert.NotNull(fault);
    }

    [Fact]
    public void A_loop_without_end()
    {
        var fault = Run("while (atomicAdd(&x[t], 1) >= 0) { x[t & 0] &= 0xff; }  y[i] = 1;".Replace("x[t & 0] &= 0xff;",
            "atomicAnd(&x[t], 0xff);", StringComparison.Ordinal), (gpu, kernel, y, x) =>
        {
            gpu.Settings = gpu.Settings with { MaxWarpInstructions = 10_000 };
            gpu.Launch(kernel, new(1), new(32), y, x, 64);
        });
        Assert.Equal(FaultKind.LaunchTimeout, fault!.Kind);
        Assert.Contains("loop without end", fault.Message);
    }

    [Fact]
    public void Limits_of_a_launch()
    {
        using var gpu = new SimulatedGpu();
        var module = gpu.Compile("""
            extern "C" __global__ void __launch_bounds__(128) bounded(int* y) { y[threadIdx.x] = 1; }
            extern "C" __global__ void unbound(int* y) { if (y) y[0] = 1; }
            extern "C" __global__ void large(int* y) {
                __shared__ int s[11000]; s[threadIdx.x] = 1; __syncthreads(); y[threadIdx.x] = s[threadIdx.x]; }
            """);
        string Refused(string kernel, Extent grid, Extent block, int shared, FaultKind kind)
        {
            var fault = Assert.Throws<DeviceFault>(() => gpu.Launch(module.Kernels[kernel], grid, block, shared, [0ul]));
            Assert.Equal(kind, fault.Kind);
            Assert.Contains(kernel, fault.Message);
            return fault.Message;
        }

        Assert.Equal(128, module.Kernels["bounded"].MaxThreads);
        Assert.Contains("at most 128 threads", Refused("bounded", new(1), new(256), 0, FaultKind.LaunchOutOfResources));
        Assert.Contains("1024 threads", Refused("unbound", new(1), new(1025), 0, FaultKind.InvalidValue));
        Assert.Contains("1024 threads", Refused("unbound", new(1), new(1, 1, 65), 0, FaultKind.InvalidValue));
        Assert.Contains("65535", Refused("unbound", new(1, 65536), new(1), 0, FaultKind.InvalidValue));
        Assert.Contains("65535", Refused("unbound", new(1, 1, 65536), new(1), 0, FaultKind.InvalidValue));
        Assert.Contains("zero", Refused("unbound", new(0), new(1), 0, FaultKind.InvalidValue));
        Assert.Contains("cuFuncSetAttribute", Refused("unbound", new(1), new(1), 49153, FaultKind.InvalidValue));
        Assert.Contains("cuFuncSetAttribute", Refused("large", new(1), new(1), 8000, FaultKind.InvalidValue));
        gpu.Settings = gpu.Settings with { MaxDynamicShared = 300 * 1024 };
        Assert.Contains("232448 bytes", Refused("unbound", new(1), new(1), 232449, FaultKind.InvalidValue));
        gpu.Launch(module.Kernels["unbound"], new(1), new(1), 232448, [0ul]);
        foreach (var (capability, kib) in (ReadOnlySpan<(int, int)>)[(75, 64), (80, 163), (86, 99), (89, 99), (90, 227), (100, 227),
            (120, 99)])
            Assert.Equal(kib * 1024, RunSettings.SharedOptIn(capability));
    }

    [Fact]
    public void Registers_times_threads_are_limited()
    {
        using var gpu = new SimulatedGpu();
        // As many sums at once as a thread has registers for: 256 threads a block at most.
        string Each(string line) => string.Concat(Enumerable.Range(0, 200).Select(i => string.Format(line, i)));
        var kernel = gpu.Compile($$"""
            extern "C" __global__ void __launch_bounds__(256) fat(float* y, const float* x, int n)
            {
                {{Each("float v{0} = {0};\n")}}
                for (int k = threadIdx.x; k < n; k += 256) { float f = x[k]; {{Each("v{0} = v{0} * f + {0};\n")}} }
                {{Each("y[threadIdx.x + {0} * n] = v{0};\n")}}
            }
            """).Kernels["fat"];
        Assert.True(kernel.Registers > 200, $"{kernel.Registers} registers");
        Assert.True(kernel.MaxThreads < 512);
    }

    [Fact]
    public void Constant_memory_cannot_be_written()
    {
        using var gpu = new SimulatedGpu();
        var module = gpu.Compile(
            "__constant__ int c[4]; extern \"C\" __global__ void culprit(int* y) { y[threadIdx.x] = c[threadIdx.x]; }");
        var fault = Assert.Throws<DeviceFault>(() => gpu.Launch(module.Kernels["culprit"], new(1), new(4), module.Globals["c"].Address));
        Assert.Contains("constant memory", fault.Message);
    }

    private sealed class OnStream(string name, int stream) : DeviceOperation(name)
    {
        public int Stream { get; } = stream;

        public override bool Follows(DeviceOperation earlier) => earlier is not OnStream other || other.Stream == Stream;
    }

    [Fact]
    public unsafe void Streams_without_an_order_between_them()
    {
        using var gpu = new SimulatedGpu();
        var kernel = gpu.Compile("extern \"C\" __global__ void culprit(int* y, const int* x) { y[threadIdx.x] = x[threadIdx.x]; }")
            .Kernels["culprit"];
        ulong x = gpu.Upload<int>(Numbers, "the input"), y = gpu.Allocate(256, "the output"), z = gpu.Allocate(256);
        byte[] Arguments(ulong a, ulong b) => [.. BitConverter.GetBytes(a), .. BitConverter.GetBytes(b)];
        void Launch(int stream, ulong a, ulong b)
        {
            var operation = new OnStream($"launch on stream {stream}", stream);
            gpu.Memory.Begin(operation);
            KernelRunner.Run(kernel, new(1), new(32), 0, Arguments(a, b), gpu.Memory, operation, gpu.Settings);
        }

        Launch(1, y, x);
        Launch(1, z, y);
        Launch(2, gpu.Allocate(256), x);
        var fault = Assert.Throws<DeviceFault>(() => Launch(2, gpu.Allocate(256), y));
        Assert.Contains("reads what launch on stream 1 wrote, and nothing orders the two", fault.Message);
        Assert.Contains("thread (0, 0, 0)", fault.Message);
        // Stream 1 read x before stream 2 did: both must be waited for.
        Assert.Contains("launch on stream 2 read", Assert.Throws<DeviceFault>(() => Launch(1, x, z)).Message);
        var copy = new OnStream("copy on stream 2", 2);
        gpu.Memory.Begin(copy);
        int[] values = new int[8];
        fixed (int* target = values)
        {
            byte* bytes = (byte*)target;
            var unordered = Assert.Throws<DeviceFault>(() => gpu.Memory.Read(y, bytes, 32, copy));
            Assert.Contains("copy on stream 2 reads 0x", unordered.Message);
            Assert.Contains("launch on stream 1 wrote", unordered.Message);
        }
    }
}
