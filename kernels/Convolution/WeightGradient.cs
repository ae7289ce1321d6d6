using System.Globalization;

namespace GpuTensor.Kernels;

/// <summary>A convolution's gradient for the weights: out[f, c, k] = Σ gradient[n, f, y] · in[n, first + c, y · stride − padding +
/// k · dilation] over n and y. Operands are the gradient of the result and the input.</summary>
/// <remarks>A sum over many positions: there are 16 sums, of the last coordinates of y that are equal modulo 16, which are added up in
/// halves (0 + 8, 1 + 9, …, then 0 + 4, …). The shape of a CPU keeps all 16 in one work-item, that of a GPU one in each of 16.</remarks>
internal sealed class WeightGradient(OwnKernelSpec spec, ConvolutionGeometry geometry, DeviceProfile profile, Dialect dialect)
    : ConvolutionWriter(spec, geometry, profile, dialect)
{
    private const int Gradient = 0, Input = 1;

    private string Last => "y" + LastDimension;

    protected override SymInt Write()
    {
        SymInt count = 1;
        for (int d = 0; d < SpatialRank + 2; d++) count *= ResultSize(d);
        return Profile.IsCpu ? WriteCpu(count) : WriteGpu(count);
    }

    private SymInt WriteCpu(SymInt count)
    {
        int d = LastDimension;
        using (Share("e", count, out var groups))
        {
            Weight("e");
            Out.Variable(Accumulator, $"sum[{Lanes}]", "{ 0 }");
            OverPositions(() =>
            {
                using (Out.For($"{X} y = 0", $"y < {Size(Gradient, d + 2)}", $"y += {Lanes}"))
                {
                    // The lanes that exist and have an input.
                    string stride = Stride(d), end = Size(Input, d + 2);
                    Out.Let(X, "at", InputPosition("y", d));
                    Out.Let(X, ("low", $"at < 0 ? (-at + {stride} - 1) / {stride} : 0"),
                        ("high", $"at < {end} ? min(min(({X}){Lanes}, {Size(Gradient, d + 2)} - y), ({end} - at + {stride} - 1) / "
                            + $"{stride}) : 0"));
                    using (Out.If($"low == 0 && high == {Lanes}")) Products("0", $"{Lanes}");
                    using (Out.Else()) Products("low", "high");
                }
            });
            AddInHalves(l => $"sum[{l}]");
            Finish("sum[0]", Named("f", "c", "k"));
            return groups;
        }

        void Products(string from, string to)
        {
            using (Out.For($"{X} l = {from}", $"l < {to}", "l++"))
            {
                Out.Let(X, (Last, "y + l"), ("x" + d, $"at + l * {Stride(d)}"));
                Product("sum[l]");
            }
        }
    }

    private SymInt WriteGpu(SymInt count)
    {
        int d = LastDimension, size = Profile.GroupSize, perGroup = size / Lanes;
        var dialect = Out.Dialect;
        Out.Line(string.Format(CultureInfo.InvariantCulture, dialect.LocalArray, Accumulator, "sums", size));
        Out.Let("int", ("id", $"(int){dialect.LocalIds[0]}"), ("lane", $"id % {Lanes}"));
        Out.Let(X, "e", $"g * {perGroup} + id / {Lanes}");
        Out.Variable(Accumulator, "sum", "0");
        string total = Out.Slot(count);
        using (Out.If($"e < {total}"))
        {
            Weight("e");
            OverPositions(() =>
            {
                using (Out.For($"{X} {Last} = lane", $"{Last} < {Size(Gradient, d + 2)}", $"{Last} += {Lanes}"))
                {
                    Out.Let(X, "x" + d, InputPosition(Last, d));
                    Out.Continue($"x{d} < 0 || x{d} >= {Size(Input, d + 2)}");
                    Product("sum");
                }
            });
        }
        Out.Line("sums[id] = sum;");
        Out.Barrier();
        using (Out.If($"lane == 0 && e < {total}"))
        {
            AddInHalves(l => $"sums[id + {l}]");
            Weight("e");
            Finish("sums[id]", Named("f", "c", "k"));
        }
        return SymInt.Ceil(count, perGroup);
    }

    /// <summary>Adds up the 16 sums, into the first.</summary>
    private void AddInHalves(Func<int, string> sum)
    {
        for (int half = Lanes / 2; half > 0; half /= 2)
            for (int l = 0; l < half; l++) Out.Line($"{sum(l)} = {sum(l)} + {sum(l + half)};");
    }

    /// <summary>The coordinates of a weight, and the first channel of its group.</summary>
    private void Weight(string flat)
    {
        Coordinates(flat, [("f", Size(0)), ("c", Size(1)), .. Enumerable.Range(0, SpatialRank).Select(d => ("k" + d, Size(d + 2)))]);
        Out.Let(X, "channel", $"f / {Argument("features", SymInt.Max(1, ResultSize(0) / Geometry.Groups))} * {Size(1)} + c");
    }

    /// <summary>The loops over images and over all positions but those along the last dimension.</summary>
    private void OverPositions(Action body)
    {
        using (Out.Count(X, "n", Size(Gradient, 0))) Over(0);

        void Over(int d)
        {
            if (d == LastDimension)
            {
                body();
                return;
            }
            using (Out.Count(X, "y" + d, Size(Gradient, d + 2)))
            {
                Out.Let(X, "x" + d, InputPosition("y" + d, d));
                Out.Continue($"x{d} < 0 || x{d} >= {Size(Input, d + 2)}");
                Over(d + 1);
            }
        }
    }

    private void Product(string sum) =>
        MultiplyAdd(sum, Read(Gradient, "a", Named("n", "f", "y")), Read(Input, "u", Named("n", "channel", "x")));
}
