// Two clouds of points, told apart by weights that are updated by hand, as the first chapters of many books do.
using GpuTensor;

Tensor.ManualSeed(0);
var cloud = Tensor.RandN(200, 2);
var points = Tensor.Cat([cloud[..100] + Tensor.From([1f, 0.5f]), cloud[100..] - Tensor.From([1f, 0.5f])]);
var labels = Tensor.Cat([Tensor.Ones(100, 1), Tensor.Zeros(100, 1)]);

var w = Tensor.Zeros([2, 1], requiresGrad: true);
var b = Tensor.Zeros([1], requiresGrad: true);
for (int step = 0; step <= 200; step++)
{
    var p = (points.MatMul(w) + b).Sigmoid();
    var loss = -(labels * p.Log() + (1 - labels) * (1 - p).Log()).Mean();
    loss.Backward();
    using (Tensor.NoGrad())
    {
        w -= 0.5 * w.Grad!;
        b -= 0.5 * b.Grad!;
        w.Grad!.Zero_();
        b.Grad = null;
    }
    if (step % 100 == 0) Console.WriteLine($"step {step}: loss {loss.Item<float>():F4}");
}

using (Tensor.NoGrad())
{
    var right = ((points.MatMul(w) + b) > 0).Eq(labels > 0.5);
    Console.WriteLine($"right: {right.Sum().Item<int>()} of {right.ElementCount}, {right.To(DType.Float32).Mean().Item<float>():P1}");
}
