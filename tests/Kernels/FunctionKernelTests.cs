using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>Every scalar function for every dtype it is defined for, over special and random values, at 16 lanes, in their
/// tail, and in scalar code: against double, and the two shapes against each other to the bit.</summary>
public sealed class FunctionKernelTests : IDisposable
{
    private readonly KernelRunner runner = new();

    public static TheoryData<DType> AllDTypes => [.. DTypes.All];

    private static readonly HashSet<string> Exact =
        [.. "add sub mul div fmod remainder trunc_div min max neg abs sign fma floor ceil trunc round sqrt reciprocal where".Split(' ')];

    [Theory, MemberData(nameof(AllDTypes))]
    public void Functions_agree_with_their_definition(DType type)
    {
        var functions = Functions.All.Concat(OwnFunctions.All)
            .Where(f => f.Name is not ("where" or "philox") && f.IsDefined(Kinds.Register(type)))
            .OrderBy(f => f.Name, StringComparer.Ordinal);
        var (xs, ys) = type.IsFloatingPoint() ? Floats(type) : Integers(type);
        int n = xs.Length;
        byte[] x = Bytes(type, xs), y = Bytes(type, ys);
        // At most 16 functions to a kernel: compile time grows faster than the kernel.
        foreach (var some in functions.Chunk(16))
        {
            var b = new SpecBuilder(SectionKind.Pointwise, [n], []);
            int vx = b.Load(0, type, 1), vy = b.Load(1, type, 1);
            for (int f = 0; f < some.Length; f++)
            {
                int value = b.Apply(some[f], [.. ((int[])[vx, vy, vx]).Take(some[f].Arity)]);
                var result = ((Apply)b.Section.Code[value]).Type;
                b.Add(new Store(result == DType.Bool ? 3 : 2, result, new((long)f * n, [1]), value));
            }
            var spec = b.Spec("functions_" + type.Name(), (type, false), (type, false), (type, true), (DType.Bool, true));
            byte[][] buffers = [x, y, new byte[some.Length * n * type.Size()], new byte[some.Length * n]];
            byte[][] vectors = runner.Run(spec, buffers, cpu: true), scalars = runner.Run(spec, buffers, cpu: false);
            var failures = new List<string>();
            for (int f = 0; f < some.Length; f++)
            {
                bool predicate = ((Store)b.Section.Code[b.Section.Code.Length - 1 - 2 * (some.Length - 1 - f)]).Type == DType.Bool;
                for (int i = 0, bad = 0; i < n && bad < 4; i++)
                {
                    var rt = predicate ? DType.Bool : type;
                    var (v, s) = (Elements.Read(vectors[predicate ? 3 : 2], rt, (long)f * n + i),
                        Elements.Read(scalars[predicate ? 3 : 2], rt, (long)f * n + i));
                    string? why = Elements.ToBits(rt, v) != Elements.ToBits(rt, s) && !(double.IsNaN(v.Real) && double.IsNaN(s.Real))
                        ? $"16 lanes give {v}, one {s}" : Check(some[f].Name, type, rt, xs[i], ys[i], v);
                    if (why is null) continue;
                    failures.Add($"{some[f]}({xs[i]}, {ys[i]}): {why}");
                    bad++;
                }
            }
            Assert.True(failures.Count == 0, string.Join('\n', failures));
        }
    }

    /// <summary>The corpus's rule: exact operations equal, transcendental ones within 8 epsilons (2 of a half type, on top of float32),
    /// below the normal range of the smallest normal.</summary>
    private static string? Check(string name, DType type, DType result, Number x, Number y, Number actual)
    {
        if (!type.IsFloatingPoint() || result == DType.Bool)
        {
            var expected = ReferenceFunctions.Apply(name, type, result, [x, y, x]);
            return expected == actual ? null : $"expected {expected.Integer}, got {actual.Integer}";
        }
        double t = ReferenceFunctions.Real(name, x.Real, y.Real, x.Real, type), rounded = Elements.Round(type, new(t, 0)).Real,
            a = actual.Real;
        if (double.IsNaN(rounded)) return double.IsNaN(a) ? null : $"expected NaN, got {a:R}";
        if (a == rounded) return a != 0 || double.IsNegative(a) == double.IsNegative(rounded) ? null : $"the wrong zero, {a}";
        double smallest = type switch { DType.Float64 => 2.2250738585072014e-308, DType.Float16 =>
            6.103515625e-05, _ => 1.1754943508222875e-38 };
        double epsilons = name == "floor_div" ? 1 : Exact.Contains(name) ? (type == DType.BFloat16 || type == DType.Float16 ? 1 : 0)
            : type.IsHalf() ? 2 : name is "erf" or "erfc" or "expm1" or "log1p" or "acosh" or "asinh" or "atanh" && type == DType.Float64
            ? 64 : 8;
        double tolerance = epsilons * type.Epsilon() * Math.Max(Math.Abs(t), smallest);
        if (double.IsFinite(a) && double.IsFinite(t) && Math.Abs(a - t) <= tolerance) return null;
        return $"expected {t:R}, got {a:R}, {Math.Abs(a - t) / (type.Epsilon() * Math.Max(Math.Abs(t), smallest)):g4} epsilons off";
    }

