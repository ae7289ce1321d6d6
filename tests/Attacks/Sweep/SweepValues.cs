using System.Reflection;
using GpuTensor.Data;
using GpuTensor.Nn;
using Module = GpuTensor.Nn.Module;

namespace GpuTensor.Tests.Attacks.Sweep;

/// <summary>What the sweep passes: for a size or an index the extreme values, for everything else something ordinary.</summary>
internal static class SweepValues
{
    private static readonly int[] Ints = [-1, 0, int.MaxValue, int.MinValue];
    private static readonly long[] Longs = [-1, 0, int.MaxValue, long.MaxValue, long.MinValue];

    /// <summary>Names of tensors that hold positions.</summary>
    private static readonly HashSet<string> Indices = ["index", "indices"];

    /// <summary>Strings that mean something, by the parameter's name.</summary>
    private static readonly Dictionary<string, string> Words =
        new() { ["mode"] = "replicate", ["equation"] = "ij,ij->i", ["reduction"] = "mean", ["path"] = "/nonexistent/file" };

    /// <summary>Whether a parameter is a size, a count, a dimension, a position, or several of them.</summary>
    public static bool TakesSize(MethodBase method, ParameterInfo parameter) => Extremes(method, parameter).Any();

    /// <summary>The extreme values of a size; none for another parameter.</summary>
    public static IEnumerable<object> Extremes(MethodBase method, ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (method.Name.StartsWith("op_", StringComparison.Ordinal)
            && method.DeclaringType is { } owner && owner != typeof(TensorIndex) && owner != typeof(Dims)
            && owner != typeof(PerDimension) && owner != typeof(Padding)) return [];
        if (method.DeclaringType == typeof(Scalar)) return [];
        if (type == typeof(int)) return Ints.Cast<object>();
        if (type == typeof(long)) return Longs.Cast<object>();
        if (type == typeof(Shape)) return Ints.SelectMany(v => new[] { Shape(v), Shape(v, 3), Shape(2, v), Shape(v, v) }).OfType<object>();
        if (type == typeof(Dims)) return Ints.SelectMany(v => new object[] { (Dims)v, Dims.Create([0, v]) });
        if (type == typeof(PerDimension)) return Ints.SelectMany(v => new object[] { (PerDimension)v, (PerDimension)(1, v) });
        if (type == typeof(Padding)) return Ints.SelectMany(v => new object[] { (Padding)v, (Padding)(1, v) }).Append((Padding)"same");
        if (type == typeof(int[]) || type == typeof(ReadOnlySpan<int>))
            return Ints.SelectMany(v => new int[][] { [v], [v, v], [1, v], [v, v, v, v] }).Append([]);
        if (type == typeof(ReadOnlySpan<TensorIndex>)) return Ints.SelectMany(Entries);
        if (type == typeof(Index)) return [new Index(0), ^0, new Index(int.MaxValue), ^int.MaxValue];
        if (type == typeof(Range)) return [new Range(0, int.MaxValue),
            new Range(^int.MaxValue, ^0), new Range(int.MaxValue, ^0), new Range(^0, ^0), new Range(int.MaxValue, 0)];
        if (type == typeof(Scalar) && method is MethodInfo { IsStatic: true, Name: "Arange" or "Linspace" })
            return [(Scalar)(-1), (Scalar)0, (Scalar)int.MaxValue, (Scalar)long.MaxValue, (Scalar)long.MinValue,
                (Scalar)double.NaN, (Scalar)double.PositiveInfinity, (Scalar)1e300];
        bool isIndex = Indices.Contains(parameter.Name!) || (parameter.Name == "target" && IsOfClasses(method));
        if (type == typeof(Tensor) && isIndex)
            return Longs.SelectMany(v => new object[] { Tensor.From([v]), Tensor.From(new[,] { { v } }) });
        return [];
    }

    // Losses whose targets are numbers of classes.
    private static bool IsOfClasses(MethodBase method) =>
        $"{method.DeclaringType!.Name}.{method.Name}" is "F.CrossEntropy" or "F.NllLoss" or "CrossEntropyLoss.Forward" or "NLLLoss.Forward";

    /// <summary>Null where no shape has such sizes: that is an error before the call.</summary>
    private static Shape? Shape(params int[] sizes)
    {
        try
        {
            return GpuTensor.Shape.Create(sizes);
        }
        catch (TensorShapeException)
        {
            return null;
        }
    }

