namespace GpuTensor.Graph;

/// <content>A value that gradients will read and that its plan did not keep. It is recorded again when a gradient reads it, so its operands
/// must stay what they are until then: each of them counts it as a reader.</content>
internal sealed partial class Node
{
    /// <summary>It is recorded again when a gradient reads it.</summary>
    public bool IsRecomputed => (flags & NodeFlags.Recomputed) != 0;

    /// <summary>Its graph ran without keeping it. Its operands stay until <see cref="ReleaseOperands"/>. A value that no gradient waits for
    /// any more holds nothing.</summary>
    public void HoldOperands()
    {
        if (!IsNeeded || IsRecomputed) return;
        for (int i = 0; i < OperandCount; i++) this[i].Node.AddReader(1);
        Change(NodeFlags.Recomputed, NodeFlags.None);
        // Another thread may have differentiated its last user since.
        ReleaseOperands();
    }

    /// <summary>Takes back <see cref="HoldOperands"/> where nothing needs the value any more, or where it is in memory. Any
    /// thread.</summary>
    public void ReleaseOperands()
    {
        Stack<Node>? more = null;
        for (Node? node = this; node is not null; node = more?.Count > 0 ? more.Pop() : null)
        {
            if (!node.IsRecomputed || (node.IsNeeded && !node.IsMaterialized)) continue;
            // Of two threads one takes the readers back.
            if (!node.Change(NodeFlags.None, NodeFlags.Recomputed)) continue;
            for (int i = 0; i < node.OperandCount; i++)
            {
                var operand = node[i].Node;
                operand.AddReader(-1);
                if (operand.IsRecomputed && !operand.IsNeeded) (more ??= new()).Push(operand);
            }
        }
    }
}
