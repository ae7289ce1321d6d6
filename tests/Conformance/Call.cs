namespace GpuTensor.Conformance;

/// <summary>A call that the C# compiler would refuse: a number where a tensor belongs, an argument the method does not have.</summary>
internal sealed class UnwritableCallException(string message) : Exception(message)
{
    /// <summary>The argument that the method does not have; null where something else is wrong.</summary>
    public string? Argument { get; init; }
}

/// <summary>A call of something that does not exist here (a mode of an operator), or whose results cannot be compared (they are random): it
/// is listed, not run.</summary>
internal sealed class NotHereException(string message) : Exception(message);

/// <summary>A recorded call bound to parameter names, read by an operator's row with the types of our API.</summary>
internal sealed class Call
{
    private readonly object? input;
    private readonly Dictionary<string, object?> arguments = [];

    /// <param name="parameters">PyTorch's parameter names after the input, in order.</param>
    /// <param name="input">The decoded input.</param>
    /// <param name="args">The decoded positional arguments.</param>
    /// <param name="kwargs">The decoded keyword arguments.</param>
    public Call(IReadOnlyList<string> parameters, object? input, IReadOnlyList<object?> args, IReadOnlyDictionary<string, object?> kwargs)
    {
        this.input = input;
        Positional = args;
        if (parameters is not ["*"] && args.Count > parameters.Count)
            throw new UnwritableCallException($"{args.Count} arguments were given, but the method takes {parameters.Count}.");
        if (parameters is not ["*"])
            for (int i = 0; i < args.Count; i++) arguments[parameters[i]] = args[i];
        foreach (var (name, value) in kwargs)
            if (parameters.Contains(name)) arguments[name] = value;
            else throw new UnwritableCallException($"the method has no argument '{name}'.") { Argument = name };
    }

    /// <summary>The arguments that were given by position.</summary>
    public IReadOnlyList<object?> Positional { get; }

    /// <summary>The input, which must be a tensor.</summary>
    public Tensor X => input as Tensor ?? throw Wrong("input", input, "a tensor");

    /// <summary>The input, which must be a list of tensors.</summary>
    public Tensor[] Xs => input is List<object?> list ? TensorsOf("input", list) : throw Wrong("input", input, "a list of tensors");

    /// <summary>True where the input is a number.</summary>
    public bool XIsNumber => input is long or double or bool;

    /// <summary>The input, which must be a number.</summary>
    public Scalar XNumber => Scalar("input", input);

    /// <summary>Any argument as it was decoded; null where it was left out or None.</summary>
    public object? this[string name] => arguments.GetValueOrDefault(name);

    /// <summary>True where the argument was given and is not None.</summary>
    public bool Has(string name) => this[name] is not null;

    /// <summary>True where the argument is a tensor.</summary>
    public bool IsTensor(string name) => this[name] is Tensor;

    public Tensor T(string name) => this[name] as Tensor ?? throw Wrong(name, this[name], "a tensor");

    public Tensor? TOrNull(string name) => this[name] is null ? null : T(name);

    public Tensor[] Ts(string name) => this[name] is List<object?> list ? TensorsOf(name, list)
        : throw Wrong(name, this[name], "a list of tensors");

    public int Int(string name) => checked((int)(this[name] is long n ? n : throw Wrong(name, this[name], "an integer")));

    public int Int(string name, int otherwise) => Has(name) ? Int(name) : otherwise;

    public int? IntOrNull(string name) => Has(name) ? Int(name) : null;

    public double Double(string name) =>
        this[name] switch { double d => d, long n => n, bool b => b ? 1 : 0, var other => throw Wrong(name, other, "a number") };

    public double Double(string name, double otherwise) => Has(name) ? Double(name) : otherwise;

    public double? DoubleOrNull(string name) => Has(name) ? Double(name) : null;

    public bool Bool(string name, bool otherwise = false) =>
        this[name] switch { null => otherwise, bool b => b, var other => throw Wrong(name, other, "a bool") };

    public string Text(string name, string otherwise) =>
        this[name] switch { null => otherwise, string s => s, var other => throw Wrong(name, other, "a string") };

    public string? TextOrNull(string name) => Has(name) ? Text(name, "") : null;

    public Scalar Number(string name) => Scalar(name, this[name]);

    public Scalar Number(string name, Scalar otherwise) => Has(name) ? Number(name) : otherwise;

    public Scalar? NumberOrNull(string name) => Has(name) ? Number(name) : null;

    public DType? Type(string name) => this[name] switch { null => null, DType d => d, var other => throw Wrong(name, other, "a dtype") };

    /// <summary>An integer or a list of integers, as an array.</summary>
    public int[] Ints(string name) => this[name] switch
    {
        long n => [checked((int)n)],
        List<object?> list => [.. list.Select(v => v is long n ? checked((int)n) : throw Wrong(name, v, "an integer"))],
        var other => throw Wrong(name, other, "an integer or a list of integers"),
    };

    public int[]? IntsOrNull(string name) => Has(name) ? Ints(name) : null;

    /// <summary>A number for each spatial dimension, or one for all; none: the default.</summary>
    public PerDimension Sizes(string name) => IntsOrNull(name) is { } sizes ? (PerDimension)sizes : default;

    /// <summary>The dimensions to work over: one, several, or all.</summary>
    public Dims Dims(string name) => IntsOrNull(name);

    /// <summary>A list of integers and Nones.</summary>
    public int?[] IntsWithNone(string name) => this[name] switch
    {
        long n => [checked((int)n)],
        List<object?> list =>
            [.. list.Select(v => v switch { null => (int?)null, long n => checked((int)n), _ =>
                throw Wrong(name, v, "an integer or None") })],
        var other => throw Wrong(name, other, "a list of integers"),
    };

    /// <summary>One result for a tensor argument, another for a number: an overload in C#.</summary>
    public object Either(string name, Func<Tensor, object> tensor, Func<Scalar, object> number) =>
        this[name] is Tensor t ? tensor(t) : number(Number(name));

    private static Scalar Scalar(string name, object? value) =>
        value switch { double d => d, long n => n, bool b => b, var other => throw Wrong(name, other, "a number") };

    private static Tensor[] TensorsOf(string name, List<object?> list) =>
        [.. list.Select(v => v as Tensor ?? throw Wrong(name, v, "a list of tensors"))];

    private static UnwritableCallException Wrong(string name, object? value, string expected) =>
        new($"argument '{name}' must be {expected}, not "
            + $"{(value is null ? "null" : value is List<object?> ? "a list" : value.GetType().Name)}.");
}
