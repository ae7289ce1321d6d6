namespace GpuTensor.Kernels;

/// <summary>A matrix product C[b…,m,n] = Σₖ A[b…,m,k]·B[b…,k,n], with element programs before and after it. Its bits are those of
/// <see cref="ReduceOp.Dot"/>: one fused multiply-add an element in the order k = 0 … K−1, from 0; half types accumulate in float32 and
/// round once; integers wrap.</summary>
/// <param name="Batch">Sizes of the batch dimensions, outermost first; an operand that is broadcast along one has stride 0 there.</param>
/// <param name="In">The dtype of both operands' values.</param>
/// <param name="Buffers">The buffers that the three programs name.</param>
/// <param name="Scalars">Per-step scalar arguments, as in <see cref="KernelSpec"/>.</param>
/// <param name="A">A program over (batch…, m, k) whose last instruction gives the value: a bare <see cref="Load"/>, or pointwise code
/// merged into the product.</param>
/// <param name="B">The same over (batch…, k, n).</param>
/// <param name="Epilogue">A program over (batch…, m, n) in which one <see cref="Product"/> gives the element of the product and stores
/// write the results.</param>
internal sealed record GemmSpec(long[] Batch, long M, long N, long K, DType In, BufferParameter[] Buffers,
    DType[] Scalars, Instruction[] A, Instruction[] B,
    Instruction[] Epilogue);

/// <summary>In an epilogue: the element of the product, as Type.</summary>
internal sealed record Product(DType Type) : Instruction(Type);

/// <summary>The launches of a product, in order, and the scratch memory between them.</summary>
/// <param name="Scratch">Bytes of each scratch buffer.</param>
internal sealed record GemmPlan(GemmLaunch[] Launches, long[] Scratch);

/// <summary>One launch: its parameters are those of any generated kernel, buffers, integers, then scalars.</summary>
/// <param name="Buffers">For each buffer parameter of the kernel: a buffer of the spec, or Spec.Buffers.Length + i for scratch buffer
/// i.</param>
/// <param name="Scalars">For each scalar parameter of the kernel: the slot of the spec.</param>
internal sealed record GemmLaunch(GeneratedKernel Kernel, int[] Buffers, int[] Scalars, string Description);

/// <summary>How a CPU computes a product: tile and blocking. None of it changes the order of a sum.</summary>
/// <param name="Rows">Rows of the tile that one inner loop computes: registers hold Rows × Columns accumulators.</param>
/// <param name="Columns">Columns of the tile, a multiple of the vector.</param>
/// <param name="DepthBlock">Steps of k between two spills of the accumulators: a panel of A and one of B of this depth stay in
/// cache.</param>
/// <param name="RowPanels">At most so many tiles, one below the other, use a panel of B before the next one is read.</param>
internal readonly record struct GemmTile(int Rows, int Columns, int DepthBlock = 512, int RowPanels = 16);
