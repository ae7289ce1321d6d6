namespace GpuTensor.Bindings.Cuda;

/// <summary>Three extents: of a grid in blocks, of a block in threads, of a cluster in blocks.</summary>
public readonly record struct CudaDim3(uint X, uint Y = 1, uint Z = 1)
{
    /// <summary>Their product.</summary>
    public ulong Count => (ulong)X * Y * Z;

    /// <summary>One extent along x.</summary>
    public static implicit operator CudaDim3(int x) => new(checked((uint)x));

    /// <summary>"16×1×1".</summary>
    public override string ToString() => $"{X}×{Y}×{Z}";
}

/// <summary>The shape of a launch, apart from its arguments.</summary>
/// <param name="Grid">Blocks. y and z go to 65,535 at most; zero is an error here, since a launch of nothing should not have been
/// made.</param>
/// <param name="Block">Threads of a block, 1,024 in all at most.</param>
/// <param name="SharedBytes">Dynamic shared memory. Above 48 KiB set <see cref="CudaKernel.MaxDynamicSharedBytes"/> first.</param>
public readonly record struct CudaLaunch(CudaDim3 Grid, CudaDim3 Block, uint SharedBytes = 0)
{
    /// <summary>Blocks that form a cluster (sm_90 and up); null for none.</summary>
    public CudaDim3? Cluster { get; init; }

    /// <summary>All blocks are resident at once, so that a barrier across the grid works.</summary>
    public bool Cooperative { get; init; }

    /// <summary>May start before the kernel ahead of it in the stream has ended (sm_90 and up); the kernel must then wait for its inputs
    /// itself.</summary>
    public bool ProgrammaticSerialization { get; init; }

    /// <summary>True where it takes more than <c>cuLaunchKernel</c> can say.</summary>
    internal bool HasAttributes => Cluster is not null || Cooperative || ProgrammaticSerialization;

    /// <summary>Throws for what no device takes; the driver would only answer "invalid value".</summary>
    internal void Validate(string kernel)
    {
        const ulong maxGridX = int.MaxValue, maxGridYZ = 65535, maxBlock = 1024, maxBlockZ = 64;
        if (Grid.Count == 0 || Block.Count == 0 || Grid.X > maxGridX || Grid.Y > maxGridYZ || Grid.Z > maxGridYZ || Block.Z > maxBlockZ
            || Block.X > maxBlock || Block.Y > maxBlock || Block.Count > maxBlock)
            throw new CudaException($"Kernel '{kernel}' cannot be launched as {this}: a grid has 1 to 2147483647 × 65535 × 65535 blocks, "
                + "a block 1 to 1024 × 1024 × 64 threads and 1024 in all.", CudaResult.InvalidValue, kernel: kernel);
    }

    /// <summary>"grid 16×1×1, block 256×1×1, 0 bytes shared".</summary>
    public override string ToString() => $"grid {Grid}, block {Block}, {SharedBytes} bytes shared"
        + (Cluster is { } cluster ? $", cluster {cluster}" : "") + (Cooperative ? ", cooperative" : "")
        + (ProgrammaticSerialization ? ", programmatic serialization" : "");
}
