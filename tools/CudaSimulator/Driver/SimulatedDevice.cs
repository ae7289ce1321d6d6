using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>A GPU: its memory, its primary context, its memory pool, and the fault that has taken it out of use, if one has.</summary>
internal sealed class SimulatedDevice
{
    public const string Name = "GpuTensor CUDA simulator";

    public SimulatedDevice(Simulator simulator, int ordinal, DeviceModel model)
    {
        (Simulator, Ordinal, Model) = (simulator, ordinal, model);
        Memory = new DeviceMemory(ordinal, (ulong)simulator.Configuration.MemoryBytes);
        Pool = new MemoryPool(this);
        Blocks = new DeviceBlocks(this);
        PoolHandle = simulator.Handles.Add(Pool);
    }

    public Simulator Simulator { get; }

    public int Ordinal { get; }

    public DeviceModel Model { get; }

    public DeviceMemory Memory { get; }

    public MemoryPool Pool { get; }

    public nint PoolHandle { get; }

    /// <summary>What the host has been given of the memory.</summary>
    public DeviceBlocks Blocks { get; }

    /// <summary>The primary context while somebody holds a share in it.</summary>
    public SimulatedContext? Primary { get; set; }

    /// <summary>Operations that the shadow may still name, in the order they ran.</summary>
    public Queue<Operation> Begun { get; } = new();

    /// <summary>The first fault: after it nothing works on this device.</summary>
    public (Result Result, string Message)? Sticky { get; private set; }

    /// <summary>Takes the device out of use.</summary>
    public void Fail(Result result, string message)
    {
        if (!ResultText.IsSticky(result)) result = Result.CUDA_ERROR_LAUNCH_FAILED;
        if (Sticky is null) Simulator.Report.Defect($"cuda:{Ordinal}: {message}");
        Sticky ??= (result, message);
    }

    /// <summary>Throws the fault, if there was one.</summary>
    public void ThrowIfLost()
    {
        if (Sticky is { } fault) throw new DriverError(fault.Result, fault.Message);
    }

    /// <summary>Bytes not given out: what the pool holds idle counts as taken.</summary>
    public ulong FreeBytes => Memory.Capacity - Math.Min(Memory.Capacity, Memory.Used + Pool.Reserved - Pool.Used);
}
