namespace GpuTensor.Tests.Tensors;

/// <content>In-place writes.</content>
internal sealed partial class ViewProgram
{
    private void Write()
    {
        var (x, plain) = Any();
        string what = "";
        if (Chance(2)) x = View(x, ref plain, out what);
        if (plain.Count == 0) return;
        int kind = Pick(11), k = Pick(9) - 4, rank = plain.Shape.Length, n = rank == 0 ? 1 : plain.Shape[0];
        log.Add($"  write {kind} with {k} to {what} {Show(plain.Shape)}");
        if (plain.Overlaps)
        {
            try
            {
                x.Fill_(k);
            }
            catch (TensorShapeException)
            {
                return;
            }
            throw new InvalidOperationException("Several elements are one in memory, but a write was not refused.");
        }
        var (y, yPlain) = Operand(plain.Shape, x.DType);
        double[] old = plain.Values, source = yPlain.Values;
        int width = old.Length / n;
        void Each(Func<int, double> f)
        {
            for (int i = 0; i < old.Length; i++) plain[i] = f(i);
        }

        switch (kind)
        {
            case 0:
                x.Fill_(k);
                Each(_ => k);
                break;
            case 1:
                x.Copy_(y);
                Each(i => source[i]);
                break;
            case 2:
                x.Add_(y);
                Each(i => old[i] + source[i]);
                break;
            case 3:
                x.MaskedFill_(y.Gt(0), k);
                Each(i => source[i] > 0 ? k : old[i]);
                break;
            case 4 when rank > 0:
                // Rows at positions, some twice and some from the end: the last counts.
                int[] places = [.. Enumerable.Range(0, 1 + Pick(4)).Select(_ => Pick(2 * n) - n)];
                x[Places(places)] = Rows(y.Expand(x.Shape), places.Length);
                for (int j = 0; j < places.Length; j++)
                    for (int c = 0; c < width; c++) plain[(places[j] + n) % n * width + c] = source[j % n * width + c];
                break;
            case 5 when rank > 1:
                // Single elements of the first two dimensions.
                int m = plain.Shape[1], rest = width / m;
                int[] rows = [.. Enumerable.Range(0, 3).Select(_ => Pick(n))];
                int[] columns = [.. Enumerable.Range(0, 3).Select(_ => Pick(2 * m) - m)];
                x[Places(rows), Places(columns)] = Tensor.Full([], k, x.DType, device);
                for (int j = 0; j < 3; j++)
                    for (int c = 0; c < rest; c++) plain[(rows[j] * m + (columns[j] + m) % m) * rest + c] = k;
                break;
            case 6:
                // A mask of the whole, with as many values as it has places.
                int[] chosen = [.. Enumerable.Range(0, old.Length).Where(i => old[i] > k)];
                x[x.Gt(k)] = Tensor.Arange(chosen.Length, device: device).To(x.DType);
                for (int j = 0; j < chosen.Length; j++) plain[chosen[j]] = j;
                break;
            case 7 when rank > 0 && n > 1:
                // Source and target overlap.
                x[1..] = x[..^1];
                Each(i => i < width ? old[i] : old[i - width]);
                break;
            case 8 when rank == 2 && n == plain.Shape[1]:
                if (k > 0) x.Copy_(x.T);
                else x.Add_(x.T);
                Each(i => old[i % n * n + i / n] + (k > 0 ? 0 : old[i]));
                break;
            case 9 when rank > 0:
                int[] targets = [.. Enumerable.Range(0, n).OrderBy(_ => random.Next())];
                int[] sources = [.. Enumerable.Range(0, n).Select(_ => Pick(n))];
                x[Places(targets)] = x[Places(sources)];
                for (int j = 0; j < n; j++)
                    for (int c = 0; c < width; c++) plain[targets[j] * width + c] = old[sources[j] * width + c];
                break;
            case 10 when rank > 0:
                int last = plain.Shape[^1];
                int[] into = [.. Enumerable.Range(0, old.Length).Select(_ => Pick(last))];
                x.Scatter_(-1, Places(into).Reshape(x.Shape), y.Expand(x.Shape));
                for (int j = 0; j < into.Length; j++) plain[j / last * last + into[j]] = source[j];
                break;
        }
    }

    private Tensor Places(int[] places) => Tensor.From(Array.ConvertAll(places, p => (long)p), device: device);

    // As many rows as are asked for: from the first on, again and again.
    private Tensor Rows(Tensor rows, int count) => Tensor.Cat(Enumerable.Range(0, count).Select(i => rows.Narrow(0, i % rows.Shape[0], 1)));
}
