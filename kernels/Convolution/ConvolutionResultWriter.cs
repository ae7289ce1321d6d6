namespace GpuTensor.Kernels;

/// <summary>A convolution, or its transpose: each element of the result, at feature f and position y, sums over the channels of its group
/// and over the kernel's positions k, in this order. The two differ in the position x of the source that belongs to y and k.</summary>
internal abstract class ConvolutionResultWriter(OwnKernelSpec spec, ConvolutionGeometry geometry, DeviceProfile profile, Dialect dialect)
    : ConvolutionWriter(spec, geometry, profile, dialect)
{
    /// <summary>Operands: what the weights move over, and the weights.</summary>
    protected const int Source = 0, Weights = 1;

    /// <summary>Channels of the source that one feature of the result reads.</summary>
    protected abstract SymInt Channels { get; }

    /// <summary>Features of the result in a group.</summary>
    protected abstract SymInt Features { get; }

    /// <summary>The first two coordinates of a weight.</summary>
    protected abstract (string First, string Second) WeightRow { get; }

    /// <summary>Declares the source's position x along dimension d for the kernel's position k and the result's position y, and goes on to
    /// the next k where there is none.</summary>
    protected abstract void Position(int d);

    /// <summary>Declares, along the last dimension, which lanes of the 16 from position y on have a source at the kernel's position k:
    /// those from <c>low</c> up to <c>high</c>, in steps of <see cref="LaneStep"/>, and the source's position <c>start</c> of lane
    /// <c>low</c>.</summary>
    /// <param name="count">How many lanes exist.</param>
    protected abstract void LaneRange(string count);

    /// <summary>From a lane that has a source to the next one, and how far the source moves by it.</summary>
    protected abstract (string Lane, string Source) LaneStep { get; }

    protected override SymInt Write()
    {
        SymInt row = ResultSize(SpatialRank + 1), blocks = Profile.IsCpu ? SymInt.Ceil(row, Lanes) : row, count = blocks;
        for (int d = 0; d < SpatialRank + 1; d++) count *= ResultSize(d);
        using (Share("e", count, out var groups))
        {
            string last = Profile.IsCpu ? "block" : "y" + LastDimension;
            Coordinates("e", [("n", Size(0)), ("f", Size(1)), .. Enumerable.Range(0, LastDimension).Select(d => ("y" + d, Size(d + 2))),
                (last, Argument("blocks", blocks))]);
            Out.Let(X, ("group", $"f / {Argument("features", Features)}"), ("first", $"group * {Argument("channels", Channels)}"));
            if (Profile.IsCpu) WriteLanes();
            else WriteElement();
            return groups;
        }
    }

    private void WriteElement()
    {
        Out.Variable(Accumulator, "sum", "0");
        OverKernel(SpatialRank, () =>
            MultiplyAdd("sum", Read(Source, "a", Named("n", "channel", "x")), Read(Weights, "w", WeightNames)));
        Finish("sum", Named("n", "f", "y"));
    }

    private string[] WeightNames => Named(WeightRow.First, WeightRow.Second, "k");

    private void WriteLanes()
    {
        int d = LastDimension;
        Out.Let(X, ("y", $"block * {Lanes}"), ("count", $"min(({X}){Lanes}, {Size(d + 2)} - y)"));
        Out.Variable(Accumulator, $"sum[{Lanes}]", "{ 0 }");
        OverKernel(d, () =>
        {
            using (Kernel(d))
            {
                LaneRange("count");
                Out.Let(Accumulator, "weight", Read(Weights, "w", WeightNames));
                // A loop of known length is vectors.
                if (LaneStep.Lane == "1")
                {
                    using (Out.If($"low == 0 && high == {Lanes}")) Products("0", $"{Lanes}");
                    using (Out.Else()) Products("low", "high");
                }
                else Products("low", "high");
            }
        });
        using (Out.Count(X, "l", "count"))
        {
            Out.Let(X, "y" + d, "y + l");
            Finish("sum[l]", Named("n", "f", "y"));
        }

        void Products(string from, string to)
        {
            var (step, move) = LaneStep;
            using (Out.For($"{X} l = {from}", $"l < {to}", step == "1" ? "l++" : $"l += {step}"))
            {
                string lane = step == "1" ? from == "0" ? "l" : $"(l - {from})" : $"(l - {from}) / {step}";
                Out.Let(X, "x" + d, move == "1" ? $"start + {lane}" : $"start + {lane} * {move}");
                MultiplyAdd("sum[l]", Read(Source, "a", Named("n", "channel", "x")), "weight");
            }
        }
    }

    /// <summary>The loops over the channels of the group, and over the kernel's first dimensions, as many as are said.</summary>
    private void OverKernel(int dimensions, Action body)
    {
        using (Out.Count(X, "c", Argument("channels", Channels)))
        {
            Out.Let(X, "channel", "first + c");
            Over(0);
        }

        void Over(int d)
        {
            if (d == dimensions)
            {
                body();
                return;
            }
            using (Kernel(d))
            {
                Position(d);
                Over(d + 1);
            }
        }
    }

    private StatementBuilder.Scope Kernel(int d) => Out.Count(X, "k" + d, Size(Weights, d + 2));
}
