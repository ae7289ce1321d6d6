namespace GpuTensor.Nn;

/// <summary>Initial values of parameters, as <c>torch.nn.init</c>: each fills its tensor in place, unseen by autograd, and returns
/// it.</summary>
public static class Init
{
    /// <summary>Uniform in [a, b).</summary>
    public static T Uniform_<T>(T tensor, double a = 0, double b = 1, Generator? generator = null) where T : Tensor =>
        Fill(tensor, t => t.Uniform_(a, b, generator));

    /// <summary>Normally distributed.</summary>
    public static T Normal_<T>(T tensor, double mean = 0, double std = 1, Generator? generator = null) where T : Tensor =>
        Fill(tensor, t => t.Normal_(mean, std, generator));

    /// <summary>One number everywhere.</summary>
    public static T Constant_<T>(T tensor, Scalar value) where T : Tensor => Fill(tensor, t => t.Fill_(value));

    /// <summary>Zeros.</summary>
    public static T Zeros_<T>(T tensor) where T : Tensor => Constant_(tensor, 0);

    /// <summary>Ones.</summary>
    public static T Ones_<T>(T tensor) where T : Tensor => Constant_(tensor, 1);

    /// <summary>Uniform with a variance of gain² / fan-in, for layers followed by a (leaky) ReLU (He and others,
    /// arXiv:1502.01852).</summary>
    /// <param name="a">The leaky ReLU's slope.</param>
    /// <exception cref="TensorShapeException">Fewer than two dimensions.</exception>
    public static T KaimingUniform_<T>(T tensor, double a = 0, Generator? generator = null) where T : Tensor
    {
        double gain = Math.Sqrt(2 / (1 + a * a)), bound = Math.Sqrt(3) * (gain / Math.Sqrt(Math.Max(Fans(tensor).In, 1)));
        return Uniform_(tensor, -bound, bound, generator);
    }

    /// <summary>Normal with a variance of gain² / fan-in (He and others, arXiv:1502.01852).</summary>
    /// <inheritdoc cref="KaimingUniform_"/>
    public static T KaimingNormal_<T>(T tensor, double a = 0, Generator? generator = null) where T : Tensor =>
        Normal_(tensor, 0, Math.Sqrt(2 / (1 + a * a)) / Math.Sqrt(Math.Max(Fans(tensor).In, 1)), generator);

    /// <summary>Uniform with a variance of 2·gain² / (fan-in + fan-out) (Glorot and Bengio, 2010).</summary>
    /// <exception cref="TensorShapeException">Fewer than two dimensions.</exception>
    public static T XavierUniform_<T>(T tensor, double gain = 1, Generator? generator = null) where T : Tensor
    {
        var (fanIn, fanOut) = Fans(tensor);
        double bound = Math.Sqrt(3) * (gain * Math.Sqrt(2.0 / Math.Max(fanIn + fanOut, 1)));
        return Uniform_(tensor, -bound, bound, generator);
    }

    /// <summary>Normal with a variance of 2·gain² / (fan-in + fan-out) (Glorot and Bengio, 2010).</summary>
    /// <exception cref="TensorShapeException">Fewer than two dimensions.</exception>
    public static T XavierNormal_<T>(T tensor, double gain = 1, Generator? generator = null) where T : Tensor
    {
        var (fanIn, fanOut) = Fans(tensor);
        return Normal_(tensor, 0, gain * Math.Sqrt(2.0 / Math.Max(fanIn + fanOut, 1)), generator);
    }

    private static T Fill<T>(T tensor, Action<Tensor> fill) where T : Tensor
    {
        using (Tensor.NoGrad()) fill(tensor);
        return tensor;
    }

    /// <summary>How many inputs each output sums, and the reverse; dimensions from the third on are a kernel's extent.</summary>
    private static (long In, long Out) Fans(Tensor tensor)
    {
        if (tensor.Rank < 2)
            throw new TensorShapeException($"The fan of a tensor of shape {tensor.Shape} is not defined: it takes two dimensions or more.");
        long extent = tensor.Shape.Skip(2).Aggregate(1L, (n, size) => n * size);
        return (tensor.Shape[1] * extent, tensor.Shape[0] * extent);
    }
}
