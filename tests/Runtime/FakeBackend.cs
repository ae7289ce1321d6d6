using GpuTensor.Bench;
using GpuTensor.Backends;
using GpuTensor.Kernels;

namespace GpuTensor.Tests.Runtime;

/// <summary>A device of host memory that notes what it is asked to do. Copies, writes and reads move bytes; launches and graphs do
/// nothing.</summary>
internal sealed class FakeBackend : CountingBackend
{
    /// <summary>What was called, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Asked before each call, by its name; an exception is what the call answers.</summary>
    public Action<string>? Fault { get; set; }

    public override bool CanCapture => Captures;

    /// <summary>Whether what is enqueued can be captured.</summary>
    public bool Captures { get; init; }

    /// <summary>What each kernel was called as it was made.</summary>
    public List<string> Descriptions { get; } = [];

    public override DeviceKernel CreateKernel(DeviceProgram program, string entryPoint, string description)
    {
        Note("kernel");
        Descriptions.Add(description);
        return new Kernel(this);
    }

    public override DeviceBuffer Allocate(long bytes)
    {
        Note($"allocate {bytes}");
        base.Allocate(bytes);
        return new HostBuffer { Bytes = bytes, Contents = new byte[bytes] };
    }

    public override void Free(DeviceBuffer buffer)
    {
        Note($"free {buffer.Bytes}");
        base.Free(buffer);
    }

    public override void Write(DeviceBuffer target, long offset, ReadOnlySpan<byte> source)
    {
        Note("write");
        source.CopyTo(Bytes(target, offset));
    }

    public override void Read(DeviceBuffer source, long offset, Span<byte> target)
    {
        Note("read");
        Bytes(source, offset)[..target.Length].CopyTo(target);
    }

    public override void Copy(DeviceBuffer source, long sourceOffset, DeviceBuffer target, long targetOffset, long bytes)
    {
        Note("copy");
        Bytes(source, sourceOffset)[..(int)bytes].CopyTo(Bytes(target, targetOffset));
    }

    public override void Launch(DeviceKernel kernel, in LaunchShape shape)
    {
        Note("launch");
        base.Launch(kernel, shape);
    }

    public override DeviceFence Mark()
    {
        Note("mark");
        return new Fence(this);
    }

    public override void Flush() => Note("flush");

    public override void BeginCapture() => Note("begin");

    public override DeviceGraph EndCapture()
    {
        Note("end");
        return new Graph(this);
    }

    public override void AbortCapture() => Note("abort");

    private static Span<byte> Bytes(DeviceBuffer buffer, long offset) => ((HostBuffer)buffer).Contents.AsSpan((int)offset);

    private void Note(string call)
    {
        Fault?.Invoke(call);
        Calls.Add(call);
    }

    private sealed class HostBuffer : DeviceBuffer
    {
        public required byte[] Contents { get; init; }
    }

    private sealed class Kernel(FakeBackend owner) : DeviceKernel
    {
        public override void SetBuffer(int index, DeviceBuffer buffer) { }

        public override void SetBytes(int index, ReadOnlySpan<byte> value) { }

        public override void Dispose() => owner.Note("drop kernel");
    }

    private sealed class Graph(FakeBackend owner) : DeviceGraph
    {
        public override int Nodes => 1;

        public override void Launch() => owner.Note("graph");

        public override void Dispose() => owner.Note("drop graph");
    }

    private sealed class Fence(FakeBackend owner) : DeviceFence
    {
        public override bool IsComplete => false;

        public override void Wait() => owner.Note("wait");

        public override void Dispose() => owner.Note("give up");
    }
}
