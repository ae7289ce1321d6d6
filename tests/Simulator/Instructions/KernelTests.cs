using GpuTensor.CudaSimulator;
using Xunit;

namespace GpuTensor.Tests.Simulator.Instructions;

/// <summary>Whole kernels through the real NVRTC: control flow, shared memory, shuffles, calls, atomics, module variables.</summary>
public class KernelTests
{
    private static int[] Range(int count) => [.. Enumerable.Range(0, count)];

    [Theory]
    [InlineData(75, 12), InlineData(75, 13), InlineData(90, 13), InlineData(100, 13)]
    public void Adds_vectors(int architecture, int major)
    {
        using var gpu = new SimulatedGpu();
        var module = gpu.Compile("""
            extern "C" __global__ void add(float* z, const float* x, const float* y, int n)
            {
                int i = blockIdx.x * blockDim.x + threadIdx.x;
                if (i < n) z[i] = x[i] + y[i];
            }
            """, architecture, major);
        float[] x = [.. Range(1000).Select(i => i * 0.5f)], y = [.. Range(1000).Select(i => i * i * 0.25f)];
        ulong a = gpu.Upload<float>(x), b = gpu.Upload<float>(y), c = gpu.Allocate(4000);
        gpu.Launch(module.Kernels["add"], new(4), new(256), c, a, b, 1000);
        Assert.Equal(x.Zip(y, (p, q) => p + q), gpu.Download<float>(c, 1000));
    }

    [Fact]
    public void Reduces_with_shuffles_and_shared_memory()
    {
        using var gpu = new SimulatedGpu();
        var module = gpu.Compile("""
            extern "C" __global__ void __launch_bounds__(256) total(int* y, const int* x, int n)
            {
                __shared__ int part[8];
                int s = 0;
                for (int i = threadIdx.x; i < n; i += 256) s += x[i];
                for (int d = 16; d > 0; d >>= 1) s += __shfl_xor_sync(~0u, s, d);
                if ((threadIdx.x & 31) == 0) part[threadIdx.x >> 5] = s;
                __syncthreads();
                if (threadIdx.x < 32) {
                    s = threadIdx.x < 8 ? part[threadIdx.x] : 0;
                    for (int d = 4; d > 0; d >>= 1) s += __shfl_down_sync(~0u, s, d);
                    if (threadIdx.x == 0) *y = s;
                }
            }
            """);
        ulong x = gpu.Upload<int>(Range(1234)), y = gpu.Allocate(4);
        for (int seed = 0; seed < 4; seed++)
        {
            gpu.Settings = gpu.Settings with { Seed = seed };
            gpu.Launch(module.Kernels["total"], new(1), new(256), y, x, 1234);
            Assert.Equal(1233 * 1234 / 2, gpu.Download<int>(y, 1)[0]);
        }
    }

    [Fact]
    public void Lanes_that_part_ways_meet_again()
    {
        using var gpu = new SimulatedGpu();
        var module = gpu.Compile("""
            extern "C" __global__ void collatz(int* y, int* z, int n)
            {
                int i = blockIdx.x * 64 + threadIdx.x, steps = 0;
                unsigned v = i + 1;
                while (v != 1) {
                    if (v & 1) v = 3 * v + 1; else v >>= 1;
                    if (++steps > n) break;
                }
                y[i] = steps;
                int kind;
                switch (steps % 7) {
                    case 0: kind = v * 3; break;
                    case 1: kind = i ^ 5; break;
                    case 2: kind = i * i; break;
                    case 3: kind = -i; break;
                    case 4: kind = i / 3; break;
                    case 5: kind = i % 11; break;
                    default: kind = 77; break;
                }
                z[i] = kind + __shfl_xor_sync(~0u, steps, 1);
            }
            """);
        const int N = 256;
        ulong y = gpu.Allocate(N * 4), z = gpu.Allocate(N * 4);
        int[] steps = [.. Range(N).Select(i =>
        {
            long v = i + 1;
            int count = 0;
            while (v != 1)
            {
                v = v % 2 == 1 ? 3 * v + 1 : v / 2;
                if (++count > 90) break;
            }
            return count;
        })];
        for (int seed = 0; seed < 2; seed++)
        {
            gpu.Settings = gpu.Settings with { Seed = seed };
            gpu.Launch(module.Kernels["collatz"], new(4), new(64), y, z, 90);
            Assert.Equal(steps, gpu.Download<int>(y, N));
            int[] kinds = gpu.Download<int>(z, N);
            for (int i = 0; i < N; i++)
            {
                int kind = (steps[i] % 7) switch { 0 => 3, 1 => i ^ 5, 2 => i * i, 3 => -i, 4 => i / 3, 5 => i % 11, _ => 77 };
                if (steps[i] % 7 == 0 && steps[i] > 90) continue;
                Assert.Equal(kind + steps[i ^ 1], kinds[i]);
            }
        }
    }

