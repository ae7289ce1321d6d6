using System.Runtime.InteropServices;

namespace GpuTensor;

/// <content>The number that a tensor of one element holds.</content>
public partial class Tensor
{
    /// <summary>The one element as a double; flushes and waits. Integers beyond 2⁵³ are rounded: <see cref="Item{T}"/> of long is
    /// exact.</summary>
    /// <exception cref="TensorShapeException">There is not exactly one element.</exception>
    public double Item() => Item<double>();

    /// <summary>The one element as a T, by C#'s casts: a fraction is cut off, integers wrap, what int or long cannot hold becomes the
    /// nearest number they can, NaN becomes 0; bool is ≠ 0. Flushes and waits.</summary>
    /// <typeparam name="T">A number type of .NET, or bool.</typeparam>
    /// <exception cref="TensorShapeException">There is not exactly one element.</exception>
    /// <exception cref="TensorDTypeException">T is no number type, or decimal, which cannot hold the number.</exception>
    public T Item<T>() where T : unmanaged
    {
        if (ElementCount != 1) throw new TensorShapeException($"Item() reads one element; the tensor {Shape} has {ElementCount}.");
        if (!Casts.Knows(typeof(T))) throw new TensorDTypeException($"Item() reads numbers and bool; {typeof(T).Name} is neither.");
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        Fetch(bytes[..DType.Size()]);
        return DType switch
        {
            DType.Float32 => Casts.To<T>(MemoryMarshal.Read<float>(bytes), 0, true),
            DType.Float64 => Casts.To<T>(MemoryMarshal.Read<double>(bytes), 0, true),
            DType.Float16 or DType.BFloat16 => Casts.To<T>(HalfBits.ToFloat(DType, MemoryMarshal.Read<ushort>(bytes)), 0, true),
            DType.Int64 => Casts.To<T>(0, MemoryMarshal.Read<long>(bytes), false),
            DType.Int32 => Casts.To<T>(0, MemoryMarshal.Read<int>(bytes), false),
            DType.Int16 => Casts.To<T>(0, MemoryMarshal.Read<short>(bytes), false),
            DType.Int8 => Casts.To<T>(0, (sbyte)bytes[0], false),
            _ => Casts.To<T>(0, bytes[0], false),
        };
    }

    /// <summary><see cref="Item{T}"/>: the one element; flushes and waits.</summary>
    public static explicit operator double(Tensor tensor) => NotNull(tensor).Item<double>();

    /// <summary><see cref="Item{T}"/>: the one element; flushes and waits.</summary>
    public static explicit operator float(Tensor tensor) => NotNull(tensor).Item<float>();

    /// <summary><see cref="Item{T}"/>: the one element; flushes and waits.</summary>
    public static explicit operator Half(Tensor tensor) => NotNull(tensor).Item<Half>();

    /// <summary><see cref="Item{T}"/>: the one element; flushes and waits.</summary>
    public static explicit operator long(Tensor tensor) => NotNull(tensor).Item<long>();

    /// <summary><see cref="Item{T}"/>: the one element; flushes and waits.</summary>
    public static explicit operator int(Tensor tensor) => NotNull(tensor).Item<int>();

    /// <summary><see cref="Item{T}"/>: the one element; flushes and waits.</summary>
    public static explicit operator short(Tensor tensor) => NotNull(tensor).Item<short>();

    /// <summary><see cref="Item{T}"/>: the one element; flushes and waits.</summary>
    public static explicit operator sbyte(Tensor tensor) => NotNull(tensor).Item<sbyte>();

    /// <summary><see cref="Item{T}"/>: the one element; flushes and waits.</summary>
    public static explicit operator byte(Tensor tensor) => NotNull(tensor).Item<byte>();

    /// <summary><see cref="Item{T}"/>: the one element; flushes and waits.</summary>
    public static explicit operator bool(Tensor tensor) => NotNull(tensor).Item<bool>();

    private static Tensor NotNull(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor;
    }
}
