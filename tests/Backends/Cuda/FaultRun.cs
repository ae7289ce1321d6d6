using GpuTensor.Bindings.Cuda;
using GpuTensor.Backends;
using GpuTensor.Backends.Cuda;
using GpuTensor.Kernels;
using GpuTensor.Runtime;
using GpuTensor.Tests.Simulator;
using Xunit;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>A call that fails: the n-th of that name in a run.</summary>
/// <param name="IsCold">The disk holds no kernels, so that the compiler is asked.</param>
internal sealed record Fault(string Call, long Number, int Code, bool IsCold)
{
    /// <summary>After it CUDA allows nothing on the device.</summary>
    public bool IsLasting => Code is 700 or 702 or 710 or (>= 714 and <= 719) && !IsLibrary;

    /// <summary>Its numbers are the library's own.</summary>
    public bool IsLibrary => Call.StartsWith("cublas", StringComparison.Ordinal) || Call.StartsWith("nvrtc", StringComparison.Ordinal);

    public override string ToString() => $"{Call} number {Number} fails with {Code}{(IsCold ? ", nothing on the disk" : "")}";
}

/// <summary>A device is opened, a network trained through first runs, capture and replays, and everything given back, with one call that
/// fails on the way: the program is told at most once, by a message that names the call; what it then reads is right or throws; the steps
/// after it give the bits they would have given; nothing is left behind. Where the device is lost, every later use says so at
/// once.</summary>
internal sealed class FaultRun(SimulatorControl simulator, string settings, string warm)
{
    private const int Steps = 7;

    private static readonly string[] Kinds =
        ["context", "stream", "event", "module", "graph", "executable graph", "cuBLAS handle", "device block", "device bytes",
            "pinned block", "share", "NVRTC program"];

    private readonly List<float> losses = [];
    private readonly List<float[]> states = [];
    private readonly List<FaultTraining.Moment> moments = [];

    /// <summary>Calls of a whole run without a fault, by name.</summary>
    public Dictionary<string, long> Calls { get; private set; } = [];

    /// <summary>The same with nothing on the disk.</summary>
    public Dictionary<string, long> ColdCalls { get; private set; } = [];

    /// <summary>Runs without a fault, for what is to come of the others.</summary>
    public void Prepare()
    {
        simulator.Restart(settings);
        using (var executor = Open(warm))
        {
            var training = new FaultTraining(Device.ForTests(executor));
            for (int i = 0; i < Steps; i++)
            {
                (states, moments).Add(training);
                losses.Add(training.Step(i));
            }
            (states, moments).Add(training);
            Assert.True(executor.GraphLaunches >= 3, $"only {executor.GraphLaunches} launches of graphs");
        }
        NothingIsLeft();
        var before = simulator.Calls();
        Tell(null);
        Calls = Since(before);
        before = simulator.Calls();
        Tell(new("", 0, 0, IsCold: true));
        ColdCalls = Since(before);
    }

    /// <summary>Another machine, after a run that went wrong.</summary>
    public void Restart() => simulator.Restart(settings);

    private Dictionary<string, long> Since(Dictionary<string, long> before) =>
        simulator.Calls().ToDictionary(c => c.Key, c => c.Value - before.GetValueOrDefault(c.Key)).Where(c => c.Value > 0).ToDictionary();

