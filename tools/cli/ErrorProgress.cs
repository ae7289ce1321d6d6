using Spectre.Console;

namespace GpuTensor.Cli;

/// <summary>Progress on standard error, where somebody looks at it: results go to standard output alone.</summary>
internal static class ErrorProgress
{
    /// <summary>Runs something that says how far it is.</summary>
    /// <param name="quiet">Shows nothing.</param>
    /// <param name="run">Gets what it reports to: what is at hand, how many are done, of how many.</param>
    public static T Show<T>(bool quiet, Func<Action<string, int, int>, T> run)
    {
        if (quiet || Console.IsErrorRedirected) return run((_, _, _) => { });
        T? result = default;
        AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) }).Progress().AutoClear(true).Start(display =>
        {
            var task = display.AddTask("");
            result = run((what, done, all) =>
            {
                task.MaxValue = all;
                task.Value = done;
                task.Description = Markup.Escape(what);
            });
        });
        return result!;
    }
}
