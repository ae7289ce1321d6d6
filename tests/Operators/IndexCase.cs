using GpuTensor.Tests.Tensors;

namespace GpuTensor.Tests.Operators;

/// <summary>One <see cref="IndexExpression"/> read, written with a number and with a tensor that broadcasts, added to in place, and
/// differentiated.</summary>
internal static class IndexCase
{
    /// <returns>What differs from plain loops; null where nothing does.</returns>
    public static string? Run(int seed, Device device)
    {
        var expression = new IndexExpression(seed);
        try
        {
            var random = new Random(seed);
            var plain = Numbers(expression.Shape, i => i + 1);
            var chosen = expression.Select(plain);
            // Another handle on the same base, and a base that is pending, positions alone, or in memory.
            Tensor Base() => (seed % 3) switch
            {
                0 => Upload(plain, device),
                1 => (Tensor.Arange(plain.Count, device: device).To(DType.Float32) + 1).Reshape(Shape.Create(expression.Shape)),
                _ => Upload(plain, device) + 0,
            };

            // Read.
            if (Difference("read", Base()[expression.On(device)], chosen) is { } read) return read;

            // The gradient of a read adds up where a place is read twice.
            var leaf = Upload(plain, device).RequiresGrad_();
            var factors = Numbers(chosen.Shape, i => i % 5 - 2);
            (leaf[expression.On(device)] * Upload(factors, device)).Sum().Backward();
            var sums = new double[plain.Count];
            for (int i = 0; i < chosen.Count; i++) sums[chosen.At[i]] += factors[i];
            if (Difference("gradient of a read", leaf.Grad!, PlainArray.Of(plain.Shape, sums)) is { } readGradient) return readGradient;

            // Writes: a number, and a value that broadcasts.
            var written = Base();
            written[expression.On(device)] = 9;
            if (Difference("number written", written, Written(plain, chosen, _ => 9)) is { } number) return number;

            int[] valueShape = [.. chosen.Shape.Skip(random.Next(chosen.Shape.Length + 1)).Select(n => random.Next(4) == 0 ? 1 : n)];
            var value = Numbers(valueShape, i => 100 + i);
            var spread = value.Expanded(chosen.Shape);
            var target = Upload(plain, device).RequiresGrad_();
            var values = Upload(value, device).RequiresGrad_();
            var changed = target * 1;
            var view = changed.Unsqueeze(0);
            changed[expression.On(device)] = values;
            var expected = Written(plain, chosen, i => spread[i]);
            if (Difference("value written", changed, expected) is { } tensor) return tensor;
            var looked = view.Squeeze(0).Reshape(Shape.Create(plain.Shape));
            if (Difference("value written, seen through another view", looked, expected) is { } seen) return seen;

            // The last value at a place takes its gradient, and what was overwritten has none.
            var upstream = Numbers(plain.Shape, i => i % 7 - 3);
            (changed * Upload(upstream, device)).Sum().Backward();
            var last = new Dictionary<int, int>();
            for (int i = 0; i < chosen.Count; i++) last[chosen.At[i]] = i;
            var ofBase = PlainArray.Of(plain.Shape, Enumerable.Range(0, plain.Count).Select(p => last.ContainsKey(p) ? 0 : upstream[p]));
            var ofValue = new double[value.Count];
            foreach (var (place, i) in last) ofValue[spread.At[i]] += upstream[place];
            if (Difference("gradient of the base", target.Grad!, ofBase) is { } baseGradient) return baseGradient;
            var sumsOfValue = PlainArray.Of(valueShape, ofValue);
            if (Difference("gradient of the value", values.Grad!, sumsOfValue) is { } valueGradient) return valueGradient;

            // Of several additions at one place the last counts, as in PyTorch.
            var added = Base();
            added[expression.On(device)] += Upload(value, device);
            return Difference("added to", added, Written(plain, chosen, i => plain[chosen.At[i]] + spread[i]));
        }
        catch (Exception e)
        {
            return $"{seed} {expression} on {device.Name}: {e}";
        }

        string? Difference(string what, Tensor actual, PlainArray plain)
        {
            float[] found = actual.ToArray<float>();
            return actual.Shape.SequenceEqual(plain.Shape) && plain.Values.SequenceEqual(found.Select(x => (double)x)) ? null
                : $"{seed} {expression} on {device.Name}, {what}: [{string.Join(", ", plain.Shape)}] {string.Join(' ', plain.Values)} was "
                    + $"expected, but it is {actual.Shape} {string.Join(' ', found)}";
        }
    }

    private static PlainArray Numbers(int[] shape, Func<int, double> f) =>
        PlainArray.Of(shape, Enumerable.Range(0, PlainArray.CountOf(shape)).Select(f));

    private static Tensor Upload(PlainArray plain, Device device) =>
        Tensor.From(plain.Values.Select(v => (float)v).ToArray(), device: device).Reshape(Shape.Create(plain.Shape));

    private static PlainArray Written(PlainArray x, PlainArray chosen, Func<int, double> value)
    {
        double[] result = x.Values;
        for (int i = 0; i < chosen.Count; i++) result[chosen.At[i]] = value(i);
        return PlainArray.Of(x.Shape, result);
    }
}
