using System.Collections.Concurrent;
using System.Text;

namespace GpuTensor.Kernels;

/// <summary>The helper functions that generated source calls, as templates over kind and width. A function is named <c>gt_BASE_KIND</c>,
/// with <c>x16</c> after the kind for 16 lanes. In a template: <c>$T</c> is the vector type, <c>$E</c> its element, <c>$I</c> and <c>$U</c>
/// the integers of that size, <c>$M</c> one <c>$I</c>, <c>$cX(</c> a conversion and <c>$aX(</c> a reinterpretation to one of them,
/// <c>$N</c> the function's name, <c>$W</c> the lanes, <c>$?(</c> whether a comparison holds in some lane, <c>$ld(a)</c> and
/// <c>$st(v, a)</c> move lanes from and to an array of W elements (no bracket or comma in either), <c>@base(</c> calls another function of
/// the same kind and width, <c>@base:kind(</c> one of another kind, <c>@base!(</c> its scalar form; <c>$H</c> is the stored half, <c>$D</c>
/// and <c>$J</c> are double and long. <c>$u(</c> and <c>$s(</c> make scalar arithmetic unsigned and signed again, since C leaves signed
/// overflow undefined.</summary>
internal static partial class Library
{
    private static readonly ConcurrentDictionary<string, Helper> Helpers = [];

    static Library()
    {
        AddMemory();
        AddHalves();
        AddReductions();
        foreach (var function in Functions.All) Bring(function);
        foreach (var helper in (Helper[])[.. ExponentialFunctions.Shared, .. CircularFunctions.Shared]) Add(helper);
    }

    private static void Add(string name, string text) => Add(new Helper(name, text));

    /// <summary>Takes in the helpers of a function: of a row of <see cref="Functions"/>, or of an operator's own function, at its first
    /// use.</summary>
    /// <exception cref="InvalidOperationException">A helper has the name of another.</exception>
    public static void Bring(ScalarFunction function)
    {
        foreach (var helper in function.Helpers)
            if (!Helpers.TryGetValue(helper.Name, out var known)) Add(helper);
            else if (known.Text != Tidy(helper.Text))
                throw new InvalidOperationException($"Two helper functions are called {helper.Name}; {function} brings the second.");
    }

    private static void Add(Helper helper) => Helpers[helper.Name] = helper with { Text = Tidy(helper.Text) };

    private static string Tidy(string text) => text.ReplaceLineEndings("\n").Trim();

    public static string Name(string function, Kind kind, int width) => $"gt_{function}_{kind.Suffix()}{(width == 1 ? "" : "x16")}";

    /// <summary>Appends a function after those it needs.</summary>
    public static void Append(Dialect dialect, StringBuilder text, string name, HashSet<string> done)
    {
        if (!done.Add(name)) return;
        int split = name.LastIndexOf('_');
        string suffix = name[(split + 1)..];
        int width = suffix.EndsWith("x16", StringComparison.Ordinal) ? 16 : 1;
        if (width == 16) suffix = suffix[..^3];
        if (!Kinds.TryParse(suffix, out var kind)) throw new ArgumentException($"{name} names no function.", nameof(name));
        var helper = dialect.Intrinsics.TryGetValue($"{name[3..split]}_{suffix}", out string? intrinsic) ? new Helper(name, intrinsic)
            : Find(name[3..split], suffix, kind) ?? throw new ArgumentException($"{name} names no function.", nameof(name));
        string body = helper.Lanes == 0 ? helper.Text : OverLanes(helper, width);
        var expanded = new StringBuilder();
        Expand(dialect, expanded, body, kind, width, name, helper.Lanes != 0, dependency => Append(dialect, text, dependency, done));
        text.Append(dialect.Function).Append(expanded).Append('\n');
    }

    private static Helper? Find(string function, string suffix, Kind kind)
    {
        if (Helpers.TryGetValue(function + "_" + suffix, out var helper)) return helper;
        if (Helpers.TryGetValue(function + (kind.IsFloat() ? "_f" : "_i"), out helper)) return helper;
        return Helpers.TryGetValue(function + "_*", out helper) ? helper : null;
    }

