namespace GpuTensor.Tests.Kernels;

/// <summary>The scalar functions in double and long, written independently of the templates.</summary>
internal static class ReferenceFunctions
{
    public static Number Apply(string name, DType type, DType result, Number[] a)
    {
        if (name == "where") return a[0].Integer != 0 ? a[1] : a[2];
        if (type.IsFloatingPoint())
        {
            double y = Real(name, a[0].Real, a.Length > 1 ? a[1].Real : 0, a.Length > 2 ? a[2].Real : 0, type);
            return result == DType.Bool ? new(0, y != 0 ? 1 : 0) : Elements.Round(result, new(y, 0));
        }
        long l = Integer(name, a[0].Integer, a.Length > 1 ? a[1].Integer : 0, a.Length > 2 ? a[2].Integer : 0, type);
        return Elements.Round(result, new(0, l));
    }

    public static double Real(string name, double x, double y, double z, DType type)
    {
        switch (name)
        {
            case "add": return x + y;
            case "sub": return x - y;
            case "mul": return x * y;
            case "div": return x / y;
            case "fmod": return x % y;
            case "remainder":
                double r = x % y;
                return r != 0 && (r < 0) != (y < 0) ? r + y : r;
            case "floor_div":
                if (y == 0) return x / y;
                double m = x % y, q = Elements.Round(type, new((x - m) / y, 0)).Real;
                if (m != 0 && (m < 0) != (y < 0)) q -= 1;
                return q == 0 ? Math.CopySign(0, x / y) : Math.Floor(q) + (q - Math.Floor(q) > 0.5 ? 1 : 0);
            case "trunc_div": return Math.Truncate(type == DType.Float64 ? x / y : (float)(x / y));
            case "pow": return x == 1 || y == 0 ? 1 : Math.Abs(x) == 1 && double.IsInfinity(y) ? 1 : Math.Pow(x, y);
            case "atan2": return Math.Atan2(x, y);
            case "hypot": return double.IsInfinity(x) || double.IsInfinity(y) ? double.PositiveInfinity : type == DType.Float64
                ? double.Hypot(x, y) : Math.Sqrt(x * x + y * y);
            case "min": return double.IsNaN(x) || double.IsNaN(y) ? double.NaN : x < y ? x : y;
            case "max": return double.IsNaN(x) || double.IsNaN(y) ? double.NaN : x > y ? x : y;
            case "neg": return -x;
            case "abs": return Math.Abs(x);
            case "sign": return x > 0 ? 1 : x < 0 ? -1 : 0;
            case "fma": return type == DType.Float64 ? Math.FusedMultiplyAdd(x, y, z)
                : MathF.FusedMultiplyAdd((float)x, (float)y, (float)z);
            case "floor": return Math.Floor(x);
            case "ceil": return Math.Ceiling(x);
            case "trunc": return Math.Truncate(x);
            case "round": return Math.Round(x, MidpointRounding.ToEven);
            case "exp": return Math.Exp(x);
            case "exp2": return Math.Pow(2, x);
            case "expm1": return Expm1(x);
            case "log": return Math.Log(x);
            case "log2": return Math.Log2(x);
            case "log10": return Math.Log10(x);
            case "log1p": return Log1p(x);
            case "sqrt": return Math.Sqrt(x);
            case "rsqrt": return 1 / Math.Sqrt(x);
            case "reciprocal": return 1 / x;
            case "sin": return Math.Sin(x);
            case "cos": return Math.Cos(x);
            case "tan": return Math.Tan(x);
            case "asin": return Math.Asin(x);
            case "acos": return Math.Acos(x);
            case "atan": return Math.Atan(x);
            case "sinh": return Math.Sinh(x);
            case "cosh": return Math.Cosh(x);
            case "tanh": return Math.Tanh(x);
            case "asinh": return Math.Asinh(x);
            case "acosh": return Math.Acosh(x);
            case "atanh": return Math.Atanh(x);
            case "erf": return Math.Abs(x) < 2 ? ErfSeries(x) : double.IsNaN(x) ? x : Math.Sign(x) * (1 - ErfcTail(Math.Abs(x)));
            case "erfc": return double.IsNaN(x) ? x : Math.Abs(x) < 1 ? 1 - ErfSeries(x) : x > 0 ? ErfcTail(x) : 2 - ErfcTail(-x);
            case "sigmoid": return x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));
            case "eq": return x == y ? 1 : 0;
            case "ne": return x != y ? 1 : 0;
            case "lt": return x < y ? 1 : 0;
            case "le": return x <= y ? 1 : 0;
            case "gt": return x > y ? 1 : 0;
            case "ge": return x >= y ? 1 : 0;
            case "isnan": return double.IsNaN(x) ? 1 : 0;
            case "isinf": return double.IsInfinity(x) ? 1 : 0;
            case "isfinite": return double.IsFinite(x) ? 1 : 0;
            case "logical_not": return x == 0 ? 1 : 0;
            case "logical_and": return x != 0 && y != 0 ? 1 : 0;
            case "logical_or": return x != 0 || y != 0 ? 1 : 0;
            case "logical_xor": return (x != 0) != (y != 0) ? 1 : 0;
            default: return OwnFunctions.Real(name, x, y, z);
        }
    }

    public static long Integer(string name, long x, long y, long z, DType type)
    {
        bool logic = type == DType.Bool;
        int bits = 8 * type.Size();
        long wrap(long v) => Elements.Round(type, new(0, v)).Integer;
        unchecked
        {
            switch (name)
            {
                case "add": return logic ? x | y : x + y;
                case "sub": return logic ? x ^ y : x - y;
                case "mul": return x * y;
                case "div" or "trunc_div": return y == 0 ? 0 : y == -1 ? -x : x / y;
                case "fmod": return y == 0 || y == -1 ? 0 : x % y;
                case "remainder": return y == 0 || y == -1 ? 0 : x % y != 0 && (x % y < 0) != (y < 0) ? x % y + y : x % y;
                case "floor_div": return y == 0 ? 0 : y == -1 ? -x : x / y - (x % y != 0 && (x % y < 0) != (y < 0) ? 1 : 0);
                case "pow":
                    if (y < 0) return x == 1 ? 1 : x == -1 ? (y % 2 == 0 ? 1 : -1) : 0;
                    long p = 1;
                    for (long b = x, k = y; k != 0; k >>= 1, b = wrap(b * b)) if ((k & 1) != 0) p = wrap(p * b);
                    return p;
                case "min": return Math.Min(x, y);
                case "max": return Math.Max(x, y);
                case "neg": return logic ? x : -x;
                case "abs": return x < 0 ? -x : x;
                case "sign": return Math.Sign(x);
                case "fma": return logic ? (x & y) | z : x * y + z;
                case "floor" or "ceil" or "trunc" or "round": return x;
                case "eq": return x == y ? 1 : 0;
                case "ne": return x != y ? 1 : 0;
                case "lt": return x < y ? 1 : 0;
                case "le": return x <= y ? 1 : 0;
                case "gt": return x > y ? 1 : 0;
                case "ge": return x >= y ? 1 : 0;
                case "isnan" or "isinf": return 0;
                case "isfinite": return 1;
                case "logical_not": return x == 0 ? 1 : 0;
                case "logical_and": return x != 0 && y != 0 ? 1 : 0;
                case "logical_or": return x != 0 || y != 0 ? 1 : 0;
                case "logical_xor": return (x != 0) != (y != 0) ? 1 : 0;
                case "bitwise_not": return logic ? 1 - x : ~x;
                case "bitwise_and": return x & y;
                case "bitwise_or": return x | y;
                case "bitwise_xor": return x ^ y;
                case "shift_left": return y < 0 || y >= bits ? 0 : x << (int)y;
                case "shift_right": return y < 0 || y >= bits ? (x < 0 ? -1 : 0) : x >> (int)y;
                default: throw new ArgumentException(name);
            }
        }
    }

    private static double Expm1(double x)
    {
        if (x == 0) return x;
        if (Math.Abs(x) < 1e-5) return x + x * x / 2 + x * x * x / 6;
        double u = Math.Exp(x);
        return u - 1 == -1 || double.IsInfinity(u) || x > 2 ? u - 1 : u == 1 ? x : (u - 1) * x / Math.Log(u);
    }

    private static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsInfinity(u) ? Math.Log(u) : Math.Log(u) * (x / (u - 1));
    }

    private static double ErfSeries(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 200 && Math.Abs(term) > 1e-19 * Math.Abs(sum); n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return sum * 1.1283791670955126;
    }

    /// <summary>erfc for x ≥ 1 by its continued fraction, from the far end.</summary>
    private static double ErfcTail(double x)
    {
        if (x > 30) return 0;
        double f = x;
        for (int k = 400; k > 0; k--) f = x + k / 2.0 / f;
        double square = x * x, lost = Math.FusedMultiplyAdd(-x, x, square);
        return Math.Exp(-square) * (1 + lost) / (f * 1.7724538509055159);
    }
}
