using GpuTensor.Graph;

namespace GpuTensor.Optim;

/// <summary>A parameter group as the device sees it: its parameters one after the other in flat vectors (one for each segment of one dtype
/// and device), state vectors of the same layout beside them, and a step number for each parameter.</summary>
internal sealed class FlatGroup
{
    private readonly Optimizer optimizer;
    private readonly Storage[] storages;
    private readonly long[] steps;
    private readonly int[] offsets;
    private readonly FlatSegment[] segments;

    /// <summary>Which vectors hold the state: a compiled step writes into them.</summary>
    private RecordedState recorded;

    public FlatGroup(Optimizer optimizer, ParameterGroup group)
    {
        (this.optimizer, Group) = (optimizer, group);
        int n = group.Parameters.Count;
        (storages, steps, offsets, segments) = (new Storage[n], new long[n], new int[n], new FlatSegment[n]);
        LayOut();
    }

    public ParameterGroup Group { get; }

    /// <summary>Consecutive parameters of one dtype and device, and the state vectors that hold their state in the same order.</summary>
    internal sealed class FlatSegment(DType dtype, Device device)
    {
        public readonly Dictionary<string, Tensor> State = [];

        public DType DType { get; } = dtype;

        public Device Device { get; } = device;

        public int Length { get; set; }
    }

    /// <summary>Records the update of every parameter that has a gradient: neighbours with the same key together.</summary>
    public void Step(HashSet<Device> touched)
    {
        recorded.Read();
        if (!IsLaidOut()) LayOut();
        int n = storages.Length;
        for (int start = 0, end; start < n; start = end)
        {
            end = start + 1;
            if (Gradient(start) is null) continue;
            long key = optimizer.RunKey(Group, steps[start]);
            bool Joins(int i) => segments[i] == segments[start] && optimizer.RunKey(Group, steps[i]) == key && Gradient(i) is not null;
            while (end < n && Joins(end)) end++;
            Update(start, end);
            touched.Add(segments[start].Device);
        }
    }

    /// <summary>A parameter's step number and the slices of the state vectors that are its own, in its shape. Empty before its first
    /// gradient.</summary>
    public ParameterState Read(int parameter)
    {
        var state = new OrderedDictionary<string, Tensor>();
        if (steps[parameter] == 0) return new(0, state);
        foreach (string name in optimizer.StateNames)
            if (segments[parameter].State.TryGetValue(name, out var vector))
                state.Add(name, vector.Narrow(0, offsets[parameter], Count(parameter)).Reshape(Group.Parameters[parameter].Shape));
        // What was asked for after the last step begins with zeros at the next one (AmsGrad switched on).
        foreach (string name in optimizer.RequiredState(Group.Settings))
            if (!state.ContainsKey(name))
                state.Add(name, Tensor.Zeros(Group.Parameters[parameter].Shape, segments[parameter].DType, segments[parameter].Device));
        return new(steps[parameter], state);
    }

    /// <summary>Replaces the state of all parameters; shapes have been checked.</summary>
    public void Write(IReadOnlyList<ParameterState> states)
    {
        using var mode = Tensor.NoGrad();
        foreach (var segment in segments.Distinct())
        {
            int[] members = [.. Enumerable.Range(0, segments.Length).Where(i => segments[i] == segment)];
            var replaced = new Dictionary<string, Tensor>();
            foreach (string name in optimizer.StateNames)
            {
                if (!members.Any(i => states[i].Tensors.ContainsKey(name))) continue;
                replaced[name] = Flat([.. members.Select(i => states[i].Tensors.TryGetValue(name, out var t)
                    ? t.Detach().To(segment.Device).To(segment.DType)
                    : Tensor.Zeros(Group.Parameters[i].Shape, segment.DType, segment.Device))]).Clone();
            }
            segment.State.Clear();
            foreach (var (name, vector) in replaced) segment.State[name] = vector;
        }
        for (int i = 0; i < steps.Length; i++) steps[i] = states[i].Step;
        recorded.Changed();
    }

