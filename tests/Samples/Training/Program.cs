using GpuTensor; using GpuTensor.Data; using GpuTensor.Nn; using GpuTensor.Optim;

Tensor.ManualSeed(0);
using var train = new DataLoader(FashionMnist.Open(train: true), batchSize: 128, shuffle: true);
var model = new Sequential(new Flatten(), new Linear(784, 512), new ReLU(), new Linear(512, 256), new ReLU(), new Linear(256, 10));
var optimizer = new AdamW(model.Parameters(), lr: 1e-3, weightDecay: 0.01);

var step = Tensor.Compile((Tensor images, Tensor labels) =>  // optional: the plain loop replays its plan too
{
    optimizer.ZeroGrad();
    var loss = F.CrossEntropy(model.Forward(images), labels);
    loss.Backward();
    optimizer.Step();
    return loss;
});
var total = Tensor.Zeros();
for (int epoch = 0; epoch < 5; epoch++)
    foreach (var (images, labels) in train)
        total += step(images, labels).Detach();              // on the device: nothing waits until somebody reads it
Console.WriteLine(total.Item<float>());
model.Save("mlp.safetensors");

using (Tensor.NoGrad())
    Console.WriteLine(model.Eval().Forward(Tensor.Rand(1, 784)).Softmax(dim: 1).ArgMax(dim: 1).Item<long>());
