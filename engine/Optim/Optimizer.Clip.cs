namespace GpuTensor.Optim;

public abstract partial class Optimizer
{
    /// <summary>Scales all gradients down together where their common 2-norm exceeds a limit, as <c>torch.nn.utils.clip_grad_norm_</c>.
    /// Nothing waits.</summary>
    /// <param name="parameters">The parameters whose gradients count; those without are skipped.</param>
    /// <param name="maxNorm">The limit.</param>
    /// <returns>The norm before, a 0-d tensor.</returns>
    public static Tensor ClipGradNorm_(IEnumerable<Tensor> parameters, double maxNorm)
    {
        using var mode = Tensor.NoGrad();
        var learned = parameters.NoneNull().Distinct(ReferenceEqualityComparer.Instance).Cast<Tensor>()
            .Where(p => p.Leaf?.ReadGrad() is not null).ToList();
        if (learned.Count == 0) return Tensor.Zeros();
        if (learned.Select(p => (p.Device, p.DType)).Distinct().Count() > 1)
            throw new TensorDTypeException("ClipGradNorm_ takes gradients of one dtype on one device; clip each kind by itself.");
        var flat = FlatGroup.Flat([.. learned.Select(p => p.Leaf!.Grad!)]);
        var norm = (flat * flat).Sum().Sqrt();
        var clipped = flat * (maxNorm / (norm + 1e-6)).Clamp(max: 1.0);
        int at = 0;
        foreach (var parameter in learned)
        {
            int count = Shape.Size(parameter.ElementCount, "clip_grad");
            parameter.ReplaceGrad(clipped.Narrow(0, at, count).Reshape(parameter.Shape));
            at += count;
        }
        return norm;
    }
}