    private static (Number[], Number[]) Floats(DType type)
    {
        var random = new Random(5);
        var values = new List<double>();
        foreach (double v in (double[])[0, 1, 2, 0.5, 1.5, 2.5, 3, 10, 100, 1e-4, 1e-10, 1e-20, 1e-40, 1e-45, 1.17549435e-38, 3e-39, 88.7,
            88.8, 89.5, 103, 104.5, 126, 127.5, 128, 149.5, 150, 9.2, 10.1, 3.9, 4.1,
            0.9249, 0.9251, 0.5999, 0.6001, 0.70710678, 1.41421356, 0.99999994, 1.0000001, 1e5, 47999, 48001, 65504, 65519, 65520, 1e8, 1e9,
            2e9, 1e18, 1e30, 3.4028234e38, 1e100, 1e300, 1e-310, double.PositiveInfinity,
            Math.PI, Math.PI / 2, Math.PI / 4, 710, 745.1])
            values.AddRange([v, -v]);
        values.Add(double.NaN);
        for (int i = 0; i < 1500; i++) values.Add(random.NextDouble() * 20 - 10);
        for (int i = 0; i < 500; i++) values.Add((random.NextDouble() - 0.5) * 2.2);
        for (int i = 0; i < 500; i++) values.Add(1 + (random.NextDouble() - 0.5) * 0.01);
        for (int i = 0; i < 800; i++) values.Add((random.NextDouble() - 0.5) * 240);
        for (int i = 0; i < 1500; i++)
            values.Add(Elements.FromBits(type,
                (ulong)random.NextInt64() & (type.Size() == 8 ? ulong.MaxValue : (1UL << 8 * type.Size()) - 1)).Real);
        var xs = values.Select(v => Elements.Round(type, new(v, 0))).ToArray();
        var ys = xs.ToArray();
        random.Shuffle(ys);
        // Special values meet each other too.
        int specials = 117;
        var (px, py) = (new List<Number>(xs), new List<Number>(ys));
        for (int i = 0; i < specials; i += 3)
            for (int j = 0; j < specials; j += 2) (px, py) = (Append(px, xs[i]), Append(py, xs[j]));
        return ([.. px], [.. py]);
    }

    private static List<Number> Append(List<Number> list, Number value)
    {
        list.Add(value);
        return list;
    }

    private static (Number[], Number[]) Integers(DType type)
    {
        var random = new Random(6);
        long[] special = type == DType.Bool ? [0, 1]
            : [0, 1, -1, 2, -2, 3, 5, 7, -7, 8, 15, 16, 31, 32, 63, 64, 100, 127, 128, 255, short.MinValue, short.MaxValue, int.MinValue,
                int.MaxValue, long.MinValue, long.MaxValue];
        var (xs, ys) = (new List<Number>(), new List<Number>());
        foreach (long a in special)
            foreach (long b in special)
                (xs, ys) = (Append(xs, Elements.Round(type, new(0, a))), Append(ys, Elements.Round(type, new(0, b))));
        for (int i = 0; i < 333; i++)
            (xs, ys) = (Append(xs, Elements.Round(type, new(0, random.NextInt64()))),
                Append(ys, Elements.Round(type, new(0, random.Next(-9, 70)))));
        return ([.. xs], [.. ys]);
    }

    private static byte[] Bytes(DType type, Number[] values)
    {
        byte[] bytes = new byte[values.Length * type.Size()];
        for (int i = 0; i < values.Length; i++) Elements.Write(bytes, type, i, values[i]);
        return bytes;
    }

    public void Dispose() => runner.Dispose();
}
