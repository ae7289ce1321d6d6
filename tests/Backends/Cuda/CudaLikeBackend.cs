using System.Runtime.InteropServices;
using GpuTensor.Backends;
using GpuTensor.Kernels;
using GpuTensor.Tests.Backends;
using GpuTensor.Tests.Kernels;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>An OpenCL device that works as the CUDA device does: kernels in the shape of a GPU, scalars in a block in memory, products by a
/// column-major library (in plain loops), runs captured and replayed with the addresses and arguments they had. What the engine does for
/// CUDA above the backend is tested so without CUDA.</summary>
internal sealed class CudaLikeBackend : Backend
{
    public static readonly Dialect Dialect = Dialect.OpenCl with { ScalarsInMemory = true };

    private readonly Backend inner = OpenClTest.Open();
    private readonly DeviceBuffer block;
    private List<Action>? capture;

    public CudaLikeBackend()
    {
        Profile = inner.Profile with { IsCpu = false, GroupSize = 64, MaxParameterBytes = Math.Min(inner.Profile.MaxParameterBytes, 1024) };
        block = inner.Allocate(1 << 16);
    }

    public int Captures { get; private set; }

    public int Multiplications { get; private set; }

    /// <summary>Calls in which the host waits for all that is enqueued.</summary>
    public int Waits { get; private set; }

    /// <summary>Waits for one point of the stream.</summary>
    public int FenceWaits { get; private set; }

    /// <summary>Asked before each enqueue, by what it is.</summary>
    public Action<string>? Fault { get; set; }

    public override string Name => "CUDA-like " + inner.Name;

    public override string Driver => inner.Driver;

    public override DeviceProfile Profile { get; }

    public override (long Total, long MaxAllocation) Memory => inner.Memory;

    public override DeviceBuffer Allocate(long bytes) => inner.Allocate(bytes);

    public override void Free(DeviceBuffer buffer) => inner.Free(buffer);

    public override void Write(DeviceBuffer target, long offset, ReadOnlySpan<byte> source)
    {
        NotInCapture("a write");
        inner.Write(target, offset, source);
    }

    public override void Read(DeviceBuffer source, long offset, Span<byte> target)
    {
        NotInCapture("a read");
        Waits++;
        inner.Read(source, offset, target);
    }

    public override void Copy(DeviceBuffer source, long sourceOffset, DeviceBuffer target, long targetOffset, long bytes) =>
        Do("copy", () => inner.Copy(source, sourceOffset, target, targetOffset, bytes));

    public override DeviceProgram Compile(string source) => inner.Compile(source);

    public override int KernelsPerProgram(int kernels) => 3;

    public override DeviceKernel CreateKernel(DeviceProgram program, string entryPoint, string description) =>
        new Kernel(inner.CreateKernel(program, entryPoint, description));

    public override void Launch(DeviceKernel kernel, in LaunchShape shape)
    {
        var own = (Kernel)kernel;
        // As CUDA does: arguments are those of this moment.
        var (arguments, launched) = (own.Arguments.ToArray(), shape);
        Do("launch", () =>
        {
            for (int i = 0; i < arguments.Length; i++)
                if (arguments[i] is DeviceBuffer buffer) own.Inner.SetBuffer(i, buffer);
                else own.Inner.SetBytes(i, (byte[])arguments[i]);
            inner.Launch(own.Inner, launched);
        });
    }

    public override DeviceBuffer? Scalars(ReadOnlySpan<long> values)
    {
        NotInCapture("scalars");
        inner.Write(block, 0, MemoryMarshal.AsBytes(values));
        return block;
    }

    public override bool HasProducts(DType type) => type.IsFloatingPoint();

    /// <summary>False: the library finds no algorithm with an epilogue.</summary>
    public bool Epilogues { get; set; } = true;

    public override bool HasEpilogue(LibraryCall call, DType type) => Epilogues && type != DType.Float64 && call.BatchCount == 1;

