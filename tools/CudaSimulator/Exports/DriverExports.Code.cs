using System.Runtime.InteropServices;
using System.Text;
using GpuTensor.CudaSimulator.Driver;
using GpuTensor.CudaSimulator.Graphs;
using GpuTensor.CudaSimulator.Interpreter;
using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Exports;

// Code: modules, kernels, launches.
internal static unsafe partial class DriverExports
{
    private const int InfoLog = 3, InfoLogBytes = 4, ErrorLog = 5, ErrorLogBytes = 6;

    [UnmanagedCallersOnly(EntryPoint = "cuModuleLoadDataEx")]
    public static int cuModuleLoadDataEx(nint* module, void* image, uint count, int* options, void** values) => Call.InContext(context =>
    {
        Capture.ForbidUnsafe(context.Device.Simulator, "cuModuleLoadDataEx");
        if (image == null) throw DriverError.Value("the image is null");
        var log = JitLog.Read(count, options, values);
        try
        {
            var device = context.Device;
            var loaded = new LoadedModule(context, PtxModule.Load(Image.Bytes((byte*)image), device.Model.Capability, device.Memory));
            Image.RequireKnown(loaded, device);
            Out(module, device.Simulator.Handles.Add(loaded));
        }
        catch (DeviceFault fault)
        {
            log.WriteError(fault.Message);
            throw;
        }
    });

    [UnmanagedCallersOnly(EntryPoint = "cuModuleGetFunction")]
    public static int cuModuleGetFunction(nint* function, nint module, byte* name) => Call.InContext(context =>
        Out(function, Owned<LoadedModule>(context, module, "module").Function(Marshal.PtrToStringUTF8((nint)name) ?? "")));

