using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>A module in a context.</summary>
internal sealed class LoadedModule(SimulatedContext context, PtxModule module) : IHandled
{
    private readonly Dictionary<string, LoadedFunction> _functions = [];
    private bool _unloaded;

    public string Kind => "module";

    public SimulatedContext? Owner => context;

    public SimulatedContext Context => context;

    /// <summary>The newest operation that runs its code.</summary>
    public Operation? LastUse { get; set; }

    public nint Function(string name)
    {
        if (_functions.TryGetValue(name, out var known)) return known.Handle;
        if (!module.Kernels.TryGetValue(name, out var kernel))
            throw new DriverError(Result.CUDA_ERROR_NOT_FOUND,
                $"the module has no kernel '{name}'; it has {string.Join(", ", module.Kernels.Keys.Order(StringComparer.Ordinal))}");
        var function = new LoadedFunction(this, kernel);
        function.Handle = context.Device.Simulator.Handles.Add(function);
        _functions.Add(name, function);
        return function.Handle;
    }

    public int Target => module.Target;

    public int PtxVersion => module.PtxVersion;

    public bool IsBinary => module.IsBinary;

    public void RequireLoaded(LoadedFunction function)
    {
        if (_unloaded) throw DriverError.Handle($"the module of kernel '{function.Name}' was unloaded");
    }

    /// <summary>Frees it and its functions' handles.</summary>
    public void Unload()
    {
        if (_unloaded) return;
        _unloaded = true;
        foreach (var function in _functions.Values) context.Device.Simulator.Handles.Remove(function.Handle);
        module.Dispose();
    }
}

/// <summary>A kernel of a module.</summary>
internal sealed class LoadedFunction(LoadedModule module, PtxKernel kernel) : IHandled
{
    public string Kind => "function";

    public SimulatedContext? Owner => module.Context;

    public nint Handle { get; set; }

    public LoadedModule Module => module;

    public PtxKernel Kernel => kernel;

    public string Name => kernel.Name;

    /// <summary>What <c>cuFuncSetAttribute</c> allows of dynamic shared memory; 0 until it was called.</summary>
    public int MaxDynamicShared { get; set; }

    public int Carveout { get; set; } = -1;

    public int Attribute(int attribute, DeviceModel model) => attribute switch
    {
        0 => Math.Min(kernel.MaxThreads, DeviceModel.RegistersPerBlock / Math.Max(1, kernel.Registers) / 32 * 32),
        1 => kernel.StaticShared,
        2 => 0,
        3 => kernel.LocalBytes,
        4 => kernel.Registers,
        5 => module.Target,
        6 => model.Capability,
        7 => 0,
        8 => MaxDynamicShared != 0 ? MaxDynamicShared : DeviceModel.SharedDefault - kernel.StaticShared,
        9 => Carveout,
        10 or 11 or 12 or 13 or 14 or 15 => 0,
        _ => throw DriverError.Value($"no such function attribute: {attribute}"),
    };

    public void Set(int attribute, int value, DeviceModel model)
    {
        switch (attribute)
        {
            case 8 when value >= 0 && value + kernel.StaticShared <= model.SharedOptin: MaxDynamicShared = value; break;
            case 8: throw DriverError.Value(
                $"kernel '{Name}' cannot have {value} bytes of dynamic shared memory beside {kernel.StaticShared} "
                + $"static ones: a block of this device can opt in to {model.SharedOptin}");
            case 9 when value is >= -1 and <= 100: Carveout = value; break;
            default: throw DriverError.Value($"function attribute {attribute} cannot be set to {value}");
        }
    }

    /// <summary>Blocks of a size that a multiprocessor holds at a time.</summary>
    public int Occupancy(int block, ulong dynamicShared, DeviceModel model)
    {
        if (block is < 1 or > DeviceModel.MaxThreads) return 0;
        int warps = (block + 31) / 32;
        long byThreads = model.ThreadsPerMultiprocessor / (warps * 32);
        long byRegisters = DeviceModel.RegistersPerBlock / Math.Max(1, kernel.Registers * warps * 32);
        long shared = kernel.StaticShared + (long)dynamicShared + (model.Capability >= 80 ? 1024 : 0);
        long byShared = shared == 0 ? long.MaxValue : model.SharedPerMultiprocessorKiB * 1024L / shared;
        return (int)Math.Min(Math.Min(byThreads, byRegisters), Math.Min(byShared, model.BlocksPerMultiprocessor));
    }
}
