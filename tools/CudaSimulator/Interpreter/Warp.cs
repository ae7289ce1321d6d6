namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>32 lanes of a block between two turns on the <see cref="Machine"/>.</summary>
internal sealed unsafe class Warp
{
    public int Index;

    /// <summary>The register file.</summary>
    public byte* Registers;

    /// <summary>Local variables and their "written" flags, a lane's bytes together; likewise the parameters of functions.</summary>
    public byte* Local, LocalWritten, Parameters;

    /// <summary>Lanes that have not exited.</summary>
    public uint Live;

    /// <summary>The group of lanes that runs, and where it goes on.</summary>
    public uint Active;

    /// <inheritdoc cref="Active"/>
    public Op* Next;

    /// <summary>Groups that took another path and wait: no two at the same place.</summary>
    public (nint Next, uint Lanes)[] Waiting = new (nint, uint)[32];

    /// <inheritdoc cref="Waiting"/>
    public int WaitingCount;

    /// <summary>The clock when the warp's lanes last waited for each other.</summary>
    public uint SyncedAt;

    /// <summary>The barrier it stands at.</summary>
    public Op* Barrier;
}
