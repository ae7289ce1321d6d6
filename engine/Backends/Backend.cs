using GpuTensor.Kernels;

namespace GpuTensor.Backends;

/// <summary>One physical device that runs generated kernels: memory, programs, an in-order stream of work and fences. OpenCL and CUDA. A
/// backend knows no tensor; everything above it is the same for all of them. Calls may come from any thread, one at a time (the engine
/// serialises them per device).</summary>
internal abstract class Backend : IDisposable
{
    /// <summary>The device's own name, for people.</summary>
    public abstract string Name { get; }

    /// <summary>Vendor, driver version and platform in one line, for people and cache keys.</summary>
    public abstract string Driver { get; }

    /// <summary>What kernels must know of the device.</summary>
    public abstract DeviceProfile Profile { get; }

    /// <summary>Bytes of memory on the device, and the largest single allocation.</summary>
    public abstract (long Total, long MaxAllocation) Memory { get; }

    /// <summary>Counters, each raised where the thing happens.</summary>
    public BackendCounters Counters { get; } = new();

    /// <summary>Takes memory from the driver.</summary>
    /// <exception cref="DeviceOutOfMemoryException">The driver (or the test limit) refuses.</exception>
    public abstract DeviceBuffer Allocate(long bytes);

    /// <summary>Gives memory back; work already enqueued may still use it.</summary>
    public abstract void Free(DeviceBuffer buffer);

    /// <summary>Copies host bytes to the device, in stream order; the span may be reused when the call returns.</summary>
    public abstract void Write(DeviceBuffer target, long offset, ReadOnlySpan<byte> source);

    /// <summary>Waits for the stream and copies device bytes to the host.</summary>
    public abstract void Read(DeviceBuffer source, long offset, Span<byte> target);

    /// <summary>Copies within the device, in stream order. Ranges must not overlap.</summary>
    public abstract void Copy(DeviceBuffer source, long sourceOffset, DeviceBuffer target, long targetOffset, long bytes);

    /// <summary>Compiles a program that holds many kernels.</summary>
    /// <exception cref="KernelCompilationException">With the compiler's log and the numbered source.</exception>
    public abstract DeviceProgram Compile(string source);

    /// <summary>How many kernels a program should hold when so many are to be compiled at once.</summary>
    public virtual int KernelsPerProgram(int kernels) => int.MaxValue;

    /// <summary>Compiles several programs, at the same time where the compiler can.</summary>
    /// <exception cref="KernelCompilationException">As for one.</exception>
    public virtual DeviceProgram[] Compile(IReadOnlyList<string> sources) => [.. sources.Select(Compile)];

    /// <summary>A launch object of its own: its arguments stay bound until set again, so a replay only enqueues.</summary>
    public abstract DeviceKernel CreateKernel(DeviceProgram program, string entryPoint, string description);

    /// <summary>Enqueues a launch.</summary>
    /// <param name="kernel">All its parameters are bound but the dynamic local array, which is none of them: its size is the
    /// shape's.</param>
    public abstract void Launch(DeviceKernel kernel, in LaunchShape shape);

    /// <summary>Where kernels read their scalars from memory (<see cref="Dialect.ScalarsInMemory"/>): the block with these values for what
    /// is enqueued next. Null elsewhere.</summary>
    public virtual DeviceBuffer? Scalars(ReadOnlySpan<long> values) => null;

    /// <summary>True where a library multiplies matrices of that dtype.</summary>
    public virtual bool HasProducts(DType type) => false;

    /// <summary>True where the library computes that call with its epilogue, whatever the addresses and the <see cref="Precision"/>. Asked
    /// when a plan is made.</summary>
    public virtual bool HasEpilogue(LibraryCall call, DType type) => false;

    /// <summary>Enqueues one call of that library; places are in bytes.</summary>
    /// <param name="vector">What the call's epilogue reads or writes.</param>
    public virtual void Multiply(LibraryCall call, DType type, MemoryPlace a, MemoryPlace b, MemoryPlace c, MemoryPlace? vector,
        string description) =>
        throw new DeviceException($"{Name} has no library of matrix products.");

    /// <summary>What float32 products of the library may give up for speed.</summary>
    public MatMulPrecision Precision { get; set; }

    /// <summary>True where what is enqueued can be recorded and enqueued again in one call.</summary>
    public virtual bool CanCapture => false;

    /// <summary>Records what is enqueued from here on instead of running it: launches, products and copies within the device, nothing
    /// else.</summary>
    public virtual void BeginCapture() => throw new NotSupportedException();

    /// <summary>What was recorded, ready to launch.</summary>
    public virtual DeviceGraph EndCapture() => throw new NotSupportedException();

    /// <summary>Ends a recording that failed. Does not throw.</summary>
    public virtual void AbortCapture() { }

    /// <summary>Marks this point of the stream.</summary>
    public abstract DeviceFence Mark();

    /// <summary>Waits until everything enqueued has run. Asynchronous errors surface here.</summary>
    public abstract void Finish();

    /// <summary>Hands pending work to the device without waiting.</summary>
    public abstract void Flush();

    /// <summary>The last call before the process ends, where a driver bears that badly with work in flight. Does not throw.</summary>
    public virtual void PrepareForExit() { }

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>What a backend has done so far.</summary>
internal sealed class BackendCounters
{
    /// <summary>Every enqueue: kernels, copies, fills, reads and writes.</summary>
    public long Enqueues;

    /// <summary>Kernel launches among them.</summary>
    public long Launches;

    /// <summary>Products among them whose epilogue the library did.</summary>
    public long Epilogues;

    /// <summary>Kernels compiled (from source or taken from the driver's cache).</summary>
    public long KernelsCompiled;

    /// <summary>Bytes now taken from the driver, and the most there ever were.</summary>
    public long BytesHeld, BytesPeak;
}

/// <summary>Memory taken from the driver.</summary>
internal abstract class DeviceBuffer
{
    /// <summary>Its size.</summary>
    public required long Bytes { get; init; }
}

/// <summary>A place in device memory.</summary>
/// <param name="Offset">In bytes.</param>
internal readonly record struct MemoryPlace(DeviceBuffer Buffer, long Offset);

/// <summary>Recorded work that one call enqueues. It holds addresses and arguments as they were; dispose of it only after its last launch
/// has run.</summary>
internal abstract class DeviceGraph : IDisposable
{
    /// <summary>Launches, products and copies in it.</summary>
    public abstract int Nodes { get; }

    /// <summary>Enqueues the recorded work.</summary>
    public abstract void Launch();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>A compiled program.</summary>
internal abstract class DeviceProgram : IDisposable
{
    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>A kernel with bound arguments.</summary>
internal abstract class DeviceKernel : IDisposable
{
    /// <summary>Binds a buffer parameter.</summary>
    public abstract void SetBuffer(int index, DeviceBuffer buffer);

    /// <summary>Binds a parameter by its bytes (a number, or a struct of numbers).</summary>
    public abstract void SetBytes(int index, ReadOnlySpan<byte> value);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>A point in the stream.</summary>
internal abstract class DeviceFence : IDisposable
{
    /// <summary>Waits until the stream has passed it.</summary>
    public abstract void Wait();

    /// <summary>True once the stream has passed it.</summary>
    public abstract bool IsComplete { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}
