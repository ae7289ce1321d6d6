// Modules of one's own: parameters, buffers, lists and dictionaries of children, all found by themselves under PyTorch's names.
using GpuTensor;
using GpuTensor.Nn;
using GpuTensor.Optim;

Tensor.ManualSeed(0);
var model = new Mixture(inputs: 3, width: 8);
foreach (var (name, parameter) in model.NamedParameters()) Console.WriteLine($"{name} {parameter.Shape}");

// A compiled function is recorded anew when a variable that it captured changes. Compiled ahead of time, the program does not know its
// variables: they are frozen, and a tensor changed in place serves instead.
var (scale, place) = (1.0, Tensor.Ones(1));
var scaled = Tensor.Compile((Tensor t) => t * scale * place);
for (int i = 0; i < 4; i++) scaled(Tensor.Ones(1));
scale = 2;
Console.WriteLine(scaled(Tensor.Ones(1)).Item<float>() == 2 ? "a captured number that changed is seen" : Tensor.Explain(scaled));
place.Fill_(3);
Console.WriteLine($"so is a tensor changed in place: {scaled(Tensor.Ones(1)).Item<float>() >= 3}");
Console.WriteLine($"buffers: {string.Join(" ", model.NamedBuffers().Select(b => b.Name))}");

// Running statistics move while training and stand still afterwards.
var x = Tensor.RandN(256, 3) * 2 + 5;
for (int i = 0; i < 50; i++) model.Forward(x);
Console.WriteLine($"mean seen: about 5: {(model.Norm.RunningMean - 5).Abs().Max().Item<float>() < 0.5f}; calls: "
    + $"{model.Norm.Calls.Item<long>()}");
model.Eval();
var before = model.Norm.RunningMean.Clone();
model.Forward(x * 100);
Console.WriteLine($"unchanged in evaluation: {before.Equal(model.Norm.RunningMean)}");

// Only the heads learn: the body is frozen.
model.Train();
foreach (var block in model.Body) block.RequiresGrad_(false);
var optimizer = new SGD(model.Parameters(), lr: 0.05);
var frozen = model.StateDict()["body.0.weight"].Clone();
var target = (x[.., 0] * 3 - x[.., 1]).Unsqueeze(1);
float first = 0, loss = 0;
for (int i = 0; i < 100; i++)
{
    var error = F.MseLoss(model.Forward(x, "value"), target);
    optimizer.ZeroGrad();
    error.Backward();
    Optimizer.ClipGradNorm_(model.Parameters(), 5);
    optimizer.Step();
    loss = error.Item<float>();
    if (i == 0) first = loss;
}
Console.WriteLine($"loss fell: {loss < first / 2}; the frozen body is as it was: {frozen.Equal(model.StateDict()["body.0.weight"])}");
Console.WriteLine($"in half precision: {model.Eval().To(DType.Float16).Forward(x.To(DType.Float16), "value").DType}");

sealed class Normalize(int width) : Module
{
    private readonly Parameter scale = new(Tensor.Ones(width));

    [Buffer] public Tensor RunningMean { get; } = Tensor.Zeros(width);
    [Buffer] public Tensor RunningVar { get; } = Tensor.Ones(width);
    [Buffer] public Tensor Calls { get; } = Tensor.Zeros([], DType.Int64);

    public override Tensor Forward(Tensor x)
    {
        if (Training)
            using (Tensor.NoGrad())
            {
                RunningMean.Lerp_(x.Mean(0), 0.1);
                RunningVar.Lerp_(x.Var(0), 0.1);
                Calls.Add_(1);
            }
        return (x - RunningMean) * (RunningVar + 1e-5).Rsqrt() * scale;
    }
}

sealed class Mixture : Module
{
    private readonly Dictionary<string, Module> heads;

    public Mixture(int inputs, int width)
    {
        Norm = new(inputs);
        Body = [new(inputs, width), new(width, width)];
        heads = new() { ["value"] = new Linear(width, 1), ["policy"] = new Sequential(new Linear(width, 4), new Softmax(-1)) };
    }

    public Normalize Norm { get; }

    public List<Linear> Body { get; }

    public override Tensor Forward(Tensor x) => Forward(x, "policy");

    public Tensor Forward(Tensor x, string head)
    {
        x = Norm.Forward(x);
        foreach (var layer in Body) x = F.Gelu(layer.Forward(x));
        return heads[head].Forward(x);
    }
}
