using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>The process ends in mid-training, in whatever another thread is doing on the device. Each ends with <see cref="Code"/>, if the
/// process ends as it should.</summary>
internal static class ExitScenarios
{
    public const int Code = 42;

    /// <summary>Chooses the moment.</summary>
    public const string SeedVariable = "GPUTENSOR_TEST_EXIT_SEED";

    public static IReadOnlyDictionary<string, Action> All { get; } = new Dictionary<string, Action>
    {
        ["exit while another thread runs a step"] = () => EndBeside(() => Train(_ => { })),
        ["exit while another thread captures"] = () => EndBeside(() => Capture(_ => { })),
        ["exit while another thread compiles"] = () => EndBeside(() => Compile(_ => { })),
        ["exit while three threads do all of that"] = () =>
            EndBeside(() => Train(_ => { }), () => Capture(_ => { }), () => Compile(_ => { })),
        ["exit from a thread while another holds the device"] = () => EndInside(Train),
        ["exit from a thread while another compiles"] = () => EndInside(Compile),
        ["exit while the device is held for longer than an exit waits"] = HeldTooLong,
        ["exit while another thread calls the driver to the last"] = CallsToTheLast,
    };

    /// <summary>This thread trains, then ends the process while others are at work.</summary>
    private static void EndBeside(params Action[] others)
    {
        using var begun = new CountdownEvent(others.Length);
        foreach (var other in others)
            new Thread(() =>
            {
                begun.Signal();
                other();
            }) { IsBackground = true }.Start();
        var training = new FaultTraining(Device.Cuda());
        begun.Wait();
        for (int i = 0; i < 4; i++) training.Step(i);
        Thread.Sleep(Moment());
        Environment.Exit(Code);
    }

    /// <summary>Another thread ends the process while this one is at work.</summary>
    private static void EndInside(Action<Action<int>> work)
    {
        using var warm = new ManualResetEventSlim();
        new Thread(() =>
        {
            warm.Wait();
            Thread.Sleep(Moment());
            Environment.Exit(Code);
        }) { IsBackground = true }.Start();
        work(step =>
        {
            if (step == 2) warm.Set();
        });
    }

    private static int Moment() => new Random(int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out int seed) ? seed : 1)
        .Next(120);

    private static void Train(Action<int> done)
    {
        var training = new FaultTraining(Device.Cuda());
        for (int i = 0; ; i++)
        {
            training.Step(i % 50);
            done(i);
        }
    }

    /// <summary>A form is captured at its third run; then comes another.</summary>
    private static void Capture(Action<int> done)
    {
        var device = Device.Cuda();
        for (int i = 0; ; i++)
        {
            var x = Tensor.Ones([64 + i], device: device);
            for (int run = 0; run < 4; run++) (x * run).Exp().Sum().Item<float>();
            done(i);
        }
    }

    /// <summary>Kernels that no disk holds yet.</summary>
    private static void Compile(Action<int> done)
    {
        var device = Device.Cuda();
        for (int i = 0; ; i++)
        {
            var x = Tensor.Ones([64], device: device);
            for (int k = 0; k <= i % 13; k++) x = k % 2 == 0 ? x.Sin() * (k + 2) : x.Softmax(0) + x.CumSum(0);
            (x.Reshape(8, 8).Sum(i % 2) * (i + 0.5)).Realize();
            done(i);
        }
    }

    /// <summary>Whoever holds the device does not let go: the exit waits ten seconds and then goes on.</summary>
    private static void HeldTooLong() => EndWhileHeld(() => Thread.Sleep(Timeout.Infinite));

    /// <summary>The same, and calls the driver all the time, beyond the moment at which the driver is gone.</summary>
    private static void CallsToTheLast() => EndWhileHeld(() =>
    {
        using var context = CudaContext.Create();
        while (true) context.Synchronize();
    });

    private static void EndWhileHeld(Action hold)
    {
        var device = Device.Cuda();
        using var held = new ManualResetEventSlim();
        device.Planned!.Kernels.Listener = _ =>
        {
            held.Set();
            hold();
        };
        // No handler: what is thrown here ends the process with another code.
        new Thread(() => Tensor.Ones([3], device: device).Realize()) { IsBackground = true }.Start();
        held.Wait();
        Environment.Exit(Code);
    }
}
