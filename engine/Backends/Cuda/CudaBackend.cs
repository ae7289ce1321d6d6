using GpuTensor.Bindings.Cuda;
using GpuTensor.Kernels;

namespace GpuTensor.Backends.Cuda;

/// <summary>One NVIDIA GPU: its primary context, one compute and one copy stream, generated kernels through NVRTC, products through cuBLAS,
/// runs replayed as CUDA graphs. Nothing here has a finalizer and nothing runs at process exit. Never run on a GPU so far: see
/// tools/docs/cuda.md for what that leaves unverified.</summary>
internal sealed partial class CudaBackend : Backend
{
    private readonly CudaContext context;
    private readonly CudaStream compute, copy;
    private readonly CudaPrograms programs;
    private readonly CudaStaging staging;
    private readonly CudaScalars scalars;
    private readonly CudaProducts products;
    private readonly Stack<CudaEvent> events = new();
    private readonly Stack<CudaModule> retired = new();
    private readonly HashSet<CudaModule> loaded = [];
    private readonly HashSet<CudaBuffer> buffers = [];
    private readonly bool blocking = EnvironmentVariables.CudaBlocking.Value;
    private readonly bool pools;
    private readonly CudaDevice device;
    private DeviceProfile profile;
    private bool disposed;

    /// <summary>Opens a GPU.</summary>
    /// <exception cref="DeviceException">A library is missing, no compiler knows the GPU, or the driver refuses; says which and how to mend
    /// it.</exception>
    public CudaBackend(int ordinal)
    {
        var made = new Stack<IDisposable>();
        try
        {
            context = Kept(CudaContext.Create(ordinal));
            device = context.Device;
            var compiler = CudaRuntimeCompiler.For(device);
            Name = device.Name;
            Capability = device.ComputeCapability;
            Driver = $"CUDA driver {GpuTensor.Bindings.Cuda.Cuda.DriverVersion}, sm_{Capability.Number}, {compiler.Library} for "
                + $"{compiler.Target}";
            Memory = (device.TotalMemory, device.TotalMemory);
            profile = new()
            {
                IsCpu = false,
                GroupSize = 256,
                // No property of the one GPU: equal kernels on all of them.
                PreferredGroups = 256,
                MaxParameterBytes = 4096,
                LocalMemoryBytes = 48 * 1024,
            };
            if (EnvironmentVariables.SmallDomain.Value is { } small) SmallDomain = small;
            pools = device.HasMemoryPools;
            // What was freed stays with the process, or every wait would hand it back to the system.
            if (pools) device.DefaultMemoryPool.ReleaseThreshold = ulong.MaxValue;
            compute = Kept(CudaStream.Create(context));
            copy = Kept(CudaStream.Create(context));
            programs = new(this, context, compiler);
            staging = Kept(new CudaStaging(context, compute, copy));
            scalars = new(this, context, compute);
            products = Kept(new CudaProducts(context, compute, Capability));
        }
        catch (CudaException e)
        {
            while (made.TryPop(out var part)) part.Dispose();
            throw new DeviceException($"cuda:{ordinal} cannot be used. {e.Message}", e);
        }

        T Kept<T>(T part) where T : IDisposable
        {
            made.Push(part);
            return part;
        }
    }

