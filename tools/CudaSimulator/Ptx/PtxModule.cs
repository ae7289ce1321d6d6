using GpuTensor.CudaSimulator.Interpreter;
using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Ptx;

/// <summary>A loaded module: its kernels decoded, its global variables placed in a device's memory and initialised.</summary>
public sealed class PtxModule : IDisposable
{
    private readonly DeviceMemory _memory;
    private readonly List<ulong> _owned = [];

    private readonly Dictionary<string, PtxKernel> _kernels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PtxGlobal> _globals = new(StringComparer.Ordinal);

    private PtxModule(DeviceMemory memory) => _memory = memory;

    /// <summary>The architecture the code was compiled for: 75, 90, ….</summary>
    public int Target { get; private init; }

    /// <summary>The PTX language version, 10 × major + minor: 87 for 8.7.</summary>
    public int PtxVersion { get; private init; }

    /// <summary>True for a CUBIN, false for PTX that a driver would compile.</summary>
    public bool IsBinary { get; private init; }

    /// <summary>The entry points by name.</summary>
    public IReadOnlyDictionary<string, PtxKernel> Kernels => _kernels;

    /// <summary>Module variables (<c>__device__</c>, <c>__constant__</c>) by name.</summary>
    public IReadOnlyDictionary<string, PtxGlobal> Globals => _globals;

    /// <summary>Reads a CUBIN (its embedded PTX) or NUL-terminated PTX text, decodes every kernel, allocates and initialises its
    /// variables.</summary>
    /// <param name="image">The bytes given to <c>cuModuleLoadDataEx</c>.</param>
    /// <param name="computeCapability">The device's, 10 × major + minor.</param>
    /// <param name="memory">Where the module's variables go.</param>
    /// <exception cref="DeviceFault">No code for this device, or PTX that the interpreter does not know; the message names the
    /// line.</exception>
    public static PtxModule Load(ReadOnlySpan<byte> image, int computeCapability, DeviceMemory memory)
    {
        var code = CubinReader.Read(image);
        var syntax = PtxParser.Parse(code.Text);
        RequireDevice(syntax.Target, code.IsBinary, computeCapability);
        var module = new PtxModule(memory) { Target = syntax.Target, PtxVersion = syntax.Version, IsBinary = code.IsBinary };
        try
        {
            module.PlaceVariables(syntax);
            foreach (var function in syntax.Functions.Values)
                if (function.IsEntry && function.HasBody) module._kernels[function.Name] = module.Kernel(syntax, function, code);
            return module;
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>Machine code runs on GPUs of its major architecture with an equal or higher minor; PTX on any that is no older.</summary>
    private static void RequireDevice(int target, bool isBinary, int computeCapability)
    {
        bool fits = isBinary ? target / 10 == computeCapability / 10 && target <= computeCapability : target <= computeCapability;
        if (!fits)
            throw new DeviceFault(FaultKind.NoBinaryForGpu,
                $"{(isBinary ? "Machine code" : "PTX")} for sm_{target} does not run on a device of compute capability "
                + $"{computeCapability / 10}.{computeCapability % 10}.");
    }

    private PtxKernel Kernel(PtxSyntax syntax, PtxFunction function, CodeImage image)
    {
        var parameters = new List<PtxParameter>();
        int offset = 0;
        foreach (var parameter in function.Parameters)
        {
            offset = (offset + parameter.Alignment - 1) / parameter.Alignment * parameter.Alignment;
            parameters.Add(new(parameter.Name, offset, checked((int)parameter.Bytes), parameter.Alignment));
            offset += (int)parameter.Bytes;
        }
        var (code, staticShared, localBytes) = Decoder.Decode(syntax, function, parameters, name => _globals.GetValueOrDefault(name));
        int registers = image.Registers.GetValueOrDefault(function.Name, 32);
        int most = function.MaxThreads > 0 ? Math.Min(function.MaxThreads, 1024) : 1024;
        return new PtxKernel(function.Name, parameters)
        {
            Code = code,
            Registers = registers,
            StaticShared = staticShared,
            LocalBytes = localBytes,
            MaxThreads = Math.Min(most, 65536 / Math.Max(registers, 1) / 32 * 32),
        };
    }

    private unsafe void PlaceVariables(PtxSyntax syntax)
    {
        foreach (var variable in syntax.Variables.Values)
        {
            if (variable.Space == PtxSpace.Shared) continue;
            if (variable.External)
                throw new DeviceFault(FaultKind.InvalidPtx, $"PTX line {variable.Line}: {variable.Name} is defined in another module.");
            bool constant = variable.Space == PtxSpace.Const;
            var allocation = _memory.Allocate((ulong)Math.Max(variable.Bytes, 1), $"module variable {variable.Name}", constant);
            _owned.Add(allocation.Address);
            _globals[variable.Name] = new(variable.Name, allocation.Address, (ulong)variable.Bytes, constant);
        }
        // Addresses of variables stand in others' initialisers, so values come when all have a place. A driver zeroes what has none.
        var operation = new DeviceOperation("module load");
        _memory.Begin(operation);
        foreach (var (name, global) in _globals)
        {
            var variable = syntax.Variables[name];
            byte[] bytes = new byte[Math.Max(global.Bytes, 1)];
            int size = variable.Type.Size();
            for (int i = 0; i < variable.Initializers.Count; i++)
            {
                var (bits, symbol, _) = variable.Initializers[i];
                if (symbol is not null)
                {
                    if (!_globals.TryGetValue(symbol, out var other))
                        throw new DeviceFault(FaultKind.InvalidPtx,
                            $"PTX line {variable.Line}: the initialiser of {name} names {symbol}, which is no variable of the module.");
                    bits += other.Address;
                }
                for (int k = 0; k < size; k++) bytes[i * size + k] = (byte)(bits >> (8 * k));
            }
            fixed (byte* source = bytes) _memory.Write(global.Address, source, (ulong)bytes.Length, operation);
        }
        _memory.Retire(operation);
    }

    /// <summary>Frees the module's variables.</summary>
    public void Dispose()
    {
        foreach (ulong address in _owned) _memory.Free(address);
        _owned.Clear();
    }
}
