using System.Text.Json;

namespace GpuTensor.Cli;

/// <summary>An error is one line on standard error and exit code 1: what a user can act on says so itself, anything else names its type.
/// <c>--verbose</c> adds the stack.</summary>
internal static class Errors
{
    public static int Guard(bool verbose, Func<int> run)
    {
        try
        {
            return run();
        }
        catch (OperationCanceledException)
        {
            Say("interrupted");
            return 130;
        }
        catch (Exception e)
        {
            return Report(e, verbose);
        }
    }

    /// <summary>Writes the line, and gives the exit code.</summary>
    public static int Report(Exception e, bool verbose)
    {
        bool expected = e is TensorException or IOException or UnauthorizedAccessException or HttpRequestException
            or JsonException or UsageException or InvalidDataException or OutOfMemoryException;
        string message = Texts.OneLine(e.Message);
        Say(expected ? message : $"{e.GetType().Name}: {message}{(verbose ? "" : " (a defect: --verbose shows where)")}");
        if (verbose) Write(e.ToString());
        return 1;
    }

    /// <summary>Writes a line on standard error. Where nobody reads it, and nothing can be written, there is nobody to be told.</summary>
    public static void Say(string message) => Write($"gputensor: {message}");

    private static void Write(string text)
    {
        try
        {
            Console.Error.WriteLine(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}

/// <summary>What the user asked for cannot be done as asked; the message says what can.</summary>
internal sealed class UsageException(string message) : Exception(message);
