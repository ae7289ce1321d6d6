using System.Runtime.CompilerServices;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Tests.AutogradTests;

/// <content>What may happen between a forward pass that runs alone and its backward pass.</content>
public partial class RecomputationTests
{
    // Optimized, so that the temporaries of an expression are gone when a flush looks at what is still held.
    private static readonly Dictionary<string, Func<Device, Tensor[]>> Programs = new()
    {
        ["an input is changed in place before the backward pass"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            var (w, x) = (Leaf(device), Input(device));
            var loss = (w * x.Sin()).Sum();
            Run(loss);
            x.Add_(1.0);
            x.Realize();
            loss.Backward();
            return [w.Grad!, x];
        },
        ["an input is disposed before the backward pass"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            var (w, x) = (Leaf(device), Input(device));
            var loss = (w * x.Sin()).Sum();
            Run(loss);
            x.Dispose();
            // What would take over its memory.
            var other = (Input(device) * 3).Realize();
            loss.Backward();
            return [w.Grad!, other];
        },
        ["parameters are stepped before the backward pass"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            Tensor a = Leaf(device), b = Leaf(device);
            var optimizer = new SGD([a, b], lr: 0.5);
            var loss = ((a * 2).Sin() * (b + 1).Exp()).Sum();
            Run(loss);
            (a + b).Sum().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
            loss.Backward();
            return [a.Grad!, b.Grad!, a, b];
        },
        ["a parameter alone is changed before the backward pass"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            var w = Leaf(device);
            var loss = (w + 1).Exp().Sum();
            Run(loss);
            using (Tensor.NoGrad()) w.Mul_(3.0);
            w.Detach().Realize();
            loss.Backward();
            return [w.Grad!, w];
        },
        ["two backward passes and a step between"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            Tensor a = Leaf(device), b = Leaf(device);
            var optimizer = new SGD([a, b], lr: 0.5);
            var loss = (((a + b) * 2).Exp() * Input(device).Cos()).Sum();
            Run(loss);
            loss.Backward(retainGraph: true);
            optimizer.Step();
            Run(loss);
            loss.Backward(retainGraph: true);
            optimizer.Step();
            loss.Backward();
            return [a, b, a.Grad!, b.Grad!];
        },
        ["an optimizer takes the parameter before the backward pass"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            var w = Leaf(device);
            var loss = ((w * 2).Sin() * (w + 1).Exp()).Sum();
            Run(loss);
            var optimizer = new SGD([w], lr: 0.5);
            (w * 3).Sum().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
            loss.Backward();
            return [w, w.Grad!];
        },
        ["the gradient of a value in the middle is asked for"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            Tensor w = Leaf(device), middle = (w * 2).Sin();
            middle.RetainGrad();
            var loss = ((middle + 1).Exp() * (middle * 3).Cos()).Sum();
            Run(loss);
            loss.Backward();
            return [w.Grad!, middle.Grad!, middle];
        },
        ["a value in the middle is read after the backward pass"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            Tensor w = Leaf(device), x = Input(device), middle = (w * x).Sin();
            var loss = (middle * 3).Exp().Sum();
            Run(loss);
            loss.Backward();
            w.Grad!.Realize();
            x.Add_(1.0);
            x.Realize();
            return [w.Grad!, middle];
        },
        ["derivatives of derivatives"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            var x = Leaf(device);
            var y = ((x * 2).Tanh() * (x + 1).Sin()).Sum();
            Run(y);
            var first = Autograd.Grad(y, x, createGraph: true);
            var norm = (first * first).Sum();
            Run(norm);
            norm.Backward();
            return [first, x.Grad!];
        },
        ["a detached value outlives the graph it came from"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            Tensor v = Leaf(device), w = Leaf(device), x = Input(device);
            var middle = (w * x).Sin() + x;
            var (first, second) = (middle.Exp().Sum(), (v * middle.Detach()).Sum());
            Run(first, second);
            first.Backward();
            Run(first);
            x.Add_(1.0);
            x.Realize();
            second.Backward();
            return [v.Grad!, w.Grad!];
        },
        ["another loss on values that were not kept"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            Tensor w = Leaf(device), v = Leaf(device);
            var middle = (w * 2).Sin();
            var first = middle.Exp().Sum();
            Run(first);
            var second = (middle * v).Cos().Sum();
            Run(second);
            first.Backward(retainGraph: true);
            Run(first);
            second.Backward();
            return [w.Grad!, v.Grad!];
        },
        ["backward on another thread"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            var (w, x) = (Leaf(device), Input(device));
            var loss = ((w * x).Sin() * (w + 1).Exp()).Sum();
            Run(loss);
            var thread = new Thread(() => loss.Backward());
            thread.Start();
            thread.Join();
            x.Add_(1.0);
            x.Realize();
            return [w.Grad!, x];
        },
        ["backward under anomaly detection"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            var w = Leaf(device);
            var loss = ((w * 2).Sin() * (w + 1).Exp()).Sum();
            Run(loss);
            using (Autograd.DetectAnomaly()) loss.Backward();
            return [w.Grad!];
        },
        ["a compiled function changes an input"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            var (w, x) = (Leaf(device), Input(device));
            var step = Tensor.Compile(() => x.Add_(1.0).Sum());
            for (int i = 0; i < 4; i++) step();
            var loss = (w * x.Sin()).Sum();
            Run(loss);
            var sums = new[] { step().Clone(), step().Clone(), step().Clone() };
            loss.Backward();
            return [w.Grad!, x, .. sums];
        },
        ["dropout and a branch on the loss"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            Tensor.ManualSeed(3);
            var w = Leaf(device);
            var optimizer = new Adam([w], lr: 0.1);
            var losses = new List<Tensor>();
            for (int i = 0; i < 6; i++)
            {
                optimizer.ZeroGrad();
                var loss = F.Dropout((w * 2).Sin().Exp(), 0.3).Square().Mean();
                Run(loss);
                if (loss.Item<float>() > 3) loss = loss + (w * w).Mean();
                losses.Add(loss.Detach());
                loss.Backward();
                optimizer.Step();
            }
            return [w, .. losses];
        },
        ["in-place changes within the forward pass"] = [MethodImpl(MethodImplOptions.AggressiveOptimization)] (device) =>
        {
            var (w, x) = (Leaf(device), Input(device));
            var y = w * 2;
            y.Narrow(0, 0, 10).Mul_(x.Narrow(0, 5, 10).Cos());
            y.Add_((x * 2).Sin() * w);
            var loss = (y.Exp() * (x + 1)).Sum();
            x.Add_(1.0);
            Run(loss);
            x.Mul_(2.0);
            x.Realize();
            var before = Autograd.Grad((w * x.Cos()).Sum(), w);
            loss.Backward();
            return [w.Grad!, before, x];
        },
    };
}
