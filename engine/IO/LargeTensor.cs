namespace GpuTensor.IO;

/// <summary>Tensors that take more than an array of .NET holds are read as pieces of their first dimension and joined on the
/// device.</summary>
internal static class LargeTensor
{
    /// <summary>The most bytes read at once.</summary>
    public const long Piece = 1 << 30;

    /// <summary>Reads a tensor.</summary>
    /// <param name="dtype">Its dtype.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="next">Reads the next contents, of the shape given, row-major.</param>
    /// <param name="device">Where to; default <see cref="Device.Default"/>.</param>
    /// <param name="most">The most bytes of a piece, unless one element of the last dimension is more.</param>
    public static Tensor Read(DType dtype, Shape shape, Func<Shape, HostArray> next, Device? device, long most)
    {
        long bytes = shape.ElementCount * dtype.Size();
        if (bytes <= most || shape.Rank == 0) return Tensor.FromHost(next(shape), device);
        var row = Shape.Create(shape.Span[1..]);
        if (shape[0] == 1) return Read(dtype, row, next, device, most).Reshape(shape);
        int step = (int)Math.Max(1, most / (bytes / shape[0]));
        var pieces = new List<Tensor>();
        for (int start = 0; start < shape[0]; start += step)
            pieces.Add(Read(dtype, [Math.Min(step, shape[0] - start), .. row], next, device, most));
        return Tensor.Cat([.. pieces], 0);
    }
}
