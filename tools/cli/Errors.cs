using System.Text.Json;

namespace GpuTensor.Cli;

/// <summary>Errors a user can act on are one line on standard error and exit code 1; anything else is a defect and keeps its stack.</summary>
internal static class Errors
{
    public static int Guard(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is TensorException or IOException or UnauthorizedAccessException or HttpRequestException or JsonException or UsageException)
        {
            Console.Error.WriteLine($"gputensor: {e.Message}");
            return 1;
        }
    }
}

/// <summary>What the user asked for cannot be done as asked; the message says what can.</summary>
internal sealed class UsageException(string message) : Exception(message);
