using System.Runtime.CompilerServices;
using GpuTensor.Bindings.Cuda;
using Xunit;
using Cuda = GpuTensor.Bindings.Cuda.Cuda;

namespace GpuTensor.Tests.Bindings.FakeDriver;

public static unsafe partial class Scenarios
{
    public static void Devices_are_asked_by_handle_not_by_ordinal()
    {
        Assert.Empty(Cuda.LibraryAttempts);
        Assert.True(Cuda.IsAvailable, Cuda.WhyUnavailable);
        Assert.Equal(new Version(13, 0), Cuda.DriverVersion);
        Assert.Equal(2, Cuda.Devices.Count);
        var device = Cuda.Devices[1];
        Assert.Equal((1, 41, "Fake 41", 80L << 30), (device.Ordinal, device.Handle, device.Name, device.TotalMemory));
        Assert.Equal(new ComputeCapability(75, 76), device.ComputeCapability);
        Assert.Equal(97, device[CudaDeviceAttribute.MaxSharedMemoryPerBlockOptin]);
        Assert.True(device.HasMemoryPools);
        Assert.Contains("There is no device cuda:2", Assert.Throws<CudaException>(() => CudaContext.Create(2)).Message);
    }

    public static void A_context_is_entered_where_it_is_not_current_and_a_foreign_one_restored()
    {
        using var first = CudaContext.Create(0);
        using var second = CudaContext.Create(1);
        SetCurrent(0);
        Assert.Equal([$"cuCtxSetCurrent {Hex(Primary)}", "cuCtxSynchronize"], CallsOf(first.Synchronize));
        Assert.Equal(["cuCtxSynchronize"], CallsOf(first.Synchronize));
        string[] calls = CallsOf(second.Synchronize);
        Assert.Equal($"cuCtxPushCurrent_v2 {Hex(SecondPrimary)}", calls[0]);
        Assert.Equal("cuCtxSynchronize", calls[1]);
        Assert.StartsWith("cuCtxPopCurrent_v2", calls[2]);
        Assert.Equal(["cuCtxSynchronize"], CallsOf(first.Synchronize));
        // Another thread has no context.
        string[] elsewhere = [];
        var thread = new Thread(() => elsewhere = CallsOf(first.Synchronize));
        thread.Start();
        thread.Join();
        Assert.Equal([$"cuCtxSetCurrent {Hex(Primary)}", "cuCtxSynchronize"], elsewhere);
        Assert.Equal((5000000000L, 80000000000L), first.MemoryInfo);
    }

    public static void The_primary_context_goes_after_everything_made_in_it()
    {
        var context = CudaContext.Create(0);
        var stream = CudaStream.Create(context);
        string handle = Hex(stream.Handle);
        Assert.Empty(CallsOf(context.Dispose));
        Assert.Equal([$"cuStreamSynchronize {handle}"], CallsOf(stream.Synchronize));
        Assert.Equal([$"cuStreamDestroy_v2 {handle}", "cuDevicePrimaryCtxRelease_v2 28"], CallsOf(stream.Dispose));
        Assert.Empty(CallsOf(stream.Dispose));
        Assert.Throws<ObjectDisposedException>(stream.Synchronize);
        Assert.Throws<ObjectDisposedException>(context.Synchronize);
    }

