using GpuTensor.Graph;
using GpuTensor.Operators;
using static GpuTensor.Operators.Constants;

namespace GpuTensor;

/// <content> Random numbers, from a generator's stream of Philox words w (32 bits each; <see cref="Generator.Default"/> where none is
/// given): uniform float32 is (w >> 8)·2⁻²⁴, float16 (w >> 21)·2⁻¹¹, bfloat16 (w >> 24)·2⁻⁸, float64 ((w₀ >> 5)·2²⁶ + (w₁ >> 6))·2⁻⁵³;
/// normal is √(−2 ln(1 − u₁))·cos 2πu₂ with two uniform numbers; whole numbers are low + ((w₀ mod 2³¹)·2³² + w₁) mod (high − low). Where an
/// element takes several words, all first words come before all second ones. </content>
public partial class Tensor
{
    /// <summary>Starts the process's default random stream anew: <see cref="Generator.Default"/>, which all threads and devices
    /// share.</summary>
    /// <param name="seed">The same seed gives the same numbers on every device.</param>
    /// <param name="stream">Philox on the device, or PyTorch's CPU generator on the host.</param>
    public static void ManualSeed(long seed, RandomStream stream = RandomStream.Philox) => Generator.Default.ManualSeed(seed, stream);

    /// <summary>Uniform numbers in [0, 1), float32, on the default device.</summary>
    public static Tensor Rand(params Shape shape) => Uniform(shape.NotNull(), DType.Float32, null, null);

    /// <summary>Uniform numbers in [0, 1).</summary>
    /// <exception cref="TensorDTypeException">The dtype is not floating.</exception>
    public static Tensor Rand(Shape shape, DType? dtype = null, Device? device = null, bool requiresGrad = false,
        Generator? generator = null) => Asking(Uniform(shape.NotNull(), dtype ?? DType.Float32, device, generator), requiresGrad);

    /// <summary>Uniform numbers in [0, 1) of another tensor's shape, dtype and device, unless given.</summary>
    public static Tensor RandLike(Tensor like, DType? dtype = null, Device? device = null, bool requiresGrad = false,
        Generator? generator = null) => Rand(like.NotNull().Shape, dtype ?? like.DType, device ?? like.Device, requiresGrad, generator);

    /// <summary>Normal numbers of mean 0 and deviation 1, float32, on the default device.</summary>
    public static Tensor RandN(params Shape shape) => Gaussian(shape.NotNull(), DType.Float32, null, null);

    /// <summary>Normal numbers of mean 0 and deviation 1.</summary>
    /// <exception cref="TensorDTypeException">The dtype is not floating.</exception>
    public static Tensor RandN(Shape shape, DType? dtype = null, Device? device = null, bool requiresGrad = false,
        Generator? generator = null) => Asking(Gaussian(shape.NotNull(), dtype ?? DType.Float32, device, generator), requiresGrad);

    /// <summary>Normal numbers of another tensor's shape, dtype and device, unless given.</summary>
    public static Tensor RandNLike(Tensor like, DType? dtype = null, Device? device = null, bool requiresGrad = false,
        Generator? generator = null) => RandN(like.NotNull().Shape, dtype ?? like.DType, device ?? like.Device, requiresGrad, generator);

    /// <summary>Normal numbers of a mean and a standard deviation.</summary>
    public static Tensor Normal(double mean, double std, Shape shape, DType? dtype = null, Device? device = null,
        bool requiresGrad = false, Generator? generator = null) =>
        Asking(Gaussian(shape.NotNull(), dtype ?? DType.Float32, device, generator) * std + mean, requiresGrad);

    /// <summary>Whole numbers from 0 to below <paramref name="high"/>, int64 unless given.</summary>
    public static Tensor RandInt(long high, Shape shape, DType? dtype = null, Device? device = null, Generator? generator = null) =>
        RandInt(0, high, shape.NotNull(), dtype, device, generator);

