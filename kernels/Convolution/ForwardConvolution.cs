namespace GpuTensor.Kernels;

/// <summary>A convolution: out[n, f, y] = Σ in[n, first + c, y · stride − padding + k · dilation] · weights[f, c, k] over c and k. Operands
/// are the input and the weights.</summary>
internal sealed class ForwardConvolution(OwnKernelSpec spec, ConvolutionGeometry geometry, DeviceProfile profile, Dialect dialect)
    : ConvolutionResultWriter(spec, geometry, profile, dialect)
{
    protected override SymInt Channels => SizeOf(Weights, 1);

    protected override SymInt Features => SymInt.Max(1, SizeOf(Weights, 0) / Geometry.Groups);

    protected override (string First, string Second) WeightRow => ("f", "c");

    protected override (string Lane, string Source) LaneStep => ("1", Stride(LastDimension));

    protected override void Position(int d)
    {
        Out.Let(X, "x" + d, InputPosition("y" + d, d));
        Out.Continue($"x{d} < 0 || x{d} >= {Size(Source, d + 2)}");
    }

    protected override void LaneRange(string count)
    {
        int d = LastDimension;
        string stride = Stride(d), end = Size(Source, d + 2);
        Out.Let(X, ("at", InputPosition("y", d)), ("low", $"at < 0 ? {Quotient("-at", stride)} : 0"));
        Out.Let(X, ("high", $"at < {end} ? min({count}, {Quotient($"{end} - at", stride)}) : 0"), ("start", $"at + low * {stride}"));
    }

    /// <summary>A quotient, rounded up.</summary>
    private static string Quotient(string number, string by) => by == "1" ? number : $"({number} + {by} - 1) / {by}";
}
