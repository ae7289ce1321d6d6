using System.Text.Json;

namespace GpuTensor.Cli;

/// <summary>An error is one line on standard error and exit code 1: what a user can act on says so itself, anything else names its type. <c>--verbose</c> adds the stack.</summary>
internal static class Errors
{
    public static int Guard(bool verbose, Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e)
        {
            bool expected = e is TensorException or IOException or UnauthorizedAccessException or HttpRequestException or JsonException or UsageException;
            Console.Error.WriteLine(expected ? $"gputensor: {e.Message}" : $"gputensor: {e.GetType().Name}: {e.Message}{(verbose ? "" : " (a defect: --verbose shows where)")}");
            if (verbose) Console.Error.WriteLine(e);
            return 1;
        }
    }
}

/// <summary>What the user asked for cannot be done as asked; the message says what can.</summary>
internal sealed class UsageException(string message) : Exception(message);
