using GpuTensor.Compiled;
using GpuTensor.Graph;
using Xunit;

namespace GpuTensor.Tests.Compiled;

/// <summary>Which captured variables of a delegate are watched: those in the closure objects that the compiler made, and nothing behind
/// them.</summary>
public class ClosureStateTests
{
    private enum Kind { None, Some }

    private struct Pair
    {
        public byte Small;
        public (object? Reference, decimal Money) Inner;
        public Half Half;
    }

    [System.Runtime.CompilerServices.InlineArray(3)]
    private struct Three
    {
        private int first;
    }

    private int field;

    private static void Changes(ClosureState state, string? name)
    {
        Assert.Equal(name is null, state.IsSame);
        Assert.Equal(name, state.FirstChange());
        // Allocates nothing, whichever way it comes out.
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) _ = state.IsSame;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Every_kind_of_variable_is_compared_by_its_bits_and_references_by_identity()
    {
        double number = 0;
        float single = float.NaN;
        var (text, flag, letter, kind, maybe, pair, span) = ("a", false, 'x', Kind.None, (long?)null, default(Pair), TimeSpan.Zero);
        nint pointer = 3;
        int[] array = [1];
        Func<object?[]> f = () => [number, single, text, flag, letter, kind, maybe, pair, span, pointer, array];
        (string, Action)[] changes =
        [
            ("number", () => number = -0.0), ("number", () => number = 1e-300), ("single", () => single = 1),
            ("text", () => text = new('a', 1)), ("flag", () => flag = true), ("letter", () => letter = 'y'),
            ("kind", () => kind = Kind.Some), ("maybe", () => maybe = 0), ("maybe", () => maybe = null), ("pair", () => pair.Small = 1),
            ("pair", () => pair.Inner.Reference = pair), ("pair", () => pair.Inner.Money = 1), ("pair", () => pair.Half = Half.One),
            ("span", () => span = TimeSpan.MaxValue), ("pointer", () => pointer = -1), ("array", () => array = [1]),
        ];
        foreach (var (name, change) in changes)
        {
            var state = new ClosureState(f);
            Changes(state, null);
            change();
            Changes(state, name);
        }
        // Behind a reference, nothing is looked at.
        var last = new ClosureState(f);
        array[0] = 2;
        Changes(last, null);
    }

    [Fact]
    public void Outer_scopes_and_delegates_of_delegates_are_looked_at_but_not_this_or_statics()
    {
        int outer = 0;
        for (int i = 0; i < 2; i++)
        {
            int inner = i;
            Func<int> f = () => outer + inner;
            foreach (var each in (Delegate[])[f, new Func<int>(f), new Func<int>(f.Invoke), f + f])
            {
                var state = new ClosureState(each);
                Changes(state, null);
                outer++;
                Changes(state, "outer");
                state = state.Again();
                Changes(state, null);
                inner++;
                Changes(state, "inner");
            }
        }
        var mine = new ClosureState((Func<int>)(() => field));
        field++;
        Changes(mine, null);
        Changes(new(), null);
        Changes(new(static () => 1), null);
        Changes(new(ToString), null);
        Assert.False(new ClosureState(static () => 1).IsBlind);
    }

    [Fact]
    public void What_cannot_be_compared_has_always_changed()
    {
        Three three = default;
        three[1] = 4;
        Func<int> f = () => three[1];
        Assert.False(new ClosureState(f).IsSame);
        Assert.NotNull(new ClosureState(f).FirstChange());
    }
}
