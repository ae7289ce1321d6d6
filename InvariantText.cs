using System.Globalization;
using System.Text;

namespace System.Runtime.CompilerServices;

/// <summary>What the compiler makes of <c>$"…"</c> in every project of this repository: numbers are written as C# writes them, whatever
/// the culture of the user's program. The compiler takes a type of this name from the project before .NET's own, which writes by the
/// current culture: <c>$"{-0.5}"</c> is "−0,5" in a Swedish program, in messages, in files and in the source of kernels.
/// </summary>
[InterpolatedStringHandler]
internal readonly ref struct DefaultInterpolatedStringHandler
{
    private const int MostSpare = 1 << 12;

    // The builder of a text that is whole; null while a text is being built.
    [ThreadStatic]
    private static StringBuilder? spare;

    private readonly StringBuilder text;

    public DefaultInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        text = spare ?? new StringBuilder(literalLength + 16 * formattedCount);
        // What stands in the braces may hold another text.
        spare = null;
    }

    public void AppendLiteral(string value) => text.Append(value);

    public void AppendFormatted<T>(T value) => Invariant().AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => Invariant().AppendFormatted(value, format);

    public void AppendFormatted<T>(T value, int alignment) => Invariant().AppendFormatted(value, alignment);

    public void AppendFormatted<T>(T value, int alignment, string? format) => Invariant().AppendFormatted(value, alignment, format);

    public void AppendFormatted(object? value, int alignment = 0, string? format = null) =>
        Invariant().AppendFormatted(value, alignment, format);

    public void AppendFormatted(string? value) => text.Append(value);

    public void AppendFormatted(ReadOnlySpan<char> value) => text.Append(value);

    public string ToStringAndClear()
    {
        string made = text.ToString();
        if (text.Capacity <= MostSpare) spare = text.Clear();
        return made;
    }

    private StringBuilder.AppendInterpolatedStringHandler Invariant() => new(0, 1, text, CultureInfo.InvariantCulture);
}
