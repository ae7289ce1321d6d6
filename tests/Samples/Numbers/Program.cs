// What numbers become when they meet, and how parts of a tensor are read and written.
using GpuTensor;

var int64 = Tensor.Arange(4);
Console.WriteLine($"{int64.DType}; × 1.5 {(int64 * 1.5).DType}; / 2 {(int64 / 2).DType}; + true {(int64 + true).DType}; > 1 "
    + $"{(int64 > 1).DType}");
var float16 = Tensor.Ones([2], DType.Float16);
Console.WriteLine($"{(float16 * 2.0).DType} {(float16 + Tensor.Ones([2], DType.BFloat16)).DType} "
    + $"{(float16 + Tensor.Ones([2], DType.Int32)).DType} "
    + $"{(Tensor.Ones([2], DType.UInt8) + Tensor.Ones([2], DType.Int8)).DType} {int64.Mean(dtype: DType.Float64).DType} "
    + $"{(int64 > 1).Sum().DType}");
Console.WriteLine($"{7 / Tensor.From([2])} {Tensor.From([-7]).FloorDivide(2)} {Tensor.From([-7]) % 3} {Tensor.From([1, 2]) << 3}");
Console.WriteLine(Tensor.From([byte.MaxValue]) + Tensor.From([(byte)1]));
Console.WriteLine(Tensor.From([1e10f, 1.5f, -0f, float.NaN, float.PositiveInfinity]));

var m = Tensor.Arange(24).Reshape(2, 3, 4);
Console.WriteLine($"{m[0, .., 1]} {m[^1, 1..].Shape} {m[TensorIndex.Ellipsis, 0].Shape} {m[.., TensorIndex.NewAxis].Shape} "
    + $"{m[0, 0, TensorIndex.Slice(0, 4, 2)]}");
m[.., 0] = -1;
m[1] = 5;
m[m.Lt(0)] = 100;
m[0, 1, ^1] += 1000;
Console.WriteLine(m);
Console.WriteLine(m[Tensor.From([1L, 0])][.., 0, 0]);
var view = m[0].Transpose(0, 1)[1..3];
view.Mul_(-1);
Console.WriteLine($"{m[0, .., 1]} {view.IsContiguous} [{string.Join(", ", view.Strides)}]");
Console.WriteLine(Tensor.Where(m > 50, m, 0).Sum(dim: [0, 2]));
var (values, indices) = m[0].Max(dim: 1);
Console.WriteLine($"{values} {indices}");
foreach (var row in m[1].Unbind()) Console.Write($"{row.Sum().Item<long>()} ");
Console.WriteLine();

foreach (Action wrong in new Action[]
{
    () => _ = Tensor.Ones(2, 3) + Tensor.Ones(2, 4),
    () => _ = m[2],
    () => _ = Tensor.Ones(2, 3).MatMul(Tensor.Ones(2, 3)),
    () => _ = m.View(5, 5),
    () => _ = Tensor.Ones(2).Item<float>(),
    () => _ = int64.ToArray<float>(),
    () => int64.RequiresGrad_(),
})
    try { wrong(); }
    catch (Exception e) { Console.WriteLine($"{e.GetType().Name}: {e.Message}"); }
