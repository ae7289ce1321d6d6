using System.Globalization;
using System.Runtime.InteropServices;
using GpuTensor.Graph;

namespace GpuTensor.Operators;

/// <summary>Whether probabilities lie between 0 and 1. The answer is the largest that does not (NaN before all), or −∞.</summary>
/// <param name="Op">The operator the probabilities were given to.</param>
internal sealed record ProbabilityCheck(string Op) : ValueCheck(Op)
{
    private static readonly Scalar lowest = Constants.Constant((double)float.MinValue);

    public override int Bytes => sizeof(float);

    /// <summary>Records the check of a tensor of probabilities.</summary>
    /// <exception cref="TensorValueException">The host knows that it is none.</exception>
    public static void Record(string op, Tensor probability)
    {
        if (probability.ElementCount == 0) return;
        var check = new ProbabilityCheck(op);
        var p = probability.Detach();
        if (NumberOf(p) is { } number && p.DType.IsFloatingPoint()) check.Refuse(BitConverter.Int64BitsToDouble(number.Bits));
        var isFine = (p >= Constants.Zero) & (p <= Constants.One);
        // −∞ itself is reported as the lowest float32.
        var worst = Tensor.Where(isFine, Constants.Constant(double.NegativeInfinity),
            p.To(DType.Float32).Maximum(Tensor.FromScalar(lowest, DType.Float32, p.Device))).AMax();
        Recorder.For(p.Device).AddCheck(worst.Node, check, p.Node);
    }

    /// <summary>Checks a number of the caller's.</summary>
    /// <exception cref="TensorValueException">It is no probability.</exception>
    public static void Record(string op, double probability) => new ProbabilityCheck(op).Refuse(probability);

    private void Refuse(double p)
    {
        if (!(p is >= 0 and <= 1)) throw Error(Text(p));
    }

    protected override string? Problem(ReadOnlySpan<byte> answer) => MemoryMarshal.Read<float>(answer) is var p
        && float.IsNegativeInfinity(p) ? null : Text(p);

    protected override TensorException Error(string message) => new TensorValueException(message);

    private string Text(double p) => string.Create(CultureInfo.InvariantCulture, $"{Op}: {p} is no probability: 0 to 1 were expected.");
}
