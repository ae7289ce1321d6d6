using GpuTensor.CudaSimulator.Interpreter.Operations;
using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <content>Instructions in which work-items meet: barriers, shuffles, votes.</content>
internal sealed unsafe partial class Decoder
{
    private bool Barrier(string name, string[] modifiers)
    {
        if (name == "bar" && modifiers is ["warp", "sync"])
        {
            RequireOperands(1);
            int masks = Source(_at.Operands[0], PtxType.B32);
            Emit(&Machine.WarpBarrier);
            Last.A = masks;
            return true;
        }
        if (modifiers is [.., "aligned"]) modifiers = modifiers[..^1];
        if (modifiers is ["cta", ..]) modifiers = modifiers[1..];
        if (modifiers is not ["sync"]) return false;
        if (_at.Operands is not [{ Kind: OperandKind.Immediate, Bits: 0 }])
            throw Fail("only barrier 0 with all threads of the block is simulated");
        Emit(&Machine.Barrier);
        return true;
    }

    private bool Shuffle(string[] modifiers)
    {
        if (modifiers is not ["sync", var mode, "b32"]) return false;
        int how = mode switch { "up" => 0, "down" => 1, "bfly" => 2, "idx" => 3, _ => -1 };
        if (how < 0) return false;
        RequireOperands(5);
        var target = _at.Operands[0];
        bool pair = target.Kind == OperandKind.Pair;
        int a = Source(_at.Operands[1], PtxType.B32), b = Source(_at.Operands[2], PtxType.B32);
        int c = Source(_at.Operands[3], PtxType.B32), masks = Source(_at.Operands[4], PtxType.B32);
        Emit(&WarpOperations.Shuffle);
        (Last.A, Last.B, Last.C, Last.Offset) = (a, b, c, ((long)masks << 8) | (long)how);
        Last.D = Target(pair ? target.Items[0] : target, PtxType.B32);
        Last.E = pair ? Target(target.Items[1], PtxType.Pred) : -1;
        return true;
    }

    private bool Vote(string[] modifiers)
    {
        int how = modifiers switch
        {
            ["sync", "all", "pred"] => 0, ["sync", "any", "pred"] => 1, ["sync", "uni", "pred"] => 2, ["sync", "ballot", "b32"] => 3,
                _ => -1,
        };
        if (how < 0) return false;
        RequireOperands(3);
        int a = Source(_at.Operands[1], PtxType.Pred), masks = Source(_at.Operands[2], PtxType.B32);
        Emit(&WarpOperations.Vote);
        (Last.A, Last.C, Last.E) = (a, masks, how | (_at.Operands[1].Negated ? 4 : 0));
        Last.D = Target(_at.Operands[0], how == 3 ? PtxType.B32 : PtxType.Pred);
        return true;
    }

    private bool Match(string[] modifiers)
    {
        if (modifiers is not [var mode and ("any" or "all"), "sync", var width and ("b32" or "b64")]) return false;
        RequireOperands(3);
        var target = _at.Operands[0];
        bool pair = target.Kind == OperandKind.Pair;
        if (pair && mode == "any") throw Fail("match.any has no predicate");
        int a = Source(_at.Operands[1], width == "b64" ? PtxType.B64 : PtxType.B32), masks = Source(_at.Operands[2], PtxType.B32);
        Emit(&WarpOperations.Match);
        (Last.A, Last.C, Last.Size, Last.Count) = (a, masks, (byte)(width == "b64" ? 8 : 4), (byte)(mode == "all" ? 1 : 0));
        Last.D = Target(pair ? target.Items[0] : target, PtxType.B32);
        Last.E = pair ? Target(target.Items[1], PtxType.Pred) : -1;
        return true;
    }

    private bool Redux(string[] modifiers)
    {
        int how = modifiers switch
        {
            ["sync", "add", "u32" or "s32"] => 0, ["sync", "and", "b32"] => 1, ["sync", "or", "b32"] => 2, ["sync", "xor", "b32"] => 3,
            ["sync", "min", "s32"] => 4, ["sync", "max", "s32"] => 5, ["sync", "min", "u32"] => 6, ["sync", "max", "u32"] => 7, _ => -1,
        };
        if (how < 0) return false;
        RequireOperands(3);
        int a = Source(_at.Operands[1], PtxType.B32), masks = Source(_at.Operands[2], PtxType.B32);
        Emit(&WarpOperations.Reduce);
        (Last.A, Last.C, Last.E) = (a, masks, how);
        Last.D = Target(_at.Operands[0], PtxType.B32);
        return true;
    }
}
