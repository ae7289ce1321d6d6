using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Attacks;

/// <content>Arguments.</content>
public partial class CompiledFunctionTests
{
    /// <summary>What a function does to its arguments, it does to those of each call.</summary>
    private static void Arguments()
    {
        // Overwritten without being read.
        var fill = Tensor.Compile((Tensor c) =>
        {
            c.Fill_(3);
            return c + 1;
        });
        for (int i = 0; i < 12; i++)
        {
            var c = T(i);
            Same(4, fill(c), "filled + 1");
            Same(3, c, "filled");
        }

        // Gradients of leaves that are arguments, or that an argument was computed from.
        foreach (bool through in (bool[])[false, true])
        {
            var grad = Tensor.Compile((Tensor x) =>
            {
                var loss = (x * 5).Sum();
                loss.Backward();
                return loss.Detach();
            });
            for (int i = 1; i <= 12; i++)
            {
                var x = Tensor.From([(float)i], requiresGrad: true);
                Same(through ? i * 10 : i * 5, grad(through ? x * 2 : x), "loss");
                Same(through ? 10 : 5, x.Grad!, $"gradient, call {i}");
                x.Grad = null;
            }
        }

        // The argument is the variable that the function changes.
        foreach (bool alias in (bool[])[false, true])
        {
            var w = Tensor.From([1f, 2, 3]);
            var step = Tensor.Compile((Tensor x) =>
            {
                w.Add_(x.Flip(0));
                return x * 2;
            });
            var plain = Tensor.From([1f, 2, 3]);
            for (int i = 0; i < 12; i++)
            {
                bool same = alias ? i >= 5 : i % 3 == 2;
                var x = Tensor.From([i, 1f, 0]);
                var expected = same ? plain : x;
                var result = step(same ? w.Detach() : x);
                plain.Add_(expected.Flip(0));
                Assert.Equal((expected * 2).ToArray<float>(), result.ToArray<float>());
                Assert.Equal(plain.ToArray<float>(), w.ToArray<float>());
            }
        }

        // Results that look at a variable are handles of their own.
        var total = T(0, 5);
        foreach (var look in (Func<Tensor, Tensor>[])[t => t.Detach(), t => t[0], t => t])
        {
            var sum = Tensor.Compile((Tensor x) => look(total.Add_(x)));
            Tensor? before = null;
            for (int i = 1; i <= 8; i++)
            {
                float was = total.ToArray<float>()[0];
                var result = sum(T(1));
                Same(was + 1, result, "total");
                if (before is not null) Same(was + 1, before, "the result before");
                if (!ReferenceEquals(result, total) && i % 2 == 0) result.Dispose();
                else before = result;
            }
        }

        // A compiled function within another.
        foreach (var (inner, change) in (List<(Func<Tensor, Tensor>, Action<double>)>)[Scaled(), Scaled()])
        {
            var outer = Tensor.Compile((Tensor x) => inner(x) + 1);
            for (int i = 0; i < 9; i++)
            {
                change(i / 3);
                Same(i / 3 + 1, outer(T(1)), "inner");
            }
        }

        static (Func<Tensor, Tensor>, Action<double>) Scaled()
        {
            double factor = 0;
            return (Tensor.Compile((Tensor x) => x * factor), v => factor = v);
        }
    }
}
