using GpuTensor.Graph;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace GpuTensor.Compiled;

/// <summary>The fields of a closure class: a class that the compiler made to hold captured variables. References are compared by
/// identity, numbers and other values by their bits.</summary>
internal sealed class ClosureFields
{
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly ConditionalWeakTable<Type, ClosureFields> Known = [];

    private readonly FieldInfo[] fields;
    private readonly bool isDisplayClass;

    private ClosureFields(Type type)
    {
        IsClosure = type.IsClass && type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
        // C# keeps functions that recording nothing in a class of another name, which has no fields.
        isDisplayClass = type.Name.Contains("DisplayClass", StringComparison.Ordinal);
        fields = IsClosure ? Fields(type) : [];
        Parents = [.. fields.Where(f => f.FieldType.IsClass && f.FieldType.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))];
        // One method with all comparisons allocates nothing, reads no metadata, and takes nanoseconds. Compiled ahead of time, fields
        // are read one by one.
        Same = RuntimeFeature.IsDynamicCodeSupported ? Emit(type, fields) : (a, b) => FirstChange(a, b) is null;
    }

    /// <summary>False for classes that somebody wrote: what they hold is not looked at.</summary>
    public bool IsClosure { get; }

    /// <summary>A closure class always has fields: where none is seen, the linker left out their metadata.</summary>
    public bool IsBlind => IsClosure && fields.Length == 0 && isDisplayClass;

    /// <summary>The fields that hold closures of outer scopes.</summary>
    public FieldInfo[] Parents { get; }

    /// <summary>Whether two objects of the class hold the same.</summary>
    public Func<object, object, bool> Same { get; }

    public static ClosureFields Of(Type type) => Known.GetValue(type, static t => new(t));

    /// <summary>The first variable that differs, as its author calls it; null where none does.</summary>
    public string? FirstChange(object a, object b)
    {
        foreach (var field in fields)
            if (!IsSame(field.GetValue(a), field.GetValue(b), field.FieldType)) return Name(field);
        return null;
    }

    private static bool IsSame(object? a, object? b, Type type)
    {
        if (!type.IsValueType) return ReferenceEquals(a, b);
        if (type.IsDefined(typeof(InlineArrayAttribute), inherit: false)) return false;
        // NaN equals itself here, and 0 does not equal −0.
        if (a is float x && b is float y) return BitConverter.SingleToInt32Bits(x) == BitConverter.SingleToInt32Bits(y);
        if (a is double v && b is double w) return BitConverter.DoubleToInt64Bits(v) == BitConverter.DoubleToInt64Bits(w);
        if (a is null || b is null || type.IsPrimitive || type.IsEnum || Nullable.GetUnderlyingType(type) is not null) return Equals(a, b);
        return Fields(type) is not { Length: > 0 } parts ? Equals(a, b)
            : Array.TrueForAll(parts, part => IsSame(part.GetValue(a), part.GetValue(b), part.FieldType));
    }

    private static string Name(FieldInfo field) =>
        field.Name.Contains("__this", StringComparison.Ordinal) ? "this"
        : field.Name.StartsWith("$VB$Local_", StringComparison.Ordinal) ? field.Name["$VB$Local_".Length..]
        : field.Name.Contains('<') ? "a variable of an outer scope" : field.Name;

    [UnconditionalSuppressMessage("Trimming", "IL2070",
        Justification = "A field without metadata is frozen at recording, as Tensor.Compile's documentation says.")]
    private static FieldInfo[] Fields(Type type) => type.GetFields(Instance);

    [RequiresDynamicCode("Emits the comparison.")]
    private static Func<object, object, bool> Emit(Type type, FieldInfo[] fields)
    {
        Type[] both = [typeof(object), typeof(object)];
        var method = new DynamicMethod($"Same {type.Name}", typeof(bool), both, type.Module, skipVisibility: true);
        var il = method.GetILGenerator();
        var differ = il.DefineLabel();
        foreach (var field in fields) EmitField(il, [field], differ);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(differ);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<object, object, bool>>();
    }

    /// <param name="il">Where to.</param>
    /// <param name="path">The field, behind the structs it lies in.</param>
    /// <param name="differ">Where to go if the two differ.</param>
    private static void EmitField(ILGenerator il, FieldInfo[] path, Label differ)
    {
        var type = path[^1].FieldType;
        if (type.IsDefined(typeof(InlineArrayAttribute), false) || path[^1].IsDefined(typeof(FixedBufferAttribute), false))
        {
            // Its elements have no fields of their own: they may always have changed.
            il.Emit(OpCodes.Br, differ);
            return;
        }
        if (type is { IsValueType: true, IsPrimitive: false, IsEnum: false })
        {
            foreach (var field in Fields(type)) EmitField(il, [.. path, field], differ);
            return;
        }
        foreach (var argument in (OpCode[])[OpCodes.Ldarg_0, OpCodes.Ldarg_1])
        {
            il.Emit(argument);
            foreach (var outer in path[..^1]) il.Emit(OpCodes.Ldflda, outer);
            il.Emit(OpCodes.Ldfld, path[^1]);
            if (type == typeof(float)) il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.SingleToInt32Bits))!);
            if (type == typeof(double)) il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.DoubleToInt64Bits))!);
        }
        il.Emit(OpCodes.Bne_Un, differ);
    }
}
