using System.Globalization;

namespace GpuTensor.Kernels;

/// <summary>Numbers as functions of sizes, and the conditions on sizes under which they hold. A frozen <see cref="SizeTrace"/>.</summary>
/// <param name="inputs">How many sizes there are.</param>
/// <param name="constants">Numbers that depend on no size; line −1 − k is the k-th.</param>
/// <param name="lines">The lines that follow the sizes.</param>
/// <param name="results">The lines of the numbers.</param>
internal sealed class SizeFormulas(int inputs, long[] constants, SizeFormulas.Line[] lines, int[] results)
{
    /// <summary>A computation of two earlier lines; of a question the answer that it had.</summary>
    internal readonly record struct Line(SizeOperation Operation, int A, int B, long Answer);

    /// <summary>The conditions, for people: <c>n0 * n1 &lt; 1025</c>, where n0 is the first size.</summary>
    public IEnumerable<string> Conditions
    {
        get
        {
            var texts = new List<string>(Enumerable.Range(0, inputs).Select(i => $"n{i}"));
            foreach (var (operation, a, b, answer) in lines)
            {
                string text = SizeOperations.Text(operation, Of(a), Of(b));
                texts.Add(text);
                if (operation.IsQuestion()) yield return answer != 0 ? text : $"not {text}";
            }

            string Of(int line) => line < 0 ? constants[-1 - line].ToString(CultureInfo.InvariantCulture) : texts[line];
        }
    }

    /// <summary>Host bytes, about.</summary>
    public long HostBytes => lines.Length * 24L + (constants.Length + results.Length) * 8L + 128;

    /// <summary>The numbers for other sizes.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <returns>Null where a condition does not hold.</returns>
    public long[]? Compute(ReadOnlySpan<long> sizes)
    {
        long[] values = System.Buffers.ArrayPool<long>.Shared.Rent(inputs + lines.Length);
        try
        {
            sizes.CopyTo(values);
            int next = inputs;
            // In the order in which they were asked: what a line computes may rest on the answers before it (a divisor is not 0).
            foreach (var (operation, a, b, answer) in lines)
            {
                long value = SizeOperations.Compute(operation, Of(a), Of(b));
                if (operation.IsQuestion() && value != answer) return null;
                values[next++] = value;
            }
            return Array.ConvertAll(results, Of);
        }
        finally
        {
            System.Buffers.ArrayPool<long>.Shared.Return(values);
        }

        long Of(int line) => line < 0 ? constants[-1 - line] : values[line];
    }
}
