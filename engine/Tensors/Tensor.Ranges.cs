using GpuTensor.Graph;
using GpuTensor.Operators;
using static GpuTensor.Operators.Constants;

namespace GpuTensor;

/// <content>Ranges, the identity, and tensors like others.</content>
public partial class Tensor
{
    /// <summary>0, 1, … below <paramref name="end"/>: int64 for a whole number, else float32, unless given.</summary>
    public static Tensor Arange(Scalar end, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        Arange(0, end, null, dtype, device, requiresGrad);

    /// <summary>start, start + step, … below <paramref name="end"/> (above it for a negative step): int64 if all are whole, else float32,
    /// unless given.</summary>
    /// <exception cref="ArgumentException">The step is zero or leads away from the end.</exception>
    public static Tensor Arange(Scalar start, Scalar end, Scalar? step = null, DType? dtype = null, Device? device = null,
        bool requiresGrad = false)
    {
        var by = step ?? 1;
        bool whole = start.Kind != DType.Float64 && end.Kind != DType.Float64 && by.Kind != DType.Float64;
        if (by.ToDouble() == 0 || (end.ToDouble() - start.ToDouble()) / by.ToDouble() is var span && (span < 0 || !double.IsFinite(span)))
            throw new ArgumentException($"arange: no steps of {by} lead from {start} to {end}.", step is null ? nameof(end) : nameof(step));
        double count = whole ? Math.Ceiling(((decimal)end.ToInt64() - start.ToInt64()) / by.ToInt64()) is var exact ? (double)exact : 0
            : Math.Ceiling(span);
        if (count > int.MaxValue) throw new TensorShapeException($"arange: {count} elements are more than a dimension can have.");
        var type = dtype ?? (whole ? DType.Int64 : DType.Float32);
        var result = whole ? Positions(new View([(int)count], [by.ToInt64()], start.ToInt64()), device ?? Device.Default).To(type)
            : Computed((int)count, i => start.ToDouble() + i * by.ToDouble(), type, device);
        return requiresGrad ? result.RequiresGrad_() : result;
    }

    /// <summary><paramref name="steps"/> numbers at equal distances from start to end, both included: float32 unless given.</summary>
    public static Tensor Linspace(Scalar start, Scalar end, int steps, DType? dtype = null, Device? device = null,
        bool requiresGrad = false)
    {
        if (steps < 0) throw new TensorShapeException($"linspace: {steps} steps were asked for.");
        var type = dtype ?? DType.Float32;
        if (!type.IsFloatingPoint() && start.Kind != DType.Float64 && end.Kind != DType.Float64 && !(IsExact(start) && IsExact(end)))
        {
            // Beyond 2⁵³ a double would round the ends.
            Int128 first = start.ToInt64(), span = end.ToInt64() - first;
            var whole = HostMemory.Allocate<long>(steps, $"int64 [{steps}]");
            for (int i = 0; i < steps; i++) whole[i] = (long)(first + span * i / Math.Max(1, steps - 1));
            var exact = From(whole, device: device).To(type);
            return requiresGrad ? exact.RequiresGrad_() : exact;
        }
        double step = steps > 1 ? (end.ToDouble() - start.ToDouble()) / (steps - 1) : 0;
        // From both ends, so that the last element is the end itself.
        var result = Computed(steps, i => i < steps / 2 ? start.ToDouble() + step * i : steps == 1 ? start.ToDouble()
            : end.ToDouble() - step * (steps - 1 - i), type, device);
        return requiresGrad ? result.RequiresGrad_() : result;
    }

    private static bool IsExact(Scalar whole) => Math.Abs((decimal)whole.ToInt64()) <= 1L << 53;

    /// <summary>A vector computed on the host in double: devices need not know float64, and each element is rounded once.</summary>
    private static Tensor Computed(int count, Func<int, double> f, DType dtype, Device? device)
    {
        string what = $"{dtype.Name()} [{count}]";
        HostMemory.RequireArray((long)count * dtype.Size(), 1, what);
        var values = HostMemory.Allocate<double>(count, what);
        for (int i = 0; i < count; i++) values[i] = f(i);
        var array = dtype.IsFloatingPoint() ? new ReferenceArray(dtype, [count], values, null)
            : new(dtype, [count], null, Truncated(values, dtype));
        return FromHost(array.Rounded(), device);
    }

    private static long[] Truncated(double[] values, DType dtype)
    {
        var result = HostMemory.Allocate<long>(values.Length, $"int64 [{values.Length}]");
        for (int i = 0; i < result.Length; i++) result[i] = Casts.ToInteger(values[i], dtype);
        return result;
    }

    /// <summary>Ones on the diagonal of an n × m matrix (m = n unless given), zeros elsewhere: float32 unless given.</summary>
    public static Tensor Eye(int n, int? m = null, DType? dtype = null, Device? device = null, bool requiresGrad = false)
    {
        if (n < 0 || m < 0) throw new TensorShapeException($"eye: {n} × {m ?? n} has a negative size.");
        var result = Positions(new View([n, m ?? n], [1, -1], 0), device ?? Device.Default).Eq(Zero).To(dtype ?? DType.Float32);
        return requiresGrad ? result.RequiresGrad_() : result;
    }

    /// <summary>A tensor of another's shape, dtype and device (unless given), all elements one number.</summary>
    public static Tensor FullLike(Tensor like, Scalar value, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        Full(like.NotNull().Shape, value, dtype ?? like.DType, device ?? like.Device, requiresGrad);

    /// <summary>Zeros of another tensor's shape, dtype and device, unless given.</summary>
    public static Tensor ZerosLike(Tensor like, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        FullLike(like.NotNull(), Zero, dtype, device, requiresGrad);

    /// <summary>Ones of another tensor's shape, dtype and device, unless given.</summary>
    public static Tensor OnesLike(Tensor like, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        FullLike(like.NotNull(), One, dtype, device, requiresGrad);

    /// <summary>Memory to be filled: zeros here, so that nothing undefined is ever read.</summary>
    public static Tensor Empty(params Shape shape) => Zeros(shape.NotNull());

    /// <summary>Memory to be filled: zeros here, so that nothing undefined is ever read.</summary>
    public static Tensor Empty(Shape shape, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        Zeros(shape.NotNull(), dtype, device, requiresGrad);

    /// <summary>As <see cref="ZerosLike"/>.</summary>
    public static Tensor EmptyLike(Tensor like, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        ZerosLike(like.NotNull(), dtype, device, requiresGrad);

    /// <summary>For int64 class numbers a row each, 1 at the class and 0 elsewhere: int64, shape (…, classes).</summary>
    /// <param name="numClasses">How many classes; −1 takes the largest number plus one, which flushes and waits.</param>
    /// <exception cref="TensorDTypeException">The tensor is not int64.</exception>
    /// <exception cref="TensorIndexException">A class does not exist; for numbers on a device at the next wait.</exception>
    public Tensor OneHot(int numClasses = -1)
    {
        if (DType != DType.Int64) throw new TensorDTypeException($"one_hot takes int64 class numbers, not {DType.Name()}.");
        if (numClasses < -1) throw new TensorShapeException($"one_hot: {numClasses} classes were asked for.");
        // Clamped: one class more than the largest number is still no number of classes then.
        if (numClasses == -1) numClasses = GpuTensor.Shape.Size(Math.Min(AMax().Item<long>(), int.MaxValue) + 1, "one_hot");
        IndexCheck.Record("one_hot", this, numClasses, fromEnd: false);
        return Unsqueeze(-1).Eq(Positions(numClasses, Device)).To(DType.Int64);
    }

    /// <summary>0 … count − 1, int64.</summary>
    internal static Tensor Positions(int count, Device device) => Positions(new View([count], [1], 0), device);

    /// <summary>Offset + Σ stride · index over the view's shape, int64.</summary>
    internal static Tensor Positions(View affine, Device device) =>
        FromNode(Recorder.For(device).Record(Basic.Index, DType.Int64, affine.Shape, attributes: new ViewAttributes(affine)));
}
