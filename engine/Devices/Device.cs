using GpuTensor.Graph;
using System.Globalization;
using GpuTensor.Backends;
using GpuTensor.Backends.Cuda;
using GpuTensor.Backends.OpenCl;
using GpuTensor.Backends.Reference;
using GpuTensor.Kernels;
using GpuTensor.Runtime;

namespace GpuTensor;

/// <summary>Where tensors live: <c>cuda[:n]</c>, <c>opencl[:n]</c> or <c>cpu</c> (the reference: plain loops, for checking).</summary>
public sealed class Device
{
    private static readonly Lock Gate = new();
    private static readonly List<Device> Known = [];
    private static volatile Device[] byOrdinal = [];
    private static Device? chosen;

    private readonly Lazy<Executor> executor;

    static Device() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        foreach (var device in byOrdinal)
            if (device.executor.IsValueCreated) device.executor.Value.StopForExit();
    };

    private Device(string kind, int index, Func<Executor> open)
    {
        (Kind, Index) = (kind, index);
        Ordinal = checked((ushort)Known.Count);
        Known.Add(this);
        byOrdinal = [.. Known];
        executor = new(() =>
        {
            EnvironmentVariables.Check();
            return open();
        });
    }

    /// <summary>A device over an executor of a test's or benchmark's own, which no name finds.</summary>
    internal static Device ForTests(Executor executor, bool eager = false)
    {
        lock (Gate) return new("test", Known.Count, () => executor) { Eager = eager };
    }

    /// <summary>The reference device: every operator in plain loops.</summary>
    public static Device Cpu { get; } = new("cpu", 0, () => new ReferenceExecutor());

    /// <summary><c>cuda</c>, <c>opencl</c> or <c>cpu</c>.</summary>
    public string Kind { get; }

    /// <summary>The number among devices of its kind.</summary>
    public int Index { get; }

    /// <summary><c>cpu</c>, <c>opencl:0</c>, <c>cuda:1</c>.</summary>
    public string Name => Kind == "cpu" ? "cpu" : $"{Kind}:{Index}";

    /// <summary>The hardware's own name.</summary>
    public string Description => Executor.Description;

    /// <summary>True where a CUDA device can be used: driver, GPU, NVRTC and cuBLAS are there. Never throws; <see cref="WhyNoCuda"/> says
    /// what is missing.</summary>
    public static bool IsCudaAvailable => CudaPlatform.Count > 0;

    /// <summary>How many CUDA devices there are.</summary>
    public static int CudaDeviceCount => CudaPlatform.Count;

    /// <summary>Why no CUDA device can be used: what is missing, where it was looked for, which packages bring it. Empty where one
    /// can.</summary>
    public static string WhyNoCuda => CudaPlatform.Reason;

    /// <summary>What float32 matrix products on this device may give up for speed; everything in float32 unless set. Only CUDA has a
    /// choice: elsewhere the setting changes nothing.</summary>
    public MatMulPrecision MatMulPrecision
    {
        get => Planned?.Precision ?? MatMulPrecision.Float32;
        set
        {
            if (Planned is { } planned) planned.Precision = value;
        }
    }

    internal int Ordinal { get; }

    /// <summary>The device with this <see cref="Ordinal"/>.</summary>
    internal static Device At(int ordinal) => byOrdinal[ordinal];

    /// <summary>Whether compiled steps are replayed here; else they are plain functions.</summary>
    internal bool CanReplay => !Eager && Planned is not null;

    internal Executor Executor => executor.Value;

    /// <summary>Runs every operator as it is recorded (<c>GPUTENSOR_EAGER=1</c>): same bits, slow; the oracle for fusion.</summary>
    internal bool Eager { get; set; } = EnvironmentVariables.Eager.Value;

    /// <summary>The device that factories and modules use when none is named: the best there is, or what <c>GPUTENSOR_DEVICE</c> says.
    /// Settable.</summary>
    public static Device Default
    {
        get
        {
            if (chosen is { } device) return device;
            lock (Gate)
            {
                EnvironmentVariables.Check();
                return chosen ??= EnvironmentVariables.Device.Value is { } name ? Named(name) : Best();
            }
        }
        set => chosen = value.NotNull();
    }

    /// <summary>The n-th OpenCL device, GPUs before CPUs.</summary>
    /// <exception cref="DeviceException">There is none; the message says what is missing and how to install it.</exception>
    public static Device OpenCl(int index = 0)
    {
        lock (Gate)
        {
            if (Known.Find(d => d.Kind == "opencl" && d.Index == index) is { } known) return known;
            var found = OpenClPlatform.Devices();
            if (index >= found.Count)
                throw new DeviceException(found.Count == 0 ? $"There is no OpenCL device.\n{OpenClPlatform.Reason}"
                    : $"There is no opencl:{index}: {found.Count} OpenCL device(s) were found.");
            return new("opencl", index, () => new PlannedExecutor(new OpenClBackend(found[index]), Dialect.OpenCl));
        }
    }

    /// <summary>The n-th CUDA device.</summary>
    /// <exception cref="DeviceException">There is none, or a library is missing; the message says which, where it was looked for and which
    /// packages bring it.</exception>
    public static Device Cuda(int index = 0)
    {
        lock (Gate)
        {
            if (Known.Find(d => d.Kind == "cuda" && d.Index == index) is { } known) return known;
            if (CudaPlatform.Count == 0) throw new DeviceException($"There is no usable CUDA device. {CudaPlatform.Reason}");
            if (index < 0 || index >= CudaPlatform.Count)
                throw new DeviceException($"There is no cuda:{index}: this machine has {CudaPlatform.Count} CUDA device(s).");
            return new("cuda", index, () => new PlannedExecutor(new CudaBackend(index), Dialect.Cuda));
        }
    }

    /// <summary>The device of that name.</summary>
    /// <exception cref="DeviceException">No such device.</exception>
    public static Device Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!TryReadName(name, out string kind, out int index)) throw Unknown(name);
        return kind switch { "opencl" => OpenCl(index), "cuda" => Cuda(index), _ => Cpu };
    }

    /// <summary>Takes a name apart; whether there is such a device is another question.</summary>
    /// <returns>False where no device is ever called so.</returns>
    internal static bool TryReadName(string name, out string kind, out int index)
    {
        var parts = name.Trim().ToLowerInvariant().Split(':');
        (kind, index) = (parts[0], 0);
        if (parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            return false;
        return kind is "opencl" or "cuda" || (kind == "cpu" && index == 0);
    }

    private static Device Named(string name)
    {
        try
        {
            return Parse(name);
        }
        catch (DeviceException e)
        {
            throw new DeviceException($"The environment variable {EnvironmentVariables.Device.Name} is '{name}': {e.Message}", e);
        }
    }

    private static DeviceException Unknown(string name) =>
        new($"'{name}' names no device: expected cpu, opencl, opencl:N, cuda or cuda:N.");

    private static Device Best()
    {
        if (CudaPlatform.HasDriver)
        {
            // A GPU that cannot be used is worth a line: what takes its place is slower.
            string reason = CudaPlatform.Reason;
            try
            {
                if (reason.Length == 0)
                {
                    var cuda = Cuda();
                    _ = cuda.Executor;
                    return cuda;
                }
            }
            catch (DeviceException e)
            {
                reason = e.Message;
            }
            Console.Error.WriteLine($"GpuTensor: the CUDA device is not used. {reason}");
        }
        if (OpenClPlatform.Devices().Count > 0) return OpenCl();
        Console.Error.WriteLine($"GpuTensor: no GPU and no OpenCL device; using the slow CPU reference. {OpenClPlatform.Reason}");
        return Cpu;
    }

    /// <summary>The planned executor behind this device, or null on the reference device.</summary>
    internal PlannedExecutor? Planned => Executor as PlannedExecutor;

    /// <summary>Waits until the device has done everything that was handed to it (recorded work of this thread included).</summary>
    public void Synchronize()
    {
        Graph.Recorder.For(this).Flush();
        Executor.Finish();
    }

    /// <summary>Before something is saved: what was computed from indices that name no place must not be.</summary>
    internal static void RefuseFaults()
    {
        foreach (var device in byOrdinal)
            if (device.executor.IsValueCreated) device.executor.Value.RefuseFaults();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
