using System.Runtime.InteropServices;
using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Simulator;

// Random programs that keep the rules: whatever the schedule, they compute what their order says and nothing is called a race.
public static unsafe partial class Programs
{
    public static void RandomPrograms_InOrder_AreNeverCalledRaces()
    {
        for (int seed = 0; seed < 12; seed++)
        {
            _simulator.Restart($"late={seed}");
            RandomProgram(seed, breakTheOrder: false);
        }
    }

    public static void RandomPrograms_WithOrdersMissing_AreFound()
    {
        int found = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            _simulator.Restart($"late={seed}");
            if (Record.Exception(() => RandomProgram(seed, breakTheOrder: true)) is CudaException { IsSticky: true }) found++;
        }
        // What is left out may be given by another order all the same.
        Assert.True(found >= 10, $"Only {found} of 12 were found.");
        _simulator.Restart("");
    }

    private static void RandomProgram(int seed, bool breakTheOrder)
    {
        const int buffers = 6, words = 64, steps = 150;
        var random = new Random(seed);
        using var context = CudaContext.Create();
        CudaStream[] streams = [CudaStream.Create(context), CudaStream.Create(context), CudaStream.Create(context)];
        var memory = Enumerable.Range(0, buffers).Select(_ => CudaDeviceMemory.Allocate(context, words * 4)).ToArray();
        // Who must be waited for before a buffer is written: its last writer and all readers since; before it is read: its last writer.
        var writer = new (CudaEvent Mark, int Stream)?[buffers];
        var readers = Enumerable.Range(0, buffers).Select(_ => new List<(CudaEvent Mark, int Stream)>()).ToArray();
        uint[][] model = [.. Enumerable.Range(0, buffers).Select(_ => new uint[words])];
        int missing = breakTheOrder ? random.Next(20, 100) : steps;

        void Wait(int on, (CudaEvent Mark, int Stream)? before)
        {
            if (before is { } b && b.Stream != on) streams[on].Wait(b.Mark);
        }
        void Read(int on, int buffer) => Wait(on, writer[buffer]);
        void Write(int on, int buffer)
        {
            Wait(on, writer[buffer]);
            foreach (var reader in readers[buffer]) Wait(on, reader);
        }
        CudaEvent Mark(int on)
        {
            var mark = CudaEvent.Create(context);
            mark.Record(streams[on]);
            return mark;
        }

        for (int i = 0; i < buffers; i++)
        {
            streams[0].Fill(memory[i].Address, 0u, words);
            writer[i] = (Mark(0), 0);
        }
        for (int step = 0; step < steps; step++)
        {
            int on = random.Next(3), target = random.Next(buffers), source = random.Next(buffers);
            switch (random.Next(10))
            {
                case < 4:
                    if (step < missing || step > missing + 12) Write(on, target);
                    streams[on].Fill(memory[target].Address, (uint)step, words / 2);
                    Array.Fill(model[target], (uint)step, 0, words / 2);
                    break;
                case < 9:
                    if (source == target) continue;
                    Read(on, source);
                    if (step < missing || step > missing + 12) Write(on, target);
                    streams[on].CopyWithinDevice(memory[target].Address + (words * 2), memory[source].Address, words * 2);
                    Array.Copy(model[source], 0, model[target], words / 2, words / 2);
                    readers[source].Add((Mark(on), on));
                    break;
                default:
                    // The host waits for one of the streams.
                    streams[on].Synchronize();
                    continue;
            }
            writer[target] = (Mark(on), on);
            readers[target].Clear();
        }
        context.Synchronize();
        uint[] actual = new uint[words];
        for (int i = 0; i < buffers; i++)
        {
            streams[0].CopyToHost(MemoryMarshal.AsBytes(actual.AsSpan()), memory[i].Address);
            Assert.Equal(model[i], actual);
        }
        foreach (var block in memory) block.Dispose();
        foreach (var stream in streams) stream.Dispose();
    }
}
