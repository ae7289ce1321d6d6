using GpuTensor.Compiled;
using GpuTensor.Graph;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>Makes a function of tensors replayable: it is recorded at the first calls of each set of argument shapes and dtypes; once
    /// two recordings agree, further calls replay its launches without running its C# code. Values, gradients, optimizer state and random
    /// numbers are those of the plain function, to the bit.</summary>
    /// <remarks><para>The function must not read values; what it changes besides its result must be parameters, optimizer state or other
    /// tensors changed in place. Learning rates, step counts and random counters may change from call to call.</para>
    /// <para>Variables that the function captured (locals of the method around it) are watched: where one means another tensor, module or
    /// number than at the recording, the function is recorded anew. C# keeps the captured variables of a scope together, so one that only
    /// another lambda of that scope uses counts too. A function that stores a value away, changes a variable it captured, or returns a
    /// result that can still be differentiated is not replayed. After eight recordings in a row the function is simply run;
    /// <see cref="Explain(Delegate)"/> says why.</para>
    /// <para>What a function takes from elsewhere (static fields, fields of <c>this</c> or of other objects, elements of collections, and
    /// every captured variable in a program compiled ahead of time without metadata) is frozen at the value of the recording, unless it is
    /// a tensor changed in place.</para></remarks>
    /// <exception cref="CompiledFunctionException">From a call: the function reads a value, works on two devices, or returns
    /// null.</exception>
    public static Func<Tensor> Compile(Func<Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new CompiledStep(function, _ => function()).Invoke;
    }

    /// <inheritdoc cref="Compile(Func{Tensor})"/>
    public static Func<Tensor, Tensor> Compile(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new CompiledStep(function, a => function(a[0])).Invoke;
    }

    /// <inheritdoc cref="Compile(Func{Tensor})"/>
    public static Func<Tensor, Tensor, Tensor> Compile(Func<Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new CompiledStep(function, a => function(a[0], a[1])).Invoke;
    }

    /// <inheritdoc cref="Compile(Func{Tensor})"/>
    public static Func<Tensor, Tensor, Tensor, Tensor> Compile(Func<Tensor, Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new CompiledStep(function, a => function(a[0], a[1], a[2])).Invoke;
    }

    /// <summary>What the next call of a compiled function will do, for each kind of arguments it has seen: whether it is replayed, recorded
    /// anew or run, and why. Runs nothing.</summary>
    /// <param name="compiled">What <see cref="Compile(Func{Tensor})"/> returned.</param>
    /// <exception cref="CompiledFunctionException">The function is no compiled one.</exception>
    public static string Explain(Delegate compiled)
    {
        ArgumentNullException.ThrowIfNull(compiled);
        return compiled.Target is CompiledStep step ? step.Explain()
            : throw new CompiledFunctionException($"{compiled.Method.Name} was not made by Tensor.Compile: it has no replays to explain.");
    }

    /// <summary>The kernels that everything recorded so far by this thread will take when this value is read: what is fused into each, why
    /// it is cut there, the bytes it moves, and its source. Of the result of a compiled function also whether that is replayed, as
    /// <see cref="Explain(Delegate)"/>. Runs nothing and changes nothing.</summary>
    /// <remarks>Where such a step has run already, this is the plan it runs by. Else the explanation assumes that the program holds no
    /// value but this one: a run also writes those to memory that the program does hold.</remarks>
    /// <param name="source">Whether the kernels' source is part of it.</param>
    public string Explain(bool source = true)
    {
        string text = Device.Planned is { } executor
            ? Recorder.For(Device).Explain(graph => executor.Explain(graph, Node, source))
            : $"The reference device runs every operator by itself, in plain loops: {Recorder.For(Device).Nodes.Count} are pending.";
        return CompiledStep.ThatReturned(Node) is { } compiled ? $"{text}{Environment.NewLine}{compiled.Explain()}" : text;
    }
}
