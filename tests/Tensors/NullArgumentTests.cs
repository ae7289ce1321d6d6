using System.Collections;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using GpuTensor.Data;
using GpuTensor.Nn;
using GpuTensor.Optim;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Tensors;

/// <summary>Null for each argument of the public API that must not be null, found by reflection: an <see cref="ArgumentNullException"/>
/// that names the parameter, never a bare exception.
/// The same for null elements of arrays and lists.</summary>
public sealed class NullArgumentTests : IDisposable
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly TempFolder folder = new();
    private readonly NullabilityInfoContext nullability = new();

    /// <summary>Types whose members are not called here, and why.</summary>
    private static readonly Dictionary<string, string> LeftOut = new()
    {
        ["GradFunction"] = "a record that the library makes and users read",
        ["StateDictReport"] = "a record that the library makes and users read",
        ["OptimizerState"] = "a record: LoadState, which takes it, checks what is in it",
        ["GroupState"] = "a part of OptimizerState",
        ["ParameterState"] = "a part of OptimizerState",
    };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Null_is_refused_by_name()
    {
        var failures = new List<string>();
        int called = 0;
        foreach (var method in Methods())
        {
            string name = Name(method);
            if (LeftOut.ContainsKey(method.DeclaringType!.Name)) continue;
            var parameters = method.GetParameters();
            // Spans live on the stack, where reflection cannot put them; each of these has a sibling that takes an array.
            if (parameters.Any(p => p.ParameterType.IsByRefLike || p.ParameterType.IsByRef || p.ParameterType.IsPointer)) continue;
            for (int i = 0; i < parameters.Length; i++)
            {
                if (Refuses(parameters[i])) Try(name, method, parameters, i, null, parameters[i].Name!);
                if (WithNullElement(parameters[i]) is { } list)
                    Try($"{name} with a null element", method, parameters, i, list, parameters[i].Name!);
            }
        }
        Assert.True(called > 300, $"{called} calls");
        Assert.True(failures.Count == 0, $"{failures.Count} of {called}:\n{string.Join('\n', failures)}");

        void Try(string what, MethodBase method, ParameterInfo[] parameters, int at, object? value, string parameter)
        {
            called++;
            object? result;
            try
            {
                object?[] arguments = [.. parameters.Select((p, i) => i == at ? value : Sample(p.ParameterType, p))];
                result = method is ConstructorInfo made
                    ? made.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, CultureInfo.InvariantCulture)
                    : method.Invoke(method.IsStatic ? null : Sample(method.DeclaringType!, null), BindingFlags.DoNotWrapExceptions, null,
                        arguments, CultureInfo.InvariantCulture);
                if (result is Task task) task.GetAwaiter().GetResult();
                if (result is IEnumerable lazy and not (string or Tensor)) foreach (object? _ in lazy) break;
                failures.Add($"{what}: null {parameter} is accepted");
            }
            // A parameter of a base type may have another name there.
            catch (ArgumentException e) when (e.ParamName == parameter)
            {
            }
            catch (Exception e)
            {
                failures.Add($"{what}: null {parameter}: {e.GetType().Name} {(e as ArgumentException)?.ParamName}: "
                    + $"{e.Message.Split('\n')[0]}");
            }
        }
    }

    private static IEnumerable<MethodBase> Methods()
    {
        foreach (var type in typeof(Tensor).Assembly.GetExportedTypes()
            .Where(t => !typeof(Delegate).IsAssignableFrom(t) && !t.IsEnum && !typeof(Exception).IsAssignableFrom(t)
                && !typeof(Attribute).IsAssignableFrom(t)))
        {
            var closed = type.IsGenericTypeDefinition ? Close(type) : type;
            if (closed is null) continue;
            if (!type.IsAbstract) foreach (var made in closed.GetConstructors()) yield return made;
            foreach (var method in closed.GetMethods(Declared))
            {
                if (method.IsAbstract
                    || (method.GetBaseDefinition() != method && method.GetBaseDefinition().DeclaringType!.Assembly != typeof(Tensor)
                        .Assembly)) continue;
                // Records' own.
                if (method.Name.Contains('<') || method.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute))
                    && !method.Name.StartsWith("set_", StringComparison.Ordinal)) continue;
                if (!method.IsGenericMethodDefinition) yield return method;
                else if (Close(method) is { } generic) yield return generic;
            }
        }
    }

    private static Type? Close(Type type)
    {
        try
        {
            return type.MakeGenericType([.. type.GetGenericArguments().Select(Argument)]);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static MethodInfo? Close(MethodInfo method)
    {
        try
        {
            return method.MakeGenericMethod([.. method.GetGenericArguments().Select(Argument)]);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static Type Argument(Type parameter) => parameter.GetGenericParameterConstraints().FirstOrDefault() is { } constraint
        && constraint.IsAssignableFrom(typeof(Linear)) && constraint != typeof(ValueType)
        ? typeof(Linear)
        : (parameter.GenericParameterAttributes & GenericParameterAttributes.NotNullableValueTypeConstraint) != 0 ? typeof(float)
        : typeof(Tensor);

    private bool Refuses(ParameterInfo parameter)
    {
        if (parameter.ParameterType.IsValueType || parameter is { HasDefaultValue: true, DefaultValue: null }) return false;
        return nullability.Create(parameter).WriteState == NullabilityState.NotNull;
    }

    /// <summary>A list or array with a null in it, where the parameter is one of references; null where it is not.</summary>
    private object? WithNullElement(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type == typeof(string) || type.IsByRef) return null;
        if (WithNullValue(parameter) is { } named) return named;
        var element = type.IsArray ? type.GetElementType()
            : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments().Length == 1
            ? type.GetGenericArguments()[0] : null;
        if (element is null || element.IsValueType || element.IsArray) return null;
        var info = nullability.Create(parameter);
        var state = type.IsArray ? info.ElementType?.WriteState : info.GenericTypeArguments.FirstOrDefault()?.WriteState;
        if (state != NullabilityState.NotNull) return null;
        var array = Array.CreateInstance(element, 2);
        array.SetValue(Sample(element, null), 0);
        return type.IsInstanceOfType(array) ? array : Activator.CreateInstance(typeof(List<>).MakeGenericType(element), array);
    }

    /// <summary>A dictionary in which a name has null, where the parameter is one or takes one; null where it is not.</summary>
    private object? WithNullValue(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (!type.IsGenericType || !typeof(IEnumerable).IsAssignableFrom(type)) return null;
        var (arguments, info) = (type.GetGenericArguments(), nullability.Create(parameter));
        if (arguments is [{ IsGenericType: true } pair] && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
            (arguments, info) = (pair.GetGenericArguments(), info.GenericTypeArguments[0]);
        if (arguments is not [var key, { IsValueType: false } value] || key != typeof(string)
            || info.GenericTypeArguments[1].WriteState != NullabilityState.NotNull) return null;
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(key, value))!;
        dictionary["weight"] = null;
        return dictionary;
    }

    private static string Name(MethodBase method) =>
        $"{method.DeclaringType!.Name}.{method.Name}({string.Join(", ", method.GetParameters().Select(p => p.ParameterType.Name))})";

    /// <summary>A value of a type that calls get past; for instance methods the object itself.</summary>
    private object? Sample(Type type, ParameterInfo? parameter)
    {
        if (parameter is { HasDefaultValue: true })
            return parameter.DefaultValue is { } given and not DBNull ? (type.IsEnum ? Enum.ToObject(type, given) : given)
                : type.IsValueType ? Activator.CreateInstance(type) : null;
        if (type == typeof(string)) return parameter?.Name is "path" or "file" ? folder["absent"] : "x";
        if (type == typeof(Tensor)) return Tensor.Ones([2, 2], device: Device.Cpu);
        if (type == typeof(Parameter)) return new Parameter(Tensor.Ones([2, 2], device: Device.Cpu));
        if (type == typeof(global::GpuTensor.Nn.Module) || type == typeof(Linear)) return new Linear(2, 2);
        if (type == typeof(Sequential)) return new Sequential(new Linear(2, 2));
        if (type == typeof(Device)) return Device.Cpu;
        if (type == typeof(Shape)) return Shape.Create([2, 2]);
        if (type == typeof(DType)) return DType.Float32;
        if (type == typeof(Scalar)) return (Scalar)1.0;
        if (type == typeof(PerDimension)) return (PerDimension)1;
        if (type == typeof(int) || type == typeof(long) || type == typeof(double) || type == typeof(float))
            return Convert.ChangeType(1, type, CultureInfo.InvariantCulture);
        if (type == typeof(Optimizer) || type == typeof(SGD)) return new SGD([(Parameter)Sample(typeof(Parameter), null)!], lr: 0.1);
        if (type == typeof(Adam)) return new Adam([(Parameter)Sample(typeof(Parameter), null)!]);
        if (type == typeof(AdamW)) return new AdamW([(Parameter)Sample(typeof(Parameter), null)!]);
        if (type == typeof(Dataset)) return Data();
        if (type == typeof(DataLoader)) return new DataLoader(Data(), 2, device: Device.Cpu);
        if (type == typeof(Stream)) return new MemoryStream();
        if (type.IsArray)
        {
            var array = Array.CreateInstance(type.GetElementType()!, [.. Enumerable.Repeat(1, type.GetArrayRank())]);
            array.SetValue(Sample(type.GetElementType()!, null), new int[type.GetArrayRank()]);
            return array;
        }
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            var parameters = invoke.GetParameters().Select(p => Expression.Parameter(p.ParameterType)).ToArray();
            Expression body = invoke.ReturnType == typeof(void) ? Expression.Empty() : Expression.Default(invoke.ReturnType);
            return Expression.Lambda(type, body, parameters).Compile();
        }
        if (type.IsGenericType && type.GetGenericTypeDefinition() is var open)
        {
            var arguments = type.GetGenericArguments();
            if (open == typeof(IEnumerable<>) || open == typeof(IReadOnlyList<>) || open == typeof(IReadOnlyCollection<>)
                || open == typeof(IList<>)) return Sample(arguments[0].MakeArrayType(), null);
            if (open == typeof(KeyValuePair<,>))
                return Activator.CreateInstance(type, Sample(arguments[0], null), Sample(arguments[1], null));
            if (open == typeof(List<>)) return Activator.CreateInstance(type);
            if (open == typeof(IReadOnlyDictionary<,>) || open == typeof(IDictionary<,>) || open == typeof(Dictionary<,>))
                return Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments));
        }
        if (type.IsValueType) return Activator.CreateInstance(type);
        var constructor = (type.IsAbstract ? null : type.GetConstructors().OrderBy(c => c.GetParameters().Length).FirstOrDefault())
            ?? throw new NotSupportedException($"This test makes no {type}.");
        return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null,
            [.. constructor.GetParameters().Select(p => Sample(p.ParameterType, p))], CultureInfo.InvariantCulture);
    }

    private static TensorDataset Data() => new(Tensor.Ones([4, 2], device: Device.Cpu), Tensor.Ones([4], device: Device.Cpu));
}
