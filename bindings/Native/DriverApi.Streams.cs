using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Streams and events.</summary>
internal static unsafe partial class DriverApi
{
    /// <summary>Makes a stream.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuStreamCreate(nint* stream, uint flags);

    /// <summary>Destroys it once its work is done.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuStreamDestroy_v2(nint stream);

    /// <summary>Waits for its work.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuStreamSynchronize(nint stream);

    /// <summary>Whether its work is done.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuStreamQuery(nint stream);

    /// <summary>Lets it wait for an event.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuStreamWaitEvent(nint stream, nint @event, uint flags);

    /// <summary>Makes an event.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuEventCreate(nint* @event, uint flags);

    /// <summary>Marks a point of a stream.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuEventRecord(nint @event, nint stream);

    /// <summary>Whether it was passed.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuEventQuery(nint @event);

    /// <summary>Waits until it is.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuEventSynchronize(nint @event);

    /// <summary>Milliseconds between two. The header renames it to _v2 from 12.8; the ABI is the same, and older drivers have only
    /// this.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuEventElapsedTime(float* milliseconds, nint start, nint end);

    /// <summary>Destroys it.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuEventDestroy_v2(nint @event);
}
