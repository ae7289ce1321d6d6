using GpuTensor.Backends;
using GpuTensor.Runtime;

namespace GpuTensor.Cli;

/// <summary>What a device has done, counted by its backend where it happens. The reference device has no queue and no memory of its own: it
/// counts nothing.</summary>
/// <param name="Launches">Every enqueue: kernels, library calls, copies, fills, reads and writes.</param>
/// <param name="Kernels">Kernels as a reader of <c>explain</c> counts them: a matrix product with its packing and epilogue is one.</param>
/// <param name="Compiled">Kernels compiled, from source or the driver's cache.</param>
/// <param name="BytesPeak">The most bytes ever taken from the driver.</param>
internal readonly record struct DeviceCounters(long Launches, long Kernels, long Compiled, long BytesPeak)
{
    public static DeviceCounters Of(Device device) => device.Executor is PlannedExecutor { Backend.Counters: var c } planned
        ? new(c.Enqueues, planned.KernelsRun, c.KernelsCompiled, c.BytesPeak)
        : default;

    /// <summary>What was done between two looks; the peak is the later one's.</summary>
    public static DeviceCounters operator -(DeviceCounters late, DeviceCounters early) =>
        new(late.Launches - early.Launches, late.Kernels - early.Kernels, late.Compiled - early.Compiled, late.BytesPeak);
}
