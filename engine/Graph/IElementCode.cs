using GpuTensor.Kernels;

namespace GpuTensor.Graph;

/// <summary>The loop nest that an operator writes one element of its result into (<see cref="Operator.Emit"/>). Registers are named by
/// numbers; coordinates are those of the element.</summary>
internal interface IElementCode
{
    /// <summary>The dtype of the result.</summary>
    DType DType { get; }

    IAttributes? Attributes { get; }

    /// <summary>Adds an instruction.</summary>
    /// <returns>The register that holds what the instruction gives.</returns>
    int Add(Instruction instruction);

    /// <summary>The shape of an operand as its view shows it.</summary>
    Shape ShapeOf(int operand);

    /// <summary>The element of an operand at the coordinates of the result's element.</summary>
    int Read(int operand);

    /// <summary>The element of an operand at some of the coordinates. Example: an index of shape (i) for a result of shape (i, r) is read
    /// at coordinates 0..1.</summary>
    int Read(int operand, Range coordinates);

    /// <summary>The number of a random node, as an int64 register: the first block of its words.</summary>
    int Number();

    /// <summary>An operand in memory: its buffer, and the view of that which the operator looks up.</summary>
    (int Buffer, View View) Table(int operand);

    /// <summary>The number of the element in the row-major order of the result.</summary>
    Access Position();

    /// <summary>offset + Σ strides[d] · coordinate[d].</summary>
    /// <param name="offset">In elements.</param>
    /// <param name="strides">One for each of the coordinates.</param>
    /// <param name="coordinates">Which coordinates of the result's element.</param>
    Access At(long offset, long[] strides, Range coordinates);
}
