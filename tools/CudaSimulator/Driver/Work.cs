using GpuTensor.CudaSimulator.Interpreter;
using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>What a device is asked to do, with everything that decides it copied: a stream makes one operation of it, a graph one at every
/// launch.</summary>
internal abstract record Work
{
    public const int Kernel = 0, Memcpy = 1, Memset = 2;

    /// <summary>The type of a node that does this, by the header's numbers.</summary>
    public abstract int NodeType { get; }

    /// <summary>The operation, for one run. <paramref name="where"/> says where for messages: "on stream 2".</summary>
    public abstract Operation Begin(SimulatedDevice device, string where);

    /// <summary>Why a graph's node may not change from this to the other; null where it may. By the numbers of
    /// <c>CUgraphExecUpdateResult</c>.</summary>
    public virtual int? CannotBecome(Work other) => other.GetType() == GetType() ? null : NodeTypeChanged;

    public const int TopologyChanged = 2, NodeTypeChanged = 3, FunctionChanged = 4, ParametersChanged = 5;
}

/// <summary>A launch, its parameters copied.</summary>
internal sealed record KernelWork(LoadedFunction Function, Extent Grid, Extent Block, uint SharedBytes, byte[] Parameters) : Work
{
    public override int NodeType => Kernel;

    public override Operation Begin(SimulatedDevice device, string where)
    {
        Function.Module.RequireLoaded(Function);
        var settings = device.Simulator.Settings(device, Function.MaxDynamicShared);
        var operation = new WorkOperation($"kernel {Function.Name} {where}", op =>
        {
            KernelRunner.Run(Function.Kernel, Grid, Block, (int)SharedBytes, Parameters, device.Memory, op, settings);
            device.Simulator.Report.Launches++;
        });
        Function.Module.LastUse = operation;
        return operation;
    }
}

/// <summary>A fill.</summary>
internal sealed record FillWork(string Call, ulong Address, uint Value, int ElementBytes, ulong Count) : Work
{
    public override int NodeType => Memset;

    public override Operation Begin(SimulatedDevice device, string where) => new WorkOperation($"{Call} {where}",
        op => device.Memory.Fill(Address, Value, ElementBytes, Count, op));
}

/// <summary>A copy within a device.</summary>
internal sealed record CopyWithinWork(string Call, ulong Target, ulong Source, ulong Bytes) : Work
{
    public override int NodeType => Memcpy;

    public override Operation Begin(SimulatedDevice device, string where) => new WorkOperation($"{Call} {where}",
        op => device.Memory.Copy(Target, Source, Bytes, op));
}

/// <summary>A copy from pinned host memory, which is read when the copy runs.</summary>
internal sealed unsafe record CopyToDeviceWork(string Call, ulong Target, HostMemory.Block Block, nuint Source, nuint Bytes) : Work
{
    public override int NodeType => Memcpy;

    public override Operation Begin(SimulatedDevice device, string where)
    {
        var pending = HostMemory.BeginRead(Block, Source, Bytes, $"{Call} {where}");
        return new WorkOperation($"{Call} {where}", op =>
        {
            HostMemory.End(pending);
            device.Memory.Write(Target, (byte*)Source, Bytes, op);
        }, () => Block.Pending.Remove(pending));
    }
}

/// <summary>A copy from ordinary host memory: the driver has taken its bytes when the call returns.</summary>
internal sealed unsafe record CopyBytesWork(string Call, ulong Target, byte[] Bytes) : Work
{
    public override int NodeType => Memcpy;

    public override Operation Begin(SimulatedDevice device, string where) => new WorkOperation($"{Call} {where}", op =>
    {
        fixed (byte* source = Bytes) device.Memory.Write(Target, source, (ulong)Bytes.Length, op);
    });
}

/// <summary>A copy to host memory; pinned memory is written when the copy runs.</summary>
internal sealed unsafe record CopyToHostWork(string Call, nuint Target, HostMemory.Block? Block, ulong Source, nuint Bytes) : Work
{
    public override int NodeType => Memcpy;

    public override Operation Begin(SimulatedDevice device, string where)
    {
        var pending = Block is null ? null : HostMemory.BeginWrite(Block, Target, Bytes, $"{Call} {where}");
        return new WorkOperation($"{Call} {where}", op =>
        {
            if (pending is not null) HostMemory.End(pending);
            device.Memory.Read(Source, (byte*)Target, Bytes, op);
        }, () =>
        {
            if (pending is not null) Block!.Pending.Remove(pending);
        });
    }
}
