namespace GpuTensor.CudaSimulator.Driver;

/// <summary>What a GPU of a compute capability can do: the numbers of the CUDA programming guide's table "technical specifications per
/// compute capability".</summary>
internal sealed record DeviceModel(
    int Capability, int Multiprocessors, int ThreadsPerMultiprocessor, int BlocksPerMultiprocessor, int SharedPerMultiprocessorKiB,
    int SharedOptinKiB, int L2MiB)
{
    /// <summary>Shared memory a block has without opting in.</summary>
    public const int SharedDefault = 48 * 1024;

    public const int RegistersPerBlock = 65536, MaxThreads = 1024, MaxBlockZ = 64, MaxGridYZ = 65535;

    // A device of 99.0 is newer than every compiler: it exercises the way through PTX.
    private static readonly DeviceModel[] Models =
    [
        new(75, 40, 1024, 16, 64, 64, 4),
        new(80, 108, 2048, 32, 164, 163, 40),
        new(86, 82, 1536, 16, 100, 99, 6),
        new(89, 76, 1536, 24, 100, 99, 64),
        new(90, 132, 2048, 32, 228, 227, 50),
        new(100, 148, 2048, 32, 228, 227, 126),
        new(120, 170, 1536, 24, 100, 99, 96),
        new(990, 200, 2048, 32, 228, 227, 128),
    ];

    public static bool IsKnown(int capability) => Models.Any(m => m.Capability == capability);

    public static DeviceModel Of(int capability) => Models.Single(m => m.Capability == capability);

    public int SharedOptin => SharedOptinKiB * 1024;

    public bool HasClusters => Capability >= 90;

    /// <summary>A device attribute by its number in the header; null for one that is not simulated.</summary>
    public int? Attribute(int attribute, int ordinal, bool pools) => attribute switch
    {
        1 => MaxThreads, 2 => MaxThreads, 3 => MaxThreads, 4 => MaxBlockZ,
        5 => int.MaxValue, 6 => MaxGridYZ, 7 => MaxGridYZ,
        8 => SharedDefault, 9 => 65536, 10 => 32, 11 => int.MaxValue, 12 => RegistersPerBlock, 13 => 1_500_000, 14 => 512, 15 => 1,
        16 => Multiprocessors, 17 => 0, 18 => 0, 19 => 1, 20 => 0, 31 => 1, 32 => 0,
        33 => 1 + ordinal, 34 => 0, 35 => 0, 36 => 8_000_000, 37 => 384, 38 => L2MiB << 20, 39 => ThreadsPerMultiprocessor, 40 => 2,
            41 => 1,
        50 => 0, 75 => Capability / 10, 76 => Capability % 10, 78 => 1, 79 => 1, 80 => 1,
        81 => SharedPerMultiprocessorKiB * 1024, 82 => RegistersPerBlock, 83 => 1, 84 => 0, 85 => ordinal, 86 => 0, 87 => 64,
        88 => 0, 89 => 1, 90 => 1, 91 => 1, 95 => 1, 96 => 0, 97 => SharedOptin, 99 => 1, 100 => 0, 101 => 0, 102 => 1,
        106 => BlocksPerMultiprocessor, 108 => L2MiB << 19, 109 => L2MiB << 19, 111 => Capability >= 80 ? 1024 : 0,
        115 => pools ? 1 : 0, 120 => HasClusters ? 1 : 0, 129 => 1, 133 => 0,
        _ => null,
    };
}
