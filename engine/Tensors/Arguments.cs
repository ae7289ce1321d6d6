using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace GpuTensor;

/// <summary>Checks of arguments where a method is one expression; a method with a body calls <see
/// cref="ArgumentNullException.ThrowIfNull(object?, string?)"/>.</summary>
internal static class Arguments
{
    /// <summary>The argument itself.</summary>
    /// <exception cref="ArgumentNullException">It is null; the exception names the parameter.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T NotNull<T>([NotNull] this T? value, [CallerArgumentExpression(nameof(value))] string? name = null) where T : class
    {
        if (value is null) Throw(name);
        return value;
    }

    /// <summary>The elements of a list or array, none of them null.</summary>
    /// <exception cref="ArgumentNullException">The list or one of its elements is null; the exception names the parameter.</exception>
    public static IReadOnlyList<T> NoneNull<T>([NotNull] this IEnumerable<T>? values,
        [CallerArgumentExpression(nameof(values))] string? name = null) where T : class
    {
        IReadOnlyList<T> list = values.NotNull(name) as IReadOnlyList<T> ?? [.. values];
        for (int i = 0; i < list.Count; i++)
            if (list[i] is null) throw new ArgumentNullException(name, $"Element {i} is null.");
        return list;
    }

    [DoesNotReturn]
    private static void Throw(string? name) => throw new ArgumentNullException(name);
}