    /// <summary>The GPU's compute capability.</summary>
    internal ComputeCapability Capability { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Driver { get; }

    /// <inheritdoc/>
    public override DeviceProfile Profile => profile;

    /// <summary><see cref="DeviceProfile.SmallDomain"/> of plans that are made from here on; at first GPUTENSOR_SMALL_DOMAIN, where that is
    /// set.</summary>
    internal long SmallDomain
    {
        get => profile.SmallDomain;
        set => profile = profile with { SmallDomain = value };
    }

    /// <inheritdoc/>
    public override (long Total, long MaxAllocation) Memory { get; }

    /// <summary>Bytes after which <see cref="Allocate"/> refuses, as a device that is full would: GPUTENSOR_MEMORY_LIMIT, or what a test
    /// sets.</summary>
    internal long MemoryLimit { get; set; } = EnvironmentVariables.MemoryLimit.Value;

    /// <inheritdoc cref="CudaPrograms.Listener"/>
    internal Action<string, CudaCompilation, NvrtcLibrary>? CompilationListener { set => programs.Listener = value; }

    /// <summary>The machine code on disk; tests put theirs here.</summary>
    internal DiskCache? ProgramCache { get => programs.Cache; set => programs.Cache = value; }

    /// <inheritdoc/>
    public override DeviceProgram Compile(string source) => Compile([source])[0];

    /// <inheritdoc/>
    public override int KernelsPerProgram(int kernels) =>
        Math.Clamp((kernels + Environment.ProcessorCount - 1) / Environment.ProcessorCount, 8, 48);

    /// <inheritdoc/>
    public override DeviceProgram[] Compile(IReadOnlyList<string> sources)
    {
        ThrowIfLost();
        try
        {
            var made = programs.Compile(sources);
            foreach (var program in made) loaded.Add(program.Module);
            foreach (string source in sources) Counters.KernelsCompiled += KernelsIn(source);
            return made;
        }
        catch (CudaException e)
        {
            throw Error(e, "");
        }
    }

    private static int KernelsIn(string source)
    {
        int count = 0;
        for (int at = 0; (at = source.IndexOf("__global__", at, StringComparison.Ordinal)) >= 0; at++) count++;
        return count;
    }

    /// <inheritdoc/>
    public override DeviceKernel CreateKernel(DeviceProgram program, string entryPoint, string description)
    {
        ThrowIfLost();
        try
        {
            var own = (CudaProgram)program;
            var kernel = own.Module.GetKernel(entryPoint);
            own.Share();
            return new CudaBoundKernel(this, own, kernel, description);
        }
        catch (CudaException e)
        {
            throw Error(e, description);
        }
    }

    /// <inheritdoc/>
    public override void Launch(DeviceKernel kernel, in LaunchShape shape)
    {
        ThrowIfLost();
        var own = (CudaBoundKernel)kernel;
        if (shape.Groups.Count <= 0) return;
        var (groups, most) = (shape.Groups, profile.MaxGroups);
        if (groups.X > most.X || groups.Y > most.Y || groups.Z > most.Z)
            throw new DeviceException($"{own.Description} would need {groups} blocks; a grid has at most {most}.");
        Counters.Enqueues++;
        Counters.Launches++;
        try
        {
            own.AllowShared(shape.LocalBytes);
            own.Kernel.Launch(compute, new(Extent(groups), Extent(shape.GroupSize), (uint)shape.LocalBytes), own.Arguments());
            Launched(own.Description);
        }
        catch (CudaException e)
        {
            throw Error(e, $"{own.Description}, {shape}");
        }
    }

    private static CudaDim3 Extent(Size3 size) => new((uint)size.X, (uint)size.Y, (uint)size.Z);

    /// <inheritdoc/>
    public override DeviceBuffer? Scalars(ReadOnlySpan<long> values)
    {
        ThrowIfLost();
        try
        {
            return scalars.Set(values);
        }
        catch (CudaException e)
        {
            throw Error(e, "a run's scalars");
        }
    }

    /// <inheritdoc/>
    public override DeviceFence Mark()
    {
        ThrowIfLost();
        Counters.Enqueues++;
        try
        {
            if (!events.TryPop(out var mark)) mark = CudaEvent.Create(context);
            try
            {
                mark.Record(compute);
            }
            catch
            {
                mark.Dispose();
                throw;
            }
            return new CudaFence(this, mark);
        }
        catch (CudaException e)
        {
            throw Error(e, "");
        }
    }

    internal void Wait(CudaEvent mark)
    {
        ThrowIfLost();
        try
        {
            mark.Synchronize();
        }
        catch (CudaException e)
        {
            throw Error(e, "");
        }
    }

    internal bool HasPassed(CudaEvent mark)
    {
        ThrowIfLost();
        try
        {
            return mark.IsComplete;
        }
        catch (CudaException e)
        {
            throw Error(e, "");
        }
    }

    internal void Recycle(CudaEvent mark) => events.Push(mark);

    /// <summary>Takes a module that nobody needs any more; it is unloaded after the next wait, since work that uses it may still
    /// run.</summary>
    internal void Retire(CudaModule module) => retired.Push(module);

    private void UnloadRetired()
    {
        while (retired.TryPop(out var module))
        {
            loaded.Remove(module);
            module.Dispose();
        }
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        ThrowIfLost();
        try
        {
            copy.Synchronize();
            compute.Synchronize();
            Waited();
            UnloadRetired();
        }
        catch (CudaException e)
        {
            throw Error(e, "");
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Linux submits at each call; under Windows' WDDM a query sends off what the driver holds back.
        if (OperatingSystem.IsWindows()) _ = compute.IsComplete;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (disposed) return;
        disposed = true;
        try
        {
            copy.Synchronize();
            compute.Synchronize();
        }
        catch (CudaException)
        {
            // A lost device has nothing more to wait for; what is released below does not throw.
        }
        if (lost is not null)
        {
            // The error may have come in a capture and left it open. Then it forbids giving back what follows, and goes only with its
            // stream.
            copy.Dispose();
            compute.Dispose();
        }
        while (events.TryPop(out var mark)) mark.Dispose();
        UnloadRetired();
        foreach (var module in loaded) module.Dispose();
        products.Dispose();
        scalars.Dispose();
        // What the pool above holds, and whoever still holds tensors.
        foreach (var buffer in buffers.ToArray()) Free(buffer);
        staging.Dispose();
        copy.Dispose();
        compute.Dispose();
        context.Dispose();
    }
}
