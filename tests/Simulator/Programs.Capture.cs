using GpuTensor.Bindings.Cuda;
using Xunit;
using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Tests.Simulator;

// The rules of capture by their error codes, and graphs.
public static unsafe partial class Programs
{
    public static void AGraph_DoesAgainWhatWasCaptured()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        int[] values = new int[1024];
        stream.BeginCapture();
        stream.Fill(memory.Address, 7u, 512);
        stream.CopyWithinDevice(memory.Address + 2048, memory.Address, 2048);
        Assert.Equal(CudaStreamCaptureStatus.Active, stream.CaptureStatus);
        using var graph = stream.EndCapture();
        Assert.Equal([CudaGraphNodeType.Memcpy, CudaGraphNodeType.Memset], graph.GetNodes().Select(n => n.Type).Order());
        using var exec = graph.Instantiate();
        exec.Upload(stream);
        stream.Fill(memory.Address, 0u, 1024);
        exec.Launch(stream);
        stream.CopyToHost(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()), memory.Address);
        Assert.All(values, v => Assert.Equal(7, v));
    }

    public static void AGraph_TakesOverAnothersParameters_OfTheSameShape()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        CudaGraph Captured(uint value, int fills)
        {
            stream.BeginCapture();
            for (int i = 0; i < fills; i++) stream.Fill(memory.Address, value, 1024);
            return stream.EndCapture();
        }
        using var first = Captured(1, 1);
        using var second = Captured(2, 1);
        using var longer = Captured(3, 2);
        using var exec = first.Instantiate();
        exec.Launch(stream);
        Assert.Equal(CudaGraphExecUpdateResult.Success, exec.Update(second));
        Assert.Equal(CudaGraphExecUpdateResult.TopologyChanged, exec.Update(longer));
        exec.Launch(stream);
        byte[] word = new byte[4];
        stream.CopyToHost(word, memory.Address);
        Assert.Equal(2, word[0]);
    }

    public static void ACapture_Forks_AndMustJoin()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var side = CudaStream.Create(context);
        using var fork = CudaEvent.Create(context);
        using var join = CudaEvent.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        void Branches(bool joined, ulong sideOffset)
        {
            stream.BeginCapture();
            stream.Fill(memory.Address, 1u, 1024);
            fork.Record(stream);
            side.Wait(fork);
            side.Fill(memory.Address + sideOffset, 2u, 512);
            stream.Fill(memory.Address, 3u, 512);
            if (joined)
            {
                join.Record(side);
                stream.Wait(join);
            }
            using var graph = stream.EndCapture();
            using var exec = graph.Instantiate();
            exec.Launch(stream);
            stream.Synchronize();
        }
        Branches(joined: true, sideOffset: 2048);
        Refused(CudaResult.StreamCaptureUnjoined, () => Branches(joined: false, sideOffset: 2048), "cuStreamEndCapture", "never waited");
        // Two branches of a graph are not in order: what both write is a race.
        Defect(CudaResult.IllegalAddress, () => Branches(joined: true, sideOffset: 0), "in node", "nothing orders the two");
    }

    public static void Rules900_WaitsAndAllocations_SpoilACapture()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 64);
        (string Call, Action Spoil)[] spoilers =
        [
            ("cuStreamSynchronize", stream.Synchronize),
            ("cuStreamQuery", () => _ = stream.IsComplete),
            ("cuCtxSynchronize", context.Synchronize),
            ("cuMemAlloc_v2", () => CudaDeviceMemory.Allocate(context, 64)),
            ("cuMemAllocAsync", () => CudaDeviceMemory.AllocateAsync(stream, 64)),
            ("cuMemHostAlloc", () => CudaPinnedMemory.Allocate(context, 64)),
            ("cuMemcpyHtoDAsync_v2", () => stream.CopyToDevice(memory.Address, new byte[64])),
            ("cuMemcpyDtoHAsync_v2", () => stream.CopyToHost(new byte[64], memory.Address)),
        ];
        foreach (var (call, spoil) in spoilers)
        {
            stream.BeginCapture();
            Refused(CudaResult.StreamCaptureUnsupported, spoil, call);
            Assert.Equal(CudaStreamCaptureStatus.Invalidated, stream.CaptureStatus);
            Refused(CudaResult.StreamCaptureInvalidated, () => stream.Fill(memory.Address, 1u, 16), "cuMemsetD32Async");
            Refused(CudaResult.StreamCaptureInvalidated, () => stream.EndCapture(), "cuStreamEndCapture");
            stream.Fill(memory.Address, 1u, 16);
            stream.Synchronize();
        }
    }

    public static void Rules902To908()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var other = CudaStream.Create(context);
        using var mark = CudaEvent.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 64);

        // 902: two captures would become one.
        stream.BeginCapture();
        other.BeginCapture();
        mark.Record(other);
        Refused(CudaResult.StreamCaptureMerge, () => stream.Wait(mark), "cuStreamWaitEvent");
        Refused(CudaResult.StreamCaptureInvalidated, () => stream.EndCapture());
        Refused(CudaResult.StreamCaptureInvalidated, () => other.EndCapture());

        // 903: ended on a stream that only joined.
        stream.BeginCapture();
        mark.Record(stream);
        other.Wait(mark);
        Refused(CudaResult.StreamCaptureUnmatched, () => other.EndCapture());
        Refused(CudaResult.StreamCaptureInvalidated, () => stream.EndCapture());

        // 907: a captured event stands for no point in time.
        stream.BeginCapture();
        mark.Record(stream);
        Refused(CudaResult.StreamCaptureUnsupported, mark.Synchronize);
        Refused(CudaResult.StreamCaptureInvalidated, () => stream.EndCapture());
        stream.BeginCapture(CudaStreamCaptureMode.Relaxed);
        mark.Record(stream);
        Refused(CudaResult.CapturedEvent, mark.Synchronize, "cuEventSynchronize");
        Refused(CudaResult.StreamCaptureInvalidated, () => stream.EndCapture());

        // 905: what lies outside the capture cannot be waited for.
        mark.Record(other);
        stream.BeginCapture();
        Refused(CudaResult.StreamCaptureIsolation, () => stream.Wait(mark));
        Refused(CudaResult.StreamCaptureInvalidated, () => stream.EndCapture());

        // 906: the legacy stream would wait for a captured one.
        using (var blocking = CudaStream.Create(context, CudaStreamFlags.Default))
        using (context.Enter())
        {
            blocking.BeginCapture();
            Refused(CudaResult.StreamCaptureImplicit, () => Check.Driver(cuMemsetD32Async(memory.Address, 1, 16, 0)), "legacy");
            Refused(CudaResult.StreamCaptureInvalidated, () => blocking.EndCapture());
        }

        // 908: ended on another thread.
        stream.BeginCapture();
        Exception? error = null;
        var hop = new Thread(() => error = Record.Exception(() => stream.EndCapture()));
        hop.Start();
        hop.Join();
        Assert.Equal(CudaResult.StreamCaptureWrongThread, Assert.IsType<CudaException>(error).Result);
        stream.EndCapture().Dispose();
    }

    public static void CaptureModes_ForbidWhatTheySay()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        CudaException? Elsewhere()
        {
            Exception? error = null;
            var thread = new Thread(() => error = Record.Exception(() => CudaDeviceMemory.Allocate(context, 64).Dispose()));
            thread.Start();
            thread.Join();
            return (CudaException?)error;
        }
        stream.BeginCapture(CudaStreamCaptureMode.ThreadLocal);
        Assert.Null(Elsewhere());
        stream.EndCapture().Dispose();
        stream.BeginCapture(CudaStreamCaptureMode.Global);
        Assert.Equal(CudaResult.StreamCaptureUnsupported, Elsewhere()?.Result);
        Refused(CudaResult.StreamCaptureInvalidated, () => stream.EndCapture());
        stream.BeginCapture(CudaStreamCaptureMode.Relaxed);
        CudaDeviceMemory.Allocate(context, 64).Dispose();
        stream.EndCapture().Dispose();
    }
}
