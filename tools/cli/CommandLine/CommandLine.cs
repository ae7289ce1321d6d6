using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace GpuTensor.Cli;

/// <summary>All commands, from arguments to exit code. A refusal is one line on standard error and exit code 1.</summary>
internal static class CommandLine
{
    // A name that begins with @ is a name, no file of further arguments.
    private static readonly ParserConfiguration Plain = new() { ResponseFileTokenReplacer = null };

    /// <summary>The commands with their options.</summary>
    // Not a RootCommand, which would call itself by the name of the assembly.
    public static Command Make() => new("gputensor", "GpuTensor: tensors and autograd for .NET, compiled for the device at hand.")
    {
        TrainCommand.Make(),
        TutorialCommand.Make(),
        ExplainCommand.Make(),
        DevicesCommand.Make(),
        DoctorCommand.Make(),
        ConformanceCommand.Make(),
        BitsCommand.Make(),
        KernelsCommand.Make(),
        QualifyCommand.Make(),
        new Option<bool>("--verbose") { Description = "Show where an error came from", Recursive = true },
        new HelpOption(),
        new VersionOption(),
    };

    /// <summary>Runs what the arguments ask for.</summary>
    public static int Run(string[] args)
    {
        bool verbose = args.Contains("--verbose");
        // Of threads that nobody waits for: no abort with a stack.
        AppDomain.CurrentDomain.UnhandledException += (_, e) => Environment.Exit(Errors.Report((Exception)e.ExceptionObject, verbose));
        return Errors.Guard(verbose, () =>
        {
            var parsed = Make().Parse(args, Plain);
            if (Refusal(parsed) is { } refusal) throw new UsageException(refusal);
            EnvironmentVariables.Check();
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        });
    }

    /// <summary>Why these arguments are not understood, in one line; null where they are.</summary>
    public static string? Refusal(params string[] args) => Refusal(Make().Parse(args, Plain));

    private static string? Refusal(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0) return null;
        var command = parsed.CommandResult.Command;
        string help = $"'{string.Join(' ', Path(parsed.CommandResult))} --help' shows what there is.";
        if (parsed.UnmatchedTokens.FirstOrDefault() is { } unknown)
        {
            string? near = Nearest(unknown, parsed.CommandResult);
            return $"{Texts.Quoted(unknown)} is no {(unknown.StartsWith('-') ? "option" : "command or argument")} of "
                + $"{command.Name}{(near is null ? ": " : $": did you mean {near}? ")}{help}";
        }
        // The command is missing: those that there are say more than that.
        if (command.Subcommands.Count > 0 && command.Action is null)
            return $"{command.Name} needs a command: {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}. "
                + $"{help}";
        return Texts.OneLine(parsed.Errors[0].Message);
    }

    private static IEnumerable<string> Path(CommandResult result) =>
        [.. result.Parent is CommandResult above ? Path(above) : [], result.Command.Name];

    /// <summary>The option or command whose name is nearest, where it is near enough to be what was meant.</summary>
    private static string? Nearest(string text, CommandResult result)
    {
        List<string> names = [.. result.Command.Subcommands.Select(c => c.Name)];
        for (SymbolResult? at = result; at is CommandResult here; at = here.Parent)
            names.AddRange(here.Command.Options.Where(o => !o.Hidden && (here == result || o.Recursive)).Select(o => o.Name));
        var best = names.Where(n => n.StartsWith('-') == text.StartsWith('-')).Select(n => (Name: n, Distance: Distance(n, text)))
            .OrderBy(n => n.Distance).FirstOrDefault();
        return best.Name is { } name
            && (best.Distance <= Math.Max(2, text.Length / 3) || name.StartsWith(text, StringComparison.OrdinalIgnoreCase)) ? name : null;
    }

    /// <summary>How many letters must be put in, taken out or changed to get from one word to another (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        if (b.Length > 100) return int.MaxValue;
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
                (row[j], diagonal) = (Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)), row[j]);
        }
        return row[b.Length];
    }
}
