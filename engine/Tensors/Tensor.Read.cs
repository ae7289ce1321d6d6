using System.Runtime.InteropServices;
using GpuTensor.Graph;
using GpuTensor.Operators;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>The most bytes that are read at once: a span of bytes is no longer than an int says, and what is written to a file needs no
    /// more.</summary>
    private const int PieceBytes = 1 << 26;

    /// <summary>The contents, row-major, in an array of the caller's own; flushes and waits.</summary>
    /// <exception cref="TensorDTypeException">T is not the dtype's .NET type.</exception>
    /// <exception cref="DeviceOutOfMemoryException">There are more elements than an array or the process's memory holds.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        RequireType(typeof(T));
        var result = HostMemory.Allocate<T>(ElementCount, $"an array of {DType.Name()} {Shape}");
        CopyTo(result.AsSpan());
        return result;
    }

    /// <summary>Copies the contents, row-major, into a span of exactly their number; flushes and waits; allocates nothing for a contiguous
    /// tensor.</summary>
    /// <exception cref="TensorDTypeException">T is not the dtype's .NET type.</exception>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public void CopyTo<T>(Span<T> target) where T : unmanaged
    {
        RequireType(typeof(T));
        if (target.Length < ElementCount)
            throw new ArgumentException($"The span holds {target.Length} elements, the tensor {ElementCount}.", nameof(target));
        Fetch(target[..(int)ElementCount]);
    }

    private void RequireType(Type type)
    {
        if (type == typeof(byte) && DType is DType.Bool) return;
        if (DType == DType.BFloat16 ? type != typeof(ushort) : DTypeOf(type) != DType)
            throw new TensorDTypeException(
                $"The tensor is {DType.Name()}, which cannot be read as {type.Name}; convert it with To(dtype) first.");
    }

    /// <summary>The contents in host memory.</summary>
    internal HostArray ToHost()
    {
        var host = new HostArray(DType, Shape);
        Fetch(host.Data.AsSpan());
        return host;
    }

    /// <summary>Gives the contents, row-major and little-endian, piece by piece: they may be more than an array holds.
    /// Flushes and waits.</summary>
    internal void Read(Action<ReadOnlySpan<byte>> take)
    {
        long bytes = ElementCount * DType.Size();
        if (bytes == 0) return;
        using var value = Pin();
        var piece = new byte[Math.Min(bytes, PieceBytes)];
        for (long at = 0; at < bytes; at += piece.Length)
        {
            var part = piece.AsSpan(0, (int)Math.Min(piece.Length, bytes - at));
            value.Read(at, part);
            take(part);
        }
    }

    /// <summary>These elements in memory, row-major, one after the other. Until it is disposed they stay what they are, whatever other
    /// threads do.</summary>
    private PinnedValue Pin()
    {
        var source = view is null || view.IsContiguous ? this : Detach().Clone();
        return new(Recorder.Materialize(source, pin: true), source.view?.Offset ?? 0);
    }

    /// <param name="node">The value, with a reader counted.</param>
    /// <param name="offset">Where its elements begin.</param>
    private readonly ref struct PinnedValue(Node node, long offset) : IDisposable
    {
        /// <summary>Copies bytes from a place in the elements on; waits.</summary>
        public void Read(long at, Span<byte> target) => node.Device.Executor.Download(node, offset * node.DType.Size() + at, target);

        public void Dispose() => node.AddReader(-1);
    }

    private void Fetch<T>(Span<T> target) where T : unmanaged
    {
        if (target.IsEmpty) return;
        using var value = Pin();
        // As bytes, T being of the dtype's size or a byte.
        int size = System.Runtime.CompilerServices.Unsafe.SizeOf<T>(), most = PieceBytes / size;
        for (int at = 0; at < target.Length; at += most)
        {
            var part = MemoryMarshal.AsBytes(target.Slice(at, Math.Min(most, target.Length - at)));
            value.Read((long)at * size, part);
            if (most >= target.Length - at) break;
        }
    }
}
