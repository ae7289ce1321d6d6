using System.Reflection;
using System.Runtime.CompilerServices;
using GpuTensor.Graph;
using Xunit;

namespace GpuTensor.Tests.Runtime;

/// <summary>Device memory behind managed handles: nothing needs disposing, disposing frees at once, and no finalizer is involved.</summary>
public class MemoryTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void Recorded_but_unmaterialised_tensors_own_no_memory()
    {
        using var test = TestDevice.OpenCl();
        var pool = test.Device.Planned!.Pool;
        var x = Tensor.Ones([1 << 20], device: test.Device).Realize();
        long live = pool.LiveBytes;
        var kept = Enumerable.Range(0, 50).Select(i => x * i).ToList();
        Assert.Equal(live, pool.LiveBytes);
        GC.KeepAlive(kept);
    }

    [Fact]
    public void Dispose_frees_at_once_where_nothing_else_needs_the_value()
    {
        using var test = TestDevice.OpenCl();
        var pool = test.Device.Planned!.Pool;
        Tensor Make() => Tensor.Ones([1 << 20], device: test.Device).Realize();
        long empty = pool.LiveBytes;
        var x = Make();
        x.Dispose();
        Assert.Equal(empty, pool.LiveBytes);
        Assert.Throws<ObjectDisposedException>(() => x.Item<float>());
        Assert.Throws<ObjectDisposedException>(() => x * 2);
        x.Dispose();

        // Another handle, a view, a pending reader and a saved value need it.
        var y = Make();
        var view = y.Narrow(0, 0, 4);
        y.Dispose();
        Assert.Equal(empty + 4 * Megabyte, pool.LiveBytes);
        Assert.Equal([1f, 1, 1, 1], view.ToArray<float>());
        view.Dispose();
        Assert.Equal(empty, pool.LiveBytes);

        var z = Make();
        var pending = z.Sum();
        z.Dispose();
        Assert.Equal(1 << 20, pending.Item<float>());

        var w = Tensor.From([3f], device: test.Device, requiresGrad: true);
        var saved = Make();
        var loss = (w * saved).Sum();
        loss.Realize();
        saved.Dispose();
        loss.Backward();
        Assert.Equal(1 << 20, w.Grad!.Item<float>());
    }

    [Fact]
    public void Handles_dropped_without_dispose_are_found_by_the_budget()
    {
        using var test = TestDevice.OpenCl();
        var planned = test.Device.Planned!;
        // 8 MB a step, never disposed, hardly any managed garbage: without the budget no collection would come, and 1.6 GB be held. Tests
        // beside this one move handles to the oldest generation, which the budget's collections of the young ones do not look at.
        for (int i = 0; i < 200; i++) (Tensor.Ones([2 << 20], device: test.Device) * i).Realize();
        Assert.InRange(planned.Backend.Counters.BytesPeak, 8 * Megabyte, 800 * Megabyte);
    }

    [Fact]
    public void Gradients_and_results_nobody_asked_for_are_reused()
    {
        using var test = TestDevice.OpenCl();
        var planned = test.Device.Planned!;
        var w = Tensor.Ones([1 << 18], device: test.Device).RequiresGrad_();
        long held = 0;
        for (int i = 0; i < 30; i++)
        {
            Step(w);
            test.Device.Synchronize();
            if (i == 10) held = planned.Backend.Counters.BytesHeld;
        }
        Assert.Equal(held, planned.Backend.Counters.BytesHeld);
    }

    // A method of its own: its locals are gone when the flush looks at what is still held.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Step(Tensor w)
    {
        w.Grad = null;
        (w.Tanh() * w).Sum().Backward();
        using (Tensor.NoGrad()) w.Sub_(w.Leaf!.Grad! * 0.01);
    }

    [Fact]
    public void Nothing_that_holds_device_memory_has_a_finalizer()
    {
        // A dropped loader's finalizer stops its thread, which holds host arrays alone.
        var finalizers = typeof(Tensor).Assembly.GetTypes().Where(t => t != typeof(GpuTensor.Data.BatchPipeline))
            .Where(t => t.GetMethod("Finalize", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly,
                []) is not null);
        Assert.Empty(finalizers);
    }

    [Fact]
    public void A_finished_graph_is_let_go()
    {
        using var test = TestDevice.OpenCl();
        var x = Tensor.From([1f, 2], device: test.Device, requiresGrad: true);
        var (weak, loss) = Make(x);
        GC.Collect();
        Assert.False(weak.IsAlive);
        GC.KeepAlive(loss);

        // A running sum over many steps keeps no step's graph.
        var (total, first) = (Tensor.Zeros([1], device: test.Device), (WeakReference?)null);
        for (int i = 0; i < 50; i++)
        {
            var (step, each) = Make(x);
            first ??= step;
            total.Add_(each.Detach().Reshape(1));
            total.Realize();
        }
        GC.Collect();
        Assert.False(first!.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Inner, Tensor Loss) Make(Tensor x)
    {
        var inner = x.Exp();
        var weak = new WeakReference(inner.Node);
        var loss = (inner * inner).Sum();
        loss.Backward();
        x.Grad = null;
        return (weak, loss.Realize());
    }

    /// <summary>The process ends in the middle of a training with work in flight: run as a child of the test below.</summary>
    private static void ExitInMidTraining()
    {
        var w = Tensor.Ones([1 << 16], device: Device.OpenCl()).RequiresGrad_();
        for (int i = 0; i < 5; i++)
        {
            w.Grad = null;
            (w * w).Sin().Sum().Backward();
            using (Tensor.NoGrad()) w.Sub_(w.Leaf!.Grad! * 0.1);
            w.Realize();
        }
        new Thread(() => Tensor.Ones([1 << 22], device: Device.OpenCl()).Exp().Sum().Item<float>()) { IsBackground = true }.Start();
        Environment.Exit(42);
    }

    [Fact]
    public async Task Exit_in_mid_training_is_clean()
    {
        OptionalPart.OpenCl.Require();
        var result = await ChildProcess.Run(ExitInMidTraining, device: null);
        Assert.True(result.ExitCode == 42, $"exit code {result.ExitCode}\n{result.Output}\n{result.Errors}");
    }
}
