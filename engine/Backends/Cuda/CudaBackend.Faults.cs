using System.Globalization;
using System.Text;
using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Backends.Cuda;

/// <summary>Errors: what they are called for the user, which of them lose the device, and which kernels may have caused them. A kernel's
/// fault surfaces at a later call, whichever comes first, so the message lists what was launched since the last wait that
/// succeeded.</summary>
internal sealed partial class CudaBackend
{
    private const int MostRecent = 64;

    private readonly string?[] recent = new string?[MostRecent];
    private long launchedSinceWait;
    private string? lost;

    /// <summary>Why the device can no longer be used; null while it can.</summary>
    internal string? Lost => lost;

    private void ThrowIfLost()
    {
        if (lost is not null) throw new DeviceException(lost);
        ObjectDisposedException.ThrowIf(disposed, this);
    }

    /// <summary>Notes a launch, and waits for it where the user asked for that.</summary>
    private void Launched(string description)
    {
        recent[launchedSinceWait++ % MostRecent] = description;
        if (!blocking || capturing) return;
        compute.Synchronize();
        Waited();
    }

    private void Waited() => launchedSinceWait = 0;

    private Exception Error(CudaException e, string subject)
    {
        string message = $"{e.Message}{(subject.Length == 0 ? "" : $" {subject}")} (cuda:{device.Ordinal}, {Name})";
        if (e.IsSticky)
        {
            lost ??= $"cuda:{device.Ordinal} ({Name}) is lost to this process, which must be restarted; other devices go on. First cause: "
                + $"{message}{Suspects()}";
            return new DeviceException(lost, e);
        }
        bool memory = e.IsOutOfMemory || e is CublasException { Status: CublasStatus.AllocationFailed };
        return memory ? new DeviceOutOfMemoryException(message, e) : new DeviceException(message, e);
    }

    private string Suspects()
    {
        if (launchedSinceWait == 0) return "";
        var text = new StringBuilder(blocking ? "\nIt was launched by:"
            : "\nLaunched since the last wait (GPUTENSOR_CUDA_BLOCKING=1 tells which it was):");
        long from = Math.Max(0, launchedSinceWait - MostRecent);
        if (from > 0) text.Append(CultureInfo.InvariantCulture, $"\n  {from} more before these");
        for (long i = from; i < launchedSinceWait; i++) text.Append("\n  ").Append(recent[i % MostRecent]);
        return text.ToString();
    }
}
