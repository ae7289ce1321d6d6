using System.CommandLine;
using GpuTensor.Cli;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary>Every option of every command, found from the commands' own definitions, with values that mean nothing. What is not understood
/// is refused in one line before anything runs.</summary>
public class OptionTests
{
    private static readonly string[] NoNumbers =
    [
        "", " ", "x", "NaN", "nan", "inf", "-inf", "Infinity", "-∞", "∞", "0x10", "1_000", "1,000", "0,001", " 5", "5 ", "5\n", "１２", "٣",
        "५", "1e", "--", "+-1", "1.2.3", "1 2", "null", "true", "5%",
        "1e999", new string('x', 100_000),
    ];

    /// <summary>A command, by its words, and an option's name.</summary>
    public static TheoryData<string, string> Options
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (words, command) in Commands(CommandLine.Make(), []))
                foreach (var option in command.Options) data.Add(string.Join(' ', words), option.Name);
            return data;
        }
    }

    [Fact]
    public void Every_command_is_looked_at()
    {
        string[] commands = [.. Commands(CommandLine.Make(), []).Select(c => string.Join(' ', c.Words))];
        foreach (string name in (string[])["", "train", "train fashion-mnist", "tutorial", "explain", "devices", "doctor", "qualify",
            "kernels", "conformance", "bits"]) Assert.Contains(name, commands);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void An_option_refuses_what_it_does_not_mean(string command, string name)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var option = Commands(CommandLine.Make(), []).Single(c => c.Words.SequenceEqual(words)).Command.Options.Single(o => o.Name == name);
        switch (option)
        {
            case NumberOption<int> whole: Number([$"{whole.Least}", $"{whole.Most}", $"+{Math.Max(whole.Least, 1)}"],
                (long[])[(long)whole.Least - 1, (long)whole.Most + 1, long.MaxValue]); break;
            case NumberOption<long> whole: Number(["0", $"{long.MinValue}", $"{long.MaxValue}"],
                (Int128[])[Int128.MaxValue, Int128.MinValue, (Int128)long.MaxValue + 1]); break;
            case NumberOption<double> real: Number([$"{real.Least:R}", "1", "1e-1", "0.5"], real.Most < double.MaxValue
                ? (double[])[real.Least - 1, real.Most + 1, 1e300] : [real.Least - 1]); break;
            case PathOption or PathsOption: Refused("", $"{name} must name"); Refused(" ", $"{name} must name"); Accepted("@name");
            Accepted("a file"); break;
            case DeviceOption device:
                foreach (string text in (string[])["", " ", "gpu", "cpu:1", "opencl:", "opencl:-1", "opencl:+1", "opencl: 1", "opencl:x",
                    "cuda:0:1", "cuda:٣", "cuda:99999999999", "cudá"]) Refused(text, "expected");
                foreach (string kind in (string[])["cpu", "cuda", "opencl:7", " OPENCL "])
                    if (device.Kinds.Contains(kind.Trim().ToLowerInvariant().Split(':')[0])) Accepted(kind);
                    else Refused(kind, "expected");
                break;
            case TextOption: Accepted(""); Accepted("\u202e"); break;
            case Option<string[]>: Refused("", "is no stage"); Refused("everything", "is no stage"); break;
            case Option<bool?>:
                Refused("maybe", "maybe");
                foreach (string text in (string[])["true", "false"]) Accepted(text);
                Assert.Null(CommandLine.Refusal([.. words, .. Leaf(), name]));
                return;
            case Option<bool>:
                Assert.Null(CommandLine.Refusal([.. words, .. Leaf(), name]));
                Refused("maybe", "maybe");
                return;
            case var _ when option.Name is "--help" or "--version": return;
            default: Assert.Fail($"{command} {name} is an option of a kind that this test does not know: {option.GetType()}"); return;
        }
        OneLine(CommandLine.Refusal([.. words, .. Leaf(), name]), name);

        // Options of commands that only hold others mean something with one of those.
        string[] Leaf() => words.Length == 0 ? ["devices"] : [];

        void Number<T>(string[] good, T[] beyond)
        {
            // An empty value, and "--", which ends the options, are none at all.
            foreach (string text in NoNumbers) Refused(text, text is "" or "--" ? name : $"{name} must be a ");
            foreach (var number in beyond) Refused(FormattableString.Invariant($"{number}"), $"{name} must be at ");
            foreach (string text in good) Accepted(text);
        }

        void Accepted(string value) => Assert.Null(CommandLine.Refusal([.. words, .. Leaf(), name, value]));

        void Refused(string value, string says) => OneLine(CommandLine.Refusal([.. words, .. Leaf(), name, value]), says);
    }

    [Theory]
    [InlineData("--epochs", "train", "fashion-mnist", "--epoch", "3")]
    [InlineData("--batch-size", "train", "fashion-mnist", "--batchsize", "3")]
    [InlineData("--device", "explain", "mlp", "--devcie", "cpu")]
    [InlineData("conformance", "conformence")]
    [InlineData("fashion-mnist", "train", "fashion-mnst")]
    [InlineData("train, tutorial, explain, devices, doctor")]
    [InlineData("fashion-mnist", "train")]
    [InlineData("mlp", "explain", "")]
    [InlineData("mlp", "explain", "transformer")]
    [InlineData("--epochs", "train", "fashion-mnist", "--epochs", "1", "--epochs", "2")]
    [InlineData("expects a single argument", "train", "fashion-mnist", "-d", "cpu", "--device", "cpu")]
    [InlineData("stray", "devices", "stray")]
    [InlineData("--no-such", "doctor", "--no-such\u001b[2J")]
    public void Mistakes_are_named_with_what_was_meant(string says, params string[] arguments) =>
        OneLine(CommandLine.Refusal(arguments), says);

    [Fact]
    public void Help_and_version_are_no_mistakes()
    {
        foreach (string[] arguments in (string[][])[["--help"], ["--version"], ["train", "--help"], ["train", "fashion-mnist", "-h"],
            ["explain", "mlp", "--help"]]) Assert.Null(CommandLine.Refusal(arguments));
    }

    private static void OneLine(string? refusal, string says)
    {
        Assert.NotNull(refusal);
        Assert.Contains(says, refusal);
        Assert.DoesNotContain(refusal, char.IsControl);
        Assert.True(refusal.Length < 500, refusal);
    }

    private static IEnumerable<(string[] Words, Command Command)> Commands(Command command, string[] words) =>
        [(words, command), .. command.Subcommands.SelectMany(c => Commands(c, [.. words, c.Name]))];
}
