namespace GpuTensor.Conformance;

/// <summary>What kind of arithmetic an operator's outputs are made of: it sets how far they may be from the truth.</summary>
internal enum OperatorClass
{
    /// <summary>Elements are moved, never changed: results must be equal.</summary>
    Movement,
    /// <summary>Pointwise arithmetic that IEEE 754 rounds exactly: one rounding.</summary>
    Exact,
    /// <summary>Pointwise transcendental functions and compositions of them.</summary>
    Function,
    /// <summary>Everything that accumulates: reductions, products, losses; and every gradient.</summary>
    Accumulating,
    /// <summary>Second derivatives.</summary>
    SecondOrder,
}

/// <summary>When a result passes: within max(b·e·S, 4·max|P − T|) of the truth T, where P is what PyTorch itself returned; see the corpus'
/// README.</summary>
internal static class PassRule
{
    private static double Factor(OperatorClass kind) => kind switch
    {
        OperatorClass.Movement => 0,
        OperatorClass.Exact => 1,
        OperatorClass.Function => 8,
        OperatorClass.Accumulating => 32,
        _ => 64,
    };

    /// <summary>Compares a result with the recorded one.</summary>
    /// <returns>Null where it passes, else what is wrong, in one line.</returns>
    public static string? Check(HostArray ours, HostArray recorded, HostArray? truth, OperatorClass kind) =>
        Check(ours, recorded, truth, kind, 0);

    private static string? Check(HostArray ours, HostArray recorded, HostArray? truth, OperatorClass kind, double noise)
    {
        if (ours.DType != recorded.DType) return $"dtype {ours.DType.Name()}, expected {recorded.DType.Name()}";
        if (ours.Shape != recorded.Shape) return $"shape {ours.Shape}, expected {recorded.Shape}";
        return ours.DType.IsFloatingPoint() ? CheckFloats(ours, recorded, truth, kind, noise) : CheckIntegers(ours, recorded);
    }

    /// <summary>Compares a gradient. One that vanishes by cancellation is held to the noise of what cancels, in two cases. A float64 truth
    /// is rounded itself: the weight's gradient of a layer norm over one element is 0, recorded as −3e-16. And a float32 result may pass
    /// where the same call in float64 proves its formula right.</summary>
    /// <param name="upstream">The largest gradient that was given to the outputs.</param>
    /// <param name="again">Runs the same call in float64 and gives this gradient.</param>
    public static string? CheckGradient(HostArray ours, HostArray recorded, HostArray? truth, double upstream, Func<HostArray?> again)
    {
        const OperatorClass kind = OperatorClass.Accumulating;
        double noise = Factor(kind) * ours.DType.Epsilon() * upstream;
        var wrong = Check(ours, recorded, truth, kind, ours.DType == DType.Float64 ? noise : 0);
        if (wrong is null || ours.DType != DType.Float32 || truth?.DType != DType.Float64) return wrong;
        if (Check(ours, recorded, truth, kind, noise) is not null || again() is not { } wide) return wrong;
        double noise64 = Factor(kind) * DType.Float64.Epsilon() * upstream;
        return CheckFloats(wide, truth, truth, kind, noise64) is null ? null : wrong;
    }

    /// <summary>Compares a second derivative of which only the float64 truth was recorded.</summary>
    /// <param name="ours">The result, computed in float64 as the truth.</param>
    /// <param name="truth">What PyTorch computed in float64.</param>
    /// <param name="sample">The dtype of the sample, whose epsilon counts.</param>
    /// <param name="terms">The size of the products it adds up: the largest first gradient (the outputs' included) times the largest
    /// vector. Where they cancel, float64's rounding of them is all that is left in the truth itself (the norm of one number has the second
    /// derivative 0, recorded as 3e-17), so that much decides nothing.</param>
    public static string? CheckSecondDerivative(HostArray ours, HostArray truth, DType sample, double terms)
    {
        if (ours.Shape != truth.Shape) return $"shape {ours.Shape}, expected {truth.Shape}";
        double b = Factor(OperatorClass.SecondOrder);
        return CheckFloats(ours, truth, truth, OperatorClass.SecondOrder, b * DType.Float64.Epsilon() * terms, b * sample.Epsilon());
    }

    private static string? CheckIntegers(HostArray ours, HostArray recorded)
    {
        if (ours.Data.AsSpan().SequenceEqual(recorded.Data)) return null;
        int size = ours.DType.Size();
        for (int i = 0; i < ours.Count; i++)
        {
            if (!ours.Data.AsSpan(i * size, size).SequenceEqual(recorded.Data.AsSpan(i * size, size)))
                return $"element {i} is {HostNumbers.Integer(ours, i)}, expected {HostNumbers.Integer(recorded, i)}";
        }
        return null;
    }

