using Silk.NET.OpenCL;

namespace GpuTensor.Backends.OpenCl;

/// <summary>A cl_mem; 0 once freed.</summary>
internal sealed class OpenClBuffer : DeviceBuffer
{
    public nint Handle;
}

/// <summary>A built cl_program.</summary>
internal sealed class OpenClProgram(OpenClBackend backend, nint handle) : DeviceProgram
{
    public nint Handle { get; private set; } = handle;

    /// <inheritdoc/>
    public override void Dispose()
    {
        // Kernels made of it hold it for as long as they need it.
        if (Handle != 0) backend.Api.ReleaseProgram(Handle);
        Handle = 0;
    }
}

/// <summary>A cl_kernel of its own for each recorded launch, so that arguments stay bound.</summary>
internal sealed class OpenClKernel(OpenClBackend backend, nint handle, string description) : DeviceKernel
{
    public nint Handle { get; private set; } = handle;

    public string Description { get; } = description;

    // Parameters that are bound, and the bytes of the local array that is the parameter after them.
    private int parameters, localBytes;

    /// <summary>Sizes the dynamic local array, which is the kernel's last parameter; 0: it has none.</summary>
    public unsafe void SetLocal(int bytes)
    {
        if (bytes == localBytes) return;
        int last = parameters;
        Set(last, null, (nuint)bytes);
        (parameters, localBytes) = (last, bytes);
    }

    /// <inheritdoc/>
    public override unsafe void SetBuffer(int index, DeviceBuffer buffer)
    {
        nint memory = ((OpenClBuffer)buffer).Handle;
        ObjectDisposedException.ThrowIf(memory == 0, buffer);
        Set(index, &memory, (nuint)sizeof(nint));
    }

    /// <inheritdoc/>
    public override unsafe void SetBytes(int index, ReadOnlySpan<byte> value)
    {
        fixed (byte* p = value) Set(index, p, (nuint)value.Length);
    }

    private unsafe void Set(int index, void* value, nuint size)
    {
        int error = backend.FaultIn("clSetKernelArg");
        if (error == 0) error = backend.Api.SetKernelArg(Handle, (uint)index, size, value);
        if (error != 0) backend.Check(error, "clSetKernelArg", $"argument {index} of {size} bytes, {Description}");
        parameters = Math.Max(parameters, index + 1);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (Handle != 0) backend.Api.ReleaseKernel(Handle);
        Handle = 0;
    }
}

/// <summary>The event of a marker.</summary>
internal sealed class OpenClFence(OpenClBackend backend, nint marker) : DeviceFence
{
    private nint marker = marker;

    /// <inheritdoc/>
    public override unsafe void Wait()
    {
        if (marker == 0) return;
        int error = backend.FaultIn("clWaitForEvents");
        fixed (nint* p = &marker)
            if (error == 0) error = backend.Api.WaitForEvents(1, p);
        backend.Check(error, "clWaitForEvents", "", takesMemory: false);
    }

    /// <inheritdoc/>
    public override bool IsComplete => marker == 0 || OpenClEvents.HasRun(backend, marker);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (marker != 0) backend.Api.ReleaseEvent(marker);
        marker = 0;
    }
}

/// <summary>What fences and staged writes ask of an event.</summary>
internal static class OpenClEvents
{
    /// <summary>True once the command has run, whether or not it failed: who waits learns of the failure.</summary>
    public static unsafe bool HasRun(OpenClBackend backend, nint handle)
    {
        int status;
        int error = backend.Api.GetEventInfo(handle, EventInfo.CommandExecutionStatus, sizeof(int), &status, null);
        backend.Check(error, "clGetEventInfo", "", takesMemory: false);
        return status <= 0;
    }
}
