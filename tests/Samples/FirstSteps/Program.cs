using GpuTensor; using GpuTensor.Nn; using GpuTensor.Optim;

var x = Tensor.RandN(256, 2);
var y = (x[.., 0] * x[.., 1] > 0).To(DType.Int64);           // in which quadrants?
var model = new Sequential(new Linear(2, 32), new ReLU(), new Linear(32, 2));
var optimizer = new Adam(model.Parameters(), lr: 0.01);
for (int step = 0; step < 300; step++)
{
    optimizer.ZeroGrad();
    F.CrossEntropy(model.Forward(x), y).Backward();
    optimizer.Step();
}
Console.WriteLine(model.Forward(x).ArgMax(dim: 1).Eq(y).To(DType.Float32).Mean());
