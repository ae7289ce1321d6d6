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
internal sealed record GemmSpec(SymInt[] Batch, SymInt M, SymInt N, SymInt K, DType In, BufferParameter[] Buffers,
    DType[] Scalars, Instruction[] A, Instruction[] B,
    Instruction[] Epilogue)
{
    public GemmSpec(long[] batch, long m, long n, long k, DType type, BufferParameter[] buffers, DType[] scalars, Instruction[] a,
        Instruction[] b, Instruction[] epilogue) : this(SymInt.Of(batch), m, (SymInt)n, k, type, buffers, scalars, a, b, epilogue) { }

    /// <summary>The same with other sizes.</summary>
    public GemmSpec Resized(Func<SymInt, SymInt> change) => this with
    {
        Batch = Array.ConvertAll(Batch, n => change(n)), M = change(M), N = change(N), K = change(K),
        A = Array.ConvertAll(A, i => i.Resized(change)), B = Array.ConvertAll(B, i => i.Resized(change)),
        Epilogue = Array.ConvertAll(Epilogue, i => i.Resized(change)),
    };

    /// <summary>Adds everything to a key, sizes in the order of <see cref="Resized"/>.</summary>
    public void Describe(SpecKey key) =>
        key.Add((long)In).Add(Buffers, Scalars).Add(Batch).Add(M).Add(N).Add(K).Add(A).Add(B).Add(Epilogue);
}

/// <summary>In an epilogue: the element of the product, as Type.</summary>
internal sealed record Product(DType Type) : Instruction(Type)
{
    public override void Describe(SpecKey key) { }
}

/// <summary>The launches of a product, in order, and the scratch memory between them.</summary>
/// <param name="Scratch">Bytes of each scratch buffer.</param>
internal sealed record GemmPlan(GemmLaunch[] Launches, long[] Scratch);

/// <summary>The launches of a product whose numbers follow from sizes.</summary>
internal sealed record SymbolicPlan(SymbolicLaunch[] Launches, SymInt[] Scratch);

/// <summary>A launch whose numbers follow from sizes.</summary>
/// <param name="Description">What it does with "{0}", the product.</param>
internal sealed record SymbolicLaunch(SymbolicKernel Kernel, int[] Buffers, int[] Scalars, string Description);

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