    /// <summary>One run, on a thread of its own: a thread keeps the context that it had, though the device was closed since.</summary>
    /// <returns>What the program was told; null where the device went on without telling.</returns>
    public Exception? Tell(Fault? fault)
    {
        Exception? told = null, wrong = null;
        var thread = new Thread(() =>
        {
            try
            {
                told = Run(fault);
            }
            catch (Exception e)
            {
                wrong = e;
            }
        });
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromMinutes(20)), "The run does not end.");
        if (wrong is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(wrong);
        return told;
    }

    private Exception? Run(Fault? fault)
    {
        string cache = fault is { IsCold: true } ? Directory.CreateTempSubdirectory("gputensor-faults-").FullName : warm;
        PlannedExecutor? executor = null;
        FaultTraining? training = null;
        Exception? told = null;
        bool lost = false;
        try
        {
            if (fault is { Number: > 0 }) simulator.Fail(fault.Call, fault.Code, fault.Number);
            for (int step = 0; ;)
                try
                {
                    executor ??= Open(cache);
                    training ??= new(Device.ForTests(executor));
                    for (; step < Steps; step++) Assert.Equal(losses[step], training.Step(step));
                    Assert.Equal(states[step], training.State());
                    break;
                }
                catch (TensorException e) when (told is null && fault is { Number: > 0 })
                {
                    told = e;
                    Names(fault, e);
                    if (lost = IsLost())
                    {
                        SaysSo(executor);
                        break;
                    }
                    if (training is not null) step = Recover(training, step);
                }
            Assert.True(lost || !IsLost(), "The device is lost and nobody was told.");
        }
        finally
        {
            executor?.Dispose();
            simulator.FailNothing();
            if (cache != warm) Directory.Delete(cache, recursive: true);
        }
        NothingIsLeft();
        if (fault is { IsLasting: true } && IsLost()) simulator.Restart(settings);
        else Assert.Equal([], simulator.Defects());
        return told;
    }

    /// <summary>Whether a lasting error has taken the device: one that a call gives before there is a context has none to take.</summary>
    private bool IsLost() => simulator.Defects().Any(d => d.EndsWith("injected", StringComparison.Ordinal));

    private static PlannedExecutor Open(string cache) => new(new CudaBackend(0) { ProgramCache = new(cache) }, Dialect.Cuda);

    /// <summary>The message names the call: in what the engine says, not in the text that the simulator adds.</summary>
    private void Names(Fault fault, Exception e)
    {
        Assert.IsAssignableFrom<DeviceException>(e);
        string said = e.Message.Replace($"{fault.Call}: this call was made to fail", "", StringComparison.Ordinal)
            .Replace($"{fault.Call}: injected", "", StringComparison.Ordinal);
        // What gives back does not throw: the device's loss shows at the next call, whichever it is.
        bool gives = fault.Call.Contains("Free", StringComparison.Ordinal) || fault.Call.Contains("Destroy", StringComparison.Ordinal)
            || fault.Call.Contains("Unload", StringComparison.Ordinal);
        if (!gives || !fault.IsLasting) Assert.Contains(fault.Call, said, StringComparison.Ordinal);
        if (fault.IsLasting && IsLost()) Assert.Contains("This device is lost to this process", said, StringComparison.Ordinal);
    }

    /// <summary>Every use throws at once, and asks nothing of the driver.</summary>
    private void SaysSo(PlannedExecutor? executor)
    {
        if (executor is null)
        {
            Assert.Throws<DeviceException>(() => Open(warm));
            return;
        }
        var device = Device.ForTests(executor);
        var before = simulator.Calls();
        Action[] uses =
        [
            () => new FaultTraining(device).Step(0), () => Tensor.From([1f], device: device).ToArray<float>(), () => device.Synchronize(),
            () => (Tensor.Ones([3], device: device) * 2).Realize(),
        ];
        foreach (var use in uses)
        {
            var e = Assert.Throws<DeviceException>(use);
            Assert.Contains("is lost to this process, which must be restarted", e.Message, StringComparison.Ordinal);
            Assert.Contains("First cause: ", e.Message, StringComparison.Ordinal);
        }
        Assert.Empty(Since(before));
    }

    /// <summary>What is read after a failure is the state before the step or after it, or throws until it is written.</summary>
    /// <returns>The step to go on with.</returns>
    private int Recover(FaultTraining training, int step)
    {
        try
        {
            float[] now = training.State();
            if (step < Steps && now.AsSpan().SequenceEqual(states[step + 1])) return step + 1;
            Assert.Equal(states[step], now);
        }
        catch (DeviceException e)
        {
            Assert.Contains("failed", e.Message, StringComparison.Ordinal);
            training.Restore(moments[step]);
            Assert.Equal(states[step], training.State());
        }
        return step;
    }

    private Dictionary<string, long> Alive()
    {
        var live = simulator.Report().GetProperty("live");
        return Kinds.ToDictionary(k => k, k => live.TryGetProperty(k, out var count) ? count.GetInt64() : 0);
    }

    /// <summary>Passing faults in the life of one device, the same ones again and again: what is alive afterwards does not grow.</summary>
    public void Repeat(IReadOnlyList<Fault> faults, int times)
    {
        using (var executor = Open(warm))
        {
            var device = Device.ForTests(executor);
            var training = new FaultTraining(device);
            var counts = new List<Dictionary<string, long>>();
            int told = 0;
            for (int time = 0; time < times; time++)
            {
                foreach (var fault in faults)
                {
                    training.Restore(moments[0]);
                    // Or a step that fails takes that back too.
                    device.Synchronize();
                    simulator.Fail(fault.Call, fault.Code, fault.Number);
                    for (int step = 0; step < 5; step++)
                        try
                        {
                            Assert.Equal(losses[step], training.Step(step));
                        }
                        catch (DeviceException)
                        {
                            told++;
                            step = Recover(training, step) - 1;
                        }
                    simulator.FailNothing();
                }
                GC.Collect();
                device.Synchronize();
                counts.Add(Alive());
            }
            Assert.True(told >= times * 8, $"only {told} of {times * faults.Count} faults were told");
            // The first rounds capture graphs of what restores; a slot more may be needed now and then. What leaks does so every time.
            foreach (string kind in Kinds)
                Assert.False(Enumerable.Range(times - 3, 3).All(t => counts[t][kind] > counts[t - 1][kind]),
                    $"{kind}: {string.Join(", ", counts.Select(c => c[kind]))}");
        }
        NothingIsLeft();
        Assert.Equal([], simulator.Defects());
    }

    /// <summary>A run with kernels kept in a folder.</summary>
    /// <returns>How many programs were compiled.</returns>
    public long With(string cache)
    {
        long before = simulator.Calls().GetValueOrDefault("nvrtcCompileProgram");
        using (var executor = Open(cache))
        {
            var training = new FaultTraining(Device.ForTests(executor));
            for (int step = 0; step < Steps; step++) Assert.Equal(losses[step], training.Step(step));
        }
        NothingIsLeft();
        Assert.Equal([], simulator.Defects());
        return simulator.Calls().GetValueOrDefault("nvrtcCompileProgram") - before;
    }

    private void NothingIsLeft()
    {
        var now = Alive();
        Assert.True(now.Values.All(n => n == 0),
            $"Left are {string.Join(", ", now.Where(n => n.Value != 0).Select(n => $"{n.Value} of kind '{n.Key}'"))}.");
    }
}

file static class Lists
{
    public static void Add(this (List<float[]> States, List<FaultTraining.Moment> Moments) lists, FaultTraining training)
    {
        lists.States.Add(training.State());
        lists.Moments.Add(training.Save());
    }
}
