using GpuTensor.CudaSimulator.Interpreter;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>The machine: its GPUs and everything the host holds of them. There is one at a time, guarded by one lock.</summary>
internal sealed class Simulator
{
    public Simulator(Configuration configuration)
    {
        Configuration = configuration;
        Scheduler = new(configuration);
        var capabilities = configuration.Capabilities;
        var visible = configuration.Visible?.TakeWhile(o => o < capabilities.Count).Select(o => capabilities[o]) ?? capabilities;
        Devices = [.. visible.Select((c, ordinal) => new SimulatedDevice(this, ordinal, DeviceModel.Of(c)))];
    }

    public Configuration Configuration { get; }

    public Scheduler Scheduler { get; }

    public HandleTable Handles { get; } = new();

    public HostMemory HostMemory { get; } = new();

    public Report Report { get; } = new();

    public SimulatedDevice[] Devices { get; }

    public bool Initialized { get; set; }

    /// <summary>True once another machine has taken its place.</summary>
    public bool Abandoned { get; private set; }

    public int StreamsMade { get; set; }

    /// <summary>Captures under way, of every context.</summary>
    public List<Graphs.Capture> Captures { get; } = [];

    public SimulatedDevice Device(int device) => (uint)device < (uint)Devices.Length
        ? Devices[device]
        : throw new DriverError(Result.CUDA_ERROR_INVALID_DEVICE, $"there is no device {device}; there are {Devices.Length}");

    /// <summary>How kernels run on a device.</summary>
    public RunSettings Settings(SimulatedDevice device, int maxDynamicShared) => new()
    {
        // A device newer than every compiler has the limits of the newest known.
        ComputeCapability = device.Model.Capability == 990 ? 100 : device.Model.Capability,
        Seed = Configuration.Seed,
        Approximation = Configuration.Approximation,
        MaxDynamicShared = maxDynamicShared,
    };

    /// <summary>Takes a share in a device's primary context.</summary>
    public SimulatedContext Retain(SimulatedDevice device)
    {
        device.Primary ??= new SimulatedContext(device);
        device.Primary.Shares++;
        return device.Primary;
    }

    /// <summary>Gives a share back; with the last, the context and everything in it ends.</summary>
    public void Release(SimulatedDevice device)
    {
        var context = device.Primary
            ?? throw new DriverError(Result.CUDA_ERROR_INVALID_CONTEXT,
                $"nobody holds a share in the primary context of device {device.Ordinal}");
        if (--context.Shares > 0) return;
        foreach (var stream in context.Streams) Graphs.Capture.Leave(stream);
        Scheduler.HostWaitedFor(device);
        foreach (nint handle in Handles.OwnedBy(context))
        {
            if (Handles.Get<IHandled>(handle, "object") is LoadedModule module) module.Unload();
            Handles.Remove(handle);
        }
        HostMemory.FreeAll(context);
        device.Blocks.FreeAll();
        context.Destroyed = true;
        device.Primary = null;
    }

    /// <summary>Frees what the machine holds of the host's memory; its handles mean nothing any more.</summary>
    public void Abandon()
    {
        Abandoned = true;
        foreach (var device in Devices)
        {
            if (device.Primary is { } context)
            {
                HostMemory.FreeAll(context);
                context.Destroyed = true;
            }
            device.Blocks.FreeAll();
        }
    }
}
