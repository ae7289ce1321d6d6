using GpuTensor.Operators;

namespace GpuTensor;

/// <content>Matrix products. Operands have one dtype; transposed operands are views; half types accumulate in float32, integers
/// wrap.</content>
public partial class Tensor
{
    /// <summary>The matrix product as <c>torch.matmul</c>: vectors (n)·(n) give a number, matrices (…, m, k)·(…, k, n) give (…, m, n) with
    /// broadcast batch dimensions; a vector on the left is a row, on the right a column, and that dimension goes again.</summary>
    /// <exception cref="TensorShapeException">The shapes do not fit.</exception>
    /// <exception cref="TensorDTypeException">The dtypes differ or are bool.</exception>
    public Tensor MatMul(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Rank == 0 || other.Rank == 0) throw Unfit("matmul", other, "both need at least one dimension");
        var a = Rank == 1 ? Unsqueeze(0) : this;
        var b = other.Rank == 1 ? other.Unsqueeze(1) : other;
        if (a.Shape[-1] != b.Shape[-2]) throw Unfit("matmul", other, $"the inner sizes {a.Shape[-1]} and {b.Shape[-2]} must be equal");

        Tensor product;
        if (b.Rank == 2 && a.Rank > 2)
            // Many rows by one matrix: one large product, and one for the matrix's gradient.
            product = Product(a.Reshape([RowsOf(a), a.Shape[-1]]), b).Reshape([.. a.Shape.Span[..(a.Rank - 1)], b.Shape[-1]]);
        else
        {
            if (!GpuTensor.Shape.TryBroadcast(Batch(a), Batch(b), out var batch))
                throw Unfit("matmul", other, "the leading dimensions must broadcast");
            product = Product(a.Over(batch!), b.Over(batch!));
        }
        if (other.Rank == 1) product = product.Squeeze(-1);
        return Rank == 1 ? product.Squeeze(other.Rank == 1 ? -1 : -2) : product;
    }

    /// <summary>The product of two matrices.</summary>
    /// <exception cref="TensorShapeException">They are no matrices, or the inner sizes differ.</exception>
    public Tensor Mm(Tensor mat2) => Ranked("mm", 2, mat2.NotNull(), 2).MatMul(mat2);

    /// <summary>The products of two batches of matrices, (b, m, k)·(b, k, n).</summary>
    /// <exception cref="TensorShapeException">They are no such batches; nothing broadcasts.</exception>
    public Tensor Bmm(Tensor mat2)
    {
        ArgumentNullException.ThrowIfNull(mat2);
        Ranked("bmm", 3, mat2, 3);
        return Shape[0] == mat2.Shape[0] ? MatMul(mat2) : throw Unfit("bmm", mat2, "the batch sizes must be equal");
    }

    /// <summary>A matrix times a vector.</summary>
    /// <exception cref="TensorShapeException">They are not, or the sizes differ.</exception>
    public Tensor Mv(Tensor vec) => Ranked("mv", 2, vec.NotNull(), 1).MatMul(vec);

    /// <summary>The inner product of two vectors of one length.</summary>
    /// <exception cref="TensorShapeException">They are no vectors, or the lengths differ.</exception>
    public Tensor Dot(Tensor tensor) => Ranked("dot", 1, tensor.NotNull(), 1).MatMul(tensor);

    /// <summary>The outer product of two vectors, (n, m).</summary>
    /// <exception cref="TensorShapeException">They are no vectors.</exception>
    public Tensor Outer(Tensor vec2) => Ranked("outer", 1, vec2.NotNull(), 1).Unsqueeze(1) * vec2;

    /// <summary>beta · this + alpha · mat1·mat2; this broadcasts.</summary>
    /// <exception cref="TensorShapeException">The shapes do not fit.</exception>
    public Tensor Addmm(Tensor mat1, Tensor mat2, Scalar? beta = null, Scalar? alpha = null) =>
        AddProduct("addmm", mat1.NotNull().Mm(mat2.NotNull()), beta, alpha);

    /// <summary>beta · this + alpha · batch1·batch2; this broadcasts.</summary>
    /// <exception cref="TensorShapeException">The shapes do not fit.</exception>
    public Tensor Baddbmm(Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null) =>
        AddProduct("baddbmm", batch1.NotNull().Bmm(batch2.NotNull()), beta, alpha);

    /// <summary>beta · this + alpha · mat·vec; this broadcasts.</summary>
    /// <exception cref="TensorShapeException">The shapes do not fit.</exception>
    public Tensor Addmv(Tensor mat, Tensor vec, Scalar? beta = null, Scalar? alpha = null) =>
        AddProduct("addmv", mat.NotNull().Mv(vec.NotNull()), beta, alpha);

    private Tensor AddProduct(string op, Tensor product, Scalar? beta, Scalar? alpha)
    {
        if (DType != product.DType)
            throw new TensorDTypeException($"{op}: the dtypes differ, {DType.Name()} and {product.DType.Name()}; convert with To(dtype) "
                + "first.");
        if (!GpuTensor.Shape.TryBroadcast(Shape, product.Shape, out var shape) || shape != product.Shape)
            throw new TensorShapeException($"{op}: {Shape} does not broadcast to the product's {product.Shape}.");
        if (!DType.IsFloatingPoint()) (beta, alpha) = (Whole(beta), Whole(alpha));
        // Half types are scaled and added in float32, and rounded once.
        if (DType.IsHalf() && (beta ?? alpha) is not null)
        {
            var scaled = Scaled(product.To(DType.Float32), alpha);
            return (beta is { } part ? (part.ToDouble() == 0 ? scaled : To(DType.Float32) * part + scaled) : To(DType.Float32) + scaled)
                .To(DType);
        }
        product = Scaled(product, alpha);
        // As PyTorch: beta 0 takes nothing of this tensor, not even its NaN.
        return beta is { } factor ? (factor.ToDouble() == 0 ? product : this * factor + product) : this + product;
    }

    // PyTorch cuts the fractions of beta and alpha off for integers.
    private static Scalar? Whole(Scalar? factor) => factor is { } number ? number.ToInt64() : null;

    /// <summary>x·Wᵀ + b over the last dimension: this is (…, in), the weight (out, in), the bias (out).</summary>
    /// <exception cref="TensorShapeException">The shapes do not fit.</exception>
    /// <exception cref="TensorDTypeException">The dtypes differ.</exception>
    public Tensor Linear(Tensor weight, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Rank is not (1 or 2) || Rank == 0 || weight.Shape[-1] != Shape[-1])
            throw new TensorShapeException($"linear: an input (…, in) and a weight (out, in) or (in) were expected, got {Shape} and "
                + $"{weight.Shape}.");
        var product = MatMul(weight.T);
        return bias is null ? product : product + bias;
    }

    /// <summary>Einstein's sum convention, <c>"bij,bjk->bik"</c>: one letter a dimension; letters missing on the right are summed;
    /// <c>...</c> stands for leading dimensions that broadcast.</summary>
    /// <exception cref="TensorShapeException">The equation does not fit the operands.</exception>
    public static Tensor Einsum(string equation, params IEnumerable<Tensor> operands) =>
        Operators.Einsum.Evaluate(equation.NotNull(), [.. operands.NoneNull()]);

    /// <summary>Records one (batched) matrix product of operands that fit.</summary>
    internal static Tensor Product(Tensor a, Tensor b) => Product(a.Operand, b.Operand);

    /// <inheritdoc cref="Product(Tensor, Tensor)"/>
    /// <param name="transposed">The result is seen with its last two dimensions exchanged.</param>
    internal static Tensor Product(Graph.Operand a, Graph.Operand b, bool transposed = false)
    {
        if (a.DType != b.DType)
            throw new TensorDTypeException($"matmul: the dtypes differ, {a.DType.Name()} and {b.DType.Name()}; convert one with "
                + "To(dtype).");
        if (a.DType == DType.Bool) throw new TensorDTypeException("matmul is not defined for bool; convert with To(dtype) first.");
        int rank = a.Shape.Rank;
        var sizes = rank <= MaxStackRank ? stackalloc int[rank] : new int[rank];
        a.Shape.Span.CopyTo(sizes);
        sizes[^1] = b.Shape[-1];
        var product = Apply(Products.MatMul, a.DType, GpuTensor.Shape.Create(sizes), a, b);
        return transposed ? product.Turn(product.FullView.TransposeLast(), ViewOperator.Transpose) : product;
    }

    // The −1 of Reshape cannot be worked out where a size is 0.
    private static int RowsOf(Tensor x) => GpuTensor.Shape.Size(x.Shape.Take(x.Rank - 1).Aggregate(1L, (n, size) => n * size), "matmul");

    private static Shape Batch(Tensor x) => GpuTensor.Shape.Create(x.Shape.Span[..(x.Rank - 2)]);

    private Tensor Over(Shape batch) =>
        Rank - 2 == batch.Rank && Batch(this).Equals(batch) ? this : Expand([.. batch, Shape[-2], Shape[-1]]);

    private Tensor Ranked(string op, int rank, Tensor other, int otherRank)
    {
        if (Rank != rank || other.Rank != otherRank) throw Unfit(op, other, $"tensors of rank {rank} and {otherRank} were expected");
        return op == "outer" || Shape[-1] == other.Shape[Math.Max(-otherRank, -2)] ? this
            : throw Unfit(op, other, "the inner sizes must be equal");
    }

    private TensorShapeException Unfit(string op, Tensor other, string why) =>
        new($"{op}: shapes {Shape} and {other.Shape} do not fit: {why}.");
}
