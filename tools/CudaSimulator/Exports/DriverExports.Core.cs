using System.Runtime.InteropServices;
using System.Text;
using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Exports;

/// <summary>The driver's entry points, under the names that libcuda exports. Here: start, devices, contexts.</summary>
internal static unsafe partial class DriverExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuInit")]
    public static int cuInit(uint flags) => Call.Driver(simulator =>
    {
        if (flags != 0) throw DriverError.Value($"flags are {flags} and must be 0");
        if (simulator.Devices.Length == 0) throw new DriverError(Result.CUDA_ERROR_NO_DEVICE, "no device is visible");
        simulator.Initialized = true;
    }, uninitialized: true, nameof(cuInit));

    [UnmanagedCallersOnly(EntryPoint = "cuDriverGetVersion")]
    public static int cuDriverGetVersion(int* version) => Call.Driver(simulator => Out(version, simulator.Configuration.DriverVersion),
        uninitialized: true, nameof(cuDriverGetVersion));

    // The names are constants of the driver: they stay where they are.
    private static readonly Dictionary<Result, nint> Names = [];

    [UnmanagedCallersOnly(EntryPoint = "cuGetErrorName")]
    public static int cuGetErrorName(int error, byte** text) => Call.Driver(_ =>
    {
        var result = (Result)error;
        if (ResultText.Of(result) is null)
        {
            *text = null;
            throw DriverError.Value($"{error} is no result");
        }
        if (!Names.TryGetValue(result, out nint name)) Names[result] = name = Marshal.StringToCoTaskMemUTF8(result.ToString());
        *text = (byte*)name;
    }, uninitialized: true, nameof(cuGetErrorName));

    [UnmanagedCallersOnly(EntryPoint = "cuGetErrorString")]
    public static int cuGetErrorString(int error, byte** text) => Call.Driver(_ =>
    {
        *text = Call.Text((Result)error);
        return *text == null ? Result.CUDA_ERROR_INVALID_VALUE : Result.CUDA_SUCCESS;
    }, uninitialized: true, nameof(cuGetErrorString));

    /// <summary>Undocumented tables of functions. NVRTC 12.9 looks for this entry point in any libcuda of its process, and crashes where it
    /// is missing; where there is no such table it goes on without.</summary>
    [UnmanagedCallersOnly(EntryPoint = "cuGetExportTable")]
    public static int cuGetExportTable(void** table, void* id)
    {
        if (table != null) *table = null;
        return (int)Result.CUDA_ERROR_NOT_FOUND;
    }

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetCount")]
    public static int cuDeviceGetCount(int* count) => Call.Driver(simulator => Out(count, simulator.Devices.Length));

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGet")]
    public static int cuDeviceGet(int* device, int ordinal) => Call.Driver(simulator => Out(device, simulator.Device(ordinal).Ordinal));

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetName")]
    public static int cuDeviceGetName(byte* name, int length, int device) => Call.Driver(simulator =>
    {
        simulator.Device(device);
        if (name == null || length <= 0) throw DriverError.Value("there is no room for a name");
        var text = Encoding.UTF8.GetBytes(SimulatedDevice.Name).AsSpan();
        text = text[..Math.Min(text.Length, length - 1)];
        text.CopyTo(new Span<byte>(name, length));
        name[text.Length] = 0;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceTotalMem_v2")]
    public static int cuDeviceTotalMem_v2(nuint* bytes, int device) =>
        Call.Driver(simulator => Out(bytes, (nuint)simulator.Device(device).Memory.Capacity));

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetAttribute")]
    public static int cuDeviceGetAttribute(int* value, int attribute, int device) => Call.Driver(simulator =>
    {
        var asked = simulator.Device(device);
        Out(value, asked.Model.Attribute(attribute, device, simulator.Configuration.Pools)
            ?? throw DriverError.Value($"device attribute {attribute} is unknown, or not simulated"));
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxRetain")]
    public static int cuDevicePrimaryCtxRetain(nint* context, int device) =>
        Call.Driver(simulator => Out(context, simulator.Retain(simulator.Device(device)).Handle));

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxRelease_v2")]
    public static int cuDevicePrimaryCtxRelease_v2(int device) => Call.Driver(simulator => simulator.Release(simulator.Device(device)));

    [UnmanagedCallersOnly(EntryPoint = "cuCtxSetCurrent")]
    public static int cuCtxSetCurrent(nint context) =>
        Call.Driver(simulator => CurrentContext.Set(context == 0 ? null : Context(simulator, context)));

    [UnmanagedCallersOnly(EntryPoint = "cuCtxGetCurrent")]
    public static int cuCtxGetCurrent(nint* context) => Call.Driver(_ => Out(context, CurrentContext.Top?.Handle ?? 0));

    [UnmanagedCallersOnly(EntryPoint = "cuCtxPushCurrent_v2")]
    public static int cuCtxPushCurrent_v2(nint context) => Call.Driver(simulator => CurrentContext.Push(Context(simulator, context)));

    [UnmanagedCallersOnly(EntryPoint = "cuCtxPopCurrent_v2")]
    public static int cuCtxPopCurrent_v2(nint* context) => Call.Driver(_ =>
    {
        nint popped = CurrentContext.Pop().Handle;
        if (context != null) *context = popped;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuCtxSynchronize")]
    public static int cuCtxSynchronize() => Call.InContext(context =>
    {
        Graphs.Capture.ForbidIn(context, "waiting for a context whose stream is being captured");
        context.Device.Simulator.Scheduler.HostWaitedFor(context.Device);
        context.Device.ThrowIfLost();
    });

    private static SimulatedContext Context(Simulator simulator, nint handle)
    {
        try
        {
            return simulator.Handles.Get<SimulatedContext>(handle, "context");
        }
        catch (DriverError error)
        {
            throw new DriverError(Result.CUDA_ERROR_INVALID_CONTEXT, error.Message);
        }
    }

    private static void Out<T>(T* target, T value) where T : unmanaged
    {
        if (target == null) throw DriverError.Value("the pointer for the answer is null");
        *target = value;
    }

    /// <summary>An object of the current context.</summary>
    private static T Owned<T>(SimulatedContext context, nint handle, string kind) where T : class, IHandled
    {
        var found = context.Device.Simulator.Handles.Get<T>(handle, kind);
        if (found.Owner is { } owner && owner != context)
            throw DriverError.Handle(
                $"the {kind} belongs to the context of device {owner.Device.Ordinal}; current is that of device {context.Device.Ordinal}");
        return found;
    }

    /// <summary>A stream of the current context; 0 and 1 are the legacy stream.</summary>
    private static SimulatedStream Stream(SimulatedContext context, nint handle) => handle switch
    {
        0 or 1 => context.Legacy,
        2 => throw new DriverError(Result.CUDA_ERROR_NOT_SUPPORTED, "the per-thread default stream is not simulated"),
        _ => Owned<SimulatedStream>(context, handle, "stream"),
    };

    /// <summary>Enqueues work, or records it where the stream is being captured.</summary>
    private static void Submit(SimulatedStream stream, Work work)
    {
        if (Graphs.Capture.Of(stream) is { } capture) capture.Add(stream, work);
        else stream.Enqueue(work.Begin(stream.Device, $"on {stream.Name}"));
    }
}
