using System.Collections.Concurrent;
using GpuTensor.CudaSimulator.Memory;
using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Three extents of a grid or block.</summary>
public readonly record struct Extent(uint X, uint Y = 1, uint Z = 1)
{
    /// <summary>How many there are.</summary>
    public ulong Count => (ulong)X * Y * Z;

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y}, {Z})";
}

/// <summary>The error an approximate instruction makes, within what the PTX manual allows.</summary>
public enum Approximation
{
    /// <summary>The float nearest to the true value.</summary>
    Nearest,

    /// <summary>The true value plus the manual's bound.</summary>
    High,

    /// <summary>The true value less the manual's bound.</summary>
    Low,
}

/// <summary>How a launch runs.</summary>
public sealed record RunSettings
{
    /// <summary>Compute capability, 10 × major + minor: sets the limits.</summary>
    public int ComputeCapability { get; init; } = 90;

    /// <summary>Orders blocks, warps and the paths of a divergent branch; the same seed gives the same run.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What approximate instructions return.</summary>
    public Approximation Approximation { get; init; }

    /// <summary>Bytes of dynamic shared memory the function was allowed by <c>cuFuncSetAttribute(MAX_DYNAMIC_SHARED_SIZE_BYTES)</c>; with
    /// 0, static and dynamic together may take 48 KiB.</summary>
    public int MaxDynamicShared { get; init; }

    /// <summary>Warp instructions a warp may take before the launch counts as endless.</summary>
    public long MaxWarpInstructions { get; init; } = 2_000_000_000;

    /// <summary>KiB of shared memory a block may have with the attribute set, by architecture (CUDA programming guide, technical
    /// specifications).</summary>
    public static int SharedOptIn(int computeCapability) => 1024 * (computeCapability switch
    {
        < 75 => 96,
        75 => 64,
        80 or 87 => 163,
        86 or 89 => 99,
        < 120 => 227,
        _ => 99,
    });
}

/// <summary>What a launch executed: instructions of warps, and of the active lanes of warps.</summary>
public readonly record struct LaunchCounts(long WarpInstructions, long LaneInstructions);

/// <summary>Runs a kernel: every block, every warp, in a seeded order, on the calling thread.</summary>
public static class KernelRunner
{
    /// <summary>Machines keep their register files; as many exist as launches run at one time.</summary>
    private static readonly ConcurrentStack<Machine> Machines = new();

    /// <summary>Checks the launch against the device's limits, then runs it in the name of an operation that has begun.</summary>
    /// <returns>How much was executed.</returns>
    /// <exception cref="DeviceFault">A limit, or any defect of the kernel; memory keeps what was written before it.</exception>
    public static LaunchCounts Run(
        PtxKernel kernel, Extent grid, Extent block, int dynamicShared, ReadOnlySpan<byte> parameters, DeviceMemory memory,
        DeviceOperation operation,
        RunSettings settings)
    {
        Validate(kernel, grid, block, dynamicShared, parameters.Length, settings);
        var machine = Machines.TryPop(out var idle) ? idle : new Machine();
        try
        {
            machine.Launch(kernel, grid, block, dynamicShared, parameters, memory, operation, settings);
            return new(machine.WarpInstructions, machine.LaneInstructions);
        }
        finally
        {
            Machines.Push(machine);
        }
    }

    /// <summary>The checks of a launch that need no device memory; what <c>cuLaunchKernel</c> refuses at the call.</summary>
    /// <exception cref="DeviceFault">InvalidValue or LaunchOutOfResources, naming the limit.</exception>
    public static void Validate(PtxKernel kernel, Extent grid, Extent block, int dynamicShared, int parameterBytes, RunSettings settings)
    {
        void Require(bool holds, FaultKind kind, string what)
        {
            if (!holds) throw new DeviceFault(kind, $"Launch of {kernel.Name}, grid {grid}, block {block}, {dynamicShared} bytes of "
                + $"dynamic shared memory: {what}.");
        }

        Require(grid.Count > 0 && block.Count > 0, FaultKind.InvalidValue, "an extent is zero");
        Require(grid.X <= int.MaxValue && grid.Y <= 65535 && grid.Z <= 65535, FaultKind.InvalidValue,
            "a grid may be 2147483647 × 65535 × 65535 at most");
        Require(block.X <= 1024 && block.Y <= 1024 && block.Z <= 64 && block.Count <= 1024, FaultKind.InvalidValue,
            "a block may be 1024 × 1024 × 64 with 1024 threads at most");
        Require(block.Count <= (ulong)kernel.MaxThreads, FaultKind.LaunchOutOfResources,
            $"the kernel was compiled for at most {kernel.MaxThreads} threads a block");
        ulong rounded = (block.Count + 31) / 32 * 32;
        Require((ulong)kernel.Registers * rounded <= 65536, FaultKind.LaunchOutOfResources,
            $"{kernel.Registers} registers × {rounded} threads exceed the 65536 registers of a block");
        int optIn = RunSettings.SharedOptIn(settings.ComputeCapability);
        Require(dynamicShared >= 0 && kernel.StaticShared + (long)dynamicShared <= optIn, FaultKind.InvalidValue,
            $"with {kernel.StaticShared} bytes static it exceeds the {optIn} bytes a block of compute capability "
            + $"{settings.ComputeCapability} may have");
        int without = 48 * 1024 - kernel.StaticShared;
        Require(dynamicShared <= Math.Max(without, settings.MaxDynamicShared), FaultKind.InvalidValue,
            $"beyond 48 KiB in all, cuFuncSetAttribute(MAX_DYNAMIC_SHARED_SIZE_BYTES) must allow it first (it allows "
            + $"{settings.MaxDynamicShared})");
        Require(parameterBytes == kernel.ParameterBytes, FaultKind.InvalidValue,
            $"{parameterBytes} bytes of parameters were given, the kernel takes {kernel.ParameterBytes}");
    }
}
