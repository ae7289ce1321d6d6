using GpuTensor.Backends;
using GpuTensor.Graph;
using GpuTensor.Compiler;
using GpuTensor.Kernels;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Runtime;

/// <summary>Runs graphs on a backend: finds the plan of a graph by its fingerprint or makes it, and has it run. The parts that do the work
/// stand beside it; here they are put together, under the device's lock.</summary>
internal sealed class PlannedExecutor : Executor, IDisposable
{
    private static readonly TimeSpan ExitWait = TimeSpan.FromSeconds(10);

    private readonly FencesInFlight fences;
    private readonly Arena arena;
    private readonly GraphReplays replays;
    private readonly PendingChecks checks;
    private readonly Loader loader;
    private readonly Runner runner;
    private readonly Settlement settlement;
    private readonly Transfers transfers;

    // What one run works with, used again by the next.
    private readonly HomeMap homes = new();
    private readonly RunArguments arguments;
    private Executable? last;
    private bool disposed;

    /// <param name="backend">The device.</param>
    /// <param name="dialect">What its compiler takes.</param>
    /// <param name="kernels">Compiled kernels to share with another executor on that backend.</param>
    public PlannedExecutor(Backend backend, Dialect dialect, KernelCache? kernels = null)
    {
        Backend = backend;
        Pool = new(backend) { Spare = Spare };
        Kernels = kernels ?? new(backend, dialect);
        Planner = new(() => new(backend.Profile, dialect)
        {
            Texts = Texts,
            Name = backend.Name, MaxAllocation = backend.Memory.MaxAllocation, HasProducts = backend.HasProducts,
            HasEpilogue = backend.HasEpilogue,
        });
        loader = new(backend, dialect, Kernels);
        replays = new(backend, Pool);
        // Captured runs name the working memory.
        arena = new(backend, Pool, replays.Clear);
        fences = new(backend);
        checks = new(backend, Pool, Faults);
        runner = new(backend, Pool, arena, fences, checks, replays);
        settlement = new(backend, Pool);
        transfers = new(backend, Pool);
        arguments = new(homes.Blocks, homes.Regions);
        Plans = new(GiveBack);
    }

    public Backend Backend { get; }

    public Pool Pool { get; }

    public KernelCache Kernels { get; }

    /// <summary>The texts of kernels that plans have made so far.</summary>
    public KernelTexts Texts { get; } = new();

    public Planner Planner { get; }

    /// <summary>Runs that were one launch of a captured graph.</summary>
    public long GraphLaunches => replays.Launches;

    /// <summary>What float32 products of the device's library may give up. What was captured before holds the old setting and
    /// goes.</summary>
    public MatMulPrecision Precision
    {
        get => Backend.Precision;
        set
        {
            lock (Gate)
            {
                if (Backend.Precision != value) replays.Clear();
                Backend.Precision = value;
            }
        }
    }

    public override string Description => $"{Backend.Name} ({Backend.Driver})";

    /// <summary>Plans by fingerprint.</summary>
    public PlanCache Plans { get; }

    /// <summary>Plans made so far.</summary>
    public long PlansMade { get; private set; }

    /// <summary>Runs so far.</summary>
    public long Runs { get; private set; }

    /// <summary>Recorded nodes in all runs so far, whatever became of them.</summary>
    public long NodesRun { get; private set; }

    /// <summary>Kernels of the last run, as a user counts them.</summary>
    public int LastKernels => LastPlan?.Kernels.Length ?? 0;

    /// <summary>The sum of <see cref="LastKernels"/> over all runs: a matrix product with its packing and epilogue is one.</summary>
    public long KernelsRun { get; private set; }

    /// <summary>The plan that ran last.</summary>
    public Plan? LastPlan => last?.Plan;

    public override RunKind Run(Recorder graph, ref bool hasLaunched)
    {
        lock (Gate)
        {
            Pool.Maintain();
            if (checks.AreTooMany) checks.Read();
            try
            {
                homes.Read(graph);
                homes.Write(graph.Fingerprint);
                var executable = Find(graph);
                Fill(arguments, graph, executable.Plan);
                NodesRun += graph.Nodes.Count;
                settlement.Save(graph);
                var kind = Execute(executable, arguments);
                (graph.Recording as IRunObserver)?.OnRun(graph, executable, homes);
                settlement.Settle(graph, executable, homes, arguments.Outputs);
                return kind;
            }
            catch (Exception e) when (arguments.HasLaunched)
            {
                hasLaunched = true;
                Settlement.Fail(homes, e);
                throw;
            }
            finally
            {
                // Memory must not be held from here.
                arguments.Clear();
                homes.Clear();
                settlement.Clear();
            }
        }
    }

    private static void Fill(RunArguments arguments, Recorder graph, Plan plan)
    {
        var (leaves, numbers) = (graph.Leaves, graph.Scalars);
        arguments.Reserve(leaves.Count, numbers.Count, plan.Outputs.Length);
        for (int i = 0; i < leaves.Count; i++) arguments.Slots[i] = leaves[i].Block ?? throw Recorder.Unreadable(leaves[i]);
        for (int i = 0; i < numbers.Count; i++) arguments.Scalars[i] = numbers[i].Number!.Bits;
    }

