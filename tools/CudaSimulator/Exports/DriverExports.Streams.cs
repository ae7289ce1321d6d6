using System.Diagnostics;
using System.Runtime.InteropServices;
using GpuTensor.CudaSimulator.Driver;
using GpuTensor.CudaSimulator.Graphs;

namespace GpuTensor.CudaSimulator.Exports;

// Streams and events.
internal static unsafe partial class DriverExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuStreamCreate")]
    public static int cuStreamCreate(nint* stream, uint flags) => Call.InContext(context =>
    {
        if (flags > 1) throw DriverError.Value($"there are no stream flags {flags}");
        var made = new SimulatedStream(context, nonBlocking: flags == 1);
        Out(stream, context.Device.Simulator.Handles.Add(made));
        context.Streams.Add(made);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuStreamDestroy_v2")]
    public static int cuStreamDestroy_v2(nint stream) => Call.Release(context =>
    {
        if (stream is 0 or 1 or 2) throw DriverError.Handle("a default stream cannot be destroyed");
        var gone = Owned<SimulatedStream>(context, stream, "stream");
        Capture.Leave(gone);
        context.Streams.Remove(gone);
        context.Device.Simulator.Handles.Remove(stream);
        context.Device.Simulator.Scheduler.GiveBack(gone.Lane);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuStreamSynchronize")]
    public static int cuStreamSynchronize(nint stream) => Call.InContext(context => Stream(context, stream).Synchronize());

    [UnmanagedCallersOnly(EntryPoint = "cuStreamQuery")]
    public static int cuStreamQuery(nint stream) =>
        Call.InContext(context => Stream(context, stream).Query() ? Result.CUDA_SUCCESS : Result.CUDA_ERROR_NOT_READY);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamWaitEvent")]
    public static int cuStreamWaitEvent(nint stream, nint @event, uint flags) => Call.InContext(context =>
    {
        if (flags > 1) throw DriverError.Value($"there are no flags {flags}");
        var on = Stream(context, stream);
        // An event may belong to another device: that is how their streams are ordered.
        var other = context.Device.Simulator.Handles.Get<SimulatedEvent>(@event, "event");
        if (Capture.Wait(on, other) || other.Recorded is not { } mark) return;
        on.Enqueue(new MarkOperation($"a wait for an event on {on.Name}"), mark);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuEventCreate")]
    public static int cuEventCreate(nint* @event, uint flags) => Call.InContext(context =>
    {
        if (flags > 7) throw DriverError.Value($"there are no event flags {flags}");
        Out(@event, context.Device.Simulator.Handles.Add(new SimulatedEvent(context, flags)));
    });

    [UnmanagedCallersOnly(EntryPoint = "cuEventRecord")]
    public static int cuEventRecord(nint @event, nint stream) => Call.InContext(context =>
        Owned<SimulatedEvent>(context, @event, "event").Record(Stream(context, stream)));

    [UnmanagedCallersOnly(EntryPoint = "cuEventQuery")]
    public static int cuEventQuery(nint @event) => Call.InContext(context =>
    {
        Capture.ForbidUnsafe(context.Device.Simulator, "cuEventQuery");
        return Owned<SimulatedEvent>(context, @event, "event").Query() ? Result.CUDA_SUCCESS : Result.CUDA_ERROR_NOT_READY;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuEventSynchronize")]
    public static int cuEventSynchronize(nint @event) => Call.InContext(context =>
    {
        Capture.ForbidUnsafe(context.Device.Simulator, "cuEventSynchronize");
        Owned<SimulatedEvent>(context, @event, "event").Synchronize();
    });

    [UnmanagedCallersOnly(EntryPoint = "cuEventElapsedTime")]
    public static int cuEventElapsedTime(float* milliseconds, nint start, nint end) => Call.InContext(context =>
    {
        var from = Owned<SimulatedEvent>(context, start, "event");
        var to = Owned<SimulatedEvent>(context, end, "event");
        if (!from.HasTiming || !to.HasTiming) throw DriverError.Handle("an event was made without timing");
        if (from.Recorded is not { } first || to.Recorded is not { } last) throw DriverError.Handle("an event was never recorded");
        if (!first.Done || !last.Done) return Result.CUDA_ERROR_NOT_READY;
        Out(milliseconds, (float)Stopwatch.GetElapsedTime(first.Time, last.Time).TotalMilliseconds);
        return Result.CUDA_SUCCESS;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuEventDestroy_v2")]
    public static int cuEventDestroy_v2(nint @event) => Call.Release(context =>
    {
        Owned<SimulatedEvent>(context, @event, "event");
        context.Device.Simulator.Handles.Remove(@event);
    });
}
