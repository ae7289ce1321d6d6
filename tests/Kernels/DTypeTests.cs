using Xunit;

namespace GpuTensor.Tests.Kernels;

public class DTypeTests
{
    [Theory]
    [InlineData(DType.UInt8, DType.Int8, DType.Int16)]
    [InlineData(DType.Int64, DType.Float16, DType.Float16)]
    [InlineData(DType.Float16, DType.BFloat16, DType.Float32)]
    [InlineData(DType.Bool, DType.UInt8, DType.UInt8)]
    [InlineData(DType.Int32, DType.Int64, DType.Int64)]
    [InlineData(DType.UInt8, DType.Int32, DType.Int32)]
    public void Promotion_is_PyTorchs(DType a, DType b, DType expected)
    {
        Assert.Equal(expected, DTypes.Promote(a, b));
        Assert.Equal(expected, DTypes.Promote(b, a));
    }
}
