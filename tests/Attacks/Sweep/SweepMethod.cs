using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace GpuTensor.Tests.Attacks.Sweep;

/// <summary>A public method, constructor or indexer of the library that takes a size, a count or an index.</summary>
internal sealed class SweepMethod
{
    private readonly MethodBase method;
    private readonly Func<object?, object?[], object?> invoke;

    private SweepMethod(MethodBase method)
    {
        this.method = method;
        var parameters = method.GetParameters().Select(p => $"{Show(p.ParameterType)} {p.Name}");
        Name = $"{method.DeclaringType!.Name}.{method.Name}({string.Join(", ", parameters)})";
        invoke = Compile(method);
    }

    /// <summary>Type, name and parameters.</summary>
    public string Name { get; }

    public ParameterInfo[] Parameters => method.GetParameters();

    public Type Owner => method.DeclaringType!;

    public bool NeedsReceiver => method is MethodInfo { IsStatic: false };

    public override string ToString() => Name;

    /// <summary>All of the library, in the order of their names.</summary>
    public static IReadOnlyList<SweepMethod> All { get; } = [.. typeof(Tensor).Assembly.GetExportedTypes()
        .Where(type => !type.IsEnum && !type.IsSubclassOf(typeof(Delegate)) && !type.IsSubclassOf(typeof(Exception)))
        .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .OfType<MethodBase>()
        .Where(m => !m.IsAbstract && !m.DeclaringType!.ContainsGenericParameters && !(m is ConstructorInfo && m.DeclaringType.IsAbstract))
        .Where(m => !m.GetParameters().Any(p => p.ParameterType is { IsByRef: true } or { IsPointer: true }))
        .Where(m => m.GetParameters().Any(p => SweepValues.TakesSize(m, p)))
        .Select(m => new SweepMethod(Closed(m))).OrderBy(m => m.Name, StringComparer.Ordinal)];

    public object? Call(object? receiver, object?[] arguments) => invoke(receiver, arguments);

    private static MethodBase Closed(MethodBase m) => m is MethodInfo { IsGenericMethodDefinition: true } open
        ? open.MakeGenericMethod([.. open.GetGenericArguments().Select(Argument)])
        : m;

    private static Type Argument(Type parameter) =>
        parameter.GetGenericParameterConstraints() is [var most, ..] && most != typeof(ValueType) ? most : typeof(float);

    private static string Show(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Show))}>" : type.Name;

    // Spans cannot be boxed, so reflection cannot pass them: an array is converted in code of our own.
    private static Func<object?, object?[], object?> Compile(MethodBase method)
    {
        var code = new DynamicMethod(method.Name, typeof(object), [typeof(object), typeof(object[])],
            typeof(SweepMethod).Module, skipVisibility: true);
        var il = code.GetILGenerator();
        var owner = method.DeclaringType!;
        if (method is MethodInfo { IsStatic: false })
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(owner.IsValueType ? OpCodes.Unbox : OpCodes.Castclass, owner);
        }
        var parameters = method.GetParameters();
        for (int i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldelem_Ref);
            if (type.IsByRefLike)
            {
                var array = type.GetGenericArguments()[0].MakeArrayType();
                il.Emit(OpCodes.Castclass, array);
                il.Emit(OpCodes.Call, type.GetMethod("op_Implicit", [array])!);
            }
            else il.Emit(OpCodes.Unbox_Any, type);
        }
        Type result;
        if (method is ConstructorInfo constructor)
        {
            il.Emit(OpCodes.Newobj, constructor);
            result = owner;
        }
        else
        {
            il.Emit(owner.IsValueType || method.IsStatic ? OpCodes.Call : OpCodes.Callvirt, (MethodInfo)method);
            result = ((MethodInfo)method).ReturnType;
        }
        if (result == typeof(void) || result.IsByRefLike)
        {
            if (result != typeof(void)) il.Emit(OpCodes.Pop);
            il.Emit(OpCodes.Ldnull);
        }
        else if (result.IsValueType) il.Emit(OpCodes.Box, result);
        il.Emit(OpCodes.Ret);
        return code.CreateDelegate<Func<object?, object?[], object?>>();
    }
}
