using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace GpuTensor.Cli;

/// <summary>An option that takes a number within bounds, written as in C# whatever the culture: no thousands, no spaces, no NaN, no
/// infinity.</summary>
internal sealed class NumberOption<T> : Option<T> where T : struct, INumber<T>
{
    private static readonly bool IsWhole = typeof(T) == typeof(int) || typeof(T) == typeof(long);

    /// <param name="name">With its dashes.</param>
    /// <param name="least">The smallest number it takes.</param>
    /// <param name="most">The largest.</param>
    /// <param name="absent">The number where the option is not given.</param>
    public NumberOption(string name, T least, T most, T absent) : base(name)
    {
        (Least, Most) = (least, most);
        HelpName = "N";
        DefaultValueFactory = _ => absent;
        CustomParser = Read;
    }

    /// <summary>The smallest number the option takes.</summary>
    public T Least { get; }

    /// <summary>The largest.</summary>
    public T Most { get; }

    private T Read(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Parse(text) is not { } fraction)
        {
            result.AddError($"{Name} must be a {(IsWhole ? "whole " : "finite ")}number, and is {Texts.Quoted(text)}.");
            return default;
        }
        if (fraction.Below) result.AddError(Text($"{Name} must be at least {Least}, and is {text}."));
        if (fraction.Above) result.AddError(Text($"{Name} must be at most {Most}, and is {text}."));
        return fraction.Value;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private (T Value, bool Below, bool Above)? Parse(string text)
    {
        if (IsWhole)
        {
            if (!BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return null;
            bool below = whole < BigInteger.CreateChecked(Least);
            bool above = whole > BigInteger.CreateChecked(Most);
            return (below || above ? default : T.CreateChecked(whole), below, above);
        }
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return T.TryParse(text, styles, CultureInfo.InvariantCulture, out var value) && T.IsFinite(value)
            ? (value, (value < Least), (value > Most)) : null;
    }
}
