using GpuTensor.Nn;
using GpuTensor.Optim;
using GpuTensor.Tests.Tensors;
using Xunit;

namespace GpuTensor.Tests.AutogradTests;

/// <summary>Leaves of which several elements would be one in memory: expanded ones, windows that overlap. Each element has a gradient of
/// its own.</summary>
public class OverlappingLeafTests
{
    private static readonly float[] Weights = [1, 2, 3, 4];

    private static Tensor Vector(Device device, params float[] values) => Tensor.From(values, device: device);

    private static Tensor Weighted(Tensor x) => (x * Vector(x.Device, Weights).Reshape(2, 2)).Sum();

    public static TheoryData<string, string> Leaves => TestDevices.Cross("expanded", "windows", "detached", "of a parameter", "asked twice",
        "gradient set before", "a view of what asks no more");

    private static Tensor Make(string kind, Device device)
    {
        var two = Vector(device, 5, 6);
        var three = Vector(device, 5, 6, 7);
        switch (kind)
        {
            case "expanded": return two.Expand(2, 2).RequiresGrad_();
            case "windows": return three.Unfold(0, 2, 1).RequiresGrad_();
            case "detached": return (two.RequiresGrad_() * 1).Expand(2, 2).Detach().RequiresGrad_();
            case "of a parameter": return new Parameter(two.Expand(2, 2));
            case "asked twice": return two.Expand(2, 2).RequiresGrad_().RequiresGrad_(false).RequiresGrad_();
            case "gradient set before":
                var x = two.Expand(2, 2);
                x.Grad = Tensor.Zeros([2, 2], device: device);
                return x.RequiresGrad_();
            default: return two.RequiresGrad_().RequiresGrad_(false).Expand(2, 2).RequiresGrad_();
        }
    }

    [Theory, MemberData(nameof(Leaves))]
    public void Each_element_has_a_gradient_of_its_own(string kind, string name)
    {
        var device = TestDevices.Get(name);
        var x = Make(kind, device);
        float[] values = x.ToArray<float>();
        Assert.True(x.IsLeaf);
        Weighted(x).Backward();
        Assert.Equal([2, 2], x.Grad!.Shape);
        Assert.Equal([1f, 2, 3, 4], x.Grad.ToArray<float>());
        // Added up over passes, and through views of the leaf.
        Weighted(x.T).Backward();
        Assert.Equal([2f, 5, 5, 8], x.Grad.ToArray<float>());
        x[1].Sum().Backward();
        Assert.Equal([2f, 5, 6, 9], x.Grad.ToArray<float>());

        Assert.Equal([1f, 2, 3, 4], Autograd.Grad(Weighted(x), x).ToArray<float>());
        // Second derivatives: of Σ w·x³ first 3w·x², then 6w·x.
        var first = Autograd.Grad(Weighted(x * x * x), x, createGraph: true);
        var second = Autograd.Grad(first.Sum(), x);
        Assert.Equal(values.Zip(Weights, (v, w) => 6 * w * v), second.ToArray<float>());

        // Each element moves by itself.
        x.Grad = null;
        var optimizer = new SGD([x], lr: 1);
        Weighted(x).Backward();
        optimizer.Step();
        Assert.Equal(values.Zip(Weights, (v, w) => v - w), x.ToArray<float>());
    }

    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Two_leaves_over_one_memory_have_gradients_of_their_own(string name)
    {
        var device = TestDevices.Get(name);
        var memory = Vector(device, 1, 2, 3);
        var x = memory[..2].RequiresGrad_();
        var y = memory[1..].RequiresGrad_();
        var z = memory.Expand(2, 3).RequiresGrad_();
        ((x * 2).Sum() + (y * 3).Sum() + (z * Vector(device, 1, 2, 3)).Sum()).Backward();
        Assert.Equal([2f, 2], x.Grad!.ToArray<float>());
        Assert.Equal([3f, 3], y.Grad!.ToArray<float>());
        Assert.Equal([1f, 2, 3, 1, 2, 3], z.Grad!.ToArray<float>());
    }

    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void In_place_writes_to_elements_that_are_one_in_memory_are_refused(string name)
    {
        var device = TestDevices.Get(name);
        var memory = Tensor.Arange(6, device: device).To(DType.Float32).Realize();
        Tensor[] overlapping = [memory[..1].Expand(3), memory.Unfold(0, 3, 1), memory.Unfold(0, 3, 2),
            memory.Expand(2, 6), memory.Expand(2, 6).T, memory.Unfold(0, 4, 1).Diagonal(), memory.Unfold(0, 2, 1)[.., ..1].Expand(5, 2)];
        foreach (var x in overlapping)
        {
            // The diagonal of windows one apart takes each second element: no two are one.
            if (x.Rank == 1 && x.Shape[0] == 3 && x.Strides[0] == 2) continue;
            Assert.Throws<TensorShapeException>(() => x.Fill_(1));
            Assert.Throws<TensorShapeException>(() => x.Add_(1));
            Assert.Throws<TensorShapeException>(() => x.Copy_(Tensor.Ones([1], device: device)));
            Assert.Throws<TensorShapeException>(() => x[new[] { 0 }] = 5);
            Assert.Throws<TensorShapeException>(() => x[x.Ge(0)] = 5);
        }
        Assert.Equal([0f, 1, 2, 3, 4, 5], memory.ToArray<float>());
        // Windows that do not overlap, and those whose steps only look as if they did.
        memory.Unfold(0, 2, 2).Fill_(7);
        Assert.Equal([7f, 7, 7, 7, 7, 7], memory.ToArray<float>());
        memory.Unfold(0, 4, 1).Diagonal().Fill_(8);
        Assert.Equal([8f, 7, 8, 7, 8, 7], memory.ToArray<float>());
        var six = memory.Unfold(0, 4, 2);
        six[0].Fill_(9);
        Assert.Equal([9f, 9, 9, 9, 8, 7], memory.ToArray<float>());
    }

    /// <summary>Which views overlap is known exactly: against every stride by hand.</summary>
    [Fact]
    public void Views_overlap_exactly_where_two_elements_are_one()
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            int rank = random.Next(5);
            int[] sizes = [.. Enumerable.Range(0, rank).Select(_ => random.Next(8) == 0 ? 0 : 1 + random.Next(4))];
            long[] strides = [.. Enumerable.Range(0, rank).Select(_ => (long)random.Next(-9, 10))];
            var places = Enumerable.Range(0, PlainArray.CountOf(sizes))
                .Select(e => PlainArray.Index(e, sizes).Zip(strides, (n, s) => n * s).Sum()).ToArray();
            bool expected = places.Distinct().Count() != places.Length;
            Assert.True(expected == new View(Shape.Create(sizes), strides, 100).Overlaps,
                $"[{string.Join(", ", sizes)}] by [{string.Join(", ", strides)}]: {expected} was expected.");
        }
    }
}