    /// <summary>The plan a graph would run by, without running it. Changes nothing.</summary>
    /// <param name="graph">What is pending.</param>
    /// <param name="asked">The value whose explanation is asked for: the plan keeps it.</param>
    /// <param name="source">With the kernels' source.</param>
    public string Explain(Recorder graph, Node asked, bool source)
    {
        lock (Gate)
        {
            try
            {
                homes.Read(graph);
                var words = graph.FingerprintKeeping(asked);
                homes.Write(words);
                var known = Plans.Peek(words.Hash(), words.Words);
                string text = known is { Missed.Count: 0 } ? known.Plan.Explanation(source) : Planner.Explain(
                    GraphSnapshot.Take(graph, homes, KeepSet.ForExplanation(graph, asked, known?.Missed, Planner.KeepPolicy)), source);
                return Backend.CanCapture
                    ? $"{text}replay: {(known is null ? null : replays.Describe(known)) ?? WillBeCaptured}{Environment.NewLine}" : text;
            }
            finally
            {
                homes.Clear();
            }
        }
    }

    private const string WillBeCaptured = "captured at the third run; inputs that move are copied in, results are copied out";

    private Executable Find(Recorder graph)
    {
        var hash = graph.Fingerprint.Hash();
        if (Plans.Find(hash, graph.Fingerprint.Words, out var missed) is { } known) return known;
        var made = loader.Load(Planner.Make(GraphSnapshot.Take(graph, homes, KeepSet.ForRun(graph, missed, Planner.KeepPolicy))));
        Plans.Add(hash, made);
        PlansMade++;
        return made;
    }

    /// <summary>Drops all plans, as in a process that has just started.</summary>
    public void ForgetPlans()
    {
        lock (Gate) Plans.Clear();
    }

    /// <summary>Runs a plan again with other inputs and numbers. Who calls clears the arguments.</summary>
    public void Replay(Executable executable, RunArguments arguments)
    {
        lock (Gate)
        {
            Pool.Maintain();
            if (checks.AreTooMany) FinishChecks();
            Execute(executable, arguments);
        }
    }

    private RunKind Execute(Executable executable, RunArguments arguments)
    {
        var kind = runner.Run(executable, arguments);
        Runs++;
        KernelsRun += executable.Plan.Kernels.Length;
        last = executable;
        return kind;
    }

    private void GiveBack(Executable executable)
    {
        try
        {
            replays.Forget(executable);
        }
        finally
        {
            executable.Dispose();
        }
    }

    /// <summary>Memory is out: what the run at hand can do without goes back to the driver.</summary>
    private void Spare()
    {
        replays.Clear();
        arena.Spare();
    }

    /// <summary>Reads the checks of everything that has run, which waits for it.</summary>
    /// <exception cref="TensorException">A value was not such as its operator takes.</exception>
    private void FinishChecks()
    {
        checks.Read();
        // The thread that gave the index is told at its next wait, and whoever reads what was computed with it.
        Faults.Throw();
    }

    public override void RefuseFaults()
    {
        lock (Gate)
        {
            if (disposed) return;
            checks.Read();
            Faults.ThrowAny();
        }
    }

    /// <inheritdoc cref="Pool.AllocateFlat"/>
    public Block[] AllocateFlat(long[] bytes, string what)
    {
        lock (Gate) return Pool.AllocateFlat(bytes, what);
    }

    /// <summary>For tests of replays: fills these blocks, working memory and what captured runs keep of their own with NaN and numbers out
    /// of range. Whoever reads old memory, or computes nothing, is seen at the next run.</summary>
    public void Spoil(IEnumerable<Block> blocks)
    {
        lock (Gate)
        {
            foreach (var block in blocks) transfers.Overwrite(block.Buffer!, block.Offset, block.Bytes);
            if (arena.Buffer is { } working) transfers.Overwrite(working, 0, working.Bytes);
            replays.Spoil((own, bytes) => transfers.Overwrite(own, 0, bytes));
        }
    }

    /// <summary>Copies one block's contents to another.</summary>
    public void Copy(Block source, Block target)
    {
        lock (Gate) transfers.Copy(source, target);
    }

    public override Block Upload(HostArray contents)
    {
        lock (Gate) return transfers.Upload(contents);
    }

    public override void Download(Node node, long byteOffset, Span<byte> target)
    {
        lock (Gate)
        {
            var block = node.Block ?? throw Recorder.Unreadable(node);
            transfers.Download(block, byteOffset, target);
            FinishChecks();
            if (block.Verdict?.Error is { } fault) Faults.Tell(fault);
        }
    }

    public override void Release(Node node)
    {
        lock (Gate)
            if (node is { Storages: 1, IsNeeded: false, Block: { } block })
            {
                Pool.Release(block);
                node.Release();
            }
    }

    public override void Finish()
    {
        lock (Gate)
        {
            Backend.Finish();
            fences.Clear();
            checks.Read();
            Faults.ThrowAny();
        }
    }

    public override void StopForExit()
    {
        // Whoever compiles holds the gate: that is seconds; a driver that hangs must not keep the process. It is never given back.
        if (Gate.TryEnter(ExitWait) && !disposed) Backend.PrepareForExit();
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (disposed) return;
            disposed = true;
            replays.Dispose();
            fences.Clear();
            Backend.Dispose();
        }
    }
}