    /// <summary>Whole numbers from <paramref name="low"/> to below <paramref name="high"/>, int64 unless given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no number between them, or they are 2⁶³ and more apart, or
    /// <paramref name="dtype"/> is of integers or bool and cannot hold them all.</exception>
    public static Tensor RandInt(
        long low, long high, Shape shape, DType? dtype = null, Device? device = null, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (low >= high)
            throw new ArgumentOutOfRangeException(nameof(high), $"{high}", $"randint: high must be above low, which is {low}.");
        if (unchecked(high - low) < 0)
            throw new ArgumentOutOfRangeException(nameof(high), $"{high}", $"randint: a span of 2⁶³ and more from {low} is too wide.");
        var type = dtype ?? DType.Int64;
        if (!type.IsFloatingPoint())
        {
            var (least, most) = type switch
            {
                DType.Bool => (0, 1),
                DType.UInt8 => (byte.MinValue, byte.MaxValue),
                _ => (long.MinValue >> (64 - 8 * type.Size()), long.MaxValue >> (64 - 8 * type.Size())),
            };
            if (low < least || low > most)
                throw new ArgumentOutOfRangeException(nameof(low), $"{low}", $"randint: {type.Name()} holds {least} to {most}.");
            if (high - 1 > most)
                throw new ArgumentOutOfRangeException(
                    nameof(high), $"{high}", $"randint: {type.Name()} holds {least} to {most}, and high is not drawn itself.");
        }
        device ??= Device.Default;
        generator ??= Generator.Default;
        if (generator.IsOnHost) return FromHost(generator.OnHost(torch => torch.RandInt(low, high, shape)), device).To(type);
        var words = RandomWords([2, .. shape], device, generator);
        return ((((words.Select(0, 0) & Constant(0x7fffffffL)) << Constant(32L)) | words.Select(0, 1)) % (high - low) + low).To(type);
    }

