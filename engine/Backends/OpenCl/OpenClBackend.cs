using System.Text;
using GpuTensor.Kernels;
using Silk.NET.OpenCL;

namespace GpuTensor.Backends.OpenCl;

/// <summary>One OpenCL device behind one in-order queue. Nothing here has a finalizer; at process exit it waits (PoCL's threads die badly
/// with the process) and releases nothing.</summary>
internal sealed class OpenClBackend : Backend
{
    private readonly nint context, queue;
    private readonly OpenClPrograms programs;
    private readonly OpenClStaging staging;
    private bool disposed;

    // The event of the last launch, if nothing was enqueued after it: a mark of the stream that costs no command of its own.
    private nint lastLaunch;

    // What a buffer has behind its end.
    private readonly int pastEnd;

    /// <summary>Makes a queue in the device's context.</summary>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public unsafe OpenClBackend(OpenClDevice device, string options = "")
    {
        Device = device;
        Api = device.Api;
        var info = new OpenClInfo(Api, device.Id);
        Profile = info.ToProfile();
        Driver = $"{device.PlatformName}, driver {device.DriverVersion}, {info.Text(DeviceInfo.Version)}";
        pastEnd = Profile.IsCpu ? Kernels.Generator.ReadPast : 0;
        Memory = ((long)Math.Min(info.Number(DeviceInfo.GlobalMemSize), long.MaxValue),
            (long)Math.Min(info.Number(DeviceInfo.MaxMemAllocSize), long.MaxValue) - pastEnd);
        // Memory that a processor promises and does not have ends the process when it is written.
        if (Profile.IsCpu) MemoryLimit = Math.Min(MemoryLimit, Memory.Total);
        context = device.Context;
        int error;
        queue = Api.CreateCommandQueue(context, device.Id, (CommandQueueProperties)0, &error);
        Check(error, "clCreateCommandQueue", "");
        programs = new OpenClPrograms(this, context, $"{info.BuildOptions()} {options}".Trim());
        staging = new OpenClStaging(this, queue);
    }

    internal CL Api { get; }

    internal OpenClDevice Device { get; }

    /// <inheritdoc/>
    public override string Name => Device.Name;

    /// <inheritdoc/>
    public override string Driver { get; }

    /// <inheritdoc/>
    public override DeviceProfile Profile { get; }

    /// <inheritdoc/>
    public override (long Total, long MaxAllocation) Memory { get; }

    /// <summary>Bytes after which <see cref="Allocate"/> refuses, as a device that is full would: GPUTENSOR_MEMORY_LIMIT, or what a test
    /// sets.</summary>
    internal long MemoryLimit { get; set; } = EnvironmentVariables.MemoryLimit.Value;

    /// <summary>For tests: asked before each call that can fail, by the call's name; a code other than 0 is taken for that call's
    /// result.</summary>
    internal Func<string, int>? Fault { get; set; }

    /// <summary>The programs on disk; tests put theirs here. Null where the driver keeps its own cache.</summary>
    internal DiskCache? ProgramCache { get => programs.Cache; set => programs.Cache = value; }

    /// <inheritdoc cref="OpenClPrograms.DeclarationsFailed"/>
    internal bool DeclarationsFailed => programs.DeclarationsFailed;

    internal int FaultIn(string call) => Fault is null ? 0 : Fault(call);

    internal void Check(int code, string call, string subject, bool takesMemory = true)
    {
        if (code != 0) throw OpenClErrors.Exception(code, call, subject, $"opencl:{Device.Index} ({Name})", takesMemory);
    }

