using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Attacks;

/// <summary>Compiled functions whose C# code does something that a replay would not: whatever it is, all values are those of the plain
/// function.</summary>
public partial class CompiledFunctionTests
{
    private static Tensor T(params float[] values) => Tensor.From(values);

    private static void Same(float expected, Tensor actual, string what)
    {
        float first = actual.ToArray<float>()[0];
        Assert.True(expected == first, $"{what}: {first} for {expected}");
    }

    private sealed class Holder : Module
    {
        public Tensor? Field;
        public static Tensor? Static;
        public readonly Tensor?[] Array = new Tensor?[3];
        public readonly List<Tensor> List = [];
        public readonly Dictionary<string, Tensor> Map = [];
        public (Tensor? A, int B) Tuple;

        [Buffer] public Tensor Seen { get; set; } = Tensor.Zeros(1);

        public override Tensor Forward(Tensor x) => x * 2;
    }

    /// <summary>Each way to store a value away: how, and how it is read.</summary>
    private static IEnumerable<(string Name, Action<Holder, Tensor> Store, Func<Holder, Tensor> Read)> Ways =>
    [
        ("field", (h, y) => h.Field = y, h => h.Field!),
        ("static", (_, y) => Holder.Static = y, _ => Holder.Static!),
        ("array", (h, y) => h.Array[1] = y, h => h.Array[1]!),
        ("list", (h, y) => h.List.Add(y), h => h.List[^1]),
        ("dictionary", (h, y) => h.Map["y"] = y, h => h.Map["y"]),
        ("tuple", (h, y) => h.Tuple = (y, 1), h => h.Tuple.A!),
        ("buffer", (h, y) => h.Seen = y, h => h.Seen),
        ("view", (h, y) => h.Field = y.Unsqueeze(0)[0], h => h.Field!),
        ("detached", (h, y) => h.Field = y.Detach(), h => h.Field!),
        ("disposed", (h, y) =>
        {
            h.Field?.Dispose();
            h.Field = y;
        }, h => h.Field!),
        ("changed later", (h, y) =>
        {
            h.Field = y;
            var z = h.Field + 0;
            z.Copy_(y);
            z.Add_(1);
        }, h => h.Field!),
    ];

    private static void StoredValues()
    {
        foreach (var (name, store, read) in Ways)
            // The same operators each time: one function stores a result in the middle, one its result, one its argument, one nothing.
            foreach (string what in (string[])["nothing", "middle", "result", "argument", "nothing", "middle"])
            {
                var holder = new Holder();
                int[] calls = [0];
                var f = Tensor.Compile((Tensor x) =>
                {
                    calls[0]++;
                    var y = x * 9;
                    var z = y + 1;
                    if (what == "middle") store(holder, y);
                    if (what == "result") store(holder, z);
                    if (what == "argument") store(holder, x);
                    return z;
                });
                for (int i = 1; i <= 6; i++)
                {
                    Same(9 * i + 1, f(T(i)), $"{what} in {name}: result");
                    if (what == "middle") Same(9 * i, read(holder), $"{what} in {name}");
                    if (what == "result") Same(9 * i + 1, read(holder), $"{what} in {name}");
                    if (what == "argument") Same(i, read(holder), $"{what} in {name}");
                }
                for (int i = 0; i < holder.List.Count; i++)
                {
                    float right = what == "middle" ? 9 * (i + 1) : what == "result" ? 9 * (i + 1) + 1 : i + 1;
                    Same(right, holder.List[i], $"{what}, {i} in the list");
                }
                if (what == "nothing") Assert.Equal(2, calls[0]);
            }
    }

    private static void StoredNowAndThen()
    {
        foreach (int when in (int[])[1, 2, 3, 5, 9])
        {
            int n = 0;
            Tensor? kept = null;
            var w = T(0);
            var f = Tensor.Compile((Tensor x) =>
            {
                var y = x * 3;
                w.Add_(x);
                if (++n == when) kept = y;
                return y + w;
            });
            float sum = 0;
            for (int i = 1; i <= 12; i++)
            {
                sum += i;
                Same(3 * i + sum, f(T(i)), $"stored at call {when}");
            }
            Same(3 * when, kept!, $"stored at call {when}");
            Assert.Equal(12, n);
        }
        // By one shape only.
        var list = new List<Tensor>();
        var g = Tensor.Compile((Tensor x) =>
        {
            var y = x * 3;
            if (x.ElementCount == 2) list.Add(y);
            return y + 1;
        });
        for (int i = 1; i <= 12; i++) Same(3 * i + 1, g(i % 2 == 0 ? T(i, i) : T(i)), "by one shape");
        for (int i = 0; i < 6; i++) Same(6 * (i + 1), list[i], "by one shape");
        // What plain code with the same operators does, does not matter.
        for (int i = 1; i <= 3; i++)
        {
            var side = T(i, i) * 3;
            Same(3 * i + 1, side + 1, "plain");
            Same(3 * i, side, "plain");
        }
    }

