using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Backends.Cuda;

/// <summary>Device memory; null once freed.</summary>
internal sealed class CudaBuffer : DeviceBuffer
{
    public CudaDeviceMemory? Memory;

    /// <summary>Its address.</summary>
    /// <exception cref="ObjectDisposedException">It was freed.</exception>
    public ulong Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(Memory is null, this);
            return Memory.Address;
        }
    }
}

/// <summary>A loaded module. It stays loaded until the program and all kernels made of it are disposed of and the device has done what they
/// were in.</summary>
internal sealed class CudaProgram(CudaBackend backend, CudaModule module) : DeviceProgram
{
    private int shares = 1;

    public CudaModule Module { get; } = module;

    public void Share() => Interlocked.Increment(ref shares);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (Interlocked.Decrement(ref shares) == 0) backend.Retire(Module);
    }
}

/// <summary>A kernel with an argument block of its own, changed in place. The block is laid out when the kernel is first launched, by the
/// sizes that were bound, and compared with what the driver says of the kernel.</summary>
internal sealed class CudaBoundKernel(CudaBackend backend, CudaProgram program, CudaKernel kernel, string description) : DeviceKernel
{
    private readonly List<byte[]> early = [];
    private CudaKernelArguments? arguments;
    private bool disposed;

    // Bytes of dynamic shared memory that the kernel is known to be allowed.
    private int allowedShared;

    public CudaKernel Kernel { get; } = kernel;

    public string Description { get; } = description;

    /// <inheritdoc/>
    public override void SetBuffer(int index, DeviceBuffer buffer) => Set(index, ((CudaBuffer)buffer).Address);

    /// <inheritdoc/>
    public override void SetBytes(int index, ReadOnlySpan<byte> value)
    {
        if (arguments is not null)
        {
            arguments.Set(index, value);
            return;
        }
        while (early.Count <= index) early.Add([]);
        early[index] = value.ToArray();
    }

    /// <summary>The arguments as the driver reads them.</summary>
    /// <exception cref="CudaException">They are not what the kernel takes.</exception>
    public CudaKernelArguments Arguments()
    {
        if (arguments is not null) return arguments;
        var made = new CudaKernelArguments([.. early.Select(b => b.Length)]);
        for (int i = 0; i < early.Count; i++) made.Set(i, early[i]);
        made.Verify(Kernel);
        early.Clear();
        return arguments = made;
    }

    /// <summary>Allows launches with that much dynamic shared memory. Up to 48 KiB, less the kernel's static shared memory, are allowed
    /// from the start; more is an attribute of the driver's kernel, which is shared by all objects made of it.</summary>
    /// <exception cref="CudaException">The GPU has less.</exception>
    public void AllowShared(int bytes)
    {
        if (bytes <= allowedShared) return;
        if (bytes > Kernel.MaxDynamicSharedBytes) Kernel.MaxDynamicSharedBytes = bytes;
        allowedShared = bytes;
    }

    private void Set(int index, ulong address) =>
        SetBytes(index, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in address)));

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (!disposed) program.Dispose();
        disposed = true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kernel.Name} on {backend.Name}";
}

/// <summary>An event of the backend's pool.</summary>
internal sealed class CudaFence(CudaBackend backend, CudaEvent mark) : DeviceFence
{
    private CudaEvent? mark = mark;

    /// <inheritdoc/>
    public override void Wait() => backend.Wait(mark ?? throw new ObjectDisposedException(nameof(CudaFence)));

    /// <inheritdoc/>
    public override bool IsComplete => backend.HasPassed(mark ?? throw new ObjectDisposedException(nameof(CudaFence)));

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (mark is not null) backend.Recycle(mark);
        mark = null;
    }
}

/// <summary>What was captured, instantiated.</summary>
internal sealed class CudaDeviceGraph(CudaBackend backend, CudaGraphExec graph, int nodes) : DeviceGraph
{
    /// <inheritdoc/>
    public override int Nodes { get; } = nodes;

    /// <inheritdoc/>
    public override void Launch() => backend.Launch(graph);

    /// <inheritdoc/>
    public override void Dispose() => graph.Dispose();
}
