using GpuTensor.CudaSimulator.Interpreter;

namespace GpuTensor.CudaSimulator.Ptx;

/// <summary>A parameter's place in the block of parameters that a launch copies.</summary>
public readonly record struct PtxParameter(string Name, int Offset, int Bytes, int Alignment);

/// <summary>A module variable's place in device memory.</summary>
public sealed record PtxGlobal(string Name, ulong Address, ulong Bytes, bool Constant);

/// <summary>A decoded entry point.</summary>
public sealed class PtxKernel
{
    internal PtxKernel(string name, IReadOnlyList<PtxParameter> parameters) => (Name, Parameters) = (name, parameters);

    internal PtxCode Code { get; init; } = null!;

    /// <summary>Its name as the driver looks it up.</summary>
    public string Name { get; }

    /// <summary>Its parameters in order, laid out by their natural alignment.</summary>
    public IReadOnlyList<PtxParameter> Parameters { get; }

    /// <summary>Bytes of all parameters.</summary>
    public int ParameterBytes => Parameters.Count == 0 ? 0 : Parameters[^1].Offset + Parameters[^1].Bytes;

    /// <summary>Registers a thread: what the CUBIN says, else 32.</summary>
    public int Registers { get; internal init; }

    /// <summary>Bytes of statically declared shared memory.</summary>
    public int StaticShared { get; internal init; }

    /// <summary>Bytes of local memory a thread (its depot).</summary>
    public int LocalBytes { get; internal init; }

    /// <summary>Threads of a block at most: <c>.maxntid</c> (launch bounds), else 1024; less where the registers do not suffice.</summary>
    public int MaxThreads { get; internal init; }
}
