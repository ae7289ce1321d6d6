using GpuTensor; using GpuTensor.IO; using GpuTensor.Nn; using GpuTensor.Optim;

var x = Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
Console.WriteLine($"{x.Shape}\n{x}");                       // [2, 3] and PyTorch's own layout
x.Add_(Tensor.Ones(2, 3) + Tensor.Ones(2, 3));
x.Sub_(Tensor.Ones(2, 3) * 2);

Npy.Save("z.npy", Tensor.Full([3, 2], 2, DType.Int16));
Tensor z = Npy.Load("z.npy");                               // int16, 3×2
Console.WriteLine(x.To(DType.Int16).MatMul(z));             // tensor([[12, 12], [30, 30]], dtype=torch.int16)
Console.WriteLine(x.View(1, 6));

if (Device.IsCudaAvailable) Console.WriteLine((x.Cuda() + Tensor.Full([2, 3], 2f, device: Device.Cuda(0))).Cpu());

var v1 = Tensor.From([1f, 2, 3]);
var v2 = Tensor.From([4f, 5, 6], requiresGrad: true);
var v3 = v1 * v2;
Console.WriteLine($"{v3.Detach()} {v3.GradFn}");            // … MulBackward

var t = Tensor.From([0, MathF.PI, 1.5f * MathF.PI, 2 * MathF.PI], requiresGrad: true);
t.Sin().Backward(Tensor.Ones(4));
Console.WriteLine(t.Grad!.AllClose(t.Detach().Cos()));      // True

var noise = new NumPyRandom(seed: 0).RandN(100);            // double[], NumPy's legacy stream
var xs = Tensor.Linspace(0, 10, 100).Reshape(-1, 1);
var ys = 2 * xs + 3 + Tensor.From(noise, DType.Float32).Reshape(-1, 1) * 2;
Tensor.ManualSeed(0, RandomStream.PyTorch);
// PyTorch's CPU generator, to compare runs; the default is Philox on the device
var model = new LinearRegression(1, 1);
var cost = new MSELoss();
var optimizer = new SGD(model.Parameters(), lr: 0.01, momentum: 0.9);
for (int epoch = 0; epoch < 100; epoch++)
{
    var loss = cost.Forward(model.Forward(xs), ys);
    optimizer.ZeroGrad();
    loss.Backward();
    optimizer.Step();
    if ((epoch + 1) % 10 == 0) Console.WriteLine($"epoch{epoch + 1},loss{loss.Item<float>()}");
}

sealed class LinearRegression(int inputs, int outputs) : Module
{
    readonly Linear model = new(inputs, outputs);
    public override Tensor Forward(Tensor x) => model.Forward(x);
}
