using GpuTensor.Bindings.Cuda;
using Xunit;
using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Tests.Simulator;

// One broken program for each of the usual defects of host code that never ran on a GPU: the proof that the simulator would have seen it.
public static unsafe partial class Programs
{
    [Machine("driver=11.4", Driver = "11.4")]
    public static void Defect01_OldAndYoungSymbols()
    {
        // Unsuffixed names are older ABIs; what is younger than the driver is not there at all.
        foreach (string name in (string[])["cuMemAlloc", "cuStreamBeginCapture", "cuGraphInstantiate", "cublasSgemm",
            nameof(cuFuncGetParamInfo)])
            Assert.False(_simulator.Exports(name), name);
        Assert.False(CudaGraphExec.CanUpdate);
        Assert.True(CudaGraph.IsSupported);
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        stream.BeginCapture();
        using var graph = stream.EndCapture();
        using var exec = graph.Instantiate();
        Refused(CudaResult.CallRequiresNewerDriver, () => exec.Update(graph), "cuGraphExecUpdate_v2", "12.0", "11.4");
    }

    public static void Defect02_NarrowedPointersAndSizes()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 64);
        using var scope = context.Enter();
        Refused(CudaResult.InvalidHandle, () => Check.Driver(cuStreamSynchronize((int)stream.Handle)), "cuStreamSynchronize",
            "no such handle was ever given out");
        Refused(CudaResult.InvalidValue, () => Check.Driver(cuMemsetD32Async((uint)memory.Address, 0, 16, stream.Handle)),
            "cuMemsetD32Async");
        Refused(CudaResult.InvalidValue, () => Check.Driver(cuMemFree_v2((uint)memory.Address)), "cuMemFree_v2");
    }

    public static void Defect03_StructLayout()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var kernel = Compile(context, Axpy, "axpy");
        using var xs = CudaDeviceVariable<float>.From(stream, [1f, 2f]);
        // As if CUlaunchConfig had no padding before its stream.
        byte* packed = stackalloc byte[56];
        new Span<byte>(packed, 56).Clear();
        for (int i = 0; i < 6; i++) ((uint*)packed)[i] = 1;
        *(nint*)(packed + 28) = stream.Handle;
        using var scope = context.Enter();
        Refused(CudaResult.InvalidHandle, () =>
        {
            ulong x = xs.Address;
            float a = 1;
            int n = 2;
            void** parameters = stackalloc void*[] { &x, &x, &a, &n };
            Check.Driver(cuLaunchKernelEx((LaunchConfig*)packed, kernel.Handle, parameters, null));
        }, "cuLaunchKernelEx", "no stream");
        kernel.Module.Dispose();
    }

    public static void Defect04_MemoryThatIsGoneTooEarly()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        var pinned = CudaPinnedMemory.Allocate(context, 4096);
        pinned.Span(0, 4096).Clear();
        stream.CopyToDeviceAsync(memory.Address, pinned, 0, 4096);
        pinned.Dispose();
        Defect(CudaResult.LaunchFailed, stream.Synchronize, "cuMemFreeHost",
            "is freed while cuMemcpyHtoDAsync_v2 on stream 1 may still be using it");
    }

    public static void Defect04_WritingBeyondPinnedMemory()
    {
        using var context = CudaContext.Create();
        var pinned = CudaPinnedMemory.Allocate(context, 4096);
        ((byte*)pinned.Handle)[4096] = 1;
        pinned.Dispose();
        Defect(CudaResult.LaunchFailed, context.Synchronize, "cuMemFreeHost", "beyond the ends of pinned memory");
    }

    public static void Defect05_NoContextAfterAwait()
    {
        using var context = CudaContext.Create();
        using var memory = CudaDeviceMemory.Allocate(context, 64);
        using (context.Enter()) Check.Driver(cuCtxSynchronize());
        Exception? error = null;
        var pool = new Thread(() => error = Record.Exception(() => Check.Driver(cuMemFree_v2(memory.Address))));
        pool.Start();
        pool.Join();
        var refused = Assert.IsType<CudaException>(error);
        Assert.Equal(CudaResult.InvalidContext, refused.Result);
        Assert.Contains("cuMemFree_v2", refused.Message);
        Assert.Contains("no context is current on thread", refused.Message);
    }

    public static void Defect06_AReleaseOutOfOrder()
    {
        using var context = CudaContext.Create();
        using var compute = CudaStream.Create(context);
        using var other = CudaStream.Create(context);
        var memory = CudaDeviceMemory.AllocateAsync(compute, 4096);
        compute.Fill(memory.Address, 1u, 1024);
        using (context.Enter()) Check.Driver(cuMemFreeAsync(memory.Address, other.Handle));
        // The release may come first or last: nothing says.
        var error = Defect(CudaResult.IllegalAddress, context.Synchronize, "cuCtxSynchronize", "cuMemsetD32Async on stream 1");
        Assert.True(error.Message.Contains("cuMemFreeAsync of 0x1") || error.Message.Contains("freed memory"), error.Message);
    }

    public static void Defect06_UseAfterRelease_AndASecondOne()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var scope = context.Enter();
        ulong address;
        Check.Driver(cuMemAlloc_v2(&address, 64));
        Check.Driver(cuMemFree_v2(address));
        ulong freed = address;
        Refused(CudaResult.InvalidValue, () => Check.Driver(cuMemFree_v2(freed)), "cuMemFree_v2", "byte 0 of freed memory");
        Refused(CudaResult.InvalidValue, () => stream.Fill(freed, 0u, 16), "cuMemsetD32Async", "freed memory");
    }

    public static void Defect07_ArgumentsInTheWrongOrder()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var kernel = Compile(context, Axpy, "axpy");
        using var xs = CudaDeviceVariable<float>.From(stream, [1f, 2f]);
        // The kernel's own layout tells before anything runs.
        Refused(CudaResult.InvalidValue, () => Arguments(kernel, xs.Address, 2, 1f, xs.Address).Verify(kernel), "axpy");
        // And where nobody asks, the kernel reads where it should not.
        ulong x = xs.Address, wrong = 4;
        float a = 1;
        int n = 2;
        void** parameters = stackalloc void*[] { &x, &wrong, &a, &n };
        using var scope = context.Enter();
        Check.Driver(cuLaunchKernel(kernel.Handle, 1, 1, 1, 32, 1, 1, 0, stream.Handle, parameters, null));
        Defect(CudaResult.IllegalAddress, stream.Synchronize, "cuStreamSynchronize", "axpy", "thread (0, 0, 0)", "0x4");
    }

    public static void Defect08_GridsAndBlocksNoDeviceTakes()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var kernel = Compile(context, Axpy, "axpy");
        using var scope = context.Enter();
        ulong x = 0;
        int n = 0;
        float a = 0;
        void** parameters = stackalloc void*[] { &x, &x, &a, &n };
        nint function = kernel.Handle, on = stream.Handle;
        foreach (var (grid, block) in (((uint, uint, uint), (uint, uint, uint))[])
            [((0, 1, 1), (32, 1, 1)), ((1, 65536, 1), (32, 1, 1)), ((1, 1, 65536), (32, 1, 1)), ((1, 1, 1), (2048, 1, 1)),
                ((1, 1, 1), (1, 1, 65)),
             ((1, 1, 1), (64, 32, 1)), ((1, 1, 1), (0, 1, 1))])
        {
            void** p = parameters;
            Refused(CudaResult.InvalidValue, () =>
                Check.Driver(cuLaunchKernel(function, grid.Item1, grid.Item2, grid.Item3, block.Item1, block.Item2,
                block.Item3, 0, on, p, null)), "cuLaunchKernel", "axpy");
        }
        kernel.Module.Dispose();
    }

    public static void Defect09_DynamicSharedMemoryWithoutLeave()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var kernel = Compile(context, """
            extern "C" __global__ void fill(int n)
            {
                extern __shared__ int tile[];
                for (int i = threadIdx.x; i < n; i += blockDim.x) tile[i] = i;
            }
            """, "fill");
        const int bytes = 64 * 1024;
        var arguments = Arguments(kernel, bytes / 4);
        Refused(CudaResult.InvalidValue, () => kernel.Launch(stream, new(1, 32, bytes), arguments), "cuLaunchKernel of kernel 'fill'",
            "MAX_DYNAMIC_SHARED");
        kernel.MaxDynamicSharedBytes = bytes;
        kernel.Launch(stream, new(1, 32, bytes), arguments);
        stream.Synchronize();
        kernel.Module.Dispose();
    }

    public static void Defect10_APinnedSourceThatChanges()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        using var pinned = CudaPinnedMemory.Allocate(context, 4096);
        pinned.Span(0, 4096).Clear();
        stream.CopyToDeviceAsync(memory.Address, pinned, 0, 4096);
        // The next batch already, before the first has gone.
        pinned.Span(0, 4096)[17] = 1;
        Defect(CudaResult.LaunchFailed, stream.Synchronize, "cuMemcpyHtoDAsync_v2 on stream 1", "changed between the call and the copy");
    }

    public static void Defect10_AResultThatIsReadTooEarly()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var memory = CudaDeviceVariable<float>.From(stream, [3f]);
        using var pinned = CudaPinnedMemory.Allocate(context, 4);
        pinned.Span(0, 4).Clear();
        stream.CopyToHostAsync(pinned, 0, memory.Address, 4);
        Assert.True(float.IsNaN(BitConverter.ToSingle(pinned.Span(0, 4))), "A host that does not wait would not have noticed.");
        pinned.Span(0, 4)[0] = 5;
        Defect(CudaResult.LaunchFailed, stream.Synchronize, "cuMemcpyDtoHAsync_v2 on stream 1", "before the copy had arrived");
    }

    private static void Broken(string body, CudaResult result, params ReadOnlySpan<string> says)
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var kernel = Compile(context, $$"""extern "C" __global__ void broken(float* x, int n) { {{body}} }""", "broken");
        using var xs = CudaDeviceVariable<float>.From(stream, [.. Enumerable.Repeat(1f, 256)]);
        kernel.Launch(stream, new(2, 64), Arguments(kernel, xs.Address, 64));
        Defect(result, stream.Synchronize, ["broken", .. says]);
        // The device is lost to this process, and says so at once, with the first cause.
        var later = Refused(result, () => stream.Fill(xs.Address, 0u, 1), "cuMemsetD32Async", "broken", "must be restarted");
        Assert.True(later.IsSticky);
    }

    public static void Defect11_AMissingBarrier() => Broken(
        "__shared__ float t[64]; t[threadIdx.x] = x[threadIdx.x]; x[blockIdx.x * 64 + threadIdx.x] = t[63 - threadIdx.x];",
        CudaResult.IllegalAddress, "thread", "shared memory");

    public static void Defect11_ADivergentBarrier() => Broken(
        "if (threadIdx.x < 7) { x[threadIdx.x + blockIdx.x * 64] = 0; __syncthreads(); x[threadIdx.x + blockIdx.x * 64] = 2; }",
        CudaResult.LaunchFailed, "barrier");

    public static void Defect11_AShuffleOfLanesThatAreNotThere() => Broken(
        "if (threadIdx.x < 7) x[threadIdx.x + blockIdx.x * 64] = __shfl_xor_sync(0xffffffff, x[threadIdx.x + blockIdx.x * 64], 1);",
        CudaResult.LaunchFailed, "shfl");

    public static void Defect12_AMisalignedVector() => Broken(
        "((float4*)(x + 1))[threadIdx.x & 1] = make_float4(0, 0, 0, 0);", CudaResult.MisalignedAddress, "thread", "0x1");

    public static void Defect12_AnIndexThatOverflows() => Broken(
        "int i = (threadIdx.x + n) * 33554432; x[i] = 0;", CudaResult.IllegalAddress, "thread", "0x");

    public static void Defect13_AStalePointerInAGraph()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var memory = CudaDeviceMemory.Allocate(context, 4096);
        stream.BeginCapture();
        stream.Fill(memory.Address, 1u, 1024);
        using var graph = stream.EndCapture();
        using var exec = graph.Instantiate();
        exec.Launch(stream);
        stream.Synchronize();
        memory.Dispose();
        exec.Launch(stream);
        Defect(CudaResult.IllegalAddress, stream.Synchronize, "cuMemsetD32Async in node 0 of a graph", "freed memory: 4096 bytes");
    }

    [Machine("driver=12.4;capability=8.6", Driver = "12.4")]
    public static void Defect14_CodeNewerThanTheDriver()
    {
        NeedsCompiler(12, 13);
        using var context = CudaContext.Create();
        // By folder, past the bindings' choice of compiler.
        foreach (var (file, ptx, result, says) in ((string, bool, CudaResult, string)[])
            [("libnvrtc.so.12", true, CudaResult.UnsupportedPtxVersion, "driver of CUDA 12.4"),
             ("libnvrtc.so.13", true, CudaResult.UnsupportedPtxVersion, "driver of CUDA 12.4"),
             ("libnvrtc.so.13", false, CudaResult.NoBinaryForGpu, "newer than the driver of CUDA 12.4")])
        {
            var library = NvrtcLibrary.Load(Path.Combine(_folder, file));
            var image = new CudaRuntimeCompiler(library, new(new(8, 6), ptx)).Compile(Axpy, "axpy.cu", "-lineinfo").Image;
            Refused(result, () => CudaModule.Load(context, image, "axpy"), "cuModuleLoadDataEx", says);
        }
    }

    [Machine("capability=8.6")]
    public static void Defect14_CodeForAnotherDevice()
    {
        NeedsCompiler(13);
        using var context = CudaContext.Create();
        var library = CudaRuntimeCompiler.For(context.Device).Library;
        foreach (int capability in (int[])[90, 89, 75])
        {
            var image = new CudaRuntimeCompiler(library, new(ComputeCapability.FromNumber(capability)))
                .Compile(Axpy, "axpy.cu", "-lineinfo").Image;
            Refused(CudaResult.NoBinaryForGpu, () => CudaModule.Load(context, image, "axpy"), "cuModuleLoadDataEx");
        }
        // 8.0 runs on 8.6, and PTX of anything older does.
        var older = new CudaRuntimeCompiler(library, new(new(8, 0))).Compile(Axpy, "axpy.cu", "-lineinfo").Image;
        CudaModule.Load(context, older, "axpy").Dispose();
    }

    public static void Defect15_TheSwapForgotten()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var blas = CudaBlas.Create(context);
        blas.SetStream(stream);
        // C[3, 5] = A[3, 4] · B[4, 5], row-major, given to the library as if it were column-major.
        using var a = CudaDeviceVariable<float>.From(stream, Random(12, 1));
        using var b = CudaDeviceVariable<float>.From(stream, Random(20, 2));
        using var c = CudaDeviceVariable<float>.From(stream, Random(15, 3));
        var wrong = new CublasGemm
        {
            M = 3, N = 5, K = 4, Compute = CublasComputeType.Float32, A = new(a.Address, CudaDataType.Float32, 4),
                B = new(b.Address, CudaDataType.Float32, 5),
            C = new(c.Address, CudaDataType.Float32, 5),
        };
        // It lies within the rules and reads beyond A: only the run shows it.
        blas.Gemm(wrong, 1f, 0f);
        Defect(CudaResult.IllegalAddress, stream.Synchronize, "cublasGemmEx on stream 1 reads", "beyond its memory");
    }

    public static void Defect15_ScalarsOfTheWrongType()
    {
        // The bindings look before the library can misread.
        using var context = CudaContext.Create();
        using var blas = CudaBlas.Create(context);
        var gemm = new CublasGemm
        {
            M = 1, N = 1, K = 1, Compute = CublasComputeType.Float16, A = new(512, CudaDataType.Float16, 1),
                B = new(512, CudaDataType.Float16, 1),
            C = new(512, CudaDataType.Float16, 1),
        };
        Assert.Contains("half", Assert.Throws<ArgumentException>(() => blas.Gemm(gemm, 1f, 0f)).Message);
    }
}
