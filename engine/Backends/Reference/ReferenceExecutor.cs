using System.Runtime.InteropServices;
using GpuTensor.Graph;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Backends.Reference;

/// <summary>The device <c>cpu</c>: every node by its operator's reference function, one after the other, in double (integers exact),
/// rounded to the node's dtype. It shares nothing with the planner or the generator: it is what they are checked against. Values live in
/// managed memory, so the garbage collector is its memory manager.</summary>
internal sealed class ReferenceExecutor : Executor
{
    public override string Description => "CPU reference (plain loops in double; for checking, not for speed)";

    /// <summary>What its values take; tests lower the limit.</summary>
    internal ReferenceMemory Memory { get; } = new();

    public ReferenceExecutor()
    {
        Memory.Limit = Math.Min(Memory.Limit, EnvironmentVariables.MemoryLimit.Value);
    }

    public override RunKind Run(Recorder graph, ref bool hasLaunched)
    {
        bool[]? suspects = graph.Checks.Count > 0 ? graph.Suspects() : null;
        var verdict = suspects is null ? null : new RunVerdict();
        bool[]? wanted = null;
        var several = new Dictionary<Node, ReferenceArray[]>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph.Nodes[i];
            // Whoever reads a vast value reads the number.
            if (node.IsVast && (node.Flags & NodeFlags.Keep) == 0 || wanted?[i] == false)
            {
                node.Drop(null);
                continue;
            }
            HostArray? contents;
            try
            {
                // A node nobody can still reach is computed in vain; finding that out pays only where memory lacks.
                contents = Compute(node, several);
            }
            catch (DeviceOutOfMemoryException) when (wanted is null && !(wanted = Wanted(graph))[i])
            {
                node.Drop(null);
                continue;
            }
            if (contents is null)
            {
                node.Drop(null);
                continue;
            }
            if (verdict is not null && graph.Checks.TryGetValue(node, out var check) && check.ErrorOf(contents.Data) is { } error)
            {
                Faults.Add(Environment.CurrentManagedThreadId, error);
                verdict.Error ??= error;
            }
            var itsVerdict = suspects?[node.Index] == true ? verdict : null;
            node.Materialize(Memory.Add(new() { Host = contents, Bytes = contents.Data.LongLength, Verdict = itsVerdict }));
            if (!node.RequiresGrad || (node.Flags & NodeFlags.GraphFreed) != 0) node.ForgetOperands();
        }
        return RunKind.Steps;
    }

    /// <summary>Which nodes the program or a gradient can still read, and the nodes that these are computed from. Collects
    /// garbage.</summary>
    private static bool[] Wanted(Recorder graph)
    {
        Reachability.Collect(graph.Began);
        var wanted = new bool[graph.Nodes.Count];
        foreach (var (storage, _) in graph.Changes)
            if (storage.Current.IsPendingIn(graph)) wanted[storage.Current.Index] = true;
        foreach (var (node, _) in graph.Homes)
            if (node.IsPendingIn(graph)) wanted[node.Index] = true;
        for (int i = wanted.Length - 1; i >= 0; i--)
        {
            var node = graph.Nodes[i];
            if (!node.IsPendingIn(graph)) continue;
            wanted[i] |= node.RequiresGrad || (node.Flags & NodeFlags.Keep) != 0 || graph.IsHeld(node) || graph.Checks.ContainsKey(node);
            for (int k = 0; wanted[i] && k < node.OperandCount; k++)
                if (node[k].Node is var operand && operand.IsPendingIn(graph)) wanted[operand.Index] = true;
        }
        return wanted;
    }

    public override Block Upload(HostArray contents)
    {
        Memory.Require(contents.Data.LongLength, $"{contents.DType.Name()} {contents.Shape}, copied from the host");
        var copy = new HostArray(contents.DType, contents.Shape);
        contents.Data.CopyTo(copy.Data, 0);
        return Memory.Add(new() { Host = copy, Bytes = copy.Data.LongLength });
    }

    public override void Download(Node node, long byteOffset, Span<byte> target)
    {
        Faults.Throw();
        if (node.Block!.Verdict?.Error is { } fault) Faults.Tell(fault);
        node.Block.Host!.Data.AsSpan(checked((int)byteOffset), target.Length).CopyTo(target);
    }

    public override void Finish() => Faults.ThrowAny();

    /// <summary>Computes a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="several">By operator with several results: these, until the run ends.</param>
    /// <returns>Its value; null for an operator with several results, which has none.</returns>
    private HostArray? Compute(Node node, Dictionary<Node, ReferenceArray[]> several)
    {
        if (node.Op.Iteration == Iteration.Result) return several[node[0].Node][node.Op.Number].Rounded();
        // Operands and result as numbers of 8 bytes, and the result as it is stored.
        Int128 bytes = (Int128)node.Shape.ElementCount * (8 + node.DType.Size());
        for (int i = 0; i < node.OperandCount; i++) bytes += (Int128)node[i].Shape.ElementCount * 8;
        Memory.Require(bytes, $"{node.Op.Name} {node.DType.Name()} {node.Shape}");
        var inputs = new ReferenceArray[node.OperandCount];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = Expand(node[i]);
        var call = new ReferenceCall(node, inputs);
        (node.Op.Reference ?? throw new DeviceException($"{node.Op.Name} has no reference function."))(call);
        if (!node.HasSeveralResults) return call.Out.Rounded();
        several.Add(node, call.Results);
        return null;
    }

    /// <summary>An operand's elements, in the row-major order of its view.</summary>
    private static ReferenceArray Expand(Operand operand)
    {
        // All elements of such a value are one number.
        if (operand.Node is { IsVast: true, Block: null })
            operand = new(operand.Node[0].Node, operand.Node[0].Node.Shape.Identity.Expand(operand.Shape), false);
        var source = operand.Node.Block?.Host ?? throw new DeviceException($"{operand.Node} has no value on the reference device.");
        var result = ReferenceArray.Make(source.DType, operand.Shape);
        var view = operand.View;
        if (view is null || view.IsContiguous)
        {
            ReadRun(source, view?.Offset ?? 0, 1, result, 0, checked((int)result.Shape.ElementCount));
            return result;
        }
        int last = view.Shape.Rank - 1, run = view.Shape.Span[last];
        var index = new int[last];
        long at = view.Offset;
        for (int i = 0; i < result.Shape.ElementCount; i += run)
        {
            ReadRun(source, at, view.Strides[last], result, i, run);
            for (int d = last - 1; d >= 0; d--)
            {
                at += view.Strides[d];
                if (++index[d] < view.Shape.Span[d]) break;
                at -= view.Strides[d] * index[d];
                index[d] = 0;
            }
        }
        return result;
    }

    /// <summary>Elements at, at + stride, … of the source as elements of the result from <paramref name="start"/> on.</summary>
    private static void ReadRun(HostArray source, long at, long stride, ReferenceArray result, int start, int count)
    {
        switch (source.DType)
        {
            case DType.Float64: Run<double, double>(result.Real, x => x); break;
            case DType.Float32: Run<float, double>(result.Real, x => x); break;
            case DType.Float16: Run<Half, double>(result.Real, x => (double)x); break;
            case DType.BFloat16: Run<ushort, double>(result.Real, x => HalfBits.FromBFloat16(x)); break;
            case DType.Int64: Run<long, long>(result.Integer, x => x); break;
            case DType.Int32: Run<int, long>(result.Integer, x => x); break;
            case DType.Int16: Run<short, long>(result.Integer, x => x); break;
            case DType.Int8: Run<sbyte, long>(result.Integer, x => x); break;
            default: Run<byte, long>(result.Integer, x => x); break;
        }

        void Run<TFrom, TTo>(TTo[] target, Func<TFrom, TTo> convert) where TFrom : unmanaged
        {
            var from = source.As<TFrom>();
            for (int i = 0; i < count; i++, at += stride) target[start + i] = convert(from[(int)at]);
        }
    }
}
