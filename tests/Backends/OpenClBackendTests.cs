using System.Runtime.InteropServices;
using GpuTensor.Backends;
using GpuTensor.Backends.OpenCl;
using Xunit;

namespace GpuTensor.Tests.Backends;

public class OpenClBackendTests
{
    private const string Source = """
        __kernel void add(__global float* x, float y, int n) { int i = get_global_id(0); if (i < n) x[i] += y; }
        __kernel void slow(__global int* x, int n) {
            int s = x[0]; for (int i = 0; i < n; i++) s = s * 1664525 + 1013904223 + (s >> 3); x[0] = s; }
        __kernel void strict(__global float* x) { float q = x[0] / x[1]; float p = x[2] * x[3] + x[4]; x[5] = q;
            x[6] = p; x[7] = x[8] * 0.5f; x[9] = sqrt(x[10]); }
        """;

    private static float[] ReadFloats(Backend backend, DeviceBuffer buffer)
    {
        float[] result = new float[buffer.Bytes / 4];
        backend.Read(buffer, 0, MemoryMarshal.AsBytes<float>(result.AsSpan()));
        return result;
    }

    private static ReadOnlySpan<byte> Bytes<T>(T[] values) where T : unmanaged => MemoryMarshal.AsBytes<T>(values);

    [Fact]
    public void Bytes_come_back_as_they_were_written()
    {
        using var backend = OpenClTest.Open();
        byte[] bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        var a = backend.Allocate(bytes.Length);
        var b = backend.Allocate(bytes.Length);
        backend.Write(a, 0, bytes);
        backend.Copy(a, 1000, b, 0, 50_000);
        backend.Write(b, 50_000, bytes.AsSpan(0, 50_000));
        byte[] result = new byte[bytes.Length];
        backend.Read(b, 0, result);
        Assert.Equal(bytes.AsSpan(1000, 50_000), result.AsSpan(0, 50_000));
        Assert.Equal(bytes.AsSpan(0, 50_000), result.AsSpan(50_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => backend.Write(a, 1, bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => backend.Copy(a, 0, b, 99_999, 2));
    }

    [Fact]
    public void Threads_build_programs_at_once()
    {
        OptionalPart.OpenCl.Require();
        var errors = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            try
            {
                using var backend = OpenClTest.Open("-cl-opt-disable");
                for (int i = 0; i < 20; i++)
                    backend.Compile($"__kernel void k(__global int* x) {{ x[0] = {t * 100 + i}; }}").Dispose();
            }
            catch (Exception e)
            {
                errors.Enqueue(e);
            }
        }))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData(4096, 500)]
    [InlineData(5 << 20, 24)]
    [InlineData(17 << 20, 2)]
    public void A_span_may_be_reused_as_soon_as_Write_returns(int bytes, int writes)
    {
        using var backend = OpenClTest.Open();
        var target = backend.Allocate(bytes);
        var seen = backend.Allocate(writes * 16L);
        byte[] source = new byte[bytes];
        for (int i = 0; i < writes; i++)
        {
            source.AsSpan().Fill((byte)i);
            backend.Write(target, 0, source);
            backend.Copy(target, bytes - 16, seen, i * 16L, 16);
        }
        byte[] result = new byte[writes * 16];
        backend.Read(seen, 0, result);
        for (int i = 0; i < result.Length; i++) Assert.Equal((byte)(i / 16), result[i]);
    }

    [Fact]
    public void A_kernel_keeps_its_arguments_and_another_of_the_same_entry_has_its_own()
    {
        using var backend = OpenClTest.Open();
        using var program = backend.Compile(Source);
        var x = backend.Allocate(400);
        backend.Write(x, 0, new byte[400]);
        using var one = backend.CreateKernel(program, "add", "x += 1");
        using var ten = backend.CreateKernel(program, "add", "x += 10, first half");
        foreach (var (kernel, value, n) in new[] { (one, 1f, 100), (ten, 10f, 50) })
        {
            kernel.SetBuffer(0, x);
            kernel.SetBytes(1, Bytes([value]));
            kernel.SetBytes(2, Bytes([n]));
        }
        for (int i = 0; i < 3; i++)
        {
            backend.Launch(one, new(2, 64));
            backend.Launch(ten, new(2, 64));
        }
        ten.SetBytes(1, Bytes([0.5f]));
        backend.Launch(ten, new(1, 64));
        float[] result = ReadFloats(backend, x);
        Assert.All(result[..50], v => Assert.Equal(33.5f, v));
        Assert.All(result[50..], v => Assert.Equal(3f, v));
        Assert.Equal(7, backend.Counters.Launches);
        Assert.Equal(3, backend.Counters.KernelsCompiled);
    }

    [Fact]
    public void Launches_do_not_wait_and_a_fence_does()
    {
        using var backend = OpenClTest.Open();
        using var program = backend.Compile(Source);
        var x = backend.Allocate(4);
        backend.Write(x, 0, new byte[4]);
        using var slow = backend.CreateKernel(program, "slow", "a long loop");
        slow.SetBuffer(0, x);
        slow.SetBytes(1, Bytes([1]));
        backend.Launch(slow, new(1, 1));
        backend.Finish();
        slow.SetBytes(1, Bytes([200_000_000]));
        backend.Launch(slow, new(1, 1));
        backend.Write(x, 0, new byte[4]);
        using var fence = backend.Mark();
        Assert.False(fence.IsComplete);
        fence.Wait();
        Assert.True(fence.IsComplete);
    }

    [Fact]
    public void Arithmetic_is_strict()
    {
        using var backend = OpenClTest.Open();
        using var program = backend.Compile("#pragma OPENCL FP_CONTRACT OFF\n" + Source);
        var buffer = backend.Allocate(44);
        using var kernel = backend.CreateKernel(program, "strict", "divide, multiply and add, halve a denormal, square root");
        kernel.SetBuffer(0, buffer);
        var random = new Random(2);
        for (int i = 0; i < 200; i++)
        {
            float[] x = new float[11];
            for (int j = 0; j < 11; j++) x[j] = random.NextSingle() + 0.1f;
            x[8] = BitConverter.Int32BitsToSingle(random.Next(2, 1 << 23));
            backend.Write(buffer, 0, Bytes(x));
            backend.Launch(kernel, new(1, 1));
            float[] y = ReadFloats(backend, buffer);
            if (backend.Device.IsCpu) Assert.Equal((x[0] / x[1], MathF.Sqrt(x[10])), (y[5], y[9]));
            float product = x[2] * x[3];
            Assert.Equal(product + x[4], y[6]);
            Assert.Equal(x[8] * 0.5f, y[7]);
        }
    }

    [Fact]
    public void A_program_that_does_not_compile_says_why_and_where()
    {
        using var backend = OpenClTest.Open();
        var e = Assert.Throws<KernelCompilationException>(() =>
            backend.Compile("__kernel void a(__global float* x)\n{\n    x[0] = undeclared_name;\n}\n"));
        Assert.Contains("undeclared_name", e.Message);
        Assert.Contains("    3 |     x[0] = undeclared_name;", e.Message);
        Assert.Contains("clBuildProgram failed with CL_", e.Message);
    }

    [Fact]
    public void Errors_name_the_call_the_code_and_the_kernel()
    {
        using var backend = OpenClTest.Open();
        using var program = backend.Compile(Source);
        using var kernel = backend.CreateKernel(program, "add", "x[100] += 1");
        var e = Assert.ThrowsAny<DeviceException>(() => kernel.SetBytes(7, new byte[4]));
        Assert.Contains("clSetKernelArg failed with CL_INVALID_ARG_INDEX (-49)", e.Message);
        Assert.Contains("x[100] += 1", e.Message);
        e = Assert.ThrowsAny<DeviceException>(() => backend.CreateKernel(program, "missing", "nothing"));
        Assert.Contains("CL_INVALID_KERNEL_NAME", e.Message);
        e = Assert.ThrowsAny<DeviceException>(() => backend.Launch(kernel, new(1, 64)));
        Assert.Contains("clEnqueueNDRangeKernel failed with CL_INVALID_KERNEL_ARGS", e.Message);
    }

    [Fact]
    public void Memory_is_counted_and_limited()
    {
        using var backend = OpenClTest.Open();
        backend.MemoryLimit = 1000;
        var a = backend.Allocate(600);
        Assert.Throws<DeviceOutOfMemoryException>(() => backend.Allocate(401));
        var b = backend.Allocate(400);
        Assert.Equal((1000, 1000), (backend.Counters.BytesHeld, backend.Counters.BytesPeak));
        backend.Free(a);
        backend.Free(a);
        Assert.Equal((400, 1000), (backend.Counters.BytesHeld, backend.Counters.BytesPeak));
        backend.Allocate(600);
        backend.Free(b);
    }

    [Fact]
    public void What_the_driver_refuses_is_out_of_memory()
    {
        using var backend = OpenClTest.Open();
        // Our own limit is asked before the driver.
        var e = Assert.Throws<DeviceOutOfMemoryException>(() => backend.Allocate(backend.Memory.MaxAllocation + (1L << 40)));
        Assert.Contains("memory limit", e.Message);
        backend.MemoryLimit = long.MaxValue;
        e = Assert.Throws<DeviceOutOfMemoryException>(() => backend.Allocate(backend.Memory.MaxAllocation + (1L << 40)));
        Assert.Contains("clCreateBuffer", e.Message);
        Assert.Equal(0, backend.Counters.BytesHeld);
    }

    [Theory]
    [InlineData(-4, true)]
    [InlineData(-5, true)]
    [InlineData(-6, true)]
    [InlineData(-36, false)]
    public void An_injected_fault_surfaces_as_the_drivers_would(int code, bool outOfMemory)
    {
        using var backend = OpenClTest.Open();
        using var program = backend.Compile(Source);
        using var kernel = backend.CreateKernel(program, "add", "sum");
        var x = backend.Allocate(64);
        kernel.SetBuffer(0, x);
        kernel.SetBytes(1, Bytes([1f]));
        kernel.SetBytes(2, Bytes([16]));
        int calls = 0;
        backend.Fault = call => call == "clEnqueueNDRangeKernel" && ++calls == 2 ? code : 0;
        backend.Launch(kernel, new(1, 16));
        var e = Assert.ThrowsAny<DeviceException>(() => backend.Launch(kernel, new(1, 16)));
        Assert.Equal(outOfMemory, e is DeviceOutOfMemoryException);
        Assert.Contains(OpenClErrors.Name(code), e.Message);
        backend.Launch(kernel, new(1, 16));
        backend.Finish();
    }

    [Fact]
    public void Steady_state_calls_allocate_nothing()
    {
        using var backend = OpenClTest.Open();
        using var program = backend.Compile(Source);
        using var kernel = backend.CreateKernel(program, "add", "sum");
        var x = backend.Allocate(64);
        void Step(int i)
        {
            kernel.SetBuffer(0, x);
            kernel.SetBytes(1, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in i)));
            kernel.SetBytes(2, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in i)));
            backend.Launch(kernel, new(1, 16));
        }
        for (int i = 0; i < 100; i++) Step(i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Step(i);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        backend.Finish();
    }
}
