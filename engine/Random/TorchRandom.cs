using System.Buffers.Binary;

namespace GpuTensor;

/// <summary>PyTorch's CPU generator: the same numbers as <c>torch.manual_seed(seed)</c> gives on an x86 processor, to the bit, so that a
/// run can be compared with PyTorch's from its initial weights on.</summary>
/// <remarks>Checked against recorded streams and against the initial weights of recorded training runs. They show that <c>uniform_</c> in
/// float32 is one fused multiply-add, and that <c>randn</c> uses the polynomials of <see cref="TorchMath"/>.</remarks>
internal sealed class TorchRandom
{
    private const int StateSize = MersenneTwister.StateSize + 16;

    private readonly MersenneTwister engine;
    private double spare;
    private bool hasSpare;

    public TorchRandom(long seed) => engine = new((uint)seed);

    /// <summary>Starts the stream anew. Only the seed's low 32 bits count, as in PyTorch.</summary>
    public void ManualSeed(long seed)
    {
        engine.Seed((uint)seed);
        hasSpare = false;
    }

    /// <summary><c>torch.rand</c>: uniform in [0, 1), a floating dtype.</summary>
    public HostArray Rand(Shape shape, DType dtype = DType.Float32) => Uniform(shape, 0, 1, dtype);

    /// <summary><c>tensor.uniform_(from, to)</c> of a floating dtype.</summary>
    public HostArray Uniform(Shape shape, double from, double to, DType dtype = DType.Float32)
    {
        var array = Floating(shape, dtype, nameof(Uniform));
        if (dtype == DType.Float64)
        {
            double range = to - from;
            foreach (ref double v in array.As<double>()) v = Math.FusedMultiplyAdd(UniformDouble(), range, from);
            return array;
        }
        // As many random bits as the dtype's significand has; narrower types are computed in float and rounded.
        int bits = dtype switch { DType.Float32 => 24, DType.Float16 => 11, _ => 8 };
        uint mask = (1u << bits) - 1;
        float step = 1f / (1u << bits), a = Round((float)from, dtype), width = Round(Round((float)to, dtype) - a, dtype);
        for (int i = 0; i < array.Count; i++) Store(array, i, MathF.FusedMultiplyAdd((engine.Next() & mask) * step, width, a));
        return array;
    }

    /// <summary><c>torch.randn</c> of float32 or float64.</summary>
    /// <exception cref="TensorDTypeException">Another dtype: draw float32 and convert.</exception>
    public HostArray RandN(Shape shape, DType dtype = DType.Float32)
    {
        var array = Floating(shape, dtype, nameof(RandN));
        if (dtype.IsHalf())
            throw new TensorDTypeException($"RandN draws float32 or float64, not {dtype.Name()}: convert a float32 result.");
        if (array.Count < 16)
        {
            for (int i = 0; i < array.Count; i++)
            {
                if (dtype == DType.Float32) array.As<float>()[i] = (float)NextGaussian();
                else array.As<double>()[i] = NextGaussian();
            }
        }
        else if (dtype == DType.Float32) NormalFill(array.As<float>());
        else NormalFill(array.As<double>());
        return array;
    }

    /// <summary><c>torch.randperm(count)</c>: int64.</summary>
    public HostArray RandPerm(int count)
    {
        var array = new HostArray(DType.Int64, [count]);
        var order = array.As<long>();
        for (int i = 0; i < count; i++) order[i] = i;
        // PyTorch draws 64 bits a swap where 32 would visibly favour small remainders.
        bool wide = count >= uint.MaxValue / 20;
        for (int i = 0; i < count - 1; i++)
        {
            int j = i + (int)((wide ? engine.Next64() : engine.Next()) % (ulong)(count - i));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return array;
    }

    /// <summary><c>torch.randint(low, high, shape)</c>: int64. A range of 2²⁸ and more takes 64 bits a number.</summary>
    public HostArray RandInt(long low, long high, Shape shape)
    {
        if (low >= high) throw new ArgumentOutOfRangeException(nameof(high), $"{high}", $"RandInt needs low < high, but low is {low}.");
        var array = new HostArray(DType.Int64, shape);
        ulong range = unchecked((ulong)high - (ulong)low);
        bool wide = range >= 1UL << 28;
        foreach (ref long v in array.As<long>()) v = unchecked(low + (long)((wide ? engine.Next64() : engine.Next()) % range));
        return array;
    }

    /// <summary>The state of the stream, for checkpoints.</summary>
    public byte[] GetState()
    {
        var state = new byte[StateSize];
        engine.Save(state);
        var rest = state.AsSpan(MersenneTwister.StateSize);
        rest[0] = hasSpare ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteDoubleLittleEndian(rest[8..], spare);
        return state;
    }

    /// <summary>Continues where <see cref="GetState"/> was called.</summary>
    /// <exception cref="ArgumentException">It is not such a state.</exception>
    public void SetState(ReadOnlySpan<byte> state)
    {
        if (state.Length != StateSize)
            throw new ArgumentException($"A state of this stream has {StateSize} bytes, not {state.Length}.", nameof(state));
        engine.Load(state);
        var rest = state[MersenneTwister.StateSize..];
        (hasSpare, spare) = (rest[0] != 0, BinaryPrimitives.ReadDoubleLittleEndian(rest[8..]));
    }

    private static HostArray Floating(Shape shape, DType dtype, string what) => dtype.IsFloatingPoint()
        ? new(dtype, shape)
        : throw new TensorDTypeException($"{what} draws floating numbers, not {dtype.Name()}.");

    private static float Round(float value, DType dtype) =>
        dtype.IsHalf() ? HalfBits.ToFloat(dtype, HalfBits.FromFloat(dtype, value)) : value;

    private static void Store(HostArray array, int i, float value)
    {
        if (array.DType == DType.Float32) array.As<float>()[i] = value;
        else array.As<ushort>()[i] = HalfBits.FromFloat(array.DType, value);
    }

    private double UniformDouble() => (engine.Next64() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));

    /// <summary>Below 16 elements: Box and Muller's method on doubles, the second number kept for the next call.</summary>
    private double NextGaussian()
    {
        if (hasSpare)
        {
            hasSpare = false;
            return spare;
        }
        double u1 = UniformDouble(), u2 = UniformDouble();
        double radius = Math.Sqrt(-2.0 * TorchMath.Log1P(-u2)), theta = 2.0 * Math.PI * u1;
        (spare, hasSpare) = (radius * Math.Sin(theta), true);
        return radius * Math.Cos(theta);
    }

    /// <summary>From 16 elements on: uniform numbers first, then Box and Muller's method in place on groups of 16; what is left over at the
    /// end is covered by drawing the last 16 elements anew.</summary>
    private void NormalFill(Span<float> data)
    {
        foreach (ref float v in data) v = (engine.Next() & 0xFFFFFF) * (1f / (1 << 24));
        int whole = data.Length / 16 * 16;
        for (int i = 0; i < whole; i += 16) TorchMath.BoxMuller(data.Slice(i, 16));
        if (whole == data.Length) return;
        data = data[^16..];
        foreach (ref float v in data) v = (engine.Next() & 0xFFFFFF) * (1f / (1 << 24));
        TorchMath.BoxMuller(data);
    }

    private void NormalFill(Span<double> data)
    {
        foreach (ref double v in data) v = UniformDouble();
        int whole = data.Length / 16 * 16;
        for (int i = 0; i < whole; i += 16) TorchMath.BoxMuller(data.Slice(i, 16));
        if (whole == data.Length) return;
        data = data[^16..];
        foreach (ref double v in data) v = UniformDouble();
        TorchMath.BoxMuller(data);
    }
}
