using System.Collections.Concurrent;
using System.Globalization;
using GpuTensor.Graph;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Attacks;

/// <summary>Values that several threads use, with seeded delays where a thread between two steps could be harmed by another.</summary>
public class ThreadTests
{
    public static TheoryData<string> All => TestDevices.All;

    [Theory, MemberData(nameof(All))]
    public async Task A_hundred_thousand_pending_values_handed_over(string device) => await Run(HandOver, device, "100000");

    [Theory, MemberData(nameof(All))]
    public async Task Views_of_one_weight_disposed_by_several_threads(string device) => await Run(DisposeViews, device);

    [Fact]
    public async Task A_handle_read_while_another_thread_makes_its_first_view() => await Run(ReadWhileViewed, "cpu");

    [Theory, MemberData(nameof(All))]
    public async Task A_variable_read_while_it_is_changed_is_what_it_was_before_or_after(string device) =>
        await Run(ReadWhileChanged, device);

    [Theory, MemberData(nameof(All))]
    public async Task A_model_read_beside_its_training(string device) => await Run(ReadBesideTraining, device, "plain");

    [Theory, MemberData(nameof(All))]
    public async Task A_model_read_beside_its_compiled_training(string device) => await Run(ReadBesideTraining, device, "compiled");

    private static async Task Run(Action<string> method, string device, string argument)
    {
        TestDevices.Get(device);
        (await ChildProcess.Run(method, device, TimeSpan.FromMinutes(4), arguments: argument)).Succeeded();
    }

    private static async Task Run(Action method, string device)
    {
        TestDevices.Get(device);
        (await ChildProcess.Run(method, device, TimeSpan.FromMinutes(4))).Succeeded();
    }

    /// <summary>Delays each thread now and then, by a random number of its own that the seed gives.</summary>
    private static void DelaySometimes(int oneIn)
    {
        int threads = 0;
        var random = new ThreadLocal<Random>(() => new(Interlocked.Increment(ref threads)));
        Interleaving.Delay = () =>
        {
            var mine = random.Value!;
            if (mine.Next(oneIn) != 0) return;
            if (mine.Next(8) == 0) Thread.Sleep(0);
            else Thread.SpinWait(mine.Next(400));
        };
    }

