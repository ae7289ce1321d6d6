using System.Collections.Immutable;
using GpuTensor.Nn;
using Xunit;

namespace GpuTensor.Tests.Nn;

/// <summary>Whatever a module's field holds is a child with a name, or refused by name; never silently left out.</summary>
public class ModuleFieldTests
{
    private static Linear L() => new(1, 1, bias: false, device: Device.Cpu);

    private static Parameter P() => new(Tensor.Ones([1], device: Device.Cpu));

    private sealed class Holder(object? value) : Module
    {
        public readonly object? thing = value;
    }

    private sealed class Tuples : Module
    {
        private readonly (Linear, Linear) pair = (L(), L());
        private readonly Tuple<Linear, Parameter> classic = new(L(), P());
        private readonly (Linear Left, (Linear, Linear[]) Right)? nested = (L(), (L(), [L(), L()]));
        private readonly List<(string, Linear)> list = [("a", L()), ("b", L())];
        private readonly Dictionary<string, (Linear, int)> map = new() { ["x"] = (L(), 3) };
        private readonly (int, float, string) plain = (1, 2, "three");
        private readonly (Linear, Linear, Linear, Linear, Linear, Linear, Linear, Linear, Parameter) nine =
            (L(), L(), L(), L(), L(), L(), L(), L(), P());
        private readonly (Tensor, Tensor) values = (P(), P());

        public int Used => plain.Item1 + (pair, classic, nested, list, map, nine, values).ToString().Length;
    }

    [Fact]
    public void Tuples_name_their_items_by_position()
    {
        Assert.Equal([
            "pair.0.weight", "pair.1.weight", "classic.1", "classic.0.weight",
            "nested.0.weight", "nested.1.0.weight", "nested.1.1.0.weight", "nested.1.1.1.weight",
            "list.0.1.weight", "list.1.1.weight", "map.x.0.weight",
            .. Enumerable.Range(0, 8).Select(i => $"nine.{i}.weight"), "nine.8"], new Tuples().StateDict().Keys.OrderBy(Order));

        static int Order(string key) => Array.IndexOf(["pair", "classic", "nested", "list", "map", "nine"], key.Split('.')[0]) * 10
            + (key == "nine.8" ? 9 : 0);
    }

    public static TheoryData<string> Named => [.. Containers().Keys];

    private static Dictionary<string, (object Value, string[] Keys)> Containers() => new()
    {
        ["module"] = (L(), ["thing.weight"]),
        ["parameter"] = (P(), ["thing"]),
        ["jagged"] = (new Linear[][] { [L()], [L(), L()] }, ["thing.0.0.weight", "thing.1.0.weight", "thing.1.1.weight"]),
        ["immutable array"] = (ImmutableArray.Create(L(), L()), ["thing.0.weight", "thing.1.weight"]),
        ["no array"] = (default(ImmutableArray<Linear>), []),
        ["immutable list"] = (ImmutableList.Create(L(), L()), ["thing.0.weight", "thing.1.weight"]),
        ["immutable map"] = (ImmutableDictionary<string, Linear>.Empty.Add("a", L()), ["thing.a.weight"]),
        ["mixed list"] = (new List<object?> { 1, "two", null, L() }, ["thing.3.weight"]),
        ["list of parameters"] = (new List<Parameter> { P(), P() }, ["thing.0", "thing.1"]),
        ["list of dictionaries"] = (new List<Dictionary<string, Parameter>> { new() { ["a"] = P() } }, ["thing.0.a"]),
        ["tuple of lists"] = ((new List<Linear> { L() }, new[] { P() }), ["thing.1.0", "thing.0.0.weight"]),
        ["numbers"] = (new float[1000], []),
        ["values"] = (new Tensor[] { P() }, []),
        ["nothing to do with modules"] = (new HashSet<int> { 1, 2 }, []),
        ["plain struct"] = (DateTime.UnixEpoch, []),
    };

    [Theory, MemberData(nameof(Named))]
    public void Collections_with_positions_or_keys_are_taken_apart(string which)
    {
        var (value, keys) = Containers()[which];
        Assert.Equal(keys, new Holder(value).StateDict().Keys);
    }

    private struct Both
    {
        public int Number;
        public Linear Layer;
    }

