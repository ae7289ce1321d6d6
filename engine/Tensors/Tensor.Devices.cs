using GpuTensor.Graph;
using GpuTensor.Operators;

namespace GpuTensor;

/// <content>Moving between devices, conversions by name, and sizes.</content>
public partial class Tensor
{
    /// <summary>These contents on another device: flushes, waits and copies; the tensor itself if it is there already. Gradients flow
    /// back.</summary>
    public Tensor To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device == Device) return this;
        var host = ToHost();
        var operand = Operand;
        // A value that is there already, as a leaf is, but with the history of the one it was copied from.
        var history = operand.Grad ? operand : default;
        return FromNode(Node.InMemory(Transfer.ToDevice, DType, Shape, device, device.Executor.Upload(host), history));
    }

    /// <summary>These contents on another device and in another dtype.</summary>
    public Tensor To(Device device, DType dtype) => To(device.NotNull()).To(dtype);

    /// <summary>These contents in the dtype and on the device of another tensor.</summary>
    public Tensor To(Tensor other) => To(other.NotNull().Device).To(other.DType);

    /// <summary>These contents on the n-th CUDA device.</summary>
    /// <exception cref="DeviceException">There is no such device.</exception>
    public Tensor Cuda(int index = 0) => To(Device.Cuda(index));

    /// <summary>These contents on the reference device.</summary>
    public Tensor Cpu() => To(Device.Cpu);

    /// <summary>As float32.</summary>
    public Tensor Float() => To(DType.Float32);

    /// <summary>As float64.</summary>
    public Tensor Double() => To(DType.Float64);

    /// <summary>As float16.</summary>
    public Tensor Half() => To(DType.Float16);

    /// <summary>As bfloat16.</summary>
    public Tensor BFloat16() => To(DType.BFloat16);

    /// <summary>As int64; fractions are cut off.</summary>
    public Tensor Long() => To(DType.Int64);

    /// <summary>As int32; fractions are cut off.</summary>
    public Tensor Int() => To(DType.Int32);

    /// <summary>As bool: what is not zero.</summary>
    public Tensor Bool() => To(DType.Bool);

    /// <summary>The number of elements.</summary>
    public long Numel() => ElementCount;

    /// <summary>The number of dimensions.</summary>
    public int Dim() => Rank;

    /// <summary>The sizes.</summary>
    public Shape Size() => Shape;

    /// <summary>The size of a dimension; negative ones count from the end.</summary>
    public int Size(int dim) => Shape[dim];
}
