using System.Runtime.InteropServices;
using GpuTensor.Graph;
using GpuTensor.Operators;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>The contents, row-major, in an array of the caller's own; flushes and waits.</summary>
    /// <exception cref="TensorDTypeException">T is not the dtype's .NET type.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        var result = new T[checked((int)ElementCount)];
        CopyTo(result.AsSpan());
        return result;
    }

    /// <summary>Copies the contents, row-major, into a span of exactly their number; flushes and waits; allocates nothing for a contiguous tensor.</summary>
    /// <exception cref="TensorDTypeException">T is not the dtype's .NET type.</exception>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public void CopyTo<T>(Span<T> target) where T : unmanaged
    {
        if (typeof(T) != typeof(byte) || DType is not DType.Bool)
            if (DType == DType.BFloat16 ? typeof(T) != typeof(ushort) : DTypeOf(typeof(T)) != DType)
                throw new TensorDTypeException($"The tensor is {DType.Name()}, which cannot be read as {typeof(T).Name}; convert it with To(dtype) first.");
        if (target.Length < ElementCount) throw new ArgumentException($"The span holds {target.Length} elements, the tensor {ElementCount}.", nameof(target));
        Fetch(MemoryMarshal.AsBytes(target[..checked((int)ElementCount)]));
    }

    /// <summary>The one element, converted to T; flushes and waits.</summary>
    /// <exception cref="TensorShapeException">There is not exactly one element.</exception>
    public T Item<T>() where T : unmanaged
    {
        if (ElementCount != 1) throw new TensorShapeException($"Item() reads one element; the tensor {Shape} has {ElementCount}.");
        Span<byte> bytes = stackalloc byte[8];
        bytes = bytes[..DType.Size()];
        Fetch(bytes);
        object value = DType switch
        {
            DType.Float32 => (double)MemoryMarshal.Read<float>(bytes),
            DType.Float64 => MemoryMarshal.Read<double>(bytes),
            DType.Float16 or DType.BFloat16 => (double)HalfBits.ToFloat(DType, MemoryMarshal.Read<ushort>(bytes)),
            DType.Int64 => MemoryMarshal.Read<long>(bytes),
            DType.Int32 => (long)MemoryMarshal.Read<int>(bytes),
            DType.Int16 => (long)MemoryMarshal.Read<short>(bytes),
            DType.Int8 => (long)(sbyte)bytes[0],
            _ => (long)bytes[0],
        };
        if (typeof(T) == typeof(bool)) return (T)(object)(Convert.ToDouble(value) != 0);
        if (typeof(T) == typeof(Half)) return (T)(object)(Half)Convert.ToDouble(value);
        return (T)Convert.ChangeType(value, typeof(T));
    }

    /// <summary>The contents in host memory.</summary>
    internal HostArray ToHost()
    {
        var host = new HostArray(DType, Shape);
        Fetch(host.Data);
        return host;
    }

    private void Fetch(Span<byte> target)
    {
        if (target.IsEmpty) return;
        var source = view is null || view.IsContiguous ? this : Detach().Clone();
        Recorder.Materialize(source.Node);
        Device.Executor.Download(source.Node, (source.view?.Offset ?? 0) * DType.Size(), target);
    }
}
