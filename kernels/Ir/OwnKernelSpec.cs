namespace GpuTensor.Kernels;

/// <summary>A kernel that is written by hand for one operator: where its operands lie, and an epilogue, which takes the element that the
/// kernel has computed and stores results.</summary>
/// <param name="Name">The operator's name.</param>
/// <param name="In">The dtype of the operator's result before the epilogue.</param>
/// <param name="Sizes">The result's shape: the domain of the epilogue.</param>
/// <param name="Operands">The operands.</param>
/// <param name="Buffers">The buffers that operands and epilogue name.</param>
/// <param name="Scalars">Per-step scalar arguments of the epilogue, as in <see cref="KernelSpec"/>.</param>
/// <param name="Epilogue">A program over the result's dimensions in which one <see cref="Product"/> gives the element and stores write
/// results.</param>
internal sealed record OwnKernelSpec(string Name, DType In, SymInt[] Sizes, OwnKernelOperand[] Operands, BufferParameter[] Buffers,
    DType[] Scalars, Instruction[] Epilogue)
{
    /// <summary>The same with other sizes.</summary>
    public OwnKernelSpec Resized(Func<SymInt, SymInt> change) => this with
    {
        Sizes = Array.ConvertAll(Sizes, n => change(n)), Operands = Array.ConvertAll(Operands, o => o.Resized(change)),
        Epilogue = Array.ConvertAll(Epilogue, i => i.Resized(change)),
    };

    /// <summary>Adds everything to a key, sizes in the order of <see cref="Resized"/>.</summary>
    public void Describe(SpecKey key)
    {
        key.Add(Name).Add((long)In).Add(Sizes).Add(Operands.Length);
        foreach (var operand in Operands) operand.Describe(key);
        key.Add(Buffers, Scalars).Add(Epilogue);
    }
}

/// <summary>An operand of a hand-written kernel.</summary>
/// <param name="Element">Reads the element at coordinates of the operand.</param>
/// <param name="Sizes">The operand's shape.</param>
internal sealed record OwnKernelOperand(Load Element, SymInt[] Sizes)
{
    /// <inheritdoc cref="OwnKernelSpec.Resized"/>
    public OwnKernelOperand Resized(Func<SymInt, SymInt> change)
    {
        var sizes = Array.ConvertAll(Sizes, n => change(n));
        return new((Load)Element.Resized(change), sizes);
    }

    /// <inheritdoc cref="OwnKernelSpec.Describe"/>
    public void Describe(SpecKey key) => key.Add(Sizes).Add(Element);
}
