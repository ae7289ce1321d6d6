// Derivatives of derivatives: Newton's method, a Hessian, and a penalty on gradients that is itself trained through.
using GpuTensor;
using GpuTensor.Nn;
using GpuTensor.Optim;

// Newton: the minimum of Rosenbrock's function, in which plain descent crawls.
static Tensor Rosenbrock(Tensor p) => (1 - p[0]).Pow(2) + 100 * (p[1] - p[0].Pow(2)).Pow(2);

var at = Tensor.From([-1.2, 1.0], requiresGrad: true);          // double[]: float64
for (int i = 0; i < 7; i++)
{
    var gradient = Autograd.Grad(Rosenbrock(at), at, createGraph: true);
    var hessian = Tensor.Stack([.. gradient.Unbind().Select(g => Autograd.Grad(g, at, retainGraph: true))]);
    var (a, b, c) = (hessian[0, 0], hessian[0, 1], hessian[1, 1]);
    using (Tensor.NoGrad())
    {
        var inverse = Tensor.Stack([Tensor.Stack([c, -b]), Tensor.Stack([-b, a])]) / (a * c - b * b);
        at -= inverse.MatMul(gradient);
    }
}
Console.WriteLine($"minimum at {at.Detach()}");

// d³/dx³ of x⁵ at 2.
var x = Tensor.From([2f], requiresGrad: true);
var y = x.Pow(5);
for (int n = 0; n < 3; n++) y = Autograd.Grad(y.Sum(), x, createGraph: true);
Console.WriteLine($"60·2² = {y.Item<float>()}");

// A network whose slope is held near 1: the penalty's gradient is a gradient of a gradient.
Tensor.ManualSeed(1);
var critic = new Sequential(new Linear(1, 16), new Tanh(), new Linear(16, 1));
var optimizer = new Adam(critic.Parameters(), lr: 0.01);
var inputs = Tensor.Linspace(-1, 1, 32).Reshape(-1, 1).RequiresGrad_();
float first = 0, last = 0;
for (int step = 0; step < 150; step++)
{
    var slope = Autograd.Grad(critic.Forward(inputs).Sum(), inputs, createGraph: true);
    var penalty = (slope - 1).Pow(2).Mean();
    optimizer.ZeroGrad();
    penalty.Backward();
    optimizer.Step();
    last = penalty.Item<float>();
    if (step == 0) first = last;
}
Console.WriteLine($"penalty fell below a hundredth: {last < first / 100}");