    public override void Multiply(LibraryCall call, DType type, MemoryPlace a, MemoryPlace b, MemoryPlace c, MemoryPlace? vector,
        string description) => Do("multiply", () =>
    {
        Multiplications++;
        if (vector is not null) Counters.Epilogues++;
        byte[] left = Bytes(a), right = Bytes(b), result = Bytes(c), bias = vector is { } place ? Bytes(place) : [];
        ColumnMajorBlas.Multiply(call, at => Elements.Read(left, type, at).Real, at => Elements.Read(right, type, at).Real,
            (at, value) => Elements.Write(result, type, at, new(value, 0)), type == DType.Float64 ? null : x => (float)x,
            at => Elements.Read(bias, type, at).Real, (at, value) => Elements.Write(bias, type, at, new(value, 0)));
        inner.Write(c.Buffer, c.Offset, result);
        // Result and sum may lie in one buffer, so each puts back only its own part.
        if (call.Epilogue is LibraryEpilogue.SumFirst or LibraryEpilogue.SumSecond)
        {
            int from = (int)call.Vector * type.Size(),
                bytes = (int)(call.Epilogue == LibraryEpilogue.SumFirst ? call.M : call.N) * type.Size();
            inner.Write(vector!.Value.Buffer, vector.Value.Offset + from, bias.AsSpan(from, bytes));
        }
    });

    private byte[] Bytes(MemoryPlace place)
    {
        byte[] bytes = new byte[place.Buffer.Bytes - place.Offset];
        inner.Read(place.Buffer, place.Offset, bytes);
        return bytes;
    }

    public override bool CanCapture => Replays;

    /// <summary>False: everything is run step by step.</summary>
    public bool Replays { get; init; } = true;

    /// <summary>True: replays leave out the last thing that was captured, as a driver with a defect might.</summary>
    public bool Forgets { get; init; }

    public override void BeginCapture() => capture = [];

    public override DeviceGraph EndCapture()
    {
        Fault?.Invoke("end of capture");
        var actions = capture!.ToArray();
        capture = null;
        Captures++;
        return new Graph(actions, Forgets);
    }

    public override void AbortCapture() => capture = null;

    public override DeviceFence Mark() => new Fence(this, inner.Mark());

    public override void Finish()
    {
        NotInCapture("a wait");
        Waits++;
        inner.Finish();
    }

    public override void Flush() => inner.Flush();

    public override void Dispose() => inner.Dispose();

    private void Do(string what, Action action)
    {
        Fault?.Invoke(what);
        if (capture is null) action();
        else capture.Add(action);
    }

    private void NotInCapture(string what)
    {
        if (capture is not null) throw new InvalidOperationException($"{what} within a capture");
    }

    private sealed class Fence(CudaLikeBackend backend, DeviceFence inner) : DeviceFence
    {
        public override bool IsComplete => inner.IsComplete;

        public override void Wait()
        {
            backend.FenceWaits++;
            inner.Wait();
        }

        public override void Dispose() => inner.Dispose();
    }

    private sealed class Graph(Action[] actions, bool forgets) : DeviceGraph
    {
        private bool launched;

        public override int Nodes => actions.Length;

        public override void Launch()
        {
            foreach (var action in launched && forgets ? actions[..^1] : actions) action();
            launched = true;
        }

        public override void Dispose() { }
    }

    private sealed class Kernel(DeviceKernel inner) : DeviceKernel
    {
        public DeviceKernel Inner { get; } = inner;

        public List<object> Arguments { get; } = [];

        public override void SetBuffer(int index, DeviceBuffer buffer) => Set(index, buffer);

        public override void SetBytes(int index, ReadOnlySpan<byte> value) => Set(index, value.ToArray());

        private void Set(int index, object value)
        {
            while (Arguments.Count <= index) Arguments.Add(Array.Empty<byte>());
            Arguments[index] = value;
        }

        public override void Dispose() => Inner.Dispose();
    }
}
