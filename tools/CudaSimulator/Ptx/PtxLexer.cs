namespace GpuTensor.CudaSimulator.Ptx;

/// <summary>A word (names, opcodes with their modifiers, numbers), a quoted string or one character of punctuation.</summary>
internal readonly record struct PtxToken(string Text, int Line, bool Quoted = false)
{
    public override string ToString() => Text;
}

/// <summary>Splits PTX into tokens. Words keep their dots, <c>ld.global.v2.f32</c> and <c>%tid.x</c>, and double colons.</summary>
internal static class PtxLexer
{
    private static readonly string[] Punctuation = Enumerable.Range(0, 128).Select(c => ((char)c).ToString()).ToArray();

    public static List<PtxToken> Split(string text)
    {
        var tokens = new List<PtxToken>(text.Length / 5);
        var words = new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        int line = 1, i = 0;
        while (i < text.Length)
        {
            char c = text[i];
            if (c is '\n' or '\0')
            {
                line++;
                i++;
            }
            else if (c is ' ' or '\t' or '\r')
            {
                i++;
            }
            else if (c == '/' && i + 1 < text.Length && text[i + 1] == '/')
            {
                while (i < text.Length && text[i] is not ('\n' or '\0')) i++;
            }
            else if (c == '/' && i + 1 < text.Length && text[i + 1] == '*')
            {
                int end = text.IndexOf("*/", i + 2, StringComparison.Ordinal);
                if (end < 0) throw new DeviceFault(FaultKind.InvalidPtx, $"PTX line {line}: a comment without end.");
                for (; i < end + 2; i++) if (text[i] is '\n' or '\0') line++;
            }
            else if (c == '"')
            {
                int end = text.IndexOf('"', i + 1);
                if (end < 0) throw new DeviceFault(FaultKind.InvalidPtx, $"PTX line {line}: a string without end.");
                tokens.Add(new(text[(i + 1)..end], line, Quoted: true));
                i = end + 1;
            }
            else if (IsWord(c))
            {
                int start = i;
                while (i < text.Length && (IsWord(text[i]) || IsDoubleColon(text, i))) i += text[i] == ':' ? 2 : 1;
                var word = text.AsSpan(start, i - start);
                if (!words.TryGetValue(word, out string? known)) words.Add(word);
                tokens.Add(new(known ?? (words.TryGetValue(word, out known) ? known : ""), line));
            }
            else
            {
                if (c >= 128) throw new DeviceFault(FaultKind.InvalidPtx, $"PTX line {line}: unexpected character U+{(int)c:X4}.");
                tokens.Add(new(Punctuation[c], line));
                i++;
            }
        }
        tokens.Add(new("", line));
        return tokens;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or '%' or '.';

    private static bool IsDoubleColon(string text, int i) => text[i] == ':' && i + 1 < text.Length && text[i + 1] == ':';
}
