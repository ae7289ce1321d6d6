namespace GpuTensor.Kernels;

/// <summary>A function of the generated source, in the template language of <see cref="Library"/>.</summary>
/// <param name="Name">Base name and kind, <c>exp_f32</c>: the kind's suffix, <c>f</c> for all floating kinds, <c>i</c> for all integers, or
/// <c>*</c>.</param>
/// <param name="Text">The function. With <paramref name="Lanes"/> a scalar expression of <c>x</c> and <c>y</c> that 16 lanes loop over: the
/// form of built-in functions whose vector and scalar forms may differ in their last bits.</param>
/// <param name="Lanes">The operands of that expression; 0: the text is a whole function.</param>
internal readonly record struct Helper(string Name, string Text, int Lanes = 0)
{
    /// <summary>The device's own function of one or two float64 numbers.</summary>
    public static Helper OfDevice(string function, int arity) =>
        new(function + "_f64", arity == 1 ? function + "(x)" : function + "(x, y)", arity);
}
