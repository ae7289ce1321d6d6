using GpuTensor.Graph;
using GpuTensor.Compiler;
using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Compiler;

public class ImplementationTests
{
    [Fact]
    public void A_large_product_is_the_librarys_where_there_is_one_a_small_one_is_a_loop_nest()
    {
        var given = new Values();
        given.Product(Values.Whole(given.Leaf(64, 128)), Values.Whole(given.Leaf(128, 32)));
        given.Product(Values.Whole(given.Leaf(4, 8)), Values.Whole(given.Leaf(8, 4)));
        var fusion = given.Fuse();
        var buffers = Placement.Run(fusion);
        Assert.Equal([typeof(LibraryProduct), typeof(LoopNest)], Implementation.Choose(fusion, buffers, Values.WithLibrary)
            .Select(i => i.GetType()));
        Assert.Equal([typeof(OwnProduct), typeof(LoopNest)], Implementation.Choose(fusion, buffers, Values.Cpu).Select(i => i.GetType()));
    }

    /// <summary>A product of (64, 128) and (128, 32) with a bias and a ReLU.</summary>
    private static (Fusion Fusion, Buffers Buffers) BiasAndRelu()
    {
        var given = new Values();
        var product = given.Product(Values.Whole(given.Leaf(64, 128)), Values.Whole(given.Leaf(128, 32)));
        var sum = given.Apply([64, 32], Values.Whole(product), Values.Through(given.Leaf(32), [64, 32], [0, 1]));
        var zero = given.Put(new(0, Basic.Constant, DType.Float32, Shape.Create([]))
        {
            Role = Role.Scalar, Attributes = ConstantNumber.Of(0),
        });
        given.Put(new(0, GpuTensor.Operators.Arithmetic.Relu, DType.Float32, Shape.Create([64, 32]))
        {
            Operands = [Values.Whole(zero), Values.Whole(sum)], Index = sum.Index + 1, IsKept = true,
        });
        var fusion = Fuser.Run(new(given.All), Values.WithLibrary.Profile, fuse: true, splitsRows: true);
        return (fusion, Placement.Run(fusion));
    }

    [Theory]
    [InlineData(true, true, "BiasRelu", 1)]
    [InlineData(false, true, "Bias", 2)]
    [InlineData(false, false, "None", 2)]
    public void The_library_is_asked_for_an_epilogue_when_it_is_chosen_and_never_while_it_is_lowered(bool hasRelu, bool hasBias,
        string expected, int steps)
    {
        int asked = 0;
        var target = Values.WithLibrary with
        {
            HasEpilogue = (call, _) =>
            {
                asked++;
                return call.Epilogue == LibraryEpilogue.BiasRelu ? hasRelu : hasBias;
            },
        };
        var (fusion, buffers) = BiasAndRelu();
        var chosen = Implementation.Choose(fusion, buffers, target);
        var product = Assert.IsType<LibraryProduct>(Assert.Single(chosen));
        Assert.Equal(expected, Assert.Single(product.Form.Calls).Epilogue.ToString());
        Assert.Equal(hasRelu ? 1 : 2, asked);
        var launch = Assert.Single(Launches.Run(fusion, buffers, chosen, target.Profile, fuse: true));
        var lowered = product.Lower(launch, Identification.Run([launch], fusion)[0], buffers, target);
        Assert.Equal(steps, lowered.Steps.Length);
        Assert.Equal(hasRelu ? 1 : 2, asked);
    }

    /// <summary>A weight's gradient with the sum of its bias beside it, stored as [4, 16, 32] with a gap of 4 rows after each 16.
    /// The whole gradient, and the sum, were promised by the library; a batch of four products with a sum was not.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sum_beside_a_product_that_is_stored_with_gaps_is_the_call_that_the_library_was_asked_for(bool acceptsAll)
    {
        var given = new Values();
        Value upstream = given.Leaf(128, 32), input = given.Leaf(128, 64), storage = given.Leaf(4, 20, 32);
        given.Put(given.Reduce(Values.Through(upstream, [32, 128], [1, 32]), 1) with { IsKept = true });
        var asked = new List<LibraryCall>();
        var target = Values.WithLibrary with
        {
            HasEpilogue = (call, _) =>
            {
                if (acceptsAll || call.BatchCount == 1) asked.Add(call);
                return acceptsAll || call.BatchCount == 1;
            },
        };
        var weight = given.Product(Values.Through(input, [64, 128], [1, 64]), Values.Whole(upstream));
        given.Put(new(0, Basic.ViewAssign, DType.Float32, storage.Shape)
        {
            Operands = [Values.Whole(storage), Values.Through(weight, [4, 16, 32], [512, 32, 1])],
            Index = weight.Index + 1, IsKept = true,
            Attributes = new ViewAttributes(new(Shape.Create([4, 16, 32]), [640, 32, 1], 0)),
        });
        var values = Containers.Run(BiasGradients.Run(given.All, target));
        var fusion = Fuser.Run(new(values), target.Profile, fuse: true, splitsRows: true);
        var form = Assert.Single(Implementation.Choose(fusion, Placement.Run(fusion), target).OfType<LibraryProduct>()).Form;
        var call = Assert.Single(form.Calls);
        Assert.Equal((LibraryEpilogue.SumFirst, 1L, 64L), (call.Epilogue, call.BatchCount, call.N));
        Assert.Contains(call with { Vector = 0 }, asked);
        Assert.Equal(-1, form.Direct);
    }

    [Fact]
    public void Each_lowers_its_launch_to_steps_and_says_what_memory_these_need()
    {
        var given = new Values();
        var product = given.Product(Values.Through(given.Leaf(128, 64), [64, 128], [1, 64]), Values.Whole(given.Leaf(128, 32)));
        given.Apply([64, 32], Values.Whole(product), Values.Whole(product));
        given.Put(given.All[^1] with { IsKept = true });
        var fusion = Fuser.Run(new(given.All), Values.WithLibrary.Profile, fuse: true);
        var buffers = Placement.Run(fusion);
        foreach (var target in (Target[])[Values.WithLibrary, Values.Cpu])
        {
            var launches = Launches.Run(fusion, buffers, Implementation.Choose(fusion, buffers, target), target.Profile, fuse: true);
            var kernels = Identification.Run(launches, fusion);
            LoweredLaunch[] lowered = [.. launches.Select((l, i) => l.Implementation.Lower(l, kernels[i], buffers, target))];
            var steps = lowered.SelectMany(l => l.Steps).ToArray();
            Assert.Equal(target == Values.WithLibrary ? 1 : 0, steps.Count(s => s.Calls.Length > 0));
            Assert.Contains(steps, s => s.Kernel is not null);
            // Working memory of a launch is the arena's only after its lifetime is known.
            var placed = Lifetimes.Run(buffers, lowered);
            Assert.DoesNotContain(placed.Launches.SelectMany(l => l.Steps).SelectMany(s => s.Memories), m => m.Kind == MemoryKind.Scratch);
            Assert.Equal(buffers.Arena.Count + lowered.Sum(l => l.Scratch.Length), placed.Lives.Count);
        }
    }
}
