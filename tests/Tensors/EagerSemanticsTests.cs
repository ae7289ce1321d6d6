using System.Runtime.CompilerServices;
using GpuTensor.Graph;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Tensors;

/// <summary>What a program observes never depends on when a flush happens: a value is what it was when it was recorded, or reading it
/// throws; never a wrong number.</summary>
public class EagerSemanticsTests
{
    private static float[] Read(Tensor t) => t.ToArray<float>();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Reads_come_before_later_writes(bool flushBefore, bool flushAfter)
    {
        using var test = TestDevice.OpenCl();
        var x = Tensor.From([1f, 2, 3], device: test.Device);
        var view = x.Narrow(0, 1, 2);
        var doubled = x * 2;
        if (flushBefore) test.Device.Synchronize();
        var seen = view + 10;
        x.Add_(1.0);
        var later = x * 2;
        view.Mul_(10.0);
        if (flushAfter) test.Device.Synchronize();
        Assert.Equal([2f, 4, 6], Read(doubled));
        Assert.Equal([12f, 13], Read(seen));
        Assert.Equal([4f, 6, 8], Read(later));
        Assert.Equal([2f, 30, 40], Read(x));
        Assert.Equal([30f, 40], Read(view));
    }

    /// <summary>The strides by which a square matrix is multiplied look like those by which it is added; only the addition reads the
    /// element at its own place.</summary>
    [Theory, InlineData(9), InlineData(48)]
    public void A_square_matrix_may_be_added_to_its_own_product(int size)
    {
        using var test = TestDevice.OpenCl();
        float[] x = [.. Enumerable.Range(0, size * size).Select(i => i % 7 - 3f)],
            w = [.. Enumerable.Range(0, size * size).Select(i => i % 5 - 2f)];
        var results = new[] { test.Device, Device.Cpu }.Select(d =>
        {
            var h = Tensor.From(x, device: d).Reshape(size, size) * 2;
            return Read(h.MatMul(Tensor.From(w, device: d).Reshape(size, size)) + h);
        }).ToArray();
        Assert.Equal(results[1], results[0]);
    }

    /// <summary>A value that is dropped, since nobody held it when the plan was made, and read after its input was overwritten.</summary>
    [Fact]
    public void A_value_whose_inputs_are_gone_throws_and_is_kept_from_then_on()
    {
        using var test = TestDevice.OpenCl();
        var x = Tensor.From([1f, 2], device: test.Device);
        Tensor? stored = null;
        int thrown = 0;
        for (int i = 0; i < 12; i++)
        {
            float[] before = Read(x);
            bool store = i % 4 == 3;
            Step(store);
            if (!store) continue;
            try
            {
                Assert.Equal(before.Select(v => v * v), Read(stored!));
            }
            catch (ValueNotKeptException e)
            {
                thrown++;
                Assert.Contains("mul float32 [2]", e.Message);
                Assert.Contains("Keep()", e.Message);
            }
        }
        Assert.Equal(1, thrown);

        void Step(bool store)
        {
            stored = Square(x, store);
            test.Device.Synchronize();
        }
    }

    // Methods of their own: their locals are gone when the flush looks at what is still held.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tensor? Square(Tensor x, bool keep)
    {
        var square = x * x;
        x.Add_(square * 0.25);
        return keep ? square : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Tensor? Product, Tensor Sum) Product(Tensor x, bool keep)
    {
        var product = x * 2;
        return (keep ? product : null, (product + 1).Sum());
    }

    [Fact]
    public void A_dropped_value_is_computed_again_while_its_inputs_are_unchanged()
    {
        using var test = TestDevice.OpenCl();
        var x = Tensor.From([1f, 2], device: test.Device);
        Tensor? stored = null;
        for (int i = 0; i < 8; i++)
        {
            Step(i % 3 == 2);
            if (i % 3 == 2) Assert.Equal([3f, 6], Read(stored!));
        }

        void Step(bool store)
        {
            var triple = x * 3;
            if (store) stored = triple;
            (triple + 1).Sum().Item<float>();
        }
    }

    [Fact]
    public void Kept_values_are_read_every_tenth_step_without_a_new_plan()
    {
        using var test = TestDevice.OpenCl();
        var x = Tensor.From([1f, 2], device: test.Device);
        List<(Tensor Value, float[] Expected)> stored = [];
        long plans = 0;
        for (int i = 0; i < 60; i++)
        {
            var before = Read(x);
            var square = (x * x).Keep();
            x.Add_(0.125);
            test.Device.Synchronize();
            if (i % 10 == 9) stored.Add((square, [.. before.Select(v => v * v)]));
            if (i == 15) plans = test.Device.Planned!.PlansMade;
        }
        foreach (var (value, expected) in stored) Assert.Equal(expected, Read(value));
        Assert.Equal(plans, test.Device.Planned!.PlansMade);
    }

