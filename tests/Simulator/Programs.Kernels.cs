using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Simulator;

// Kernels through the real NVRTC, the simulator and the bindings.
public static unsafe partial class Programs
{
    private const string Axpy = """
        extern "C" __global__ void axpy(const float* x, float* y, float a, int n)
        {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n) y[i] += a * x[i];
        }
        """;

    /// <summary>A kernel, compiled for the device as the product does it. The module lives until the context ends.</summary>
    private static CudaKernel Compile(CudaContext context, string source, string name)
    {
        NeedsCompiler(File.Exists(Path.Combine(_folder, "libcublas.so.13")) ? 13 : 12);
        var image = CudaRuntimeCompiler.For(context.Device).Compile(source, name + ".cu", "-lineinfo").Image;
        return CudaModule.Load(context, image, name).GetKernel(name);
    }

    private static CudaKernelArguments Arguments(CudaKernel kernel, params ReadOnlySpan<object> values)
    {
        var sizes = new int[values.Length];
        for (int i = 0; i < sizes.Length; i++) sizes[i] = values[i] is ulong or long or double ? 8 : 4;
        var arguments = new CudaKernelArguments(sizes);
        for (int i = 0; i < sizes.Length; i++)
            switch (values[i])
            {
                case ulong address: arguments.Set(i, address); break;
                case float number: arguments.Set(i, number); break;
                case int number: arguments.Set(i, number); break;
                default: throw new ArgumentException($"{values[i]}", nameof(values));
            }
        return arguments;
    }

