using GpuTensor.Graph;
using GpuTensor.Backends;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Runtime;

/// <summary>Runs plans: takes all memory, launches, and marks the point in the stream. Nothing has run where something before the first
/// launch fails.</summary>
internal sealed class Runner(Backend backend, Pool pool, Arena arena, FencesInFlight fences, PendingChecks checks, GraphReplays replays)
{
    /// <summary>Runs a plan.</summary>
    /// <param name="executable">The plan.</param>
    /// <param name="arguments">Inputs and numbers; takes the memory of the results.</param>
    public RunKind Run(Executable executable, RunArguments arguments)
    {
        var (plan, outputs) = (executable.Plan, arguments.Outputs);
        int taken = 0;
        // Before anything is taken: where memory is out, working memory beyond this goes first.
        arena.Begin(plan.ArenaBytes);
        try
        {
            for (; taken < plan.Outputs.Length; taken++)
                outputs[taken] = pool.Allocate(plan.Outputs[taken].Bytes, plan.Outputs[taken].What);
            arguments.UseArena(arena.Take(plan.ArenaWhat), plan.ArenaOffsets);
            var kind = Launch(executable, arguments);
            // Last: a run that fails gives its results back, and nobody may look at them then.
            checks.Add(plan.Checks, plan.Suspects, outputs);
            return kind;
        }
        catch
        {
            // Work already enqueued may still write there, before whatever uses the memory next.
            while (taken > 0) pool.Release(outputs[--taken]);
            throw;
        }
        finally
        {
            arena.End();
        }
    }

    private RunKind Launch(Executable executable, RunArguments arguments)
    {
        fences.MakeRoom();
        arguments.ScalarBlock = backend.Scalars(arguments.Scalars.AsSpan(0, executable.Plan.Scalars));
        var kind = replays.TryRun(executable, arguments);
        if (kind == RunKind.Steps)
        {
            arguments.HasLaunched = true;
            executable.Enqueue(backend, arguments);
        }
        fences.Mark(isTiny: backend.Profile.IsCpu && executable.IsTiny);
        return kind;
    }
}
