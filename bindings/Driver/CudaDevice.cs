using System.Runtime.InteropServices;
using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>A GPU. Asking needs no context.</summary>
public sealed class CudaDevice
{
    internal CudaDevice(int ordinal, int handle)
    {
        Ordinal = ordinal;
        Handle = handle;
    }

    /// <summary>Its number among the visible GPUs.</summary>
    public int Ordinal { get; }

    /// <summary>The driver's <c>CUdevice</c>, an int.</summary>
    public int Handle { get; }

    /// <summary>Its name.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public unsafe string Name
    {
        get
        {
            byte* name = stackalloc byte[256];
            Check.Driver(cuDeviceGetName(name, 256, Handle));
            return Marshal.PtrToStringUTF8((nint)name) ?? "";
        }
    }

    /// <summary>Its memory in bytes.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public unsafe long TotalMemory
    {
        get
        {
            nuint bytes;
            Check.Driver(cuDeviceTotalMem_v2(&bytes, Handle));
            return checked((long)bytes);
        }
    }

    /// <summary>Its compute capability: 8.6, 9.0, …</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public ComputeCapability ComputeCapability =>
        new(this[CudaDeviceAttribute.ComputeCapabilityMajor], this[CudaDeviceAttribute.ComputeCapabilityMinor]);

    /// <summary>One of its attributes.</summary>
    /// <exception cref="CudaException">The driver does not know the attribute.</exception>
    public unsafe int this[CudaDeviceAttribute attribute]
    {
        get
        {
            int value;
            Check.Driver(cuDeviceGetAttribute(&value, attribute, Handle), attribute.ToString());
            return value;
        }
    }

    /// <summary>True where memory can be allocated in stream order.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public bool HasMemoryPools =>
        OptionalExport.Exists(CudaLibrary.Driver, nameof(cuMemAllocAsync)) && this[CudaDeviceAttribute.MemoryPoolsSupported] != 0;

    /// <summary>The pool that <see cref="CudaDeviceMemory.AllocateAsync"/> takes from.</summary>
    /// <exception cref="CudaException">The driver is older than CUDA 11.2, or the device has no pools.</exception>
    public unsafe CudaMemoryPool DefaultMemoryPool
    {
        get
        {
            OptionalExport.RequireDriver(nameof(cuDeviceGetDefaultMemPool), 11, 2);
            nint pool;
            Check.Driver(cuDeviceGetDefaultMemPool(&pool, Handle));
            return new CudaMemoryPool(pool);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"cuda:{Ordinal}";
}
