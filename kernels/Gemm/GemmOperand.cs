namespace GpuTensor.Kernels;

/// <summary>Where the main kernel reads an operand: in the tensor itself or in packed panels.</summary>
/// <param name="Argument">The buffer, of the spec or of the scratch after those.</param>
/// <param name="Packed">True: [batch][panel][k][lane], the batch strides count panels·K·lanes and are given in <see cref="Batch"/>.</param>
/// <param name="Batch">Elements between batches, 0 where broadcast.</param>
/// <param name="Lane">Elements between rows of A or columns of B.</param>
/// <param name="Depth">Elements between steps of k.</param>
internal readonly record struct GemmOperand(int Argument, bool Packed, long Offset, long[] Batch, long Lane, long Depth);