    [UnmanagedCallersOnly(EntryPoint = "cuModuleUnload")]
    public static int cuModuleUnload(nint module) => Call.Release(context =>
    {
        Capture.ForbidUnsafe(context.Device.Simulator, "cuModuleUnload");
        var loaded = Owned<LoadedModule>(context, module, "module");
        var simulator = context.Device.Simulator;
        if (loaded.LastUse is { } use && context.Device.Sticky is null && !simulator.Scheduler.HostKnows(use))
            context.Device.Fail(Result.CUDA_ERROR_LAUNCH_FAILED, $"cuModuleUnload: {use.Name} may still be running");
        simulator.Scheduler.RunAll(context.Device);
        loaded.Unload();
        simulator.Handles.Remove(module);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuFuncGetAttribute")]
    public static int cuFuncGetAttribute(int* value, int attribute, nint function) => Call.InContext(context =>
        Out(value, Owned<LoadedFunction>(context, function, "function").Attribute(attribute, context.Device.Model)));

    [UnmanagedCallersOnly(EntryPoint = "cuFuncSetAttribute")]
    public static int cuFuncSetAttribute(nint function, int attribute, int value) => Call.InContext(context =>
        Owned<LoadedFunction>(context, function, "function").Set(attribute, value, context.Device.Model));

    [UnmanagedCallersOnly(EntryPoint = "cuFuncGetParamInfo")]
    public static int cuFuncGetParamInfo(nint function, nuint index, nuint* offset, nuint* size) => Call.InContext(context =>
    {
        var parameters = Owned<LoadedFunction>(context, function, "function").Kernel.Parameters;
        if (index >= (nuint)parameters.Count) throw DriverError.Value($"there are {parameters.Count} parameters, none of index {index}");
        Out(offset, (nuint)parameters[(int)index].Offset);
        if (size != null) *size = (nuint)parameters[(int)index].Bytes;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuOccupancyMaxActiveBlocksPerMultiprocessor")]
    public static int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, nint function, int blockSize, nuint dynamicShared) =>
        Call.InContext(context =>
            Out(blocks, Owned<LoadedFunction>(context, function, "function").Occupancy(blockSize, dynamicShared, context.Device.Model)));

    [UnmanagedCallersOnly(EntryPoint = "cuLaunchKernel")]
    public static int cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint shared, nint stream,
        void** parameters,
        void** extra) => Call.InContext(context =>
        Submit(Stream(context, stream), Launch(context, function, new(gridX, gridY, gridZ), new(blockX, blockY, blockZ), shared, parameters,
            extra)));

    [UnmanagedCallersOnly(EntryPoint = "cuLaunchKernelEx")]
    public static int cuLaunchKernelEx(LaunchConfig* config, nint function, void** parameters, void** extra) => Call.InContext(context =>
    {
        if (config == null) throw DriverError.Value("the configuration is null");
        for (uint i = 0; i < config->AttributeCount; i++) CheckAttribute(config->Attributes[i], context.Device.Model);
        var work = Launch(context, function, config->Grid, config->Block, config->Shared, parameters, extra);
        Submit(Stream(context, config->Stream), work);
    });

    /// <summary>A launch's work: everything is checked that the call itself refuses, and the parameters are copied.</summary>
    private static KernelWork Launch(
        SimulatedContext context, nint function, Extent grid, Extent block, uint shared, void** parameters, void** extra)
    {
        var called = Owned<LoadedFunction>(context, function, "function");
        var kernel = called.Kernel;
        if (extra != null)
            throw new DriverError(Result.CUDA_ERROR_NOT_SUPPORTED,
                $"kernel '{kernel.Name}': parameters in a buffer (extra) are not simulated");
        if (parameters == null && kernel.Parameters.Count > 0)
            throw DriverError.Value($"kernel '{kernel.Name}' has {kernel.Parameters.Count} parameters and none were given");
        byte[] copy = new byte[kernel.ParameterBytes];
        for (int i = 0; i < kernel.Parameters.Count; i++)
        {
            var parameter = kernel.Parameters[i];
            if (parameters[i] == null) throw DriverError.Value($"kernel '{kernel.Name}': the pointer to parameter {i} is null");
            new ReadOnlySpan<byte>(parameters[i], parameter.Bytes).CopyTo(copy.AsSpan(parameter.Offset));
        }
        // The interpreter counts shared memory as an int.
        if (shared > int.MaxValue) throw DriverError.Value($"kernel '{kernel.Name}': {shared} bytes of shared memory");
        KernelRunner.Validate(kernel, grid, block, (int)shared, copy.Length,
            context.Device.Simulator.Settings(context.Device, called.MaxDynamicShared));
        return new KernelWork(called, grid, block, shared, copy);
    }

    private static void CheckAttribute(in LaunchAttribute attribute, DeviceModel model)
    {
        switch (attribute.Id)
        {
            // Runs in a stream's order as every launch does: what these promise beyond is not simulated, and what they allow is not used.
            case 2 when attribute.Value == 0:
            case 6 when attribute.Value == 0 || model.HasClusters:
            case 8:
                return;
            case 4 when model.HasClusters && attribute is { Value: 1, ValueY: 1, ValueZ: 1 }: return;
            case 2: throw new DriverError(Result.CUDA_ERROR_NOT_SUPPORTED, "cooperative launches are not simulated");
            case 4 when model.HasClusters: throw new DriverError(Result.CUDA_ERROR_NOT_SUPPORTED,
                "clusters of more than one block are not simulated");
            case 4: throw new DriverError(Result.CUDA_ERROR_INVALID_CLUSTER_SIZE, "clusters need compute capability 9.0");
            default: throw DriverError.Value($"launch attribute {attribute.Id} is unknown, or needs a newer device");
        }
    }

    /// <summary><c>CUlaunchConfig</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 56)]
    internal struct LaunchConfig
    {
        [FieldOffset(0)] public Extent Grid;
        [FieldOffset(12)] public Extent Block;
        [FieldOffset(24)] public uint Shared;
        [FieldOffset(32)] public nint Stream;
        [FieldOffset(40)] public LaunchAttribute* Attributes;
        [FieldOffset(48)] public uint AttributeCount;
    }

    /// <summary><c>CUlaunchAttribute</c>: the value is a union, of which the first three ints matter.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    internal struct LaunchAttribute
    {
        [FieldOffset(0)] public int Id;
        [FieldOffset(8)] public int Value;
        [FieldOffset(12)] public int ValueY;
        [FieldOffset(16)] public int ValueZ;
    }

    /// <summary>Where the driver's compiler writes its messages.</summary>
    private readonly struct JitLog
    {
        private readonly byte* _error;
        private readonly uint _errorBytes;

        private JitLog(byte* error, uint errorBytes)
        {
            _error = error;
            _errorBytes = errorBytes;
        }

        /// <summary>Numbers lie inside the slots, not behind them.</summary>
        public static JitLog Read(uint count, int* options, void** values)
        {
            byte* error = null;
            uint bytes = 0;
            for (uint i = 0; i < count; i++)
            {
                switch (options[i])
                {
                    case ErrorLog: error = (byte*)values[i]; break;
                    case ErrorLogBytes when (nuint)values[i] <= 1 << 24: bytes = (uint)(nuint)values[i]; break;
                    case InfoLogBytes when (nuint)values[i] <= 1 << 24: break;
                    case InfoLogBytes or ErrorLogBytes:
                        throw DriverError.Value($"the log's size is 0x{(nuint)values[i]:x}: a number goes inside the slot, not behind it");
                    case InfoLog: break;
                    case < 0 or > 34: throw DriverError.Value($"there is no JIT option {options[i]}");
                }
            }
            return new(error, bytes);
        }

        public void WriteError(string message)
        {
            if (_error == null || _errorBytes == 0) return;
            var text = Encoding.UTF8.GetBytes(message).AsSpan();
            text = text[..(int)Math.Min((uint)text.Length, _errorBytes - 1)];
            text.CopyTo(new Span<byte>(_error, (int)_errorBytes));
            _error[text.Length] = 0;
        }
    }
}