    private static string? CheckFloats(HostArray ours, HostArray recorded, HostArray? truth, OperatorClass kind, double noise,
        double? relative = null)
    {
        var dtype = ours.DType;
        double[] x = HostNumbers.Doubles(ours), p = HostNumbers.Doubles(recorded), t = truth is null ? p : HostNumbers.Doubles(truth);
        if (t.Length != p.Length) return $"the corpus' truth has {t.Length} elements, its output {p.Length}";
        bool pointwise = kind is OperatorClass.Exact or OperatorClass.Function;
        double smallest = HostNumbers.SmallestNormal(dtype), scale = smallest, apart = 0;
        for (int i = 0; i < t.Length; i++)
        {
            if (!double.IsFinite(t[i])) continue;
            scale = Math.Max(scale, Math.Abs(t[i]));
            if (double.IsFinite(p[i])) apart = Math.Max(apart, Math.Abs(p[i] - t[i]));
        }
        // Half types: two roundings of their own on top of a float32 evaluation.
        double b = relative ?? (kind == OperatorClass.Movement ? 0
            : dtype.IsHalf() ? 2 * dtype.Epsilon() + Factor(kind) * DType.Float32.Epsilon()
            : Factor(kind) * dtype.Epsilon());
        for (int i = 0; i < x.Length; i++)
        {
            double rounded = HostNumbers.Round(t[i], dtype);
            if (x[i] == p[i] && (x[i] != 0 || !pointwise || double.IsNegative(x[i]) == double.IsNegative(p[i]))) continue;
            if (x[i] == 0 && p[i] == 0)
            {
                if (rounded == 0 && double.IsNegative(x[i]) == double.IsNegative(rounded)) continue;
                return $"element {i} is {Text(x[i])}, expected {Text(p[i])}: the sign of zero";
            }
            if (!double.IsFinite(x[i]))
            {
                if (SameKind(x[i], p[i]) || SameKind(x[i], rounded)) continue;
                return $"element {i} is {Text(x[i])}, expected {Text(p[i])} (truth {Text(t[i])})";
            }
            double allowed = Math.Max(b * (pointwise ? Math.Max(Math.Abs(t[i]), smallest) : scale), Math.Max(4 * apart, noise)),
                error = Math.Abs(x[i] - t[i]);
            if (!(error <= allowed) || !double.IsFinite(error))
                return $"element {i} is {Text(x[i])}, expected {Text(p[i])} (truth {Text(t[i])}): off by {error:G3}, allowed {allowed:G3}";
        }
        return null;
    }

    private static bool SameKind(double a, double b) => double.IsNaN(a) ? double.IsNaN(b) : a == b;

    private static string Text(double value) => double.IsNegative(value) && value == 0 ? "-0" : value.ToString("R");
}

/// <summary>Recorded contents as numbers.</summary>
internal static class HostNumbers
{
    public static double[] Doubles(HostArray array)
    {
        var result = new double[array.Count];
        switch (array.DType)
        {
            case DType.Float64: array.As<double>().CopyTo(result); break;
            case DType.Float32:
                var singles = array.As<float>();
                for (int i = 0; i < result.Length; i++) result[i] = singles[i];
                break;
            case DType.Float16 or DType.BFloat16:
                var halves = array.As<ushort>();
                for (int i = 0; i < result.Length; i++) result[i] = HalfBits.ToFloat(array.DType, halves[i]);
                break;
            default:
                for (int i = 0; i < result.Length; i++) result[i] = Integer(array, i);
                break;
        }
        return result;
    }

    public static long Integer(HostArray array, int index) => array.DType switch
    {
        DType.Int64 => array.As<long>()[index],
        DType.Int32 => array.As<int>()[index],
        DType.Int16 => array.As<short>()[index],
        DType.Int8 => array.As<sbyte>()[index],
        _ => array.Data[index],
    };

    /// <summary>The nearest number of the dtype.</summary>
    public static double Round(double value, DType dtype) => dtype switch
    {
        DType.Float32 => (float)value,
        DType.Float16 => (double)(Half)value,
        DType.BFloat16 => HalfBits.FromBFloat16(HalfBits.ToBFloat16((float)value)),
        _ => value,
    };

    public static double SmallestNormal(DType dtype) => dtype switch
    {
        DType.Float16 => 1.0 / 16384,
        DType.Float64 => 2.2250738585072014e-308,
        _ => 1.1754943508222875e-38,
    };
}