    /// <summary>A value dropped long ago whose input was changed by a write that did not read it, by a replay, and by an
    /// optimizer.</summary>
    [Fact]
    public void Dropped_values_never_see_what_was_written_later()
    {
        using var test = TestDevice.OpenCl();
        var device = test.Device;
        var x = Tensor.From([1f, 2], device: device);
        Tensor? late = null;
        for (int i = 0; i < 6; i++)
        {
            // The plan of this flush is made when nobody holds the product.
            Make(i == 5);
            test.Device.Synchronize();
        }
        x.Copy_(Tensor.From([7f, 8], device: device));
        Assert.True(IsOr(late!, [2f, 4]));

        var step = Tensor.Compile(() => x.Add_(1.0).Sum());
        for (int i = 0; i < 4; i++) step();
        x.Copy_(Tensor.From([1f, 2], device: device));
        Make(true);
        test.Device.Synchronize();
        step();
        Assert.True(IsOr(late!, [2f, 4]));

        var model = new Linear(2, 2, device: device);
        var optimizer = new SGD(model.Parameters(), lr: 1);
        Tensor? gradient = null;
        float[]? expected = null;
        for (int i = 0; i < 6; i++)
        {
            optimizer.ZeroGrad();
            model.Forward(Tensor.From([1f, i], device: device).Reshape(1, 2)).Sum().Backward();
            var norm = Optimizer.ClipGradNorm_(model.Parameters(), 1e9);
            if (i == 4) (gradient, expected) = (norm, [MathF.Sqrt(2 * (1 + i * i) + 2)]);
            optimizer.Step();
            norm = null;
        }
        Assert.True(IsOr(gradient!, expected!));

        void Make(bool keep)
        {
            var (product, sum) = Product(x, keep);
            late = product;
            sum.Realize();
        }

        static bool IsOr(Tensor value, float[] expected)
        {
            try
            {
                Assert.Equal(expected, Read(value));
            }
            catch (ValueNotKeptException) { }
            return true;
        }
    }

    [Fact]
    public void A_gradient_read_after_a_step_keeps_its_numbers_in_later_steps()
    {
        using var test = TestDevice.OpenCl();
        var model = new Linear(2, 1, device: test.Device);
        var optimizer = new SGD(model.Parameters(), lr: 0.1);
        List<Tensor> gradients = [];
        for (int i = 0; i < 5; i++)
        {
            optimizer.ZeroGrad();
            model.Forward(Tensor.From([i, 1f], device: test.Device).Reshape(1, 2)).Sum().Backward();
            optimizer.Step();
            gradients.Add(model.Weight.Grad!);
        }
        for (int i = 0; i < 5; i++) Assert.Equal([i, 1f], Read(gradients[i]));
    }

    [Fact]
    public void A_gradient_that_was_read_adds_up_in_place_as_in_pytorch()
    {
        using var test = TestDevice.OpenCl();
        var x = Tensor.From([1f, 2], device: test.Device, requiresGrad: true);
        (x * 2).Sum().Backward();
        var gradient = x.Grad!;
        (x * 3).Sum().Backward();
        Assert.Equal([5f, 5], Read(gradient));
        Assert.Same(gradient, x.Grad);
        x.Grad = null;
        (x * 7).Sum().Backward();
        Assert.Equal([5f, 5], Read(gradient));
        Assert.Equal([7f, 7], Read(x.Grad!));
    }

