using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Device memory that holds numbers of one type.</summary>
/// <typeparam name="T">Their type; its bytes go to the device as they are.</typeparam>
public sealed class CudaDeviceVariable<T> : CudaDeviceMemory where T : unmanaged
{
    private CudaDeviceVariable(CudaContext context, ulong address, long length, CudaStream? stream)
        : base(context, address, length * Unsafe.SizeOf<T>(), stream) => Length = length;

    /// <summary>Allocates room for this many.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero or fewer.</exception>
    /// <exception cref="CudaException">There is not that much memory.</exception>
    public static CudaDeviceVariable<T> Allocate(CudaContext context, int length) =>
        new(context, AllocateRaw(context, (long)length * Unsafe.SizeOf<T>()), length, null);

    /// <summary>Allocates room for these and copies them there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is empty.</exception>
    /// <exception cref="CudaException">There is not that much memory, or the copy failed.</exception>
    public static CudaDeviceVariable<T> From(CudaStream stream, ReadOnlySpan<T> values)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var variable = Allocate(stream.Context, values.Length);
        variable.CopyFrom(stream, values);
        return variable;
    }

    /// <summary>How many.</summary>
    public long Length { get; }

    /// <summary>Copies values to the device, starting at an index, and waits until they are there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not fit.</exception>
    /// <exception cref="CudaException">The copy or earlier work failed.</exception>
    public void CopyFrom(CudaStream stream, ReadOnlySpan<T> values, long index = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckRange(index, values.Length);
        stream.CopyToDevice(Address + (ulong)(index * Unsafe.SizeOf<T>()), MemoryMarshal.AsBytes(values));
    }

    /// <summary>Copies values from the device, starting at an index, and waits for them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many.</exception>
    /// <exception cref="CudaException">The copy or earlier work failed.</exception>
    public void CopyTo(CudaStream stream, Span<T> values, long index = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckRange(index, values.Length);
        stream.CopyToHost(MemoryMarshal.AsBytes(values), Address + (ulong)(index * Unsafe.SizeOf<T>()));
    }

    /// <summary>Copies all values from the device and waits for them.</summary>
    /// <exception cref="CudaException">The copy or earlier work failed.</exception>
    public T[] ToArray(CudaStream stream)
    {
        var values = new T[Length];
        CopyTo(stream, values);
        return values;
    }

    private void CheckRange(long index, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (index > Length - count)
            throw new ArgumentOutOfRangeException(nameof(index), $"{count} values at {index} do not fit into {Length}.");
    }
}
