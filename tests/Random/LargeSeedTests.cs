using Xunit;

namespace GpuTensor.Tests.Streams;

/// <summary>Seeds beyond 2⁵³, where neighbouring integers are one double.</summary>
public class LargeSeedTests
{
    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Neighbouring_seeds_draw_different_numbers_and_come_back_exactly(string name)
    {
        var device = TestDevices.Get(name);
        float[] Draw(long seed)
        {
            Tensor.ManualSeed(seed);
            return Tensor.Rand([4], device: device).ToArray<float>();
        }
        foreach (long seed in new[] { 1L << 53, long.MaxValue - 1, long.MinValue })
        {
            float[] first = Draw(seed), second = Draw(seed + 1);
            Assert.NotEqual(first, second);
            Assert.Equal(first, Draw(seed));
            // The state that a checkpoint holds.
            Tensor.ManualSeed(seed + 1);
            byte[] state = Generator.Default.GetState();
            Tensor.ManualSeed(0);
            Generator.Default.SetState(state);
            Assert.Equal(second, Tensor.Rand([4], device: device).ToArray<float>());
        }
    }
}
