namespace GpuTensor.Cli;

/// <summary>Texts of others in messages of one line.</summary>
internal static class Texts
{
    private const int Longest = 80;

    /// <summary>What the user wrote, in quotes: cut where it is long, and without what would move a terminal's cursor.</summary>
    public static string Quoted(string text)
    {
        string shown = text.Length > Longest ? text[..Longest] + "…" : text;
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c))}'";
    }

    /// <summary>A text of several lines as one.</summary>
    public static string OneLine(string text) =>
        string.Join(" ", text.Split(['\n', '\r', '\u0085', '\u2028', '\u2029'],
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
