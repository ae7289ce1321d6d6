using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace GpuTensor.Nn;

/// <summary>What a module's field holds: a <see cref="Parameter"/>, a <see cref="Module"/>, or (where <paramref name="Buffer"/> is set) a
/// buffer.</summary>
internal readonly record struct Member(string Name, object Value, BufferAttribute? Buffer = null);

/// <summary>Finds what a module is made of by reading its fields. Which fields to read is worked out once per type; their values are read
/// every time, because a program may put another module into a field.</summary>
internal static class ModuleFields
{
    /// <summary>What must survive trimming in every module's type, base classes included: fields, and properties for their
    /// attributes.</summary>
    public const DynamicallyAccessedMemberTypes Needed =
        DynamicallyAccessedMemberTypes.AllFields | DynamicallyAccessedMemberTypes.AllProperties;

    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConcurrentDictionary<Type, Entry[]> Known = [];

    private sealed record Entry(string Name, FieldInfo Field, BufferAttribute? Buffer);

    /// <summary>Parameters, buffers and child modules in the order of declaration, base classes first; collections are taken apart
    /// (<c>blocks.0</c>).</summary>
    public static IEnumerable<Member> Of(Module module)
    {
        var type = module.GetType();
        if (!Known.TryGetValue(type, out var entries)) Known[type] = entries = [.. Find(type)];
        foreach (var entry in entries)
            if (entry.Field.GetValue(module) is { } value)
                foreach (var member in new FieldContents(module, entry.Name).Unpack(entry.Name, value, entry.Buffer)) yield return member;
    }

    private static IEnumerable<Entry> Find([DynamicallyAccessedMembers(Needed)] Type type)
    {
        var entries = new List<Entry>();
        Collect(type, entries);
        foreach (var twice in entries.Where(e => GivesNames(e.Field.FieldType)).GroupBy(e => e.Name).Where(g => g.Count() > 1))
        {
            string fields = string.Join(", ", twice.Select(e => $"{e.Field.DeclaringType!.Name}.{e.Field.Name}"));
            throw new InvalidOperationException(
                $"{type.Name} has several fields for the name '{twice.Key}': {fields}. "
                + "Rename one, so that each parameter has its own key.");
        }
        return entries;
    }

    // A delegate or struct is only searched for what it must not hold.
    private static bool GivesNames(Type type) => !typeof(Delegate).IsAssignableFrom(type)
        && (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null
        || typeof(System.Runtime.CompilerServices.ITuple).IsAssignableFrom(type));

    private static void Collect([DynamicallyAccessedMembers(Needed)] Type type, List<Entry> entries)
    {
        if (type.BaseType is { } parent && parent != typeof(Module) && parent != typeof(object)) Collect(parent, entries);
        // Declaration order, which GetFields does not promise.
        foreach (var field in type.GetFields(Declared).OrderBy(f => f.HasMetadataToken() ? f.MetadataToken : 0))
        {
            var buffer = field.GetCustomAttribute<BufferAttribute>();
            string name = field.Name.TrimStart('_');
            // The compiler's fields are named <X>k__BackingField for an auto-property, <x>P for a captured constructor parameter.
            if (field.Name is ['<', ..] && field.Name.IndexOf('>') is > 1 and var end)
            {
                name = field.Name[1..end];
                if (field.Name[end..] != ">P")
                {
                    buffer ??= type.GetProperty(name, Declared)?.GetCustomAttribute<BufferAttribute>();
                    name = SnakeCase(name);
                }
            }
            if (FieldContents.IsLazy(field.FieldType))
                throw new InvalidOperationException(
                    $"{type.Name}.{name} is lazy: what it makes would be neither trained nor saved. Make it in the constructor.");
            if (MayHold(field.FieldType, buffer)) entries.Add(new(name, field, buffer));
            else if (buffer is not null)
                throw new InvalidOperationException($"{type.Name}.{name} is marked [Buffer], but a {field.FieldType.Name} is no Tensor.");
        }
    }

    /// <summary>Whether a field of this type can hold something of ours. A field declared as Tensor holds a value of the program's own,
    /// unless it is a buffer.</summary>
    private static bool MayHold(Type type, BufferAttribute? buffer)
    {
        if (typeof(Tensor).IsAssignableFrom(type)) return buffer is not null || type == typeof(Parameter);
        return buffer is null && FieldContents.MayHold(type);
    }

    /// <summary>PyTorch's name of a property: <c>RunningMean</c> is <c>running_mean</c>, <c>Fc1</c> is <c>fc1</c>.</summary>
    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool starts = char.IsUpper(name[i]) && i > 0
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (starts && name[i - 1] != '_') text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