    /// <summary>Runs parts at once; the first failure of any ends all.</summary>
    private static void AtOnce(params Action<CancellationToken>[] parts)
    {
        using var end = new CancellationTokenSource();
        var failures = new ConcurrentQueue<Exception>();
        Thread[] threads = [.. parts.Select(part => new Thread(() =>
        {
            try
            {
                part(end.Token);
            }
            catch (OperationCanceledException)
            {
                // Another part ended.
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
            finally
            {
                end.Cancel();
            }
        }))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (!failures.IsEmpty) throw new AggregateException(failures);
    }

    private static void HandOver(string count)
    {
        int each = int.Parse(count, CultureInfo.InvariantCulture) / 2;
        DelaySometimes(16);
        var (left, right) = (new BlockingCollection<(Tensor, float)>(2), new BlockingCollection<(Tensor, float)>(2));
        Exception? failure = null;

        void Produce(BlockingCollection<(Tensor, float)> queue, int seed)
        {
            var random = new Random(seed);
            var constant = Tensor.Ones(3).Realize();
            for (int i = 0; i < each && failure is null; i++)
            {
                float number = i % 97;
                // Pending, of a number, of memory, of a variable that changes. In long turns: each mixture of what is pending would be a
                // kernel to compile.
                var value = (i * 3 / each) switch
                {
                    0 => Tensor.Full([3], number) + 1,
                    1 => constant * number + 1,
                    _ => Tensor.Full([3], number).Add_(1),
                };
                queue.Add((value, number + 1));
                // And goes on with it, beside the other thread.
                switch (random.Next(16))
                {
                    case 0: Equal((number + 1) * 3, value * 3); break;
                    case 1 or 2: value.Dispose(); break;
                    default: break;
                }
            }
            queue.CompleteAdding();
        }

        void Consume(BlockingCollection<(Tensor, float)> queue)
        {
            foreach (var (value, number) in queue.GetConsumingEnumerable())
            {
                if (failure is not null) return;
                Tensor doubled;
                try
                {
                    doubled = value * 2;
                }
                catch (ObjectDisposedException)
                {
                    continue; // the producer gave it up before
                }
                Equal(number * 2, doubled);
            }
        }

        void Guard(Action part)
        {
            try
            {
                part();
            }
            catch (Exception e)
            {
                failure ??= e;
            }
        }

        // A reader never stops before its writer, who would wait for ever.
        Thread[] threads =
        [
            new(() => Guard(() => Produce(left, 1))), new(() => Guard(() => Produce(right, 2))), new(() => Guard(() => Consume(left))),
            new(() => Guard(() => Consume(right))),
        ];
        foreach (var thread in threads) thread.IsBackground = true;
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads)
            while (!thread.Join(100))
                if (failure is not null) throw new InvalidOperationException("A hand-over failed.", failure);
        if (failure is not null) throw new InvalidOperationException("A hand-over failed.", failure);
    }

    private static void Equal(float expected, Tensor value)
    {
        foreach (float element in value.ToArray<float>())
            if (element != expected) throw new InvalidOperationException($"{element} in place of {expected}");
    }

    private static void DisposeViews()
    {
        DelaySometimes(8);
        var model = new Linear(4, 4);
        float[] expected = model.Weight.Detach().ToArray<float>();
        int parts = 4;
        AtOnce([.. Enumerable.Range(0, parts).Select(seed => new Action<CancellationToken>(end =>
        {
            var random = new Random(seed);
            for (int i = 0; i < 20_000; i++)
            {
                end.ThrowIfCancellationRequested();
                var view = random.Next(4) switch
                {
                    0 => model.StateDict()["weight"],
                    1 => model.Weight.Detach(),
                    2 => model.Weight.T,
                    _ => model.Weight.Detach()[1],
                };
                view.Dispose();
            }
        }))]);
        if (!model.Weight.Detach().ToArray<float>().AsSpan().SequenceEqual(expected))
            throw new InvalidOperationException("The weight is another.");
    }

    /// <summary>The first view of a tensor puts a storage in the place of its value, which other threads read meanwhile.</summary>
    private static void ReadWhileViewed()
    {
        const int Rounds = 100_000;
        var (handles, reached) = (new Tensor[Rounds], 0);
        for (int i = 0; i < Rounds; i++)
            handles[i] = Tensor.FromNode(new Node(Basic.Leaf, DType.Float32, [2], Device.Cpu));
        AtOnce(
            end =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    Volatile.Write(ref reached, i);
                    _ = handles[i].Detach();
                }
            },
            end =>
            {
                while (!end.IsCancellationRequested)
                {
                    var handle = handles[Math.Min(Volatile.Read(ref reached) + 1, Rounds - 1)];
                    for (int k = 0; k < 20; k++)
                        if (handle.ElementCount != 2) throw new InvalidOperationException($"{handle.ElementCount} elements");
                }
            });
    }

    private static void ReadWhileChanged()
    {
        DelaySometimes(16);
        var variable = Tensor.Zeros(64).Realize();
        AtOnce(
            end =>
            {
                for (int i = 0; i < 4_000; i++)
                {
                    end.ThrowIfCancellationRequested();
                    variable.Add_(1);
                    if (i % 3 == 0) variable.Realize();
                }
            },
            end => Read(end, () => variable.ToArray<float>()),
            end => Read(end, () => (variable * 2).ToArray<float>()),
            end => Read(end, () => (variable.Detach() + variable.Detach()[..1] * 0).ToArray<float>()));

        static void Read(CancellationToken end, Func<float[]> read)
        {
            float before = 0;
            while (!end.IsCancellationRequested)
            {
                float[] values = read();
                if (values.Any(v => v != values[0]))
                    throw new InvalidOperationException($"Elements of different times: {string.Join(' ', values.Distinct())}.");
                if (values[0] < before) throw new InvalidOperationException($"{values[0]} after {before}.");
                before = values[0];
            }
        }
    }

    private static void ReadBesideTraining(string how)
    {
        DelaySometimes(16);
        var model = new Sequential(new Linear(8, 8), new ReLU(), new Linear(8, 1));
        var optimizer = new Adam(model.Parameters(), lr: 1e-3);
        var (x, y) = (Tensor.RandN(16, 8).Realize(), Tensor.RandN(16, 1).Realize());
        Tensor Step(Tensor x, Tensor y)
        {
            optimizer.ZeroGrad();
            var loss = F.MseLoss(model.Forward(x), y);
            loss.Backward();
            optimizer.Step();
            return loss.Detach();
        }
        var step = how == "compiled" ? Tensor.Compile(Step) : Step;
        step(x, y);
        AtOnce(
            end =>
            {
                for (int i = 0; i < 1_500; i++)
                {
                    end.ThrowIfCancellationRequested();
                    if (!float.IsFinite(step(x, y).Item<float>())) throw new InvalidOperationException("The loss is no number.");
                }
            },
            end => Read(end, () =>
            {
                using var none = Tensor.NoGrad();
                return model.Forward(x).Sum();
            }),
            end => Read(end, () => model.StateDict().Values.Aggregate(Tensor.Zeros(1), (sum, p) => sum + p.Sum())));

        static void Read(CancellationToken end, Func<Tensor> read)
        {
            while (!end.IsCancellationRequested)
                if (!float.IsFinite(read().Item<float>())) throw new InvalidOperationException("A value read is no number.");
        }
    }
}