    /// <summary>Tensors one after the other as one vector.</summary>
    internal static Tensor Flat(Tensor[] tensors)
    {
        if (tensors.Length == 1) return tensors[0].Detach().Reshape(-1);
        if (!Array.TrueForAll(tensors, t => t.DType == tensors[0].DType))
            return Tensor.Cat([.. tensors.Select(t => t.Detach().Reshape(-1))], 0);
        var more = new Operand[tensors.Length - 2];
        long length = 0;
        for (int i = 0; i < tensors.Length; i++)
        {
            if (i > 1) more[i - 2] = Flattened(tensors[i]);
            length += tensors[i].ElementCount;
        }
        return Tensor.Apply(Basic.Concat, tensors[0].DType, [Shape.Size(length, "optimizer")], Flattened(tensors[0]),
            Flattened(tensors[1]),
            more.Length > 0 ? more : null);
    }

    private static Operand Flattened(Tensor tensor)
    {
        if (tensor.FullView.Reshape([Shape.Size(tensor.ElementCount, "optimizer")]) is { } view)
            return new(tensor.Node, view.Simplify(tensor.Node.Shape), false);
        return tensor.Detach().Reshape(-1).Operand;
    }

    private void Update(int start, int end)
    {
        var segment = segments[start];
        int length = offsets[end - 1] + Count(end - 1) - offsets[start];
        var run = new FlatRun(segment, offsets[start], length, steps, start, Flat(start, end, false), Flat(start, end, true));
        var updated = optimizer.Update(Group, run);
        if (end - start == 1) Group.Parameters[start].Assign(updated.Reshape(Group.Parameters[start].Shape), "Step");
        else
            for (int i = start; i < end; i++)
            {
                var parameter = Group.Parameters[i];
                var part = View.Of(parameter.Shape, View.Identity(parameter.Shape).Strides, offsets[i] - offsets[start]);
                parameter.Assign(updated.Operand with { View = part }, "Step");
            }
        if (!optimizer.KeepsState(Group))
        {
            run.Recorded();
            return;
        }
        void Advance()
        {
            for (int i = start; i < end; i++) steps[i]++;
        }
        Advance();
        run.Recorded();
        var recorder = Recorder.For(segment.Device);
        void GoBack()
        {
            for (int i = start; i < end; i++) steps[i]--;
        }
        recorder.Recording?.OnReplay.Add((Advance, GoBack));
        if (recorder.Nodes.Count == 0) return;
        recorder.OnRollback(() =>
        {
            GoBack();
            run.ForgetNewState();
        });
    }

    private Tensor Flat(int start, int end, bool gradients)
    {
        var members = new Tensor[end - start];
        for (int i = start; i < end; i++) members[i - start] = gradients ? Gradient(i)! : Group.Parameters[i];
        return Flat(members);
    }

    private Tensor? Gradient(int parameter) => Group.Parameters[parameter].Leaf?.ReadGrad();

    private int Count(int parameter) => Shape.Size(Group.Parameters[parameter].ElementCount, "optimizer");

    /// <summary>Whether every parameter is still where it was when the segments were made: <c>To(device)</c> moves them.</summary>
    private bool IsLaidOut()
    {
        for (int i = 0; i < storages.Length; i++)
            if (Group.Parameters[i].Storage is var s && s != storages[i]) return false;
        return true;
    }

    /// <summary>Divides the parameters into segments. Two leaves over one memory are in different segments: the second is to see the
    /// update of the first.</summary>
    private void LayOut()
    {
        FlatStorage.Adopt(Group.Parameters);
        var states = segments is [not null, ..] ? Enumerable.Range(0, steps.Length).Select(Read).ToList() : null;
        var inStretch = new HashSet<Storage>();
        FlatSegment? current = null;
        for (int i = 0; i < storages.Length; i++)
        {
            var parameter = Group.Parameters[i];
            storages[i] = parameter.Storage;
            if (current is null || current.DType != parameter.DType || current.Device != parameter.Device
                || inStretch.Contains(storages[i]))
            {
                current = new(parameter.DType, parameter.Device);
                inStretch.Clear();
            }
            inStretch.Add(storages[i]);
            (segments[i], offsets[i]) = (current, current.Length);
            current.Length = Shape.Size((long)current.Length + Count(i), "optimizer");
        }
        if (states is not null) Write(states);
    }
}
