using GpuTensor.Compiler;
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
        Assert.Equal([typeof(LibraryProduct), typeof(LoopNest)], Implementation.Choose(fusion, Values.WithLibrary)
            .Select(i => i.GetType()));
        Assert.Equal([typeof(OwnProduct), typeof(LoopNest)], Implementation.Choose(fusion, Values.Cpu).Select(i => i.GetType()));
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
            var launches = Launches.Run(fusion, buffers, Implementation.Choose(fusion, target), target.Profile, fuse: true);
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
