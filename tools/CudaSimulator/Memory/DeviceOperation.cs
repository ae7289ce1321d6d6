namespace GpuTensor.CudaSimulator.Memory;

/// <summary>One thing a device does: a launch, a copy, a fill. Every access of memory is made in the name of one, and what two of them
/// touch without an order between them, one writing, is a fault. A stream's implementation derives from this and answers
/// <see cref="Follows"/> by its vector clocks; the base class says that everything is in order, as on one stream.</summary>
public class DeviceOperation(string name)
{
    /// <summary>What it is, for messages: <c>kernel add_f32 on stream 2</c>, <c>copy host to device</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The first of the serial numbers this operation's accesses carry (a launch takes one for each block); set by
    /// <see cref="DeviceMemory.Begin"/>.</summary>
    public uint FirstSerial { get; internal set; }

    /// <summary>What has a lesser serial is known to have ended before this operation began.</summary>
    internal uint OrderedBefore { get; set; }

    /// <summary>True if <paramref name="earlier"/> is known to have ended before this one began, whatever the timing: same stream, or an
    /// event between.</summary>
    public virtual bool Follows(DeviceOperation earlier) => true;
}
