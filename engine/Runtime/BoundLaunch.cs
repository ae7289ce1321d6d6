using System.Runtime.InteropServices;
using GpuTensor.Backends;
using GpuTensor.Compiler;
using GpuTensor.Kernels;

namespace GpuTensor.Runtime;

/// <summary>A kernel launch with its arguments bound; only what changed since the last run is bound again.</summary>
internal sealed class BoundLaunch : BoundStep
{
    private readonly GeneratedKernel generated;
    private readonly DeviceKernel kernel;
    private readonly DeviceBuffer?[] bound;
    private readonly long[] integers;
    private readonly byte[] block;
    private readonly long[] scalars;
    private DeviceBuffer? boundScalars;
    private bool fresh = true;

    /// <param name="step">A step that is a generated kernel.</param>
    /// <param name="kernel">That kernel, compiled.</param>
    /// <param name="scalarsInMemory">The kernel reads its scalars from the device's block: their places there are integers, and the block
    /// is the last parameter.</param>
    public BoundLaunch(PlannedStep step, DeviceKernel kernel, bool scalarsInMemory) : base(step)
    {
        (generated, this.kernel) = (step.Kernel!, kernel);
        bound = new DeviceBuffer?[step.Memories.Length];
        integers = (long[])generated.Integers.Clone();
        block = new byte[generated.Integers.Length * (generated.WideIndices ? 8 : 4)];
        scalars = new long[scalarsInMemory ? 0 : step.Scalars.Length];
        for (int i = 0; scalarsInMemory && i < step.Scalars.Length; i++) integers[step.Memories.Length + i] = step.Scalars[i];
    }

    /// <summary>Its source is shared with other plans, but for most plans it is their own.</summary>
    public override long HostBytes => 512 + generated.Source.Length * 2L + bound.Length * 48L + integers.Length * 16L + scalars.Length * 8L;

    public override void Enqueue(Backend backend, RunArguments arguments)
    {
        try
        {
            BindAndLaunch(backend, arguments);
        }
        catch
        {
            // What is bound is no longer known.
            Array.Clear(bound);
            boundScalars = null;
            fresh = true;
            throw;
        }
    }

    private void BindAndLaunch(Backend backend, RunArguments arguments)
    {
        var (memories, slots) = (Step.Memories, Step.Scalars);
        bool moved = fresh;
        for (int i = 0; i < memories.Length; i++)
        {
            var (buffer, offset) = arguments.Resolve(memories[i]);
            if (bound[i] != buffer) kernel.SetBuffer(i, bound[i] = buffer);
            long element = offset / Step.Types[i].Size();
            if (integers[i] != element)
            {
                integers[i] = element;
                moved = true;
            }
        }
        if (moved)
        {
            if (generated.WideIndices) MemoryMarshal.AsBytes(integers.AsSpan()).CopyTo(block);
            else
                for (int i = 0; i < integers.Length; i++) MemoryMarshal.Write(block.AsSpan(i * 4), checked((int)integers[i]));
            kernel.SetBytes(memories.Length, block);
        }
        if (scalars.Length < slots.Length && boundScalars != arguments.ScalarBlock)
            kernel.SetBuffer(memories.Length + 1, boundScalars = arguments.ScalarBlock!);
        for (int i = 0; i < scalars.Length; i++)
        {
            long bits = arguments.Scalars[slots[i]];
            if (!fresh && scalars[i] == bits) continue;
            scalars[i] = bits;
            kernel.SetBytes(memories.Length + 1 + i, MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in bits)));
        }
        backend.Launch(kernel, generated.Shape);
        fresh = false;
    }

    public override void Dispose() => kernel.Dispose();
}