    /// <inheritdoc/>
    public override unsafe DeviceBuffer Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        long held = Counters.BytesHeld;
        if (bytes > MemoryLimit - held)
            throw new DeviceOutOfMemoryException(
                $"{bytes:N0} bytes more than the {held:N0} held would pass the memory limit of {MemoryLimit:N0} bytes on {Name}");
        int error = FaultIn("clCreateBuffer");
        // OpenCL has no empty buffer.
        nint handle = error != 0 ? 0 : Api.CreateBuffer(context, MemFlags.ReadWrite, (nuint)(Math.Max(bytes, 16) + pastEnd), null, &error);
        Check(error, "clCreateBuffer",
            $"{bytes:N0} bytes, with {held:N0} held of {Memory.Total:N0}, at most {Memory.MaxAllocation:N0} in one buffer");
        Counters.BytesHeld = held + bytes;
        Counters.BytesPeak = Math.Max(Counters.BytesPeak, held + bytes);
        return new OpenClBuffer { Bytes = bytes, Handle = handle };
    }

    /// <inheritdoc/>
    public override void Free(DeviceBuffer buffer)
    {
        var own = (OpenClBuffer)buffer;
        if (own.Handle == 0) return;
        // The driver keeps the memory until commands that use it have run.
        Api.ReleaseMemObject(own.Handle);
        own.Handle = 0;
        Counters.BytesHeld -= own.Bytes;
    }

    /// <inheritdoc/>
    public override void Write(DeviceBuffer target, long offset, ReadOnlySpan<byte> source)
    {
        CheckRange(target, offset, source.Length);
        if (source.IsEmpty) return;
        ForgetLastLaunch();
        Counters.Enqueues++;
        staging.Write(Handle(target), offset, source);
    }

    /// <inheritdoc/>
    public override unsafe void Read(DeviceBuffer source, long offset, Span<byte> target)
    {
        CheckRange(source, offset, target.Length);
        if (target.IsEmpty)
        {
            Finish();
            return;
        }
        Counters.Enqueues++;
        int error = FaultIn("clEnqueueReadBuffer");
        fixed (byte* p = target)
            if (error == 0)
                error = Api.EnqueueReadBuffer(queue, Handle(source), true, (nuint)offset, (nuint)target.Length, p, 0, null, null);
        Check(error, "clEnqueueReadBuffer", "", takesMemory: false);
    }

    /// <inheritdoc/>
    public override unsafe void Copy(DeviceBuffer source, long sourceOffset, DeviceBuffer target, long targetOffset, long bytes)
    {
        CheckRange(source, sourceOffset, bytes);
        CheckRange(target, targetOffset, bytes);
        if (bytes == 0) return;
        Counters.Enqueues++;
        int error = FaultIn("clEnqueueCopyBuffer");
        ForgetLastLaunch();
        if (error == 0)
            error = Api.EnqueueCopyBuffer(queue, Handle(source), Handle(target), (nuint)sourceOffset, (nuint)targetOffset, (nuint)bytes, 0,
                null, null);
        Check(error, "clEnqueueCopyBuffer", "");
    }

    /// <inheritdoc/>
    public override DeviceProgram Compile(string source) => programs.Compile(source);

    /// <inheritdoc/>
    public override unsafe DeviceKernel CreateKernel(DeviceProgram program, string entryPoint, string description)
    {
        int error = FaultIn("clCreateKernel");
        byte[] name = Encoding.UTF8.GetBytes(entryPoint + '\0');
        nint handle = 0;
        fixed (byte* p = name)
            if (error == 0) handle = Api.CreateKernel(((OpenClProgram)program).Handle, p, &error);
        Check(error, "clCreateKernel", $"{entryPoint}: {description}");
        return new OpenClKernel(this, handle, description);
    }

    /// <inheritdoc/>
    public override unsafe void Launch(DeviceKernel kernel, in LaunchShape shape)
    {
        var own = (OpenClKernel)kernel;
        var (groups, size) = (shape.Groups, shape.GroupSize);
        if (groups.Count <= 0) return;
        own.SetLocal(shape.LocalBytes);
        nuint* local = stackalloc nuint[] { (nuint)size.X, (nuint)size.Y, (nuint)size.Z };
        nuint* global = stackalloc nuint[] { (nuint)(groups.X * size.X), (nuint)(groups.Y * size.Y), (nuint)(groups.Z * size.Z) };
        uint dimensions = global[2] > 1 ? 3u : global[1] > 1 ? 2u : 1u;
        int error = FaultIn("clEnqueueNDRangeKernel");
        ForgetLastLaunch();
        nint done = 0;
        if (error == 0) error = Api.EnqueueNdrangeKernel(queue, own.Handle, dimensions, null, global, local, 0, null, &done);
        lastLaunch = done;
        Counters.Enqueues++;
        Counters.Launches++;
        if (error != 0) Check(error, "clEnqueueNDRangeKernel", $"{own.Description}, {shape}");
    }

    /// <inheritdoc/>
    public override unsafe DeviceFence Mark()
    {
        nint marker = lastLaunch;
        lastLaunch = 0;
        if (marker == 0)
        {
            int error = FaultIn("clEnqueueMarkerWithWaitList");
            if (error == 0) error = Api.EnqueueMarkerWithWaitList(queue, 0, null, &marker);
            Check(error, "clEnqueueMarkerWithWaitList", "");
            Counters.Enqueues++;
        }
        // Who only polls a fence would otherwise poll work that was never submitted.
        Flush();
        return new OpenClFence(this, marker);
    }

    private void ForgetLastLaunch()
    {
        if (lastLaunch != 0) Api.ReleaseEvent(lastLaunch);
        lastLaunch = 0;
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        int error = FaultIn("clFinish");
        Check(error != 0 ? error : Api.Finish(queue), "clFinish", "", takesMemory: false);
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        int error = FaultIn("clFlush");
        Check(error != 0 ? error : Api.Flush(queue), "clFlush", "", takesMemory: false);
    }

    /// <inheritdoc/>
    public override void PrepareForExit() => Api.Finish(queue);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (disposed) return;
        disposed = true;
        Api.Finish(queue);
        ForgetLastLaunch();
        staging.Dispose();
        Api.ReleaseCommandQueue(queue);
    }

    private static nint Handle(DeviceBuffer buffer) => ((OpenClBuffer)buffer).Handle;

    private static void CheckRange(DeviceBuffer buffer, long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > buffer.Bytes - length)
            throw new ArgumentOutOfRangeException(nameof(offset), $"bytes {offset} to {offset + length} of a buffer of {buffer.Bytes}");
    }
}
