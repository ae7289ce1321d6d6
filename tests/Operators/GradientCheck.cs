using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>Compares gradients with central differences in float64.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-5, Tolerance = 2e-7;

    /// <summary>The gradient of Σ weight · f(inputs), for fixed weights, with respect to every element of every input.</summary>
    public static void First(Func<Tensor[], Tensor> f, double[][] values, Shape[] shapes, Device device) =>
        Compare(x => Weighted(f(x)), values, shapes, device);

    /// <summary>The gradient of Σ v · ∇f(inputs): second derivatives, through gradients of gradients.</summary>
    public static void Second(Func<Tensor[], Tensor> f, double[][] values, Shape[] shapes, Device device) =>
        Compare(
            x =>
            {
                foreach (var t in x) t.Grad = null;
                Weighted(f(x)).Backward(createGraph: true);
                var sum = Tensor.Zeros([], DType.Float64, device);
                foreach (var t in x)
                    if (t.Grad is { } gradient) sum = sum + Weighted(gradient);
                foreach (var t in x) t.Grad = null;
                return sum;
            },
            values, shapes, device);

    private static void Compare(Func<Tensor[], Tensor> loss, double[][] values, Shape[] shapes, Device device)
    {
        var leaves = Leaves(values, shapes, device);
        var result = loss(leaves);
        if (result.RequiresGrad) result.Backward();
        for (int i = 0; i < values.Length; i++)
        {
            double[] analytic = leaves[i].Grad?.ToArray<double>() ?? new double[values[i].Length];
            for (int j = 0; j < values[i].Length; j++)
            {
                double Shifted(double by)
                {
                    double before = values[i][j];
                    values[i][j] = before + by;
                    double at = loss(Leaves(values, shapes, device)).Item<double>();
                    values[i][j] = before;
                    return at;
                }
                // Two step sizes cancel the error of second order.
                double wide = (Shifted(2 * Step) - Shifted(-2 * Step)) / (4 * Step), narrow = (Shifted(Step) - Shifted(-Step)) / (2 * Step);
                double numeric = (4 * narrow - wide) / 3;
                Assert.True(Math.Abs(numeric - analytic[j]) <= Tolerance * Math.Max(1, Math.Abs(numeric)),
                    $"input {i}, element {j} at {values[i][j]:R}: the gradient is {analytic[j]:R}, central differences give {numeric:R}");
            }
        }
    }

    private static Tensor[] Leaves(double[][] values, Shape[] shapes, Device device) =>
        [.. values.Zip(shapes, (v, s) => Tensor.From(v, device: device).Reshape(s).Clone().RequiresGrad_())];

    private static Tensor Weighted(Tensor x)
    {
        var weights = Tensor.From([.. Enumerable.Range(0, (int)x.ElementCount).Select(i => Math.Sin(1.3 * i + 0.7))], DType.Float64,
            x.Device);
        return (x * weights.Reshape(x.Shape)).Sum();
    }
}
