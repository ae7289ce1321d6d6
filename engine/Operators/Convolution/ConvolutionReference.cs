using GpuTensor.Graph;

namespace GpuTensor.Operators;

/// <summary>Convolutions in plain loops: every product result[n, f, y] ∋ input[n, c, y · stride − padding + k · dilation] · weights[f, c,
/// k] is visited once, and one of the three is the sum.</summary>
internal static class ConvolutionReference
{
    /// <summary>Adds up the operator's result, which is one of the three: the products are of the other two.</summary>
    /// <param name="call">The operator at work.</param>
    /// <param name="input">(n, c, spatial…).</param>
    /// <param name="weights">(f, c / groups, spatial…).</param>
    /// <param name="result">(n, f, spatial…).</param>
    public static void Run(ReferenceCall call, ReferenceArray input, ReferenceArray weights, ReferenceArray result)
    {
        var sum = call.Out;
        var geometry = ConvolutionAttributes.Of(call.Node.Attributes);
        int[] places = Places(geometry, input.Shape, weights.Shape, result.Shape);
        int images = input.Shape[0], channels = input.Shape[1], features = result.Shape[1], each = weights.Shape[1];
        int positions = Spatial(result.Shape), taps = Spatial(weights.Shape), inputs = Spatial(input.Shape);
        int perGroup = features / geometry.Groups;
        for (int n = 0; n < images; n++)
            for (int f = 0; f < features; f++)
                for (int c = 0; c < each; c++)
                {
                    int from = (n * channels + f / perGroup * each + c) * inputs, to = (n * features + f) * positions;
                    for (int k = 0; k < taps; k++)
                        for (int y = 0, weight = (f * each + c) * taps + k; y < positions; y++)
                            if (places[k * positions + y] is >= 0 and var x) Add(from + x, weight, to + y);
                }

        void Add(int x, int w, int y)
        {
            if (sum.IsReal)
            {
                if (sum.Real == result.Real) sum.Real[y] += input.Real[x] * weights.Real[w];
                else if (sum.Real == input.Real) sum.Real[x] += result.Real[y] * weights.Real[w];
                else sum.Real[w] += result.Real[y] * input.Real[x];
            }
            else
            {
                if (sum.Integer == result.Integer) sum.Integer[y] = unchecked(sum.Integer[y] + input.Integer[x] * weights.Integer[w]);
                else if (sum.Integer == input.Integer) sum.Integer[x] = unchecked(sum.Integer[x] + result.Integer[y] * weights.Integer[w]);
                else sum.Integer[w] = unchecked(sum.Integer[w] + result.Integer[y] * input.Integer[x]);
            }
        }
    }

    private static int Spatial(Shape shape) => checked((int)shape.Skip(2).Aggregate(1L, (n, size) => n * size));

    /// <summary>For each position of the kernel and of the result, the flat position of the input; −1: in the padding.</summary>
    private static int[] Places(Kernels.ConvolutionGeometry geometry, Shape input, Shape weights, Shape result)
    {
        int[] places = [0];
        for (int d = 0; d < geometry.Stride.Length; d++)
        {
            int kernel = weights[d + 2], size = input[d + 2], positions = result[d + 2];
            int outerKernel = weights.Skip(2).Take(d).Aggregate(1, (n, k) => n * k), outer = places.Length / outerKernel;
            var next = new int[checked(places.Length * kernel * positions)];
            for (int k0 = 0; k0 < outerKernel; k0++)
                for (int k = 0; k < kernel; k++)
                    for (int y0 = 0; y0 < outer; y0++)
                        for (int y = 0; y < positions; y++)
                        {
                            long x = (long)y * geometry.Stride[d] - geometry.Padding[d] + (long)k * geometry.Dilation[d];
                            int before = places[k0 * outer + y0];
                            next[((k0 * kernel + k) * outer + y0) * positions + y] =
                                before < 0 || x < 0 || x >= size ? -1 : (int)(before * (long)size + x);
                        }
            places = next;
        }
        return places;
    }
}
