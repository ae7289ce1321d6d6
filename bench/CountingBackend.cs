using GpuTensor.Backends;
using GpuTensor.Kernels;

namespace GpuTensor.Bench;

/// <summary>A device that counts what it is given and does none of it: what is left of a step's time is the host's. Tests derive theirs
/// from it.</summary>
internal class CountingBackend : Backend
{
    private static readonly Program AnyProgram = new();
    private static readonly Fence Passed = new();

    public override string Name => "counting";

    public override string Driver => "does nothing";

    public override DeviceProfile Profile { get; } = new() { IsCpu = true };

    public override (long Total, long MaxAllocation) Memory => (16L << 30, 4L << 30);

    public override DeviceBuffer Allocate(long bytes)
    {
        Counters.BytesHeld += bytes;
        Counters.BytesPeak = Math.Max(Counters.BytesPeak, Counters.BytesHeld);
        return new NoMemory { Bytes = bytes };
    }

    public override void Free(DeviceBuffer buffer) => Counters.BytesHeld -= buffer.Bytes;

    public override void Write(DeviceBuffer target, long offset, ReadOnlySpan<byte> source) => Counters.Enqueues++;

    public override void Read(DeviceBuffer source, long offset, Span<byte> target)
    {
        Counters.Enqueues++;
        target.Clear();
    }

    public override void Copy(DeviceBuffer source, long sourceOffset, DeviceBuffer target, long targetOffset, long bytes) =>
        Counters.Enqueues++;

    public override DeviceProgram Compile(string source)
    {
        Counters.KernelsCompiled++;
        return AnyProgram;
    }

    public override DeviceKernel CreateKernel(DeviceProgram program, string entryPoint, string description) => new Kernel();

    public override void Launch(DeviceKernel kernel, in LaunchShape shape)
    {
        Counters.Enqueues++;
        Counters.Launches++;
    }

    public override DeviceFence Mark() => Passed;

    public override void Finish() { }

    public override void Flush() { }

    public override void Dispose() { }

    private sealed class NoMemory : DeviceBuffer;

    private sealed class Program : DeviceProgram
    {
        public override void Dispose() { }
    }

    private sealed class Kernel : DeviceKernel
    {
        public override void SetBuffer(int index, DeviceBuffer buffer) { }

        public override void SetBytes(int index, ReadOnlySpan<byte> value) { }

        public override void Dispose() { }
    }

    private sealed class Fence : DeviceFence
    {
        public override bool IsComplete => true;

        public override void Wait() { }

        public override void Dispose() { }
    }
}
