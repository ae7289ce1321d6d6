using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>Multiply and shift gives the quotient for every index a kernel may have.</summary>
public sealed class DivisionTests
{
    [Fact]
    public void Quotients_are_exact_around_every_multiple_that_could_be_rounded_wrongly()
    {
        var random = new Random(1);
        IEnumerable<long> divisors = Enumerable.Range(2, 3000).Select(d => (long)d)
            .Concat(Enumerable.Range(2, 29).SelectMany(e => new[] { (1L << e) - 1, 1L << e, (1L << e) + 1 }))
            .Concat(Enumerable.Range(0, 3000).Select(_ => random.NextInt64(2, int.MaxValue))).Append(int.MaxValue);
        foreach (long d in divisors)
        {
            var division = Division.By(d);
            long last = int.MaxValue / d;
            foreach (long multiple in (long[])[0, 1, 2, last / 2, last - 1, last,
                .. Enumerable.Range(0, 20).Select(_ => random.NextInt64(0, last + 1))])
                foreach (long x in (long[])[multiple * d - 1, multiple * d, multiple * d + 1, multiple * d + d - 1, int.MaxValue])
                {
                    if (x is < 0 or > int.MaxValue) continue;
                    long quotient = (uint)((ulong)x * (uint)division.Multiplier >> 32) >> division.Shift;
                    Assert.True(quotient == x / d, $"{x} / {d} = {quotient}");
                }
        }
    }

    [Theory, InlineData(0), InlineData(1), InlineData(1L << 31)]
    public void Other_divisors_are_refused(long divisor) => Assert.Throws<ArgumentOutOfRangeException>(() => Division.By(divisor));
}
