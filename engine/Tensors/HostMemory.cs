using System.Runtime.CompilerServices;

namespace GpuTensor;

/// <summary>Large arrays in host memory: the runtime's errors about their size become the library's.</summary>
internal static class HostMemory
{
    /// <summary>Arrays up to this size are not worth asking how much memory there is.</summary>
    private const long SmallBytes = 1 << 28;

    /// <summary>An array of zeros.</summary>
    /// <param name="count">From 0; any size.</param>
    /// <param name="what">What it holds, for the error: <c>float32 [2, 3]</c>.</param>
    /// <exception cref="DeviceOutOfMemoryException">No array is so long, or the process may not have so much memory.</exception>
    public static T[] Allocate<T>(long count, string what) where T : unmanaged
    {
        RequireArray(count, Unsafe.SizeOf<T>(), what);
        try
        {
            return new T[count];
        }
        catch (OutOfMemoryException e)
        {
            throw Refused(count, Unsafe.SizeOf<T>(), what, "this process gets no more", e);
        }
    }

    /// <summary>Refuses what <see cref="Allocate"/> would, before work is done for it.</summary>
    public static void RequireArray(long count, int elementBytes, string what)
    {
        if (count > Array.MaxLength)
            throw Refused(count, elementBytes, what, FormattableString.Invariant($"an array has at most {Array.MaxLength:N0} elements"));
        Require(count * elementBytes, what);
    }

    /// <summary>Refuses what cannot be had, before the system ends the process for it.</summary>
    /// <exception cref="DeviceOutOfMemoryException">It is more than the process may take.</exception>
    public static void Require(long bytes, string what)
    {
        if (bytes > SmallBytes && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is var most && bytes > most)
            throw Refused(bytes, 1, what, FormattableString.Invariant($"this process may take {most:N0}"));
    }

    private static DeviceOutOfMemoryException Refused(long count, int size, string what, string why, Exception? inner = null) =>
        new(FormattableString.Invariant($"{(Int128)count * size:N0} bytes of host memory were needed for {what}: {why}."), inner);
}
