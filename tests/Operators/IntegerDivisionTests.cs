using System.Numerics;
using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>Integer divisions that processors trap on: by zero (0 here) and of the least number by −1 (it wraps). Expected values are
/// computed in <see cref="BigInteger"/>.</summary>
public class IntegerDivisionTests
{
    private static readonly (string Name, Func<Tensor, Tensor, Tensor> OfTensors, Func<Tensor, Scalar, Tensor> OfScalar,
        Func<BigInteger, BigInteger, BigInteger> Expected)[] Operators =
    [
        ("floor_divide", (a, b) => a.FloorDivide(b), (a, b) => a.FloorDivide(b), (x, y) => y.IsZero ? 0 : Floor(x, y)),
        ("div, floor", (a, b) => a.Div(b, roundingMode: "floor"), (a, b) => a.Div(b, roundingMode: "floor"),
            (x, y) => y.IsZero ? 0 : Floor(x, y)),
        ("div, trunc", (a, b) => a.Div(b, roundingMode: "trunc"), (a, b) => a.Div(b, roundingMode: "trunc"),
            (x, y) => y.IsZero ? 0 : x / y),
        ("remainder", (a, b) => a % b, (a, b) => a % b, (x, y) => y.IsZero ? 0 : x - Floor(x, y) * y),
        ("fmod", (a, b) => a.Fmod(b), (a, b) => a.Fmod(b), (x, y) => y.IsZero ? 0 : x % y),
        ("floor_divide_", (a, b) => a.Clone().FloorDivide_(b), (a, b) => a.Clone().FloorDivide_(b),
            (x, y) => y.IsZero ? 0 : Floor(x, y)),
        ("remainder_", (a, b) => a.Clone().Remainder_(b), (a, b) => a.Clone().Remainder_(b),
            (x, y) => y.IsZero ? 0 : x - Floor(x, y) * y),
        ("fused", (a, b) => a.FloorDivide(b) * 2 + a.Fmod(b), (a, b) => a.FloorDivide(b) * 2 + a.Fmod(b),
            (x, y) => y.IsZero ? 0 : Floor(x, y) * 2 + x % y),
    ];

    private static readonly Dictionary<DType, (long Least, long Most)> Types = new()
    {
        [DType.UInt8] = (0, byte.MaxValue),
        [DType.Int8] = (sbyte.MinValue, sbyte.MaxValue),
        [DType.Int16] = (short.MinValue, short.MaxValue),
        [DType.Int32] = (int.MinValue, int.MaxValue),
        [DType.Int64] = (long.MinValue, long.MaxValue),
    };

    public static TheoryData<string, string> Cases => TestDevices.Cross(Types.Keys.Select(d => d.ToString()));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Nothing_traps(string dtype, string device)
    {
        var (type, on) = (Enum.Parse<DType>(dtype), TestDevices.Get(device));
        var (least, most) = Types[type];
        long[] values = [.. new[] { least, least + 1, -7, -2, -1, 0, 1, 2, 7, most - 1, most }
            .Where(v => v >= least && v <= most).Distinct()];
        long[] dividends = [.. values.SelectMany(x => values.Select(_ => x))], divisors = [.. values.SelectMany(_ => values)];
        var (a, b) = (Tensor.From(dividends, type, on), Tensor.From(divisors, type, on));
        foreach (var (name, ofTensors, ofScalar, expected) in Operators)
        {
            long Of(long x, long y) => Wrap(expected(x, y), type);
            long[] read = ofTensors(a, b).To(DType.Int64).ToArray<long>();
            for (int i = 0; i < read.Length; i++)
                Assert.True(read[i] == Of(dividends[i], divisors[i]),
                    $"{name}: {dividends[i]} by {divisors[i]} is {read[i]}, not {Of(dividends[i], divisors[i])}");
            foreach (long divisor in values.Where(v => v is 0 or -1))
            {
                read = ofScalar(a, divisor).To(DType.Int64).ToArray<long>();
                Assert.True(dividends.Select(x => Of(x, divisor)).SequenceEqual(read), $"{name} by {divisor}: {string.Join(", ", read)}");
            }
        }
        // A number divided by a tensor.
        Assert.Equal(divisors.Select(y => Wrap(y == 0 ? 0 : 7 - Floor(7, y) * y, type)), (7 % b).To(DType.Int64).ToArray<long>());
    }

    private static BigInteger Floor(BigInteger x, BigInteger y)
    {
        var quotient = BigInteger.DivRem(x, y, out var rest);
        return !rest.IsZero && rest.Sign != y.Sign ? quotient - 1 : quotient;
    }

    private static long Wrap(BigInteger value, DType type)
    {
        var count = BigInteger.One << (8 * type.Size());
        var low = ((value % count) + count) % count;
        return (long)(type != DType.UInt8 && low >= count / 2 ? low - count : low);
    }
}
