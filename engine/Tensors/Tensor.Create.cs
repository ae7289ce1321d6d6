using System.Runtime.InteropServices;
using GpuTensor.Graph;
using GpuTensor.Operators;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>A tensor of contents that are already in host memory; they are copied to the device.</summary>
    internal static Tensor FromHost(HostArray contents, Device? device = null, bool requiresGrad = false)
    {
        device ??= Device.Default;
        var node = Node.InMemory(Basic.Leaf, contents.DType, contents.Shape, device, device.Executor.Upload(contents),
            attributes: HostRange.Of(contents));
        var tensor = FromNode(node);
        return requiresGrad ? tensor.RequiresGrad_() : tensor;
    }

    /// <summary>A 0-d value that kernels take as an argument: it may change from step to step without a new kernel.</summary>
    internal static Tensor FromScalar(Scalar value, DType dtype, Device device) => FromNode(RecordScalar(value, dtype, device));

    /// <summary>A number as an operand of that shape: nobody holds it, so it needs no handle.</summary>
    private static Graph.Operand FromScalar(Scalar value, DType dtype, Device device, Shape shape)
    {
        var node = RecordScalar(value, dtype, device);
        return new(node, shape.Rank == 0 ? null : GpuTensor.View.Identity(node.Shape).Expand(shape), false);
    }

    private static Node RecordScalar(Scalar value, DType dtype, Device device)
    {
        long bits = value.BitsAs(dtype);
        var number = value.IsConstant ? ConstantNumber.Of(bits)
            : value.Source is { } source ? new LiveNumber(bits, source)
            : Number.Of(bits);
        var op = value.IsConstant ? Basic.Constant : Basic.Scalar;
        return Recorder.For(device).Record(op, dtype, GpuTensor.Shape.Scalar, attributes: number);
    }

    /// <summary>A 0-d tensor of one number on the default device: float32, int64 or bool by kind.</summary>
    internal static Tensor FromScalar(Scalar value, Device? device = null) =>
        FromScalar(value, value.PromoteWith(DType.Bool), device ?? Device.Default);

    /// <summary>A tensor of the array's shape and type; the array is copied now.</summary>
    /// <param name="array">An array of any rank of a number type or bool.</param>
    /// <param name="dtype">The dtype to convert to; default: the array's.</param>
    /// <param name="device">Where to; default <see cref="Device.Default"/>.</param>
    /// <param name="requiresGrad">Whether it is a leaf that gradients flow to.</param>
    public static Tensor From(Array array, DType? dtype = null, Device? device = null, bool requiresGrad = false)
    {
        ArgumentNullException.ThrowIfNull(array);
        var own = DTypeOf(array.GetType().GetElementType()!);
        var sizes = new int[array.Rank];
        for (int d = 0; d < sizes.Length; d++) sizes[d] = array.GetLength(d);
        var host = new HostArray(own, GpuTensor.Shape.Create(sizes));
        MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(array), host.Data.Length).CopyTo(host.Data);
        var tensor = FromHost(host, device);
        if (dtype is { } target && target != own) tensor = tensor.To(target);
        return requiresGrad ? tensor.RequiresGrad_() : tensor;
    }

    /// <summary>A vector of the span's elements, copied now.</summary>
    public static Tensor From<T>(ReadOnlySpan<T> values, DType? dtype = null, Device? device = null, bool requiresGrad = false)
        where T : unmanaged =>
        From(values.ToArray(), dtype, device, requiresGrad);

    /// <summary>A vector of the array's elements, copied now.</summary>
    public static Tensor From<T>(T[] values, DType? dtype = null, Device? device = null, bool requiresGrad = false) where T : unmanaged =>
        From((Array)values.NotNull(), dtype, device, requiresGrad);

    /// <summary>All elements equal to a number; dtype by the number's kind (float32, int64, bool) unless given.</summary>
    public static Tensor Full(Shape shape, Scalar value, DType? dtype = null, Device? device = null, bool requiresGrad = false)
    {
        ArgumentNullException.ThrowIfNull(shape);
        device ??= Device.Default;
        var type = dtype ?? value.PromoteWith(DType.Bool);
        var tensor = Apply(Basic.Copy, type, shape, FromScalar(value, type, device, shape.Known()));
        return requiresGrad ? tensor.RequiresGrad_() : tensor;
    }

    /// <summary>Zeros, float32, on the default device.</summary>
    public static Tensor Zeros(params Shape shape) => Full(shape.NotNull(), Scalar.Constant(0.0));

    /// <summary>Zeros.</summary>
    public static Tensor Zeros(Shape shape, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        Full(shape.NotNull(), Scalar.Constant(0.0), dtype ?? DType.Float32, device, requiresGrad);

    /// <summary>Ones, float32, on the default device.</summary>
    public static Tensor Ones(params Shape shape) => Full(shape.NotNull(), Scalar.Constant(1.0));

    /// <summary>Ones.</summary>
    public static Tensor Ones(Shape shape, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        Full(shape.NotNull(), Scalar.Constant(1.0), dtype ?? DType.Float32, device, requiresGrad);

    /// <summary>The dtype of a .NET number type.</summary>
    internal static DType DTypeOf(Type type) =>
        type == typeof(float) ? DType.Float32 : type == typeof(double) ? DType.Float64 : type == typeof(Half) ? DType.Float16
        : type == typeof(long) ? DType.Int64 : type == typeof(int) ? DType.Int32 : type == typeof(short) ? DType.Int16
        : type == typeof(sbyte) ? DType.Int8
        : type == typeof(byte) ? DType.UInt8 : type == typeof(bool) ? DType.Bool
        : throw new TensorDTypeException(
            $"{type.Name} is no element type: expected float, double, Half, long, int, short, sbyte, byte or bool.");
}