    private static Dictionary<string, object> Nameless()
    {
        var layer = L();
        var parameter = P();
        var list = new List<Linear> { layer };
        int number = 3;
        Func<Tensor, Tensor> inner = x => layer.Forward(x) + number;
        return new()
        {
            ["set"] = new HashSet<Linear> { layer },
            ["queue"] = new Queue<Parameter>([parameter]),
            ["set of tuples"] = new HashSet<(Linear, int)> { (layer, 1) },
            ["immutable set"] = ImmutableHashSet.Create(layer),
            ["immutable queue"] = ImmutableQueue.Create(layer),
            ["linked list"] = new LinkedList<Module>([layer]),
            ["query"] = Enumerable.Range(0, 2).Select(_ => L()),
            ["query of parameters"] = layer.Parameters(),
            ["struct"] = new Both { Number = 1, Layer = layer },
            ["pair"] = new KeyValuePair<string, Linear>("a", layer),
            ["closure over a module"] = (Func<Tensor, Tensor>)(x => layer.Forward(x)),
            ["closure over a parameter"] = (Func<Tensor, Tensor>)(x => x * parameter),
            ["closure over a list"] = (Func<Tensor, Tensor>)(x => list[0].Forward(x)),
            ["closure over a delegate"] = (Func<Tensor, Tensor>)(x => inner(x)),
            ["method of a module"] = (Func<Tensor, Tensor>)layer.Forward,
            ["list of delegates"] = new List<Func<Tensor, Tensor>> { x => x, x => layer.Forward(x) },
            ["dictionary of delegates"] = new Dictionary<string, Func<Tensor, Tensor>> { ["a"] = x => layer.Forward(x) },
            ["tuple with a delegate"] = (1, (Func<Tensor, Tensor>)(x => layer.Forward(x))),
            ["two delegates in one"] = (Func<Tensor, Tensor>)(x => x) + layer.Forward,
        };
    }

    public static TheoryData<string> Refused => [.. Nameless().Keys];

    [Theory, MemberData(nameof(Refused))]
    public void What_gives_no_name_is_refused_and_the_field_named(string which)
    {
        var model = new Holder(Nameless()[which]);
        Assert.Contains("Holder.thing", Assert.Throws<InvalidOperationException>(() => model.Parameters().ToList()).Message);
        Assert.Throws<InvalidOperationException>(model.StateDict);
    }

    private sealed class WithDelegates : Module
    {
        private static readonly Func<Tensor, Tensor> shared = x => x;
        private readonly Linear layer = L();
        private readonly Func<Tensor, Tensor> own, number, group, plain;
        private readonly Func<int, Tensor>[] several;
        private readonly Lazy<string> text = new(() => "text");
        private event Action? Happened;

        public WithDelegates(int n)
        {
            var offset = Tensor.Ones([1], device: Device.Cpu);
            own = x => layer.Forward(x);
            number = x => x * n + offset + (this.Training ? 1 : 0) + layer.Forward(x);
            group = Forward;
            plain = MathF.Abs(1) > 0 ? F.Relu : shared;
            several = [i => offset * i];
            Happened += () => _ = n;
            Happened();
        }

        public override Tensor Forward(Tensor x) => own(number(group == null ? plain(x) : x)) + several[0](text.Value.Length);
    }

    private sealed class WithLazy : Module
    {
        private readonly Lazy<Linear> later = new(L);

        public override Tensor Forward(Tensor x) => later.Value.Forward(x);
    }

    [Fact]
    public void Other_delegates_are_left_alone()
    {
        Assert.Equal(["layer.weight"], new WithDelegates(3).StateDict().Keys);
        Assert.Equal(["layer.weight"], new WithDelegates(3).NamedParameters().Select(p => p.Name));
        Assert.Contains("WithLazy.later", Assert.Throws<InvalidOperationException>(() => new WithLazy().Parameters().ToList()).Message);
    }

    [Fact]
    public void A_container_that_holds_itself_is_named()
    {
        var list = new List<object> { L() };
        list.Add(list);
        Assert.Contains("thing.1", Assert.Throws<InvalidOperationException>(() => new Holder(list).StateDict()).Message);
    }
}
