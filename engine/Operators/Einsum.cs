namespace GpuTensor.Operators;

/// <summary>Einstein sums: operands are combined from left to right, two at a time, each time as one batched matrix product of permuted
/// views.</summary>
internal static class Einsum
{
    /// <summary>A tensor and the label of each of its dimensions. Dimensions of an ellipsis get labels that no equation can
    /// contain.</summary>
    private readonly record struct Labelled(Tensor Tensor, string Labels);

    public static Tensor Evaluate(string equation, Tensor[] operands)
    {
        string[] sides = equation.Replace(" ", "").Split("->");
        string[] inputs = sides[0].Split(',');
        if (sides.Length > 2 || inputs.Length != operands.Length || operands.Length == 0)
            throw new TensorShapeException($"einsum: \"{equation}\" does not name {operands.Length} operands.");
        int ellipsis = 0;
        for (int i = 0; i < inputs.Length; i++)
            if (inputs[i].Contains("...")) ellipsis = Math.Max(ellipsis, operands[i].Rank - (inputs[i].Length - 3));
        string[] labels = [.. inputs.Select((text, i) => Spell(text, operands[i].Rank, ellipsis, equation))];
        var all = string.Concat(labels);
        string batch = string.Concat(Enumerable.Range(0, ellipsis).Select(i => (char)(0xE000 + i)));
        string output = sides.Length == 2 ? sides[1].Replace("...", batch) : batch
            + string.Concat(all.Where(c => c < 0xE000).GroupBy(c => c).Where(g => g.Count() == 1).Select(g => g.Key).Order());
        if (output.Distinct().Count() != output.Length || output.Any(c => !all.Contains(c) && !batch.Contains(c)))
            throw new TensorShapeException($"einsum: the result of \"{equation}\" names a dimension twice or one that no operand has.");

        var left = Simplify(new(operands[0], labels[0]), string.Concat(labels.Skip(1)) + output, equation);
        for (int i = 1; i < operands.Length; i++)
        {
            string later = string.Concat(labels.Skip(i + 1)) + output;
            var right = Simplify(new(operands[i], labels[i]), left.Labels + later, equation);
            left = Multiply(left, right, later, equation);
        }
        left = Simplify(left, output, equation);
        return left.Tensor.Permute([.. output.Select(c => left.Labels.IndexOf(c))]);
    }

    private static string Spell(string text, int rank, int ellipsis, string equation)
    {
        if (text.Contains("..."))
        {
            int covered = rank - (text.Length - 3);
            string batch = string.Concat(Enumerable.Range(ellipsis - Math.Max(0, covered),
                Math.Max(0, covered)).Select(i => (char)(0xE000 + i)));
            text = text.Replace("...", batch);
        }
        if (text.Length != rank || text.Any(c => !char.IsAsciiLetter(c) && c < 0xE000))
            throw new TensorShapeException($"einsum: \"{equation}\" names {text.Length} dimensions of an operand that has {rank}, or "
                + "uses signs that are no letters.");
        return text;
    }

    /// <summary>Repeated labels become diagonals; labels that nobody needs any more are summed.</summary>
    private static Labelled Simplify(Labelled x, string needed, string equation)
    {
        var (tensor, labels) = x;
        for (int i = 0; i < labels.Length; i++)
        {
            int j = labels.IndexOf(labels[i], i + 1);
            if (j < 0) continue;
            if (tensor.Shape[i] != tensor.Shape[j])
                throw new TensorShapeException($"einsum: \"{equation}\" takes a diagonal of sizes {tensor.Shape[i]} and "
                    + $"{tensor.Shape[j]}.");
            tensor = tensor.Diagonal(0, i, j);
            labels = labels.Remove(j, 1).Remove(i, 1) + labels[i];
            i = -1;
        }
        int[] gone = [.. Enumerable.Range(0, labels.Length).Where(i => !needed.Contains(labels[i]))];
        if (gone.Length == 0) return new(tensor, labels);
        return new(tensor.Sum(gone), string.Concat(labels.Where(needed.Contains)));
    }

    private static Labelled Multiply(Labelled a, Labelled b, string later, string equation)
    {
        string batch = string.Concat(a.Labels.Where(c => b.Labels.Contains(c) && later.Contains(c))),
            summed = string.Concat(a.Labels.Where(c => b.Labels.Contains(c) && !later.Contains(c)));
        string mine = string.Concat(a.Labels.Where(c => !b.Labels.Contains(c))),
            others = string.Concat(b.Labels.Where(c => !a.Labels.Contains(c)));
        var sizes = new Dictionary<char, int>();
        foreach (var (tensor, labels) in new[] { a, b })
            for (int i = 0; i < labels.Length; i++)
            {
                int known = sizes.GetValueOrDefault(labels[i], 1), size = tensor.Shape[i];
                if (known != size && known != 1 && size != 1)
                    throw new TensorShapeException($"einsum: \"{equation}\" gives one letter the sizes {known} and {size}.");
                sizes[labels[i]] = known == 1 ? size : known;
            }

        // Sums of integers may have become int64.
        var dtype = DTypes.Promote(a.Tensor.DType, b.Tensor.DType);
        Shape Sizes(string labels) => [.. labels.Select(c => sizes[c])];
        int Count(string labels) => Shape.Size(Sizes(labels).ElementCount, "einsum");
        Tensor Ordered(Labelled x, string order) =>
            x.Tensor.To(dtype).Permute([.. order.Select(c => x.Labels.IndexOf(c))]).Expand(Sizes(order));
        var left = Ordered(a, batch + mine + summed).Reshape(Count(batch), Count(mine), Count(summed));
        var right = Ordered(b, batch + summed + others).Reshape(Count(batch), Count(summed), Count(others));
        // Without a common dimension to add over it is a plain product of elements.
        var product = summed.Length == 0 ? left * right : left.MatMul(right);
        return new(product.Reshape(Sizes(batch + mine + others)), batch + mine + others);
    }
}