    [Fact]
    public void The_upstream_gradient_is_not_changed_through_a_leafs()
    {
        using var test = TestDevice.OpenCl();
        var (a, b) = (Tensor.From([1f, 2], device: test.Device, requiresGrad: true),
            Tensor.From([3f, 4], device: test.Device, requiresGrad: true));
        var upstream = Tensor.From([1f, 1], device: test.Device);
        (a + b).Backward(upstream);
        a.Grad!.Mul_(5.0);
        Assert.Equal([5f, 5], Read(a.Grad!));
        Assert.Equal([1f, 1], Read(b.Grad!));
        Assert.Equal([1f, 1], Read(upstream));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_pytorch_refuses_is_refused_flushed_or_not(bool flushed)
    {
        using var test = TestDevice.OpenCl();
        void MayFlush()
        {
            if (flushed) test.Device.Synchronize();
        }
        Tensor Leaf() => Tensor.From([1f, 2], device: test.Device, requiresGrad: true);

        // An in-place change of a saved value.
        var a = Leaf();
        var b = a * 1;
        var c = b * b;
        MayFlush();
        b.Add_(1.0);
        MayFlush();
        Assert.Contains("in-place", Assert.Throws<AutogradException>(() => c.Sum().Backward()).Message);

        // A saved result.
        var d = Leaf().Exp();
        MayFlush();
        d.Mul_(2.0);
        MayFlush();
        Assert.Throws<AutogradException>(() => d.Sum().Backward());

        // What is not saved may be changed: the gradient of a sum reads nothing.
        var e = Leaf();
        var f = e * 1 + 1;
        MayFlush();
        f.Mul_(3.0);
        MayFlush();
        f.Sum().Backward();
        Assert.Equal([3f, 3], Read(e.Grad!));

        // A second backward, and one through a part of a freed graph.
        var g = Leaf();
        var h = g * g;
        var (first, second) = (h.Sum(), (h * 2).Sum());
        MayFlush();
        first.Backward();
        MayFlush();
        Assert.Contains("second time", Assert.Throws<AutogradException>(() => first.Backward()).Message);
        Assert.Contains("second time", Assert.Throws<AutogradException>(() => second.Backward()).Message);

        // A leaf that requires gradients, and a view of one.
        var leaf = Leaf();
        MayFlush();
        Assert.Contains("leaf", Assert.Throws<AutogradException>(() => leaf.Add_(1.0)).Message);
        Assert.Contains("leaf", Assert.Throws<AutogradException>(() => leaf.Narrow(0, 0, 1).Add_(1.0)).Message);
        using (Tensor.NoGrad()) leaf.Add_(1.0);
        Assert.Equal([2f, 3], Read(leaf.Detach()));

        // No graph at all; more than one element without a gradient; a gradient of another shape.
        Assert.Contains("does not require gradients",
            Assert.Throws<AutogradException>(() => Tensor.Ones([1], device: test.Device).Backward()).Message);
        Assert.Contains("only for one element", Assert.Throws<AutogradException>(() => (Leaf() * 2).Backward()).Message);
        Assert.Throws<TensorShapeException>(() => (Leaf() * 2).Backward(Tensor.Ones([3], device: test.Device)));
    }

    [Fact]
    public void In_place_on_a_result_is_differentiated()
    {
        using var test = TestDevice.OpenCl();
        var x = Tensor.From([1f, 2, 3], device: test.Device, requiresGrad: true);
        var y = x * 2;
        y.Narrow(0, 0, 2).Mul_(x.Narrow(0, 1, 2));
        y.Add_(x);
        y.Sum().Backward();
        // y = [2·x₀·x₁ + x₀, 2·x₁·x₂ + x₁, 2·x₂ + x₂]
        Assert.Equal([2 * 2 + 1, 2 * 1 + 2 * 3 + 1, 2 * 2 + 2 + 1], Read(x.Grad!).Select(v => (int)v));
    }

    [Fact]
    public void A_loss_may_be_looked_at_before_its_backward()
    {
        using var test = TestDevice.OpenCl();
        var w = Tensor.From([1f, 2], device: test.Device, requiresGrad: true);
        long[] nodes = new long[2];
        for (int looked = 0; looked < 2; looked++)
        {
            for (int i = 0; i < 4; i++)
            {
                long before = test.Device.Planned!.Backend.Counters.Launches;
                w.Grad = null;
                var loss = (w * w).Sin().Sum();
                if (looked == 1) Assert.False(float.IsNaN(loss.Item<float>()));
                loss.Backward();
                w.Leaf!.Grad!.Realize();
                nodes[looked] = test.Device.Planned.Backend.Counters.Launches - before;
            }
            Assert.Equal(w.Detach().ToArray<float>().Select(v => 2 * v * MathF.Cos(v * v)), Read(w.Grad!),
                (p, q) => MathF.Abs(p - q) < 1e-5);
        }
        // The forward pass ran once: what backward reads was kept.
        Assert.InRange(nodes[1], 1, 2 * nodes[0] + 1);
    }

    [Fact]
    public void Four_thousand_pending_nodes_flush_by_themselves()
    {
        using var test = TestDevice.OpenCl();
        var planned = test.Device.Planned!;
        var x = Tensor.From([1f], device: test.Device);
        long runs = planned.Runs;
        var y = x;
        for (int i = 0; i < Recorder.MaxPending / 2 - 1; i++) y = y + 1;
        Assert.Equal(runs, planned.Runs);
        for (int i = 0; i < 4; i++) y = y + 1;
        Assert.Equal(runs + 1, planned.Runs);
        Assert.Equal(Recorder.MaxPending / 2 + 4, y.Item<float>());
    }

    [Fact]
    public void A_number_is_an_argument_whatever_its_value()
    {
        using var test = TestDevice.OpenCl();
        var planned = test.Device.Planned!;
        var w = Tensor.From([1f, 2], device: test.Device);
        var g = Tensor.From([1f, 1], device: test.Device);
        long kernels = 0, plans = 0;
        // A warm-up that starts at zero.
        for (int i = 0; i < 5; i++)
        {
            w.Sub_(g * (i * 0.5));
            w.Realize();
            if (i == 1) (kernels, plans) = (planned.Backend.Counters.KernelsCompiled, planned.PlansMade);
        }
        Assert.Equal((kernels, plans), (planned.Backend.Counters.KernelsCompiled, planned.PlansMade));
        Assert.Equal([-4f, -3], Read(w));
    }
}
