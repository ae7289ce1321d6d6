using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Source with line numbers for an error message: all of a short one, of a long one the lines around those the log
/// names.</summary>
internal static partial class NumberedSource
{
    private const int WholeUpTo = 400, Around = 8;

    /// <summary>The lines, numbered from 1.</summary>
    public static string Of(string source, string log)
    {
        string[] lines = source.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        bool[] shown = new bool[lines.Length];
        if (lines.Length <= WholeUpTo) Array.Fill(shown, true);
        else
            foreach (Match match in LineInLog().Matches(log))
            {
                int line = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1;
                for (int i = Math.Max(0, line - Around); i <= Math.Min(lines.Length - 1, line + Around); i++) shown[i] = true;
            }

        var text = new StringBuilder();
        int width = lines.Length.ToString(CultureInfo.InvariantCulture).Length;
        for (int i = 0; i < lines.Length; i++)
        {
            if (shown[i])
                text.Append((i + 1).ToString(CultureInfo.InvariantCulture).PadLeft(width)).Append(" | ").Append(lines[i]).Append('\n');
            else if (i == 0 || shown[i - 1]) text.Append("…\n");
        }
        return text.ToString().TrimEnd('\n');
    }

    // name(12): error: …
    [GeneratedRegex(@"\((\d{1,7})\): (?:catastrophic error|error|warning)", RegexOptions.CultureInvariant)]
    private static partial Regex LineInLog();
}