    private static IEnumerable<object> Entries(int v)
    {
        yield return new TensorIndex[] { v };
        yield return new TensorIndex[] { .., v };
        yield return new TensorIndex[] { v, v };
        yield return new TensorIndex[] { TensorIndex.Slice(v, null) };
        yield return new TensorIndex[] { TensorIndex.Slice(0, v) };
        yield return new TensorIndex[] { TensorIndex.NewAxis, TensorIndex.Slice(v, v), TensorIndex.Ellipsis };
        if (v > 0) yield return new TensorIndex[] { TensorIndex.Slice(1, null, v), TensorIndex.Slice(0, 2, v) };
        yield return new TensorIndex[] { new[] { v, 0 } };
        yield return new TensorIndex[] { Tensor.From([(long)v]), Tensor.From([0L]) };
        if (v < 0) yield break;
        yield return new TensorIndex[] { new Index(v, fromEnd: true) };
        yield return new TensorIndex[] { new Range(v, ^v), new Range(^v, v) };
    }

    /// <summary>Something ordinary of a type.</summary>
    /// <exception cref="NotSupportedException">None is known.</exception>
    public static object? Ordinary(ParameterInfo parameter, Tensor receiver)
    {
        if (Words.TryGetValue(parameter.Name!, out string? word) && parameter.ParameterType == typeof(string)) return word;
        if (parameter.HasDefaultValue)
            return parameter.DefaultValue is null && parameter.ParameterType is { IsValueType: true } type
                && Nullable.GetUnderlyingType(type) is null
            ? Activator.CreateInstance(type) : Nullable.GetUnderlyingType(parameter.ParameterType) is { IsEnum: true }
                ? null : parameter.DefaultValue;
        return Ordinary(parameter.ParameterType, receiver);
    }

    public static object? Ordinary(Type type, Tensor receiver)
    {
        if (Nullable.GetUnderlyingType(type) is not null) return null;
        if (type == typeof(Tensor)) return receiver;
        if (type == typeof(Parameter)) return new Parameter(receiver.To(DType.Float32));
        if (type == typeof(int)) return 1;
        if (type == typeof(long)) return 1L;
        if (type == typeof(double)) return 0.5;
        if (type == typeof(float)) return 0.5f;
        if (type == typeof(bool)) return false;
        if (type == typeof(Scalar)) return (Scalar)1;
        if (type == typeof(Shape)) return GpuTensor.Shape.Create([2, 3]);
        if (type == typeof(Dims)) return (Dims)0;
        if (type == typeof(PerDimension)) return (PerDimension)1;
        if (type == typeof(Padding)) return (Padding)1;
        if (type == typeof(int[]) || type == typeof(ReadOnlySpan<int>)) return new[] { 1, 1 };
        if (type == typeof(Index)) return new Index(0);
        if (type == typeof(Range)) return Range.All;
        if (type == typeof(string)) return "/nonexistent/file";
        if (type == typeof(Span<byte>)) return new byte[64];
        if (type == typeof(IReadOnlyDictionary<string, Tensor>)) return new Dictionary<string, Tensor>();
        if (type == typeof(DType)) return DType.Float32;
        if (type == typeof(Device)) return Device.Default;
        if (type == typeof(Dataset)) return new TensorDataset(Tensor.Zeros(4, 3), Tensor.Zeros(4));
        if (type == typeof(Tensor[]) || type == typeof(IEnumerable<Tensor>)) return new[] { receiver, receiver };
        if (type == typeof(ReadOnlySpan<TensorIndex>)) return new TensorIndex[] { 0 };
        if (type == typeof(Module)) return new ReLU();
        if (type == typeof(Module[]) || type == typeof(IEnumerable<Module>) || type == typeof(ReadOnlySpan<Module>))
            return new Module[] { new ReLU(), new Linear(3, 2) };
        if (type.IsSubclassOf(typeof(Enum))) return Activator.CreateInstance(type);
        if (type.IsInterface || type.IsAbstract || type.IsByRefLike
            || type.IsSubclassOf(typeof(Delegate)) || type.Namespace?.StartsWith("GpuTensor", StringComparison.Ordinal) != true)
            throw new NotSupportedException($"no ordinary {type.Name} is known");
        foreach (var constructor in type.GetConstructors().OrderBy(c => c.GetParameters().Length))
            return constructor.Invoke([.. constructor.GetParameters().Select(p => Ordinary(p, receiver))]);
        throw new NotSupportedException($"no ordinary {type.Name} is known");
    }
}
