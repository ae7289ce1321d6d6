using System.Runtime.InteropServices;
using GpuTensor.Backends;
using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>A kernel of three dimensions with a dynamic local array, written by hand: each group turns its numbers around, by way of an
/// array that only the launch gives a size.</summary>
internal static class LaunchShapeCase
{
    private static readonly Size3 Groups = new(5, 3, 2), Size = new(4, 3, 2);

    /// <summary>The kernel.</summary>
    /// <param name="pitch">Words of the array from one work-item's number to the next one's.</param>
    public static GeneratedKernel Kernel(DeviceProfile profile, Dialect dialect, int pitch)
    {
        var o = new KernelWriter(new("turn", [new(DType.Int32, true)], [], [], false), profile, dialect, false);
        o.BeginSection();
        o.DynamicLocal("shared");
        string step = o.Slot(pitch);
        var (item, group) = (dialect.LocalIds, dialect.GroupIds);
        o.Let("int", "id", $"((int){item[2]} * {Size.Y} + (int){item[1]}) * {Size.X} + (int){item[0]}");
        o.Let("int", "first", $"(((int){group[2]} * {Groups.Y} + (int){group[1]}) * {Groups.X} + (int){group[0]}) * {Size.Count}");
        o.Line($"shared[({Size.Count - 1} - id) * {step}] = first + id;");
        o.Barrier();
        o.Line($"{o.Buffer(0)}[first + id] = (int)shared[id * {step}];");
        o.Put(o.EndSection(0));
        var (source, entry) = o.Finish(Size);
        var text = new KernelText(source, entry, false, Size, o.Prelude);
        var grid = new SymbolicGrid(Groups.X, Groups.Y, Groups.Z, Size.Count * pitch * 8);
        return new SymbolicKernel(text, [.. o.Integers], grid).Evaluate();
    }

    /// <summary>Runs it with arrays of different sizes, and replayed where the backend captures.</summary>
    public static void Run(Backend backend, Dialect dialect, params int[] pitches)
    {
        var generated = Kernel(backend.Profile with { IsCpu = false }, dialect, 1);
        using var program = backend.Compile(dialect.Prelude(generated.Prelude) + generated.Source);
        using var kernel = backend.CreateKernel(program, generated.EntryPoint, "a turn");
        var buffer = backend.Allocate(Groups.Count * Size.Count * 4);
        kernel.SetBuffer(0, buffer);
        foreach (int pitch in pitches)
        {
            var launch = Kernel(backend.Profile with { IsCpu = false }, dialect, pitch);
            Assert.Equal(generated.Source, launch.Source);
            kernel.SetBytes(1, MemoryMarshal.AsBytes<int>(Array.ConvertAll(launch.Integers, n => (int)n)));
            Check(() => backend.Launch(kernel, launch.Shape));
            if (!backend.CanCapture) continue;
            backend.BeginCapture();
            backend.Launch(kernel, launch.Shape);
            using var graph = backend.EndCapture();
            Check(graph.Launch);
            backend.Finish();
        }
        backend.Free(buffer);

        void Check(Action launch)
        {
            int[] found = new int[Groups.Count * Size.Count];
            backend.Write(buffer, 0, MemoryMarshal.AsBytes<int>(found));
            launch();
            backend.Read(buffer, 0, MemoryMarshal.AsBytes<int>(found.AsSpan()));
            for (int i = 0; i < found.Length; i++)
                Assert.Equal(i / Size.Count * Size.Count + Size.Count - 1 - i % Size.Count, found[i]);
        }
    }
}
