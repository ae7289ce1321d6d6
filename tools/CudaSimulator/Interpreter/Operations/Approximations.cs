namespace GpuTensor.CudaSimulator.Interpreter.Operations;

// The .approx instructions: the true value by double arithmetic, and how far the PTX ISA lets the hardware be from it. What its tables give
// for special operands (zeros, infinities, NaN) is exact in every mode.

/// <summary>A function of one float32.</summary>
internal interface IApproximate
{
    static abstract double True(double x);

    /// <summary>The largest absolute error allowed at an operand with this true value.</summary>
    static abstract double Bound(double x, double y);
}

internal readonly struct ReciprocalApprox : IApproximate
{
    public static double True(double x) => 1 / x;

    public static double Bound(double x, double y) => ApproximateDrivers.Ulp(y);
}

internal readonly struct RootApprox : IApproximate
{
    public static double True(double x) => Math.Sqrt(x);

    public static double Bound(double x, double y) => y * 1.1920928955078125e-7;
}

internal readonly struct ReciprocalRootApprox : IApproximate
{
    public static double True(double x) => x == 0 ? 1 / x : 1 / Math.Sqrt(x);

    public static double Bound(double x, double y) => y * Math.Pow(2, -22.9);
}

internal readonly struct ExponentialApprox : IApproximate
{
    public static double True(double x) => Math.Pow(2, x);

    public static double Bound(double x, double y) => x == 0 ? 0 : y * 2.384185791015625e-7;
}

internal readonly struct LogarithmApprox : IApproximate
{
    public static double True(double x) => Math.Log2(x);

    public static double Bound(double x, double y) => x is > 0.5 and < 2 ? 2.384185791015625e-7 : Math.Abs(y) * 2.384185791015625e-7;
}

internal readonly struct SineApprox : IApproximate
{
    public static double True(double x) => Math.Sin(x);

    public static double Bound(double x, double y) => x == 0 ? 0 : Trigonometric(x);

    /// <summary>2^−20.5 within two turns, 2^−14.7 within a hundred half turns; no bound is stated beyond.</summary>
    public static double Trigonometric(double x) => Math.Pow(2, Math.Abs(x) <= 2 * Math.PI ? -20.5 : -14.7);
}

internal readonly struct CosineApprox : IApproximate
{
    public static double True(double x) => Math.Cos(x);

    public static double Bound(double x, double y) => x == 0 ? 0 : SineApprox.Trigonometric(x);
}

internal readonly struct TangentApprox : IApproximate
{
    public static double True(double x) => Math.Tanh(x);

    public static double Bound(double x, double y) => double.IsInfinity(x) ? 0 : Math.Abs(y) * 4.8828125e-4;
}

/// <summary>Applies them. <see cref="Op.E"/> is 1 for .ftz.</summary>
internal static unsafe class ApproximateDrivers
{
    public static double Ulp(double y) => Math.ScaleB(1, Math.Max(Math.ILogB(y), -126) - 23);

    public static void Unary<TOp>(Machine m, Op* op) where TOp : IApproximate
    {
        var d = m.Lanes<float>(op->D);
        var a = m.Lanes<float>(op->A);
        bool flush = op->E != 0;
        double push = Push(m);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = System.Numerics.BitOperations.TrailingZeroCount(mask);
            float x = flush ? Flush.Of(a[i]) : a[i];
            double y = TOp.True(x);
            if (push != 0 && y != 0 && double.IsFinite(y)) y += push * TOp.Bound(x, y);
            float result = Nan.Canonical((float)y);
            d[i] = flush ? Flush.Of(result) : result;
        }
    }

    /// <summary>div.approx and div.full: 2 ulp. For |b| above 2^126 div.approx gives zero, or NaN of an infinite a.</summary>
    public static void Divide(Machine m, Op* op)
    {
        var d = m.Lanes<float>(op->D);
        var a = m.Lanes<float>(op->A);
        var b = m.Lanes<float>(op->B);
        bool flush = (op->E & 1) != 0, full = (op->E & 2) != 0;
        double push = Push(m);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = System.Numerics.BitOperations.TrailingZeroCount(mask);
            double x = flush ? Flush.Of(a[i]) : a[i], z = flush ? Flush.Of(b[i]) : b[i], y = x / z;
            if (!full && double.IsFinite(z) && Math.Abs(z) > 8.507059173023462e37)
                y = double.IsInfinity(x) ? double.NaN : Math.CopySign(0, y);
            if (push != 0 && y != 0 && double.IsFinite(y)) y += push * 2 * Ulp(y);
            float result = Nan.Canonical((float)y);
            d[i] = flush ? Flush.Of(result) : result;
        }
    }

    /// <summary>rcp.approx.ftz.f64 and rsqrt.approx.ftz.f64: the upper word of the operand to the upper word of the result, about 20 bits.
    /// <see cref="Op.E"/> is 1 for the root.</summary>
    public static void UpperWord(Machine m, Op* op)
    {
        var d = m.Lanes<ulong>(op->D);
        var a = m.Lanes<ulong>(op->A);
        int push = (int)Push(m);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = System.Numerics.BitOperations.TrailingZeroCount(mask);
            double x = BitConverter.UInt64BitsToDouble(a[i] & 0xFFFFFFFF00000000);
            if (double.IsSubnormal(x)) x = Math.CopySign(0, x);
            double y = op->E == 0 ? 1 / x : x == 0 ? 1 / x : 1 / Math.Sqrt(x);
            if (double.IsSubnormal(y)) y = Math.CopySign(0, y);
            if (double.IsNaN(y))
            {
                d[i] = 0x7FFFFFFF00000000;
                continue;
            }
            long bits = BitConverter.DoubleToInt64Bits(y) & unchecked((long)0xFFFFFFFF00000000);
            if (push != 0 && y != 0 && double.IsFinite(y)) bits += (long)(push * Math.Sign(y)) << 32;
            d[i] = (ulong)bits;
        }
    }

    /// <summary>rsqrt.approx.f64: 1 ulp and a bit; pushed by two units of the last place.</summary>
    public static void ReciprocalRoot64(Machine m, Op* op)
    {
        var d = m.Lanes<double>(op->D);
        var a = m.Lanes<double>(op->A);
        double push = Push(m);
        for (uint mask = m.Exec; mask != 0; mask &= mask - 1)
        {
            int i = System.Numerics.BitOperations.TrailingZeroCount(mask);
            double y = a[i] == 0 ? 1 / a[i] : 1 / Math.Sqrt(a[i]);
            d[i] = push != 0 && y != 0 && double.IsFinite(y) ? y * (1 + push * 4.440892098500626e-16) : y;
        }
    }

    private static double Push(Machine m) => m.Approximation switch { Approximation.High => 1, Approximation.Low => -1, _ => 0 };
}
