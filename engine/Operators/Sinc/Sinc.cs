using GpuTensor.Graph;
using GpuTensor.Kernels;
using static GpuTensor.Operators.Constants;

namespace GpuTensor.Operators;

/// <summary>The normalised cardinal sine (torch.sinc): sin(πx)/(πx), and 1 at 0.</summary>
/// <remarks>sin(πx) is ±sin(πr) with r = x − n for the nearest integer n. The difference is exact, so zeros of the sine are zeros of the
/// result, and large numbers lose nothing (PyTorch rounds πx first).</remarks>
internal static class Sinc
{
    private static readonly Scalar Pi = Constant(Math.PI);

    public static readonly Operator Row = Rows.OfInput("sinc", Reference, Gradient, new("sinc", 1)
    {
        Float = "@sinc($0)",
        Cost = 25,
        Helpers =
        [
            Text("sinc_f32", "0x1.921fb6p+1f", "0.5f", "0.0f", "1.0f"), Text("sinc_f64", "0x1.921fb54442d18p+1", "0.5", "0.0", "1.0"),
        ],
    });

    private static Helper Text(string name, string pi, string half, string zero, string one) => new(name, $$"""
        $T $N($T x) {
          const $T n = rint(x), h = n * ($T)({{half}}), s = @sin((x - n) * ($T)({{pi}}));
          return x == ($T)({{zero}}) ? ($T)({{one}}) : (h == floor(h) ? s : -s) / (x * ($T)({{pi}}));
        }
        """);

    private static double Reference(double x)
    {
        if (x == 0) return 1;
        double n = Math.Round(x), s = Math.Sin(Math.PI * (x - n));
        return (n % 2 == 0 ? s : -s) / (Math.PI * x);
    }

    /// <summary>(cos(πx) − sinc(x)) / x, and 0 at 0.</summary>
    private static Tensor Gradient(Tensor grad, Tensor x)
    {
        var isZero = x.Eq(Zero);
        // Where x is 0 the quotient is not taken, but its own gradient would be NaN.
        var safe = Tensor.Where(isZero, One, x);
        return Tensor.Where(isZero, Zero, grad * ((safe * Pi).Cos() - safe.Sinc()) / safe);
    }
}