    /// <summary>0 … n − 1 in random order, int64 unless given. Drawn on the host.</summary>
    public static Tensor RandPerm(int n, DType? dtype = null, Device? device = null, Generator? generator = null)
    {
        if (n < 0) throw new ArgumentOutOfRangeException(nameof(n), $"{n}", "randperm: the count must not be negative.");
        generator ??= Generator.Default;
        var type = dtype ?? DType.Int64;
        if (generator.IsOnHost) return FromHost(generator.OnHost(torch => torch.RandPerm(n)), device).To(type);
        Recorder.Recorded?.Refuse("it draws random numbers on the host");
        var words = HostMemory.Allocate<uint>(n, $"a permutation of {n} numbers");
        var (key, first) = generator.Take(n);
        Philox.Fill(key, first, words);
        var order = HostMemory.Allocate<long>(n, $"a permutation of {n} numbers");
        for (int i = 0; i < n; i++) order[i] = i;
        for (int i = 0; i < n - 1; i++)
        {
            int j = i + (int)(words[i] * (ulong)(n - i) >> 32);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return From(order, device: device).To(type);
    }

    /// <summary>1 with the probability that each element of this tensor gives, else 0, in this dtype.</summary>
    /// <exception cref="TensorValueException">A probability is not between 0 and 1; for probabilities on a device at the next
    /// wait.</exception>
    public Tensor Bernoulli(Generator? generator = null)
    {
        ProbabilityCheck.Record("bernoulli", this);
        return (UniformWords(Shape, DType == DType.Float64 ? DType : DType.Float32, Device, generator) < Detach()).To(DType);
    }

    /// <summary>Elements 1 with probability p, else 0.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="TensorValueException">p is not between 0 and 1.</exception>
    public Tensor Bernoulli_(double p = 0.5, Generator? generator = null)
    {
        ProbabilityCheck.Record("bernoulli_", p);
        return Assign((UniformWords(Shape, DType.Float32, Device, generator) < p).To(DType), "bernoulli_");
    }

    /// <summary>Uniform numbers in [from, to).</summary>
    /// <returns>This tensor.</returns>
    public Tensor Uniform_(double from = 0, double to = 1, Generator? generator = null)
    {
        if (from > to) throw new ArgumentOutOfRangeException(nameof(to), $"{to}", $"uniform_: the end must not be below the start {from}.");
        generator ??= Generator.Default;
        if (generator.IsOnHost)
            return Assign(FromHost(generator.OnHost(torch => torch.Uniform(Shape, from, to, DType)), Device), "uniform_");
        return Assign(Uniform(Shape, DType, Device, generator) * (to - from) + from, "uniform_");
    }

    /// <summary>Normal numbers of a mean and a standard deviation.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Normal_(double mean = 0, double std = 1, Generator? generator = null)
    {
        if (!(std >= 0)) throw new ArgumentOutOfRangeException(nameof(std), $"{std}", "normal_: the deviation must not be negative.");
        return Assign(Gaussian(Shape, DType, Device, generator) * std + mean, "normal_");
    }

    private static Tensor Asking(Tensor tensor, bool requiresGrad) => requiresGrad ? tensor.RequiresGrad_() : tensor;

    private static Tensor Uniform(Shape shape, DType dtype, Device? device, Generator? generator)
    {
        if (!dtype.IsFloatingPoint()) throw new TensorDTypeException($"rand draws floating-point numbers, not {dtype.Name()}.");
        generator ??= Generator.Default;
        return generator.IsOnHost ? FromHost(generator.OnHost(torch => torch.Rand(shape, dtype)), device)
            : UniformWords(shape, dtype, device ?? Device.Default, generator);
    }

    private static Tensor Gaussian(Shape shape, DType dtype, Device? device, Generator? generator)
    {
        if (!dtype.IsFloatingPoint()) throw new TensorDTypeException($"randn draws floating-point numbers, not {dtype.Name()}.");
        var type = dtype.IsHalf() ? DType.Float32 : dtype;
        generator ??= Generator.Default;
        if (generator.IsOnHost) return FromHost(generator.OnHost(torch => torch.RandN(shape, type)), device).To(dtype);
        var u = UniformWords([2, .. shape], type, device ?? Device.Default, generator);
        var radius = (Constant(-2.0) * (One - u.Select(0, 0)).Log()).Sqrt();
        return (radius * (Constant(2 * Math.PI) * u.Select(0, 1)).Cos()).To(dtype);
    }

    /// <summary>Uniform numbers from Philox words whatever stream is chosen: masks are drawn on the device.</summary>
    private static Tensor UniformWords(Shape shape, DType dtype, Device device, Generator? generator)
    {
        if (dtype == DType.Float64)
        {
            var words = RandomWords([2, .. shape], device, generator);
            return ((words.Select(0, 0) >> Constant(5L) << Constant(26L)) | (words.Select(0,
                1) >> Constant(6L))).To(dtype) * Constant(1.0 / (1L << 53));
        }
        int digits = dtype switch { DType.Float32 => 24, DType.Float16 => 11, _ => 8 };
        return (RandomWords(shape, device, generator) >> Constant(32L - digits)).To(dtype) * Constant(1.0 / (1 << digits));
    }

    /// <summary>The next words of a stream, int64. The numbers of key and words know their generator: a replay reads the key, and takes as
    /// many words, anew.</summary>
    internal static Tensor RandomWords(Shape shape, Device device, Generator? generator = null)
    {
        generator ??= Generator.Default;
        var (number, first) = generator.Take(shape.ElementCount);
        var key = FromNode(Recorder.For(device).Record(Basic.Scalar, DType.Int64, GpuTensor.Shape.Scalar,
            attributes: new DrawnNumber(number, generator)));
        // The same key for every word, also where it lies in memory: run by itself (eager), or before a flush that came in between.
        return Apply(RandomNumbers.Words, DType.Int64, shape, key.Broadcast(shape), attributes: new DrawnNumber(first, generator));
    }
}
