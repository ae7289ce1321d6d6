using System.Runtime.InteropServices;
using GpuTensor.CudaSimulator.Driver;
using GpuTensor.CudaSimulator.Graphs;

namespace GpuTensor.CudaSimulator.Exports;

// Memory: allocation, pools, copies, fills.
internal static unsafe partial class DriverExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuMemGetInfo_v2")]
    public static int cuMemGetInfo_v2(nuint* free, nuint* total) => Call.InContext(context =>
    {
        Out(free, (nuint)context.Device.FreeBytes);
        Out(total, (nuint)context.Device.Memory.Capacity);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemAlloc_v2")]
    public static int cuMemAlloc_v2(ulong* address, nuint bytes) => Call.InContext(context =>
    {
        Capture.ForbidUnsafe(context.Device.Simulator, "cuMemAlloc");
        Out(address, context.Device.Blocks.Allocate(bytes));
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemFree_v2")]
    public static int cuMemFree_v2(ulong address) => Call.Release(context =>
    {
        Capture.ForbidUnsafe(context.Device.Simulator, "cuMemFree");
        context.Device.Blocks.Free(address);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemHostAlloc")]
    public static int cuMemHostAlloc(void** memory, nuint bytes, uint flags) => Call.InContext(context =>
    {
        Capture.ForbidUnsafe(context.Device.Simulator, "cuMemHostAlloc");
        if (bytes == 0 || flags > 7) throw DriverError.Value($"{bytes} bytes with flags {flags}");
        Out((nuint*)memory, context.Device.Simulator.HostMemory.Allocate(bytes, context));
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemFreeHost")]
    public static int cuMemFreeHost(void* memory) => Call.Release(context =>
    {
        Capture.ForbidUnsafe(context.Device.Simulator, "cuMemFreeHost");
        context.Device.Simulator.HostMemory.Free((nuint)memory);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemAllocAsync")]
    public static int cuMemAllocAsync(ulong* address, nuint bytes, nint stream) => Call.InContext(context =>
    {
        RequirePools(context.Device);
        Out(address, context.Device.Blocks.Allocate(bytes, NotCaptured(context, stream, "cuMemAllocAsync")));
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemFreeAsync")]
    public static int cuMemFreeAsync(ulong address, nint stream) => Call.Release(context =>
    {
        RequirePools(context.Device);
        context.Device.Blocks.Free(address, NotCaptured(context, stream, "cuMemFreeAsync"));
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetDefaultMemPool")]
    public static int cuDeviceGetDefaultMemPool(nint* pool, int device) => Call.Driver(simulator =>
    {
        RequirePools(simulator.Device(device));
        Out(pool, simulator.Device(device).PoolHandle);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemPoolSetAttribute")]
    public static int cuMemPoolSetAttribute(nint pool, int attribute, void* value) => Call.Driver(simulator =>
        simulator.Handles.Get<MemoryPool>(pool, "memory pool").Set(attribute, attribute <= 3 ? *(uint*)value : *(ulong*)value));

    [UnmanagedCallersOnly(EntryPoint = "cuMemPoolGetAttribute")]
    public static int cuMemPoolGetAttribute(nint pool, int attribute, void* value) => Call.Driver(simulator =>
        Out((ulong*)value, simulator.Handles.Get<MemoryPool>(pool, "memory pool").Get(attribute)));

    [UnmanagedCallersOnly(EntryPoint = "cuMemPoolTrimTo")]
    public static int cuMemPoolTrimTo(nint pool, nuint keep) => Call.Driver(simulator =>
        simulator.Handles.Get<MemoryPool>(pool, "memory pool").TrimTo(keep));

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyHtoDAsync_v2")]
    public static int cuMemcpyHtoDAsync_v2(ulong target, void* source, nuint bytes, nint stream) => Call.InContext(context =>
    {
        var on = Transfer(context, stream, target, source, bytes, "destination");
        if (context.Device.Simulator.HostMemory.Find((nuint)source, bytes) is { } block)
        {
            Submit(on, new CopyToDeviceWork("cuMemcpyHtoDAsync_v2", target, block, (nuint)source, bytes));
            return;
        }
        Capture.ForbidOn(on, "a copy from ordinary host memory, which the driver stages itself");
        // The largest array is no limit of the driver's: cut in parts.
        for (nuint done = 0; done < bytes;)
        {
            int part = (int)Math.Min(bytes - done, 1 << 30);
            Submit(on, new CopyBytesWork("cuMemcpyHtoDAsync_v2", target + done, new ReadOnlySpan<byte>((byte*)source + done, part)
                .ToArray()));
            done += (nuint)part;
        }
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoHAsync_v2")]
    public static int cuMemcpyDtoHAsync_v2(void* target, ulong source, nuint bytes, nint stream) => Call.InContext(context =>
    {
        var on = Transfer(context, stream, source, target, bytes, "source");
        var block = context.Device.Simulator.HostMemory.Find((nuint)target, bytes);
        if (block is null) Capture.ForbidOn(on, "a copy to ordinary host memory, which the driver waits for");
        Submit(on, new CopyToHostWork("cuMemcpyDtoHAsync_v2", (nuint)target, block, source, bytes));
        // The driver's manual, "API synchronization behavior": to pageable memory the call returns once the copy is done.
        if (block is null) on.Synchronize();
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoDAsync_v2")]
    public static int cuMemcpyDtoDAsync_v2(ulong target, ulong source, nuint bytes, nint stream) => Call.InContext(context =>
    {
        var on = Stream(context, stream);
        RequireBytes(bytes);
        context.Device.Blocks.RequireRange(target, bytes, "destination");
        context.Device.Blocks.RequireRange(source, bytes, "source");
        Submit(on, new CopyWithinWork("cuMemcpyDtoDAsync_v2", target, source, bytes));
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD8Async")]
    public static int cuMemsetD8Async(ulong target, byte value, nuint count, nint stream) =>
        Fill(target, value, 1, count, stream, nameof(cuMemsetD8Async));

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD16Async")]
    public static int cuMemsetD16Async(ulong target, ushort value, nuint count, nint stream) =>
        Fill(target, value, 2, count, stream, nameof(cuMemsetD16Async));

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD32Async")]
    public static int cuMemsetD32Async(ulong target, uint value, nuint count, nint stream) =>
        Fill(target, value, 4, count, stream, nameof(cuMemsetD32Async));

    private static int Fill(ulong target, uint value, int elementBytes, nuint count, nint stream, string call) => Call.InContext(context =>
    {
        var on = Stream(context, stream);
        RequireBytes(count);
        if (target % (ulong)elementBytes != 0) throw DriverError.Value($"0x{target:x} is no multiple of {elementBytes}");
        context.Device.Blocks.RequireRange(target, count * (nuint)elementBytes, "destination");
        Submit(on, new FillWork(call, target, value, elementBytes, count));
    }, call);

    private static SimulatedStream Transfer(SimulatedContext context, nint stream, ulong device, void* host, nuint bytes, string what)
    {
        var on = Stream(context, stream);
        RequireBytes(bytes);
        if (host == null) throw DriverError.Value("the host's address is null");
        if (context.Device.Memory.Find((ulong)host) is not null)
            throw DriverError.Value($"the host's address 0x{(nuint)host:x} is a device address");
        context.Device.Blocks.RequireRange(device, bytes, what);
        return on;
    }

    // Real drivers take zero bytes, and the next layer up must not rely on it: what is asked for with zero bytes was not thought of.
    private static void RequireBytes(nuint bytes)
    {
        if (bytes == 0) throw DriverError.Value("zero bytes");
    }

    private static SimulatedStream NotCaptured(SimulatedContext context, nint stream, string call)
    {
        var on = Stream(context, stream);
        if (on.Capture is null) return on;
        on.Capture.Invalidate();
        throw new DriverError(Result.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
            $"{call} on {on.Name}, which is being captured: nodes that allocate are not simulated, and no graph of ours may hold one");
    }

    private static void RequirePools(SimulatedDevice device)
    {
        if (!device.Simulator.Configuration.Pools)
            throw new DriverError(Result.CUDA_ERROR_NOT_SUPPORTED, "this device has no memory pools");
    }
}
