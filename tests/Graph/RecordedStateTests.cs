using GpuTensor.Graph;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Graph;

/// <summary>Which changes of host state make a compiled function record anew: those of state that its recordings have read.</summary>
public class RecordedStateTests
{
    /// <summary>A compiled training step with its parts.</summary>
    private sealed class Training
    {
        public readonly Module Model;
        public readonly Linear Layer;
        public readonly Dropout Dropout = new(0.5);
        public readonly Tensor Constant;
        public readonly SGD Optimizer;
        public readonly Func<Tensor, Tensor> Step;
        public readonly Tensor Input;
        public int Calls;

        public Training(Device device)
        {
            Layer = new(4, 3, device: device);
            Model = new Sequential(Layer, Dropout);
            Constant = Tensor.From([1f, 2, 3], device: device);
            Input = Tensor.From([1f, 2, 3, 4], device: device).Reshape(1, 4);
            Optimizer = new(Model.Parameters(), lr: 0.1, momentum: 0.9);
            Step = Tensor.Compile((Tensor x) =>
            {
                Calls++;
                Optimizer.ZeroGrad();
                var loss = (Model.Forward(x) * Constant).Sum();
                loss.Backward();
                Optimizer.Step();
                return loss;
            });
        }
    }

    private static readonly Dictionary<string, Action<Training>> Read = new()
    {
        ["mode"] = t => t.Model.Eval(),
        ["a frozen parameter"] = t => t.Layer.Weight.RequiresGrad_(false),
        ["a constant that becomes a leaf"] = t => t.Constant.RequiresGrad_(),
        ["a setting"] = t => t.Optimizer.ParameterGroups[0].WeightDecay = 0.5,
        ["loaded state"] = t => t.Optimizer.LoadStateDict(t.Optimizer.StateDict()),
        ["another parameter group"] = t => t.Optimizer.AddParameterGroup(new([Tensor.Ones([2], device: t.Input.Device).RequiresGrad_()])),
        ["moved parameters"] = t => t.Model.To(DType.Float64).To(DType.Float32),
    };

    private static readonly Dictionary<string, Action<Training>> Unread = new()
    {
        ["a leaf just made"] = t => Tensor.Ones([3], device: t.Input.Device).RequiresGrad_(),
        ["a leaf over the memory of a constant"] = t => t.Constant.Detach().RequiresGrad_(),
        ["another network"] = t => new Sequential(new Linear(4, 3, device: t.Input.Device), new Dropout()).Eval().To(DType.Float64),
        ["another optimizer"] = t =>
        {
            var layer = new Linear(4, 3, device: t.Input.Device);
            var optimizer = new Adam(layer.Parameters());
            optimizer.ParameterGroups[0].WeightDecay = 0.5;
            layer.Forward(t.Input).Sum().Backward();
            optimizer.Step();
            optimizer.LoadStateDict(optimizer.StateDict());
        },
        ["the mode that it has"] = t => t.Model.Train(),
        ["the setting that it has"] = t => t.Optimizer.ParameterGroups[0].Momentum = 0.9,
        ["the learning rate"] = t => t.Optimizer.Lr = 0.5,
    };

    public static TheoryData<string> ReadNames => [.. Read.Keys];

    public static TheoryData<string> UnreadNames => [.. Unread.Keys];

    [Theory]
    [MemberData(nameof(ReadNames))]
    public void What_a_recording_has_read_is_recorded_anew_after_its_change(string change)
    {
        using var test = TestDevice.OpenCl();
        var training = new Training(test.Device);
        for (int i = 0; i < 5; i++) training.Step(training.Input);
        int calls = training.Calls;
        Read[change](training);
        training.Step(training.Input);
        Assert.Equal(calls + 1, training.Calls);
    }

    [Theory]
    [MemberData(nameof(UnreadNames))]
    public void What_no_recording_has_read_changes_freely(string change)
    {
        using var test = TestDevice.OpenCl();
        var training = new Training(test.Device);
        for (int i = 0; i < 5; i++) training.Step(training.Input);
        int calls = training.Calls, epoch = RecordedState.Epoch;
        for (int i = 0; i < 3; i++)
        {
            Unread[change](training);
            training.Step(training.Input);
        }
        // Tests that run beside this one compile functions, too, and change what those have read.
        if (RecordedState.Epoch == epoch) Assert.Equal(calls, training.Calls);
        else Assert.Skip("Another test changed what a recording had read.");
    }
}
