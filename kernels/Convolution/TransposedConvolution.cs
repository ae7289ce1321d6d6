namespace GpuTensor.Kernels;

/// <summary>The transpose of a convolution, which is its gradient for the input: out[n, f, y] = Σ in[n, first + c, x] · weights[first + c,
/// f within the group, k] over c and k where y + padding − k · dilation = x · stride. Operands are the gradient and the weights.</summary>
internal sealed class TransposedConvolution(OwnKernelSpec spec, ConvolutionGeometry geometry, DeviceProfile profile, Dialect dialect)
    : ConvolutionResultWriter(spec, geometry, profile, dialect)
{
    protected override SymInt Channels => SymInt.Max(1, SizeOf(Weights, 0) / Geometry.Groups);

    protected override SymInt Features => SizeOf(Weights, 1);

    protected override (string First, string Second) WeightRow => ("channel", "feature");

    protected override (string Lane, string Source) LaneStep => (Stride(LastDimension), "1");

    protected override void Position(int d)
    {
        string stride = Stride(d);
        Out.Let(X, "t" + d, Before("y" + d, d));
        Out.Continue($"t{d} < 0" + (stride == "1" ? "" : $" || t{d} % {stride} != 0"));
        Out.Let(X, "x" + d, stride == "1" ? "t" + d : $"t{d} / {stride}");
        Out.Continue($"x{d} >= {Size(Source, d + 2)}");
        Feature(d);
    }

    protected override void LaneRange(string count)
    {
        int d = LastDimension;
        string stride = Stride(d);
        Out.Let(X, ("at", Before("y", d)), ("inside", "at < 0 ? -at : 0"));
        if (stride == "1") Out.Let(X, ("low", "inside"), ("start", "at + low"));
        else
        {
            Out.Let(X, "over", $"(at + inside) % {stride}");
            Out.Let(X, ("low", $"inside + (over == 0 ? 0 : {stride} - over)"), ("start", $"(at + low) / {stride}"));
        }
        Out.Let(X, "high", $"min({count}, {Size(Source, d + 2)} * {stride} - at)");
        Feature(d);
    }

    private string Before(string y, int d) => $"{y} + {Padding(d)} - k{d} * {Dilation(d)}";

    // The shapes of a CPU and of a GPU both come by here once for each product: when they have the position along the last dimension.
    private void Feature(int d)
    {
        if (d == LastDimension) Out.Let(X, "feature", $"f - group * {Argument("features", Features)}");
    }
}