    private static string OverLanes(Helper helper, int width)
    {
        if (width == 1) return $"$T $N({(helper.Lanes == 1 ? "$T x" : "$T x, $T y")}) {{ return {helper.Text}; }}";
        return helper.Lanes == 1
            ? $"$T $N($T xs) {{ $E u[16]; $st(xs, u); " +
              $"for (int k = 0; k < 16; k++) {{ const $E x = u[k]; u[k] = {helper.Text}; }} return $ld(u); }}"
            : $"$T $N($T xs, $T ys) {{ $E u[16], v[16]; $st(xs, u); $st(ys, v); " +
              $"for (int k = 0; k < 16; k++) {{ const $E x = u[k], y = v[k]; u[k] = {helper.Text}; }} return $ld(u); }}";
    }

    /// <summary>Writes a template for a kind and width; <paramref name="needs"/> hears of every function called.</summary>
    public static void Expand(Dialect dialect, StringBuilder text, string template, Kind kind, int width,
        string name, bool scalarCalls, Action<string> needs,
        string[]? operands = null)
    {
        for (int i = 0; i < template.Length; i++)
        {
            char c = template[i];
            if (c == '@')
            {
                int start = i + 1, end = template.IndexOf('(', start), stop = template[end - 1] == '!' ? end - 1 : end;
                int colon = template.IndexOf(':', start, stop - start);
                var other = kind;
                if (colon >= 0 && !Kinds.TryParse(template[(colon + 1)..stop], out other)) throw new FormatException(template);
                string called = Name(template[start..(colon < 0 ? stop : colon)], other, scalarCalls || stop < end ? 1 : width);
                needs(called);
                text.Append(called);
                i = end - 1;
            }
            else if (c != '$') text.Append(c);
            else
            {
                char t = template[++i];
                switch (t)
                {
                    case 'T': text.Append(dialect.Type(kind, width)); break;
                    case 'E': text.Append(dialect.Type(kind)); break;
                    case 'I': text.Append(dialect.Type(kind.Mask(), width)); break;
                    case 'U': text.Append(dialect.Type(kind.Unsigned(), width)); break;
                    case 'M': text.Append(dialect.Type(kind.Mask())); break;
                    case 'N': text.Append(name); break;
                    case 'W': text.Append(width); break;
                    case 'G': text.Append(dialect.Global); break;
                    case 'c':
                        string to = dialect.Type(Letter(template[++i], kind), width);
                        text.Append(width == 1 ? $"({to})" : "convert_" + to);
                        break;
                    case 'a': text.Append("as_").Append(dialect.Type(Letter(template[++i], kind), width).Replace(' ', '_')); break;
                    // Only int and long overflow: narrower scalars are computed as int.
                    case 'u': text.Append(width == 1 && kind.Size() >= 4 ? $"({dialect.Type(kind.Unsigned())})" : ""); break;
                    case 's' when template[i + 1] == '(': text.Append(width == 1 ? $"({dialect.Type(kind)})" : ""); break;
                    case 's':
                        int comma = template.IndexOf(',', i), close = template.IndexOf(')', comma);
                        string value = template[(i + 3)..comma], array = template[(comma + 1)..close].Trim();
                        text.Append(width == 1 ? $"{array}[0] = {value}" : $"vstore16({value}, 0, {array})");
                        i = close;
                        break;
                    case 'l':
                        text.Append(width == 1 ? "*(" : "vload16(0, ");
                        i += 2;
                        break;
                    case >= '0' and <= '9': text.Append(operands![t - '0']); break;
                    case '?': text.Append(width == 1 ? "" : "any"); break;
                    case 'D': text.Append(dialect.Type(Kind.F64, width)); break;
                    case 'J': text.Append(dialect.Type(Kind.I64, width)); break;
                    case 'H': text.Append(dialect.Type(Kind.U16, width)); break;
                    default:
                        throw new FormatException($"${t} in {template}");
                }
            }
        }
    }

    private static Kind Letter(char letter, Kind kind) => letter switch
    {
        'I' => kind.Mask(),
        'U' => kind.Unsigned(),
        'E' or 'T' => kind,
        'H' => Kind.U16,
        'D' => Kind.F64,
        'J' => Kind.I64,
        _ => throw new FormatException($"${letter}"),
    };
}
