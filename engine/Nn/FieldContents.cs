using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace GpuTensor.Nn;

/// <summary>Takes the value of a module's field apart: tuples, arrays, lists and dictionaries become members with names (<c>blocks.0</c>).
/// Where a module or parameter is held by something that gives it no name (a set, a struct, a delegate's closure), it throws and names the
/// field: its numbers would be neither trained nor saved.</summary>
/// <param name="owner">The module.</param>
/// <param name="field">The field's name, for messages.</param>
internal sealed class FieldContents(Module owner, string field)
{
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private const string Unseen = "A field that trimming removed is not seen: what it holds is left alone, as the remarks on Module say.";

    private const int DeepestCollection = 32;

    // Containers that are being taken apart, and closures seen.
    private readonly HashSet<object> above = new(ReferenceEqualityComparer.Instance);

    /// <summary>What a value holds, in order.</summary>
    /// <exception cref="InvalidOperationException">It holds a module or parameter that gets no name.</exception>
    public IEnumerable<Member> Unpack(string name, object value, BufferAttribute? buffer = null)
    {
        switch (value)
        {
            case Module or Parameter:
            case Tensor when buffer is not null:
                yield return new(name, value, buffer);
                yield break;
            case Tensor or string:
                yield break;
            case Delegate function:
                RefuseHidden(function);
                yield break;
        }
        if (Parts(value, out bool areNamed) is not { } parts) yield break;
        if (!above.Add(value) || above.Count > DeepestCollection)
            throw new InvalidOperationException(
                $"The collections at '{name}' are nested more than {DeepestCollection} deep: does one of them contain itself?");
        foreach (var (key, part) in parts)
            foreach (var member in Unpack($"{name}.{key}", part))
                yield return areNamed ? member : throw Nameless(value, member.Value);
        above.Remove(value);
    }

    private IEnumerable<(string Key, object Value)>? Parts(object value, out bool areNamed)
    {
        areNamed = true;
        var type = value.GetType();
        switch (value)
        {
            case IDictionary map:
                return Entries(map);
            case ITuple tuple:
                return Items(tuple, type.GetGenericArguments());
            // Declared as Tensor, so values of the program's own.
            case IReadOnlyList<Tensor> and not IReadOnlyList<Parameter>:
            case IList when type.Name == $"{nameof(ImmutableArray)}`1" && value.GetHashCode() == 0:
                return null;
            // A query of LINQ may make new modules each time.
            case IList or IReadOnlyList<Module> or IReadOnlyList<Parameter> or IReadOnlyList<IEnumerable>
                when type.Namespace != "System.Linq":
                return Elements((IEnumerable)value);
            case IEnumerable<Module> or IEnumerable<Parameter>:
                throw Nameless(value, null);
            case IEnumerable sequence:
                areNamed = false;
                return sequence is ICollection || type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true
                    ? Elements(sequence) : null;
            case ValueType when MayHold(type):
                areNamed = false;
                return Fields(value);
            default:
                return null;
        }
    }

    private static IEnumerable<(string, object)> Entries(IDictionary map)
    {
        foreach (DictionaryEntry entry in map)
            if (entry.Value is { } value)
                yield return (Convert.ToString(entry.Key, System.Globalization.CultureInfo.InvariantCulture)!, value);
    }

    private static IEnumerable<(string, object)> Items(ITuple tuple, Type[] declared)
    {
        for (int i = 0; i < tuple.Length; i++)
            if (tuple[i] is { } item && (i >= declared.Length || declared[i] != typeof(Tensor))) yield return ($"{i}", item);
    }

    private static IEnumerable<(string, object)> Elements(IEnumerable sequence)
    {
        // Elements of a value type are all of that one type.
        bool isMixed = sequence is IEnumerable<object> or ArrayList;
        int i = 0;
        foreach (object? item in sequence)
        {
            if (item is not null)
                if (isMixed || MayHold(item.GetType())) yield return ($"{i}", item);
                else yield break;
            i++;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Unseen)]
    private static IEnumerable<(string, object)> Fields(object holder)
    {
        foreach (var part in holder.GetType().GetFields(Instance))
            if (part.GetValue(holder) is { } value) yield return (part.Name, value);
    }

    private void RefuseHidden(Delegate function)
    {
        foreach (var part in function.GetInvocationList())
            if (part.Target is { } target && Hidden(target) is { } held)
                throw new InvalidOperationException(
                    $"{owner.GetType().Name}.{field}: the closure of a delegate holds a {held.GetType().Name}, whose numbers would be "
                    + "neither trained nor saved. "
                    + "Keep it in a field of its own, which the delegate may use.");
    }

    /// <summary>A module (other than the field's own) or parameter that a delegate's target is, or that its closure holds; or
    /// null.</summary>
    private object? Hidden(object target)
    {
        if (target is Module or Parameter) return target == owner ? null : target;
        var type = target.GetType();
        // C# and Visual Basic mark closures; F# names them so.
        bool isClosure = type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || type.Name.Contains("DisplayClass")
            || type.Name.Contains('@');
        if (!isClosure || !above.Add(target)) return null;
        foreach (var (name, value) in Fields(target))
        {
            var held = value is Module or Parameter || !MayHold(value.GetType()) ? Hidden(value)
                : Unpack(name, value).Select(m => m.Value).FirstOrDefault(v => v != owner);
            if (held is not null) return held;
        }
        return null;
    }

    private InvalidOperationException Nameless(object holder, object? held) => new(
        $"{owner.GetType().Name}.{field}: a {holder.GetType().Name} gives the {held?.GetType().Name ?? "modules or parameters"} it holds "
        + "no name for the state dict. "
        + "Use fields, a tuple, an array, a List or a Dictionary.");

    /// <summary>Whether a value of this type can hold a module or parameter that is to be found, or refused.</summary>
    public static bool MayHold(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || type == typeof(string) || type == typeof(decimal)) return false;
        if (typeof(Tensor).IsAssignableFrom(type)) return type == typeof(Parameter);
        if (typeof(ITuple).IsAssignableFrom(type) && type.IsGenericType) return Array.Exists(type.GetGenericArguments(), MayHold);
        if (type.IsArray) return MayHold(type.GetElementType()!);
        return typeof(Module).IsAssignableFrom(type) || type.IsInterface || type == typeof(object) || type == typeof(ValueType)
            || typeof(IEnumerable).IsAssignableFrom(type) || typeof(Delegate).IsAssignableFrom(type)
            || (type.IsValueType && FieldsMayHold(type));
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = Unseen)]
    private static bool FieldsMayHold(Type type) =>
        Array.Exists(type.GetFields(Instance), f => f.FieldType != type && MayHold(f.FieldType));

    /// <summary>Whether a field's type makes a module or parameter only when it is asked for.</summary>
    public static bool IsLazy(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Lazy<>)
        && type.GetGenericArguments()[0] is var made && (typeof(Module).IsAssignableFrom(made) || made == typeof(Parameter));
}