    private static void StoredGradients()
    {
        foreach (bool store in (bool[])[false, true, false])
        {
            var w = Tensor.From([1f], requiresGrad: true);
            var kept = new List<Tensor>();
            int[] calls = [0];
            var f = Tensor.Compile((Tensor x) =>
            {
                calls[0]++;
                w.Grad = null;
                var loss = (w * x).Sum();
                loss.Backward();
                if (store) kept.Add(w.Grad!);
                using (Tensor.NoGrad()) w.Sub_(w.Grad! * 0.5);
                return loss.Detach();
            });
            float now = 1;
            for (int i = 1; i <= 6; i++)
            {
                Same(now * i, f(T(i)), "loss");
                Same(i, w.Grad!, "gradient");
                now -= i * 0.5f;
                if (store) Assert.Equal(i, kept.Count);
            }
            for (int i = 0; i < kept.Count; i++) Same(i + 1, kept[i], "stored gradient");
            if (!store) Assert.InRange(calls[0], 2, 6);
        }
        // The gradient is the result.
        var v = Tensor.From([2f], requiresGrad: true);
        var grad = Tensor.Compile((Tensor x) =>
        {
            v.Grad = null;
            (v * v * x).Sum().Backward();
            return v.Grad!;
        });
        var all = Enumerable.Range(1, 6).Select(i => grad(T(i))).ToList();
        for (int i = 1; i <= 6; i++) Same(4 * i, all[i - 1], "gradient returned");
        Same(24, v.Grad!, "gradient");
    }

    private static void ChangedVariables()
    {
        var one = T(1);
        var (tensor, number, flag, pair, name) = (T(2), 3.0, false, (A: T(5), B: 7L), "a");
        float? maybe = null;
        Module module = new Holder();
        Func<Tensor, Tensor> inner = x => x + 1;
        for (int scope = 0; scope < 2; scope++)
        {
            float own = scope;
            Func<Tensor, Tensor> plain = x =>
                inner(module.Forward(x) * tensor * number + (flag ? 100 : 0) + pair.A * pair.B + (maybe ?? 0) + own)
                + (name == "a" ? 0 : 1000);
            var f = Tensor.Compile(plain);
            Action[] changes =
            [
                () => tensor = T(4), () => number = 0.5, () => flag = !flag, () => pair.B = 2, () => pair.A = T(6), () => maybe = 8,
                () => maybe = null, () => module = new Negative(), () => module = new Holder(), () => inner = x => x + 2,
                () => inner = x => x + 1, () => own++, () => name = "b", () => name = "a", () => number = -0.0, () => number = 3,
                () => tensor.Add_(1), () => pair = (T(5), 7L),
            ];
            for (int i = 0; i < changes.Length * 4; i++)
            {
                if (i % 4 == 0) changes[i / 4]();
                Same(plain(one).ToArray<float>()[0], f(one), $"change {i / 4}, call {i % 4}");
            }
            Assert.Contains("replayed", Tensor.Explain(f));
        }
        // NaN is NaN: replayed.
        double nan = double.NaN;
        int[] calls = [0];
        var g = Tensor.Compile((Tensor x) =>
        {
            calls[0]++;
            return x * nan;
        });
        for (int i = 0; i < 5; i++) Assert.True(float.IsNaN(g(one).ToArray<float>()[0]));
        Assert.Equal(2, calls[0]);
    }

    private sealed class Negative : Module
    {
        public override Tensor Forward(Tensor x) => -x;
    }