    private static void RunsAxpy()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var kernel = Compile(context, Axpy, "axpy");
        const int n = 1000;
        float[] x = Random(n, 1), y = Random(n, 2);
        using var xs = CudaDeviceVariable<float>.From(stream, x);
        using var ys = CudaDeviceVariable<float>.From(stream, y);
        var arguments = Arguments(kernel, xs.Address, ys.Address, 2f, n);
        Assert.True(arguments.Verify(kernel));
        Assert.InRange(kernel.Registers, 1, 64);
        kernel.Launch(stream, new((n + 255) / 256, 256), arguments);
        float[] result = ys.ToArray(stream);
        for (int i = 0; i < n; i++) Assert.Equal(MathF.FusedMultiplyAdd(2, x[i], y[i]), result[i]);
        kernel.Module.Dispose();
    }

    [Machine("capability=7.5")] public static void Axpy_On75() => RunsAxpy();

    [Machine("capability=8.0")] public static void Axpy_On80() => RunsAxpy();

    [Machine("capability=8.6")] public static void Axpy_On86() => RunsAxpy();

    [Machine("capability=8.9")] public static void Axpy_On89() => RunsAxpy();

    [Machine("capability=9.0")] public static void Axpy_On90() => RunsAxpy();

    [Machine("capability=10.0")] public static void Axpy_On100() => RunsAxpy();

    [Machine("capability=12.0")] public static void Axpy_On120() => RunsAxpy();

    // Newer than every compiler: PTX, which the driver compiles.
    [Machine("capability=99.0")] public static void Axpy_On990() => RunsAxpy();

    [Machine("driver=12.4;capability=8.6", Driver = "12.4")] public static void Axpy_OnAnOlderDriver() => RunsAxpy();

    [Machine("driver=11.4", Driver = "11.4")]
    public static void ADriverWithoutACompilerOfItsAge_IsToldWhatIsMissing()
    {
        NeedsCompiler(13, 12);
        using var context = CudaContext.Create();
        var error = Assert.ThrowsAny<CudaException>(() => CudaRuntimeCompiler.For(context.Device));
        foreach (string part in (string[])["NVRTC", "libnvrtc.so.13", "libnvrtc.so.12", "needs a driver of CUDA 13", "pip install"])
            Assert.True(error.Message.Contains(part), $"'{part}' is not in: {error.Message}");
    }

    [Machine("late=11")] public static void Axpy_OnALateSchedule() => RunsAxpy();

    public static void AGraph_CopiesItsParameters_AndCanBeGivenOthers()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var kernel = Compile(context, Axpy, "axpy");
        using var xs = CudaDeviceVariable<float>.From(stream, [1f, 2f]);
        using var ys = CudaDeviceVariable<float>.From(stream, [0f, 0f]);
        using var other = CudaDeviceVariable<float>.From(stream, [100f, 100f]);
        var arguments = Arguments(kernel, xs.Address, ys.Address, 2f, 2);
        stream.BeginCapture();
        kernel.Launch(stream, new(1, 32), arguments);
        using var graph = stream.EndCapture();
        // What the host does to the arguments afterwards is its own affair.
        arguments.Set(2, 1000f);
        using var exec = graph.Instantiate();
        exec.Launch(stream);
        exec.Launch(stream);
        Assert.Equal([4f, 8f], ys.ToArray(stream));
        var node = Assert.Single(graph.GetNodes());
        Assert.Equal((kernel.Handle, new CudaLaunch(1, 32)), graph.GetKernelNode(node));
        exec.SetKernelNode(node, kernel, new(1, 32), Arguments(kernel, xs.Address, other.Address, -1f, 2));
        exec.Launch(stream);
        Assert.Equal([99f, 98f], other.ToArray(stream));
        Assert.Equal([4f, 8f], ys.ToArray(stream));
        kernel.Module.Dispose();
    }

    public static void Functions_TellWhatTheyNeed()
    {
        using var context = CudaContext.Create();
        var kernel = Compile(context, """
            extern "C" __global__ void __launch_bounds__(128) needs(const float* x, char c, double d)
            {
                __shared__ float tile[256];
                extern __shared__ float more[];
                tile[threadIdx.x] = x[threadIdx.x] + c;
                __syncthreads();
                more[threadIdx.x] = tile[threadIdx.x ^ 1] + (float)d;
            }
            """, "needs");
        Assert.Equal([new(0, 8), new(8, 1), new(16, 8)], kernel.GetParameters()!);
        Assert.Equal(1024, kernel[CudaFunctionAttribute.StaticSharedBytes]);
        Assert.Equal(128, kernel[CudaFunctionAttribute.MaxThreadsPerBlock]);
        Assert.Equal(47 * 1024, kernel.MaxDynamicSharedBytes);
        Assert.InRange(kernel.MaxActiveBlocksPerMultiprocessor(128), 1, 16);
        Refused(CudaResult.InvalidValue, () => kernel.MaxDynamicSharedBytes = 227 * 1024, "cuFuncSetAttribute of kernel 'needs'",
            "opt in to 232448");
        Refused(CudaResult.NotFound, () => kernel.Module.GetKernel("need"), "no kernel 'need'", "it has needs");
        kernel.Module.Dispose();
    }

    // Neighbouring halves of a word belong to different threads, and no barrier is missing between them.
    public static void ATreeOfHalves_IsNoRace()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var kernel = Compile(context, """
            extern "C" __global__ void tree(const unsigned short* x, unsigned short* y, unsigned char* z)
            {
                __shared__ unsigned short s[256];
                __shared__ unsigned char c[256];
                int t = threadIdx.x;
                s[t] = x[t];
                c[t] = x[t];
                __syncthreads();
                for (int step = 128; step > 0; step >>= 1)
                {
                    if (t < step) { s[t] += s[t + step]; c[t] ^= c[t + step]; }
                    __syncthreads();
                }
                if (t == 0) { y[0] = s[0]; z[0] = c[0]; }
            }
            """, "tree");
        ushort[] values = [.. Enumerable.Range(0, 256).Select(i => (ushort)i)];
        using var x = CudaDeviceVariable<ushort>.From(stream, values);
        using var y = CudaDeviceVariable<ushort>.From(stream, [0]);
        using var z = CudaDeviceVariable<byte>.From(stream, [1]);
        kernel.Launch(stream, new(1, 256), Arguments(kernel, x.Address, y.Address, z.Address));
        Assert.Equal(32640, y.ToArray(stream)[0]);
        Assert.Equal(0, z.ToArray(stream)[0]);
        kernel.Module.Dispose();
    }

    public static void ATreeOfHalves_WithoutItsBarrier_IsARace()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var kernel = Compile(context, """
            extern "C" __global__ void halves(const unsigned short* x, unsigned short* y)
            {
                __shared__ unsigned short s[256];
                int t = threadIdx.x;
                s[t] = x[t];
                __syncthreads();
                unsigned short v = s[255 - t];
                s[t] = v + 1;
                y[t] = v;
            }
            """, "halves");
        using var x = CudaDeviceVariable<ushort>.From(stream, new ushort[256]);
        using var y = CudaDeviceVariable<ushort>.From(stream, new ushort[256]);
        kernel.Launch(stream, new(1, 256), Arguments(kernel, x.Address, y.Address));
        Defect(CudaResult.IllegalAddress, stream.Synchronize, "halves", "thread", "shared address", "no barrier between");
    }
}
