using GpuTensor.Backends;
using GpuTensor.Graph;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Runtime;

/// <summary>Checks of values whose answers lie in device memory and were not read yet: see <see cref="ValueCheck"/>. Reading them waits for
/// the device, so it is put off until the program waits anyway.</summary>
/// <param name="faults">Hears of values that their operator does not take.</param>
internal sealed class PendingChecks(Backend backend, Pool pool, IndexFaults faults)
{
    /// <summary>So many answers may be unread in a program that never waits.</summary>
    private const int Most = 256;

    private readonly Queue<(Block Answer, ValueCheck Check, int Thread, RunVerdict Verdict)> unread = [];

    /// <summary>The next run should read them first.</summary>
    public bool AreTooMany => unread.Count > Most;

    /// <summary>After a run that was enqueued as a whole, by the thread that gave the values: notes the answers.</summary>
    /// <param name="checks">The results that are answers, and what each means.</param>
    /// <param name="suspects">The results that were computed from the checked values.</param>
    /// <param name="outputs">The memory of the run's results.</param>
    public void Add((int Output, ValueCheck Check)[] checks, int[] suspects, Block[] outputs)
    {
        if (checks.Length == 0) return;
        var verdict = new RunVerdict();
        foreach (int output in suspects) outputs[output].Verdict = verdict;
        foreach (var (output, check) in checks) unread.Enqueue((outputs[output], check, Environment.CurrentManagedThreadId, verdict));
    }

    /// <summary>Waits for the answers and reads them.</summary>
    public void Read()
    {
        Span<byte> answer = stackalloc byte[8];
        while (unread.TryPeek(out var next))
        {
            var (block, check, thread, verdict) = next;
            backend.Read(block.Buffer!, block.Offset, answer[..check.Bytes]);
            // Only now: where reading fails, the answer is read later.
            unread.Dequeue();
            pool.Release(block);
            if (check.ErrorOf(answer) is not { } error) continue;
            faults.Add(thread, error);
            verdict.Error ??= error;
        }
    }
}