    [Fact]
    public void Calls_functions_and_reads_module_variables()
    {
        using var gpu = new SimulatedGpu();
        var module = gpu.Compile("""
            __device__ float table[4] = { 1, 2, 3, 4 };
            __constant__ int weights[3] = { 5, 6, 7 };
            __device__ int counter;
            __device__ const float* second[2] = { table + 1, table + 2 };
            extern __shared__ int dynamic[];
            __device__ __noinline__ double poly(double x, int n, int* out) {
                double s = 0; for (int i = 0; i < n; i++) s = s * x + i; *out = n; return s; }
            extern "C" __global__ void mixed(double* y, int n)
            {
                int i = threadIdx.x, written;
                dynamic[i] = i * 3;
                __syncthreads();
                double p = poly(i * 0.5, n, &written);
                y[i] = p + table[i & 3] + weights[i % 3] + *second[i & 1] + dynamic[31 - i] + written;
                atomicAdd(&counter, i);
            }
            """);
        ulong y = gpu.Allocate(32 * 8);
        gpu.Launch(module.Kernels["mixed"], new(1), new(32), 128, [y, 5]);
        double[] got = gpu.Download<double>(y, 32);
        for (int i = 0; i < 32; i++)
        {
            double p = 0;
            for (int k = 0; k < 5; k++) p = p * (i * 0.5) + k;
            Assert.Equal(p + (i & 3) + 1 + (5 + i % 3) + ((i & 1) == 0 ? 2 : 3) + (31 - i) * 3 + 5, got[i]);
        }
        Assert.Equal(31 * 16, gpu.Download<int>(module.Globals["counter"].Address, 1)[0]);
    }

    [Fact]
    public void Transcendental_functions_are_within_CUDAs_bounds()
    {
        using var gpu = new SimulatedGpu();
        var module = gpu.Compile("""
            extern "C" __global__ void f(float* y, double* w, const float* x)
            {
                int i = threadIdx.x + blockIdx.x * 64;
                float v = x[i];
                double d = v;
                float* p = y + i * 8;
                p[0] = sinf(v); p[1] = expf(v); p[2] = logf(fabsf(v) + 1e-3f); p[3] = tanhf(v); p[4] = erff(v);
                p[5] = powf(fabsf(v), 1.7f); p[6] = cosf(v * 1e6f); p[7] = sqrtf(fabsf(v));
                double* q = w + i * 5;
                q[0] = sin(d * 1e10); q[1] = exp(d); q[2] = pow(fabs(d), 2.5); q[3] = log1p(fabs(d)); q[4] = sqrt(fabs(d)) / 3;
            }
            """);
        var random = new Random(5);
        float[] x = [.. Range(256).Select(_ => (float)(random.NextDouble() * 20 - 10))];
        ulong y = gpu.Allocate(256 * 32), w = gpu.Allocate(256 * 40), input = gpu.Upload<float>(x);
        foreach (var mode in Enum.GetValues<GpuTensor.CudaSimulator.Interpreter.Approximation>())
        {
            gpu.Settings = gpu.Settings with { Approximation = mode };
            gpu.Launch(module.Kernels["f"], new(4), new(64), y, w, input);
            float[] got = gpu.Download<float>(y, 256 * 8);
            double[] wide = gpu.Download<double>(w, 256 * 5);
            for (int i = 0; i < 256; i++)
            {
                double v = x[i], a = Math.Abs(x[i]);
                double[] want = [Math.Sin(v), Math.Exp(v), Math.Log(MathF.Abs(x[i]) + 1e-3f), Math.Tanh(v), double.NaN, Math.Pow(a, 1.7f),
                    Math.Cos(x[i] * 1e6f), Math.Sqrt(a)];
                for (int k = 0; k < 8; k++)
                    if (k != 4)
                        Assert.True(Math.Abs(got[i * 8 + k] - want[k]) <= Math.Max(Math.Abs(want[k]) * 16 * 1.2e-7, 2e-7),
                            $"{mode} {k}: {x[i]:R} gave {got[i * 8 + k]:R}, {want[k]:R} is right");
                double[] exact = [Math.Sin(v * 1e10), Math.Exp(v), Math.Pow(a, 2.5), Math.Log(1 + a), Math.Sqrt(a) / 3];
                for (int k = 0; k < 5; k++)
                    Assert.True(Math.Abs(wide[i * 5 + k] - exact[k]) <= Math.Abs(exact[k]) * 1e-14 + 1e-15,
                        $"{mode} {k}: {x[i]:R} gave {wide[i * 5 + k]:R}, {exact[k]:R} is right");
            }
        }
    }

    [Fact]
    public void What_it_does_not_know_it_refuses_by_line()
    {
        using var gpu = new SimulatedGpu();
        string Refused(string body) =>
            Assert.Throws<DeviceFault>(() =>
                gpu.LoadPtx($".visible .entry k()\n{{\n.reg .b32 %r<4>;\n.reg .pred %p<2>;\n{body}\nret;\n}}\n")).Message;
        Assert.Contains("PTX line 8", Refused("frobnicate.b32 %r1, %r2;"));
        Assert.Contains("frobnicate", Refused("frobnicate.b32 %r1, %r2;"));
        Assert.Contains("add.approx.u32", Refused("add.approx.u32 %r1, %r2, %r3;"));
        Assert.Contains("'.strange'", Refused(".strange 5;"));
        Assert.Contains("'.mmio'", Refused("ld.mmio.global.u32 %r1, [0];"));
        Assert.Contains("%clock", Refused("mov.u32 %r1, %clock;"));
        Assert.Contains("%r9", Refused("mov.u32 %r1, %r9;"));
        Assert.Contains("declared .b32", Refused("add.u64 %r1, %r2, %r3;"));
        Assert.Contains("barrier 0", Refused("bar.sync 1;"));
    }
}
