using System.Globalization;
using System.Text;
using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>A kernel as a user counts kernels: what one launch computes, or a matrix product with the copies before it and the work after
/// it. It knows no node of the graph, so that a plan keeps none.</summary>
/// <param name="Number">Its position in the plan, from 1.</param>
/// <param name="Groups">The fusion groups that it computes.</param>
/// <param name="IsSerial">One work-group computes the groups in order; else they run side by side.</param>
internal sealed record KernelIdentity(int Number, GroupIdentity[] Groups, bool IsSerial)
{
    /// <summary>Past so many characters the groups that follow are left out of its text.</summary>
    private const int LongText = 200;

    /// <summary>A matrix product with its epilogue.</summary>
    public bool IsProduct => Groups[0].Kind == GroupKind.MatMul;

    /// <summary>Bytes of the values that it reads from memory, each counted once in a group.</summary>
    public long BytesRead { get; } = Groups.Sum(g => g.BytesRead);

    /// <summary>Bytes of the values that it writes to memory.</summary>
    public long BytesWritten { get; } = Groups.Sum(g => g.BytesWritten);

    /// <summary>Its arithmetic: see <see cref="OperatorIdentity.Flops"/>.</summary>
    public long Flops { get; } = Groups.Sum(g => g.Flops);

    /// <summary>Example: <c>kernel 2, matrix product mm of [128, 64] and [64, 96]+add → float32 [128, 96]</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"kernel {Number}");
        for (int i = 0; i < Groups.Length; i++)
        {
            if (text.Length > LongText) return text.Append("; …").ToString();
            text.Append(i == 0 ? ", " : "; ").Append(Groups[i]);
        }
        return text.ToString();
    }
}

/// <summary>A fusion group: operators computed in one loop nest.</summary>
/// <param name="Sizes">The sizes of the loops: kept dimensions, then reduced ones.</param>
/// <param name="ReduceDims">How many of them are reduced.</param>
/// <param name="Cut">Why it is not computed together with what came before; null where nothing came before.</param>
/// <param name="Operators">What it computes, operands before users.</param>
internal sealed record GroupIdentity(GroupKind Kind, long[] Sizes, int ReduceDims, string? Cut, OperatorIdentity[] Operators,
    long BytesRead, long BytesWritten)
{
    private const int MostNames = 12;

    /// <summary>Its arithmetic: see <see cref="OperatorIdentity.Flops"/>.</summary>
    public long Flops { get; } = Operators.Sum(o => o.Flops);

    /// <summary>The name of its kind, for people.</summary>
    public string Name => Kind switch
    {
        GroupKind.Pointwise => "pointwise",
        GroupKind.Row => "rows",
        GroupKind.Column => "columns",
        GroupKind.MatMul => "matrix product",
        _ => "own kernel",
    };

    /// <summary>Example: <c>pointwise mul+exp → float32 [64, 96]</c>.</summary>
    public override string ToString()
    {
        var last = Operators[^1];
        return $"{Name} {string.Join('+', Operators.Take(MostNames).Select(o => $"{o.Name}{o.Of}"))} → {last.DType.Name()} {last.Shape}";
    }
}

/// <summary>An operator in a kernel.</summary>
/// <param name="Name">PyTorch's name.</param>
/// <param name="Factors">Of a matrix product, or an operator with a kernel of its own: the shapes of its operands; else none.</param>
/// <param name="Flops">Its arithmetic: two operations for each product that a matrix product adds up, one for each element that a reduction
/// takes in, one for each element of a pointwise function. Copies, casts, gathers and positions count nothing.</param>
internal readonly record struct OperatorIdentity(string Name, DType DType, Shape Shape, Shape[] Factors, Storing Stored, long Flops)
{
    /// <summary>The shapes of what it multiplies.</summary>
    public string Of => Factors.Length == 0 ? "" : $" of {string.Join(" and ", Factors)}";
}

/// <summary>Whether a kernel writes an operator's value to memory.</summary>
internal enum Storing : byte
{
    /// <summary>It stays in a register.</summary>
    No,
    /// <summary>Another kernel of the plan reads it.</summary>
    ForOthers,
    /// <summary>It lies in the memory of a variable, or in its part of another value.</summary>
    InPlace,
    /// <summary>The program may read it after the run.</summary>
    Kept,
}
