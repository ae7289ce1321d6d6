using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Simulator;

// Calls that fail, one after the other.
public static unsafe partial class Programs
{
    /// <summary>A little of everything, everything disposed whatever happens.</summary>
    private static void Everything()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var other = CudaStream.Create(context);
        using var mark = CudaEvent.Create(context);
        using var plain = CudaDeviceMemory.Allocate(context, 4096);
        using var pooled = CudaDeviceMemory.AllocateAsync(stream, 4096);
        using var pinned = CudaPinnedMemory.Allocate(context, 4096);
        try
        {
            stream.Fill(plain.Address, 1u, 1024);
            stream.CopyWithinDevice(pooled.Address, plain.Address, 4096);
            mark.Record(stream);
            other.Wait(mark);
            other.CopyToHostAsync(pinned, 0, pooled.Address, 4096);
            mark.Record(other);
            stream.Wait(mark);
            mark.Synchronize();
            stream.BeginCapture();
            try
            {
                stream.Fill(plain.Address, 2u, 1024);
            }
            catch (CudaException)
            {
                try { stream.EndCapture().Dispose(); } catch (CudaException) { }
                throw;
            }
            using var graph = stream.EndCapture();
            using var exec = graph.Instantiate();
            exec.Launch(stream);
            using var blas = CudaBlas.Create(context);
            blas.SetStream(stream);
            blas.SetWorkspace(pooled.Address, 4096);
            blas.Sgemm(new CublasGemm
            {
                M = 2, N = 2, K = 2, Compute = CublasComputeType.Float32, A = new(plain.Address, CudaDataType.Float32, 2),
                B = new(plain.Address, CudaDataType.Float32, 2), C = new(plain.Address + 2048, CudaDataType.Float32, 2),
            }, 1f, 0f);
            stream.Synchronize();
        }
        finally
        {
            // Pinned memory must outlive the copies that use it.
            try { context.Synchronize(); } catch (CudaException) { }
        }
    }

    public static void EachCall_FailsInTurn_AndNothingLeaks()
    {
        Everything();
        Assert.Equal(0, _simulator.Live("device block"));
        var calls = _simulator.Calls();
        // The process asks the first of these once; without the other two nothing can be given back.
        string[] spared = ["cuInit", "cuDriverGetVersion", "cuDeviceGetCount", "cuDeviceGet", "cuCtxGetCurrent", "cuCtxSetCurrent"];
        int failed = 0;
        foreach (string call in calls.Keys.Except(spared))
            for (long number = 1; number <= calls[call]; number++)
            {
                _simulator.Fail(call, call.StartsWith("cublas", StringComparison.Ordinal) ? 14 : 2, number);
                var error = Record.Exception(Everything);
                foreach (string kind in (string[])["context", "stream", "event", "device block", "pinned block", "graph",
                    "executable graph", "cuBLAS handle"])
                    Assert.True(_simulator.Live(kind) == 0,
                        $"After {call} number {number} failed, {_simulator.Live(kind)} of kind '{kind}' are left: {_simulator.Report()}");
                if (error is not null)
                {
                    failed++;
                    Assert.Contains(call, Assert.IsAssignableFrom<CudaException>(error).Message);
                }
                _simulator.FailNothing();
                // The next run works.
                if (number == calls[call]) Everything();
            }
        Assert.True(failed > 20, $"Only {failed} failures reached the host.");
    }

    public static void ALastingError_TakesTheDevice_AndOnlyIt()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 64);
        _simulator.Fail("cuStreamSynchronize", (int)CudaResult.LaunchFailed);
        var first = Defect(CudaResult.LaunchFailed, stream.Synchronize, "cuStreamSynchronize");
        Assert.True(first.IsSticky);
        Refused(CudaResult.LaunchFailed, () => stream.Fill(memory.Address, 0u, 16), "cuMemsetD32Async", "injected");
        Refused(CudaResult.LaunchFailed, () => CudaDeviceMemory.Allocate(context, 64), "cuMemAlloc_v2");
    }

    [Machine("capability=9.0,8.6")]
    public static void OneLostDevice_LeavesTheOther()
    {
        using var lost = CudaContext.Create(0);
        using var well = CudaContext.Create(1);
        using var stream = CudaStream.Create(well);
        _simulator.Fail("cuCtxSynchronize", (int)CudaResult.IllegalAddress);
        Defect(CudaResult.IllegalAddress, lost.Synchronize);
        using var memory = CudaDeviceMemory.Allocate(well, 64);
        stream.Fill(memory.Address, 1u, 16);
        stream.Synchronize();
        Refused(CudaResult.IllegalAddress, () => CudaDeviceMemory.Allocate(lost, 64));
    }

    // dotnet/runtime#121345: a NativeAOT library in a CoreCLR process hung when their collections met.
    public static void Soak_WithForcedCollections_AndThreads()
    {
        NeedsCompiler(13);
        int seconds = int.TryParse(Environment.GetEnvironmentVariable("GPUTENSOR_SOAK_SECONDS"), out int given) ? given : 5;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var errors = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        long rounds = 0;
        // For so long, and a hundred rounds at least: a busy machine takes longer for them.
        bool Goes() => errors.IsEmpty && (!stop.IsCancellationRequested || Interlocked.Read(ref rounds) <= 100);
        var workers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            try
            {
                using var context = CudaContext.Create();
                using var stream = CudaStream.Create(context);
                var kernel = Compile(context, Axpy, "axpy");
                var random = new Random(Environment.CurrentManagedThreadId);
                while (Goes())
                {
                    var values = CudaDeviceVariable<int>.From(stream, [.. Enumerable.Range(0, random.Next(1, 5000))]);
                    int[] back = values.ToArray(stream);
                    for (int i = 0; i < back.Length; i++) Assert.Equal(i, back[i]);
                    var ones = CudaDeviceVariable<float>.From(stream, [.. Enumerable.Repeat(1f, 40)]);
                    kernel.Launch(stream, new(1, 64), Arguments(kernel, ones.Address, ones.Address, 2f, 40));
                    Assert.All(ones.ToArray(stream), v => Assert.Equal(3f, v));
                    ones.Dispose();
                    // Half of them are left to finalizers, which hand them over.
                    if (random.Next(2) == 0) values.Dispose();
                    if (random.Next(20) == 0) context.Reclaim();
                    Interlocked.Increment(ref rounds);
                }
            }
            catch (Exception e)
            {
                errors.Enqueue(e);
            }
        })).ToArray();
        // A forced collection finds the library's threads inside, and the runtime's: neither may wait for the other.
        foreach (var worker in workers) worker.Start();
        while (Goes())
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(1);
        }
        foreach (var worker in workers) Assert.True(worker.Join(TimeSpan.FromMinutes(10)), "A thread hangs.");
        Assert.Equal([], errors);
        Assert.True(rounds > 100, $"Only {rounds} rounds.");
    }
}
