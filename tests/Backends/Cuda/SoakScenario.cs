using System.Diagnostics;
using GpuTensor.Tests.Simulator;
using Xunit;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>Training for a while under forced collections, each step on another thread: no hang, the same bits all the time, memory flat.
/// <c>GPUTENSOR_SOAK_SECONDS</c> says how long; eight seconds by default.</summary>
internal static class SoakScenario
{
    public const string Name = "training under forced collections and thread hops";

    /// <summary>So many steps, then the weights are put back to the start and the same losses must come again.</summary>
    private const int Cycle = 12;

    private static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(10);

    public static void Run()
    {
        var length = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("GPUTENSOR_SOAK_SECONDS"), out int given) ? given
            : 8);
        var simulator = new SimulatorControl(Environment.GetEnvironmentVariable("GPUTENSOR_CUDA_LIBRARIES")!);
        var device = Device.Cuda();
        using var stop = new CancellationTokenSource();
        long collections = 0;
        var collector = new Thread(() =>
        {
            var random = new Random(3);
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(random.Next(3), GCCollectionMode.Forced, blocking: random.Next(2) == 0);
                if (random.Next(4) == 0) GC.WaitForPendingFinalizers();
                collections++;
                Thread.Sleep(random.Next(4));
            }
        }) { IsBackground = true };
        Sample first, last;
        try
        {
            Trainer[] trainers = [new(device), new(device)];
            // Until everything is compiled and captured.
            Cycles(trainers, TimeSpan.Zero, cycles: 2);
            collector.Start();
            Cycles(trainers, length / 4, cycles: 2);
            first = Sample.Take(device, simulator);
            Cycles(trainers, length * 3 / 4, cycles: 1);
            last = Sample.Take(device, simulator);
            Console.WriteLine($"{length.TotalSeconds:F0} s: {trainers.Sum(t => t.Steps)} steps on {trainers.Sum(t => t.Threads)} threads, "
                + $"{collections} collections, {device.Planned!.GraphLaunches} launches of graphs");
            Console.WriteLine($"after a quarter: {first}");
            Console.WriteLine($"at the end:      {last}");
        }
        finally
        {
            stop.Cancel();
        }
        Assert.Equal([], simulator.Defects());
        // What a step keeps is what its program still holds, as far as the collector knows: a moment that had not come yet may need one
        // more plan, with its module, graph and memory. A leak of one step in a hundred would show in these thousands.
        Assert.True(last.DeviceBytes <= first.DeviceBytes + (4 << 20), $"device bytes: {first.DeviceBytes}, then {last.DeviceBytes}");
        foreach (var (kind, count) in last.Alive)
            Assert.True(count <= first.Alive.GetValueOrDefault(kind) + 8 || kind == "device bytes",
                $"{kind}: {first.Alive.GetValueOrDefault(kind)}, then {count}");
        Assert.True(last.Heap <= first.Heap * 1.25 + (4 << 20), $"managed heap: {first.Heap:N0} bytes, then {last.Heap:N0}");
        Assert.True(last.Files <= first.Files + 8, $"open files: {first.Files}, then {last.Files}");
    }

    private static void Cycles(Trainer[] trainers, TimeSpan atLeast, int cycles)
    {
        var watch = Stopwatch.StartNew();
        for (int done = 0; done < cycles || watch.Elapsed < atLeast; done++)
            Task.WaitAll([.. trainers.Select(t => t.RunCycle())]);
    }

    /// <summary>A network that is trained by turns on the pool's threads, on new ones and behind awaits.</summary>
    private sealed class Trainer(Device device)
    {
        private readonly FaultTraining training = new(device);
        private readonly List<float> losses = [];
        private FaultTraining.Moment? start;

        public long Steps { get; private set; }

        public long Threads { get; private set; }

        public async Task RunCycle()
        {
            if (start is null) start = training.Save();
            else training.Restore(start);
            for (int step = 0; step < Cycle; step++)
            {
                int number = step;
                var work = step % 3 == 0
                    ? Task.Factory.StartNew(() => training.Step(number), CancellationToken.None, TaskCreationOptions.LongRunning,
                        TaskScheduler.Default)
                    : Task.Run(() => training.Step(number));
                if (step % 3 == 0) Threads++;
                float loss = await work.WaitAsync(LongestStep).ConfigureAwait(false);
                Steps++;
                if (losses.Count < Cycle) losses.Add(loss);
                else Assert.Equal(losses[step], loss);
            }
        }
    }

    /// <summary>What is held at a moment of rest.</summary>
    private sealed record Sample(long DeviceBytes, Dictionary<string, long> Alive, long Heap, int Files, long Resident)
    {
        public static Sample Take(Device device, SimulatorControl simulator)
        {
            GC.Collect();
            device.Synchronize();
            long heap = GC.GetTotalMemory(forceFullCollection: true);
            var alive = simulator.Report().GetProperty("live").EnumerateObject().ToDictionary(k => k.Name, k => k.Value.GetInt64());
            return new(device.Planned!.Backend.Counters.BytesHeld, alive, heap, Directory.GetFiles("/proc/self/fd").Length,
                Environment.WorkingSet);
        }

        public override string ToString() =>
            $"{DeviceBytes:N0} device bytes, {Heap:N0} bytes of managed heap, {Resident >> 20} MiB resident, {Files} open files, "
            + string.Join(", ", Alive.Where(a => a.Value > 0).Select(a => $"{a.Key} {a.Value}"));
    }
}