    private static void ChangedAtEachCall()
    {
        int step = 0;
        var f = Tensor.Compile((Tensor x) => x * step);
        for (step = 1; step <= 30; step++) Same(step, f(T(1)), "step");
        Assert.Contains("run at each call, after 8 recordings in a row", Tensor.Explain(f));

        // Its own count: what depends on it changes late.
        int n = 0;
        var g = Tensor.Compile((Tensor x) => ++n % 5 == 0 ? x * 2 : x * 3);
        for (int i = 1; i <= 20; i++) Same(i % 5 == 0 ? 2 : 3, g(T(1)), $"call {i}");
        Assert.Contains("changes n, which it captured", Tensor.Explain(g));

        // A sum that it reads back, in place and replaced; and the previous argument.
        Tensor total = T(0), sum = T(0), previous = T(0);
        var h = Tensor.Compile((Tensor x) =>
        {
            total += x;
            sum = sum + x;
            var y = total + sum * 100 + previous * 10000;
            previous = x;
            return y;
        });
        float expected = 0;
        for (int i = 1; i <= 15; i++)
        {
            expected += i;
            Same(expected * 101 + (i - 1) * 10000, h(T(i)), "sums");
        }
        Same(expected, total, "total");
        Same(expected, sum, "sum");

        // What each call makes on the host.
        var random = new Random(1);
        var k = Tensor.Compile((Tensor x) => x * Tensor.From([(float)random.Next(100)]));
        var again = new Random(1);
        for (int i = 0; i < 15; i++) Same(again.Next(100), k(T(1)), "made on the host");
        // Now and then is recorded anew for ever.
        double rate = 0;
        int[] calls = [0];
        var r = Tensor.Compile((Tensor x) =>
        {
            calls[0]++;
            return x * rate;
        });
        for (int i = 0; i < 100; i++)
        {
            rate = i / 5;
            Same(i / 5, r(T(1)), "rate");
        }
        Assert.Equal(40, calls[0]);
    }

    /// <summary>Threads that call one compiled function in turns, and hand on what it stores away.</summary>
    private static void Threads()
    {
        var queue = new System.Collections.Concurrent.ConcurrentQueue<Tensor>();
        double factor = 1;
        var f = Tensor.Compile((Tensor x) =>
        {
            var y = x * factor;
            Task.Run(() => queue.Enqueue(y)).Wait();
            return y + 1;
        });
        var g = Tensor.Compile((Tensor x) => x * factor + 1);
        for (int i = 0; i < 12; i++)
        {
            factor = 1 + i / 4;
            var thread = new Thread(() =>
            {
                Same(i * (float)factor + 1, f(T(i)), "f");
                Same(i * (float)factor + 1, g(T(i)), "g");
            });
            thread.Start();
            thread.Join();
            Assert.True(queue.TryDequeue(out var y));
            Same(i * (float)factor, y, "handed on");
        }
    }

    private static void Training()
    {
        List<float> Train(bool compile)
        {
            Tensor.ManualSeed(4);
            var model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 1));
            Optimizer optimizer = new Adam(model.Parameters(), lr: 0.05);
            double weight = 1;
            var losses = new List<Tensor>();
            Tensor best = T(float.MaxValue);
            Func<Tensor, Tensor, Tensor> step = (x, y) =>
            {
                optimizer.ZeroGrad();
                var hidden = model.Forward(x);
                var loss = F.MseLoss(hidden, y) * weight;
                loss.Backward();
                optimizer.Step();
                losses.Add(loss.Detach());
                return loss;
            };
            if (compile) step = Tensor.Compile(step);
            var seen = new List<float>();
            for (int i = 0; i < 24; i++)
            {
                if (i == 8) weight = 0.5;
                if (i == 12) optimizer = new SGD(model.Parameters(), lr: 0.1);
                if (i == 16) model = new Sequential(new Linear(3, 1));
                if (i == 16) optimizer = new SGD(model.Parameters(), lr: 0.1, momentum: 0.9);
                var x = Tensor.From([i * 0.1f, 1f, -i]).Reshape(1, 3);
                seen.Add(step(x, T(i * 0.5f).Reshape(1, 1)).Item<float>());
            }
            seen.AddRange(losses.Select(l => l.Item<float>()));
            foreach (var p in model.Parameters()) seen.AddRange(p.Detach().ToArray<float>());
            return seen;
        }
        Assert.Equal(Train(false), Train(true));
    }

    [Fact]
    public async Task What_is_done_to_arguments_is_done_to_those_of_each_call() =>
        (await ChildProcess.Run(ArgumentsOnDevice, "opencl")).Succeeded();

    private static void ArgumentsOnDevice()
    {
        _ = TestDevices.Get("opencl");
        Arguments();
    }

    [Fact]
    public async Task Values_stored_away_are_right() => (await ChildProcess.Run(Stored, "opencl")).Succeeded();

    private static void Stored()
    {
        _ = TestDevices.Get("opencl");
        StoredValues();
        StoredNowAndThen();
        StoredGradients();
    }

    [Fact]
    public async Task Captured_variables_that_change_are_seen() => (await ChildProcess.Run(Changed, "opencl")).Succeeded();

    private static void Changed()
    {
        _ = TestDevices.Get("opencl");
        ChangedVariables();
        ChangedAtEachCall();
        Threads();
        Training();
    }
}
