using GpuTensor.Graph;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>Makes a function of tensors replayable: it is recorded at the first calls of each set of argument shapes and dtypes; once two recordings agree, further calls replay its launches
    /// without running its C# code. Values, gradients, optimizer state and random numbers are those of the plain function, to the bit.</summary>
    /// <remarks>The function must not read values; what it changes besides its result must be parameters, optimizer state or other tensors changed in place. Learning rates, step counts and random
    /// counters may change from call to call; any other number or captured tensor that differs between the first calls throws, naming it.</remarks>
    /// <exception cref="CompiledFunctionException">From a call: the function reads a value, took another number or tensor than at its first call, or works on two devices.</exception>
    public static Func<Tensor> Compile(Func<Tensor> function)
    {
        var step = new CompiledStep(_ => function());
        return () => step.Invoke();
    }

    /// <inheritdoc cref="Compile(Func{Tensor})"/>
    public static Func<Tensor, Tensor> Compile(Func<Tensor, Tensor> function)
    {
        var step = new CompiledStep(a => function(a[0]));
        return a => step.Invoke(a);
    }

    /// <inheritdoc cref="Compile(Func{Tensor})"/>
    public static Func<Tensor, Tensor, Tensor> Compile(Func<Tensor, Tensor, Tensor> function)
    {
        var step = new CompiledStep(a => function(a[0], a[1]));
        return (a, b) => step.Invoke(a, b);
    }

    /// <inheritdoc cref="Compile(Func{Tensor})"/>
    public static Func<Tensor, Tensor, Tensor, Tensor> Compile(Func<Tensor, Tensor, Tensor, Tensor> function)
    {
        var step = new CompiledStep(a => function(a[0], a[1], a[2]));
        return (a, b, c) => step.Invoke(a, b, c);
    }

    /// <summary>The kernels that everything recorded so far by this thread will take: what is fused into each, why it is cut there, the bytes it moves, and its source. Runs nothing.</summary>
    /// <param name="source">Whether the kernels' source is part of it.</param>
    public string Explain(bool source = true)
    {
        Keep();
        return Device.Planned is { } executor
            ? Recorder.For(Device).Explain(executor, source)
            : $"The reference device runs every operator by itself, in plain loops: {Recorder.For(Device).Nodes.Count} are pending.";
    }
}
