using GpuTensor.Bindings.Cuda;
using Xunit;
using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Tests.Simulator;

// Streams and events: what is in order, what is not, and what the host may rely on.
public static unsafe partial class Programs
{
    public static void Events_OrderStreams_AndTheHost()
    {
        using var context = CudaContext.Create();
        using var copies = CudaStream.Create(context);
        using var compute = CudaStream.Create(context);
        using var ready = CudaEvent.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        using var pinned = CudaPinnedMemory.Allocate(context, 4096);
        copies.Fill(memory.Address, 7u, 1024);
        ready.Record(copies);
        compute.Wait(ready);
        compute.CopyToHostAsync(pinned, 0, memory.Address, 4096);
        ready.Record(compute);
        ready.Synchronize();
        Assert.Equal(7, pinned.Span(0, 4)[0]);
    }

    public static void TwoStreams_WithoutAnEvent_Race()
    {
        using var context = CudaContext.Create();
        using var copies = CudaStream.Create(context);
        using var compute = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        copies.Fill(memory.Address, 7u, 1024);
        compute.Fill(memory.Address, 8u, 1024);
        Defect(CudaResult.IllegalAddress, context.Synchronize, "cuCtxSynchronize", "cuMemsetD32Async on stream", "nothing orders the two",
            "0x1");
    }

    public static void ARace_IsFound_WhicheverRanFirst()
    {
        using var context = CudaContext.Create();
        using var copies = CudaStream.Create(context);
        using var compute = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        using var pinned = CudaPinnedMemory.Allocate(context, 4096);
        copies.Fill(memory.Address, 7u, 1024);
        // The host's wait is no order between the streams until it is over: this is enqueued before.
        compute.CopyToHostAsync(pinned, 0, memory.Address, 4096);
        copies.Synchronize();
        Defect(CudaResult.IllegalAddress, compute.Synchronize, "cuStreamSynchronize", "cuMemcpyDtoHAsync_v2 on stream");
    }

    public static void MemoryOfAStream_BelongsToWhatFollowsItsAllocation()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var other = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.AllocateAsync(stream, 4096);
        other.Fill(memory.Address, 1u, 1024);
        Defect(CudaResult.IllegalAddress, context.Synchronize, "cuMemsetD32Async on stream 2", "does not follow an allocation on stream 1");
    }

    public static void TheHostsWait_IsAnOrder()
    {
        using var context = CudaContext.Create();
        using var copies = CudaStream.Create(context);
        using var compute = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        for (int i = 0; i < 10; i++)
        {
            copies.Fill(memory.Address, (uint)i, 1024);
            copies.Synchronize();
            compute.Fill(memory.Address, (uint)i, 1024);
            while (!compute.IsComplete) { }
        }
    }

    [Machine("late=5")]
    public static void TheLegacyStream_IsInOrderWithBlockingStreams()
    {
        using var context = CudaContext.Create();
        using var blocking = CudaStream.Create(context, CudaStreamFlags.Default);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        using var scope = context.Enter();
        for (uint i = 0; i < 20; i++)
        {
            blocking.Fill(memory.Address, i, 1024);
            Check.Driver(cuMemsetD32Async(memory.Address, i + 1, 1024, 0));
        }
        Check.Driver(cuStreamSynchronize(0));
    }

    public static void TheLegacyStream_DoesNotWaitForOthers()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        using var scope = context.Enter();
        stream.Fill(memory.Address, 1u, 1024);
        Check.Driver(cuMemsetD32Async(memory.Address, 2, 1024, 0));
        Defect(CudaResult.IllegalAddress, context.Synchronize, "the legacy stream");
    }

    public static void Times_ComeFromEventsThatTakeThem()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var start = CudaEvent.Create(context, CudaEventFlags.Default);
        using var end = CudaEvent.Create(context, CudaEventFlags.Default);
        using var untimed = CudaEvent.Create(context);
        start.Record(stream);
        end.Record(stream);
        untimed.Record(stream);
        Refused(CudaResult.NotReady, () => end.MillisecondsSince(start), "cuEventElapsedTime");
        stream.Synchronize();
        Assert.True(end.MillisecondsSince(start) >= 0);
        Refused(CudaResult.InvalidHandle, () => untimed.MillisecondsSince(start), "without timing");
    }

    [Machine("poll=4")]
    public static void AQuestion_LetsWorkGoOn()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        using var memory = CudaDeviceMemory.Allocate(context, 4096);
        for (int i = 0; i < 20; i++) stream.Fill(memory.Address, 1u, 1024);
        int asked = 0;
        while (!stream.IsComplete) Assert.True(++asked < 10);
        Assert.True(asked > 0, "All was done at once.");
    }

    [Machine("capability=8.6,9.0")]
    public static void TwoDevices_RefuseEachOthersHandles()
    {
        using var first = CudaContext.Create(0);
        using var second = CudaContext.Create(1);
        using var stream = CudaStream.Create(first);
        using var memory = CudaDeviceMemory.Allocate(second, 4096);
        using (second.Enter())
        {
            nint handle = stream.Handle;
            Refused(CudaResult.InvalidHandle, () => Check.Driver(cuStreamSynchronize(handle)), "belongs to the context of device 0");
        }
        Refused(CudaResult.InvalidValue, () => stream.Fill(memory.Address, 1u, 16), "in no allocation of this device");
    }

    public static void AForgottenContext_IsSaidSo_OnEveryThread()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        nint handle = stream.Handle;
        var result = CudaResult.Success;
        string message = "";
        var hop = new Thread(() =>
        {
            // Raw, without the bindings' scope: what a program does that relies on the thread it started on.
            result = cuStreamSynchronize(handle);
            message = Check.DriverError(result, nameof(cuStreamSynchronize)).Message;
        });
        hop.Start();
        hop.Join();
        Assert.Equal(CudaResult.InvalidContext, result);
        Assert.Contains("no context is current on thread", message);
        // The bindings enter it themselves.
        var right = new Thread(stream.Synchronize);
        right.Start();
        right.Join();
    }
}
