namespace GpuTensor.Nn;

/// <summary>What a module does to itself and returns itself from, under its own type: <c>var model = new
/// Mlp().To(device).Eval();</c>.</summary>
public static class ModuleExtensions
{
    /// <summary>Sets <see cref="Module.Training"/> of the module and all below it.</summary>
    /// <returns>The module.</returns>
    public static T Train<T>(this T module, bool mode = true) where T : Module
    {
        foreach (var each in module.Modules()) each.Training = mode;
        return module;
    }

    /// <summary>Ends training mode: dropout passes everything, running statistics are used.</summary>
    /// <returns>The module.</returns>
    public static T Eval<T>(this T module) where T : Module => module.Train(false);

    /// <summary>Moves parameters, their gradients and buffers to a device. The <see cref="Parameter"/> objects stay the same, so an
    /// optimizer made before goes on with them, but views taken earlier keep looking at the old memory.</summary>
    /// <returns>The module.</returns>
    public static T To<T>(this T module, Device device) where T : Module => module.Convert(t => t.To(device.NotNull()));

    /// <summary>Converts floating-point parameters, their gradients and buffers to a dtype; integer buffers stay as they are.</summary>
    /// <returns>The module.</returns>
    /// <exception cref="TensorDTypeException">The dtype is not floating.</exception>
    public static T To<T>(this T module, DType dtype) where T : Module => dtype.IsFloatingPoint()
        ? module.Convert(t => t.DType.IsFloatingPoint() ? t.To(dtype) : t)
        : throw new TensorDTypeException($"A module's dtype must be floating, not {dtype.Name()}.");

    /// <summary>Calls a function on all modules below and then on the module itself: to initialise weights, for one.</summary>
    /// <returns>The module.</returns>
    public static T Apply<T>(this T module, Action<Module> function) where T : Module
    {
        ArgumentNullException.ThrowIfNull(function);
        foreach (var each in module.ChildrenFirst()) function(each);
        return module;
    }

    /// <summary>Freezes all parameters, or lets them learn again.</summary>
    /// <returns>The module.</returns>
    public static T RequiresGrad_<T>(this T module, bool requiresGrad = true) where T : Module
    {
        foreach (var parameter in module.Parameters()) parameter.RequiresGrad_(requiresGrad);
        return module;
    }

    /// <summary>Forgets all gradients.</summary>
    public static void ZeroGrad(this Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        foreach (var parameter in module.Parameters()) parameter.Grad = null;
    }

    private static T Convert<T>(this T module, Func<Tensor, Tensor> convert) where T : Module
    {
        using (Tensor.NoGrad())
        {
            // All is converted before anything is replaced: where a device has no room, the module stays as it was.
            var moved = module.Parameters().Concat(module.Buffers()).Distinct(ReferenceEqualityComparer.Instance).Cast<Tensor>()
                .Select(t => (Tensor: t, To: convert(t.Detach()), Grad: t.Leaf?.Grad is { } g ? convert(g) : null)).ToList();
            foreach (var (tensor, to, grad) in moved) tensor.ReplaceWith(to, grad);
        }
        return module;
    }
}