    public static void A_finalizer_calls_nothing_and_the_next_wait_releases()
    {
        using var context = CudaContext.Create(0);
        string stream = "", memory = "";
        string[] calls = CallsOf(() =>
        {
            Forget();
            for (int i = 0; i < 20 && context.PendingReleases < 2; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        Assert.Equal(2, context.PendingReleases);
        Assert.DoesNotContain(calls, c => c.Contains("Destroy", StringComparison.Ordinal) || c.Contains("Free", StringComparison.Ordinal));
        calls = CallsOf(context.Synchronize);
        Assert.Equal("cuCtxSynchronize", calls[0]);
        Assert.Equal([$"cuMemFree_v2 {memory}", $"cuStreamDestroy_v2 {stream}"], calls[1..].Order());
        Assert.Equal(0, context.PendingReleases);

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Forget()
        {
            stream = Hex(CudaStream.Create(context).Handle);
            memory = Hex(CudaDeviceMemory.Allocate(context, 64).Address);
        }
    }

    public static void Streams_and_events_are_passed_in_the_drivers_order()
    {
        using var context = CudaContext.Create(0);
        using var stream = CudaStream.Create(context);
        string created = Calls().Single(c => c.StartsWith("cuStreamCreate ", StringComparison.Ordinal));
        Assert.EndsWith(" 1", created);
        using var start = CudaEvent.Create(context, CudaEventFlags.Default);
        using var end = CudaEvent.Create(context);
        var (s, e0, e1) = (Hex(stream.Handle), Hex(start.Handle), Hex(end.Handle));
        Assert.Equal([$"cuEventRecord {e0} {s}"], CallsOf(() => start.Record(stream)));
        Assert.Equal([$"cuStreamWaitEvent {s} {e0} 0"], CallsOf(() => stream.Wait(start)));
        string elapsed = CallsOf(() => Assert.Equal(1.5f, end.MillisecondsSince(start)))[0];
        Assert.EndsWith($" {e0} {e1}", elapsed);
        Fail("cuStreamQuery", 600);
        Assert.False(stream.IsComplete);
        Assert.True(stream.IsComplete);
        Fail("cuEventQuery", 600);
        Assert.False(end.IsComplete);
        Fail("cuEventQuery", 719);
        var error = Assert.Throws<CudaException>(() => end.IsComplete);
        Assert.True(error.IsSticky);
        Assert.StartsWith("cuEventQuery failed: CUDA_ERROR_FAKE (719), the fake says so.", error.Message);
    }

    public static void Memory_is_allocated_copied_filled_and_freed()
    {
        using var context = CudaContext.Create(0);
        using var stream = CudaStream.Create(context);
        string s = Hex(stream.Handle);
        var block = CudaDeviceMemory.Allocate(context, 5L << 32);
        string b = Hex(block.Address);
        Assert.EndsWith(" 500000000", Calls().Last(c => c.StartsWith("cuMemAlloc_v2", StringComparison.Ordinal)));
        var pooled = CudaDeviceMemory.AllocateAsync(stream, 3000);
        string p = Hex(pooled.Address);
        Assert.EndsWith($" bb8 {s}", Calls().Last(c => c.StartsWith("cuMemAllocAsync", StringComparison.Ordinal)));

        string[] calls = CallsOf(() => stream.CopyToDevice(block.Address + 16, [9, 8, 7]));
        Assert.StartsWith($"cuMemcpyHtoDAsync_v2 {Hex(block.Address + 16)} ", calls[0]);
        Assert.EndsWith($" 3 {s}", calls[0]);
        Assert.Equal([" first 9", $"cuStreamSynchronize {s}"], calls[1..]);
        byte[] back = new byte[4];
        calls = CallsOf(() => stream.CopyToHost(back, block.Address));
        Assert.EndsWith($" {b} 4 {s}", calls[0]);
        Assert.Equal([7, 7, 7, 7], back);
        calls = CallsOf(() => stream.CopyWithinDevice(block.Address, pooled.Address, 1024));
        Assert.Equal([$"cuMemcpyDtoDAsync_v2 {b} {p} 400 {s}"], calls);
        Assert.Equal([$"cuMemsetD8Async {b} ff a {s}"], CallsOf(() => stream.Fill(block.Address, (byte)255, 10)));
        Assert.Equal([$"cuMemsetD16Async {b} 3f80 a {s}"], CallsOf(() => stream.Fill(block.Address, (ushort)0x3f80, 10)));
        Assert.Equal([$"cuMemsetD32Async {b} 3f800000 a {s}"], CallsOf(() => stream.Fill(block.Address, 0x3f800000u, 10)));

        using var pinned = CudaPinnedMemory.Allocate(context, 64);
        pinned.Span(8, 1)[0] = 42;
        calls = CallsOf(() => stream.CopyToDeviceAsync(block.Address, pinned, 8, 16));
        Assert.Equal([$"cuMemcpyHtoDAsync_v2 {b} {Hex(pinned.Handle + 8)} 10 {s}", " first 2a"], calls);
        calls = CallsOf(() => stream.CopyToHostAsync(pinned, 0, pooled.Address, 64));
        Assert.Equal([$"cuMemcpyDtoHAsync_v2 {Hex(pinned.Handle)} {p} 40 {s}"], calls);
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.CopyToHostAsync(pinned, 1, pooled.Address, 64));

        Assert.Empty(CallsOf(() =>
        {
            stream.CopyToDevice(block.Address, []);
            stream.Fill(block.Address, 0u, 0);
            stream.CopyWithinDevice(block.Address, pooled.Address, 0);
            Assert.Throws<ArgumentOutOfRangeException>(() => CudaDeviceMemory.Allocate(context, 0));
        }));
        Assert.Equal([$"cuMemFreeAsync {p} {s}"], CallsOf(pooled.Dispose));
        Assert.Equal([$"cuMemFree_v2 {b}"], CallsOf(block.Dispose));
    }

    public static void Exhausted_memory_is_tried_again_after_releasing_and_reported_with_what_is_free()
    {
        using var context = CudaContext.Create(0);
        Fail("cuMemAlloc_v2", 2);
        var error = Assert.Throws<CudaException>(() => CudaDeviceMemory.Allocate(context, 1000));
        Assert.True(error.IsOutOfMemory);
        Assert.Contains("1000 bytes; 5000000000 of 80000000000 bytes are free on cuda:0", error.Message);

        Forget();
        for (int i = 0; i < 20 && context.PendingReleases == 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Fail("cuMemAlloc_v2", 2);
        using var block = CudaDeviceMemory.Allocate(context, 1000);
        Assert.Equal(0, context.PendingReleases);

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Forget() => CudaDeviceMemory.Allocate(context, 64);
    }

    public static void The_pools_attributes_are_64_bit()
    {
        var pool = Cuda.Devices[0].DefaultMemoryPool;
        string h = Hex(pool.Handle);
        string[] calls = CallsOf(() => pool.ReleaseThreshold = ulong.MaxValue);
        Assert.StartsWith($"cuMemPoolSetAttribute {h} 4 ", calls[0]);
        Assert.Equal(" value ffffffffffffffff", calls[1]);
        Assert.Equal((1004ul, 1005ul, 1006ul, 1007ul, 1008ul),
            (pool.ReleaseThreshold, pool.ReservedBytes, pool.ReservedBytesPeak, pool.UsedBytes, pool.UsedBytesPeak));
        Assert.Equal([$"cuMemPoolTrimTo {h} 400"], CallsOf(() => pool.TrimTo(1024)));
    }

    public static void Device_variables_copy_typed_values()
    {
        using var context = CudaContext.Create(0);
        using var stream = CudaStream.Create(context);
        using var x = CudaDeviceVariable<double>.From(stream, [1.0, 2.0, 3.0]);
        Assert.Equal((3L, 24L), (x.Length, x.Bytes));
        string call = CallsOf(() => x.CopyFrom(stream, [4.0], index: 2)).First(c => c.StartsWith("cuMemcpy", StringComparison.Ordinal));
        Assert.StartsWith($"cuMemcpyHtoDAsync_v2 {Hex(x.Address + 16)} ", call);
        Assert.Equal(3, x.ToArray(stream).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => x.CopyFrom(stream, [4.0, 5.0], index: 2));
    }
}
