using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>Sorting, searching, and adding up at places, in sizes where indices are sorted instead of compared with every place, against
/// plain loops.</summary>
public class PlacesTests
{
    /// <summary>The value behind a handle may have another shape than the handle shows.</summary>
    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void A_part_of_a_reshaped_tensor_is_written_in_its_shape(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.From(new[] { 0f, 1, 2, 3, 4, 5 }, device: device).RequiresGrad_();
        var y = (x * 1).Reshape(2, 3);
        var at = Tensor.From(new[] { 2L, 0 }, device: device).Reshape(1, 2);
        var scattered = y.Scatter(1, at, Tensor.From(new[] { 7f, 8 }, device: device).Reshape(1, 2));
        Assert.Equal([2, 3], scattered.Shape);
        Assert.Equal([8f, 1, 7, 3, 4, 5], scattered.ToArray<float>());
        (scattered * scattered).Sum().Backward();
        Assert.Equal([0f, 2, 0, 6, 8, 10], x.Grad!.ToArray<float>());

        // Backward, the gradient of what was written comes as a handle of another shape.
        var z = x * 1;
        z[..1] = Tensor.Zeros([1], device: device);
        x.Grad = null;
        (z.Reshape(2, 3) * Tensor.From(new[,] { { 1f, 2, 3 }, { 4, 5, 6 } }, device: device)).Sum().Backward();
        Assert.Equal([0f, 2, 3, 4, 5, 6], x.Grad!.ToArray<float>());
    }

    public static TheoryData<string> Devices => TestDevices.All;

    private static readonly DType[] Sorted = [DType.Float32, DType.Float64, DType.BFloat16, DType.Int64, DType.UInt8, DType.Bool];

    public static TheoryData<string, string> DTypesAndDevices => TestDevices.Cross(Sorted.Select(t => t.Name()));

    [Theory, MemberData(nameof(DTypesAndDevices))]
    public void Long_rows_are_sorted_with_equal_elements_in_their_order_and_NaN_last(string dtype, string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var type = Sorted.First(t => t.Name() == dtype);
        foreach (int n in (int[])[513, 2000])
        {
            var random = new Random(n);
            // Many equal ones; all exact in every dtype.
            double[] values = [.. Enumerable.Range(0, 2 * n)
                .Select(_ => type.IsFloatingPoint() && random.Next(40) == 0 ? double.NaN : type == DType.Bool ? random.Next(2)
                    : random.Next(200))];
            var x = Tensor.From(values, device: device).To(type).Reshape(2, n);
            foreach (bool descending in (bool[])[false, true])
            {
                var (sorted, places) = x.Sort(-1, descending);
                double[] got = sorted.To(DType.Float64).ToArray<double>();
                long[] at = places.ToArray<long>();
                for (int row = 0; row < 2; row++)
                {
                    var order = Enumerable.Range(0, n);
                    double key(int i) => double.IsNaN(values[row * n + i]) ? double.PositiveInfinity : values[row * n + i];
                    int[] expected = [.. descending ? order.OrderByDescending(key) : order.OrderBy(key)];
                    Assert.Equal(expected.Select(i => (long)i), at.Skip(row * n).Take(n));
                    Assert.Equal(expected.Select(i => values[row * n + i]), got.Skip(row * n).Take(n));
                }
            }
        }
    }

    [Theory, MemberData(nameof(Devices))]
    public void A_search_finds_where_a_value_would_be_put_in(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        // The examples of torch.searchsorted's documentation.
        var rows = Tensor.From([1L, 3, 5, 7, 9, 2, 4, 6, 8, 10], device: device).Reshape(2, 5);
        var values = Tensor.From([3L, 6, 9, 3, 6, 9], device: device).Reshape(2, 3);
        Assert.Equal([1L, 3, 4, 1, 2, 4], rows.SearchSorted(values).ToArray<long>());
        Assert.Equal([2L, 3, 5, 1, 3, 4], rows.SearchSorted(values, right: true).ToArray<long>());
        Assert.Equal([1L, 3, 4, 1, 3, 4], rows[0].SearchSorted(values).ToArray<long>());
        Assert.Equal(4, rows[1].SearchSorted(Tensor.From([9L], device: device).Reshape([])).Item<long>());
        var floats = Tensor.From([-1f, 0, 0, 2, float.NaN], device: device);
        Assert.Equal([1L, 3, 4, 4, 0],
            floats.SearchSorted(Tensor.From([0f, 1, float.PositiveInfinity, float.NaN, float.NegativeInfinity], device: device))
            .ToArray<long>());
        Assert.Equal([3L, 5], floats.To(DType.Float16).SearchSorted(Tensor.From([0f, float.NaN], device: device).To(DType.Float16),
            right: true).ToArray<long>());
        Assert.Equal([0L], Tensor.Zeros([0], device: device).SearchSorted(Tensor.Ones([1], device: device)).ToArray<long>());
        Assert.Contains("float32 and int64", Assert.Throws<TensorDTypeException>(() => floats.SearchSorted(values)).Message);
        Assert.Contains("leading dimensions", Assert.Throws<TensorShapeException>(() => rows.SearchSorted(values.Reshape(3, 2))).Message);
    }

    [Theory, MemberData(nameof(Devices))]
    public void Rows_of_an_embedding_get_the_sums_of_their_gradients_and_those_of_second_order(string deviceName)
    {
        const int Words = 700, Width = 12, Count = 900;
        var device = TestDevices.Get(deviceName);
        var random = new Random(5);
        // Some words never, one very often; negative ones count from the end.
        long[] words = [.. Enumerable.Range(0, Count).Select(i => i % 3 == 0 ? 17L : random.Next(Words / 2) - (i % 7 == 0 ? Words : 0))];
        float[] table = [.. Enumerable.Range(0, Words * Width).Select(_ => random.Next(-8, 9) / 4f)],
            weights = [.. Enumerable.Range(0, Count * Width).Select(_ => random.Next(-4, 5) / 2f)];
        var x = Tensor.From(table, device: device).Reshape(Words, Width);
        x.RequiresGrad = true;
        var w = Tensor.From(weights, device: device).Reshape(Count, Width);
        var index = Tensor.From(words, device: device);
        var picked = x[index];
        var gradient = Autograd.Grad((picked * picked * w).Sum(), [x], createGraph: true)[0];
        var expected = new double[Words * Width];
        var second = new double[Words * Width];
        for (int i = 0; i < Count; i++)
            for (int c = 0; c < Width; c++)
            {
                long row = words[i] < 0 ? words[i] + Words : words[i];
                expected[row * Width + c] += 2 * table[row * Width + c] * weights[i * Width + c];
                second[row * Width + c] += 2 * weights[i * Width + c] * ((row % 5) - 2);
            }
        Assert.Equal(expected.Select(v => (float)v), gradient.Detach().ToArray<float>());
        // By a vector that differs from row to row.
        var v = Tensor.From([.. Enumerable.Range(0, Words).Select(r => (float)((r % 5) - 2))], device: device).Unsqueeze(1);
        var again = Autograd.Grad((gradient * v).Sum(), [x])[0];
        Assert.Equal(second.Select(d => (float)d), again.ToArray<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void Adding_and_writing_at_many_places_of_many_rows(string deviceName)
    {
        const int Rows = 6, Places = 700, Values = 600;
        var device = TestDevices.Get(deviceName);
        var random = new Random(8);
        long[] at = [.. Enumerable.Range(0, Rows * Values).Select(_ => (long)random.Next(Places))];
        float[] values = [.. Enumerable.Range(0, Rows * Values).Select(_ => random.Next(-50, 50) / 4f)];
        float[] sums = new float[Rows * Places], last = [.. Enumerable.Repeat(-1f, Rows * Places)];
        float[] toPlace = [.. Enumerable.Range(0, Rows * Places).Select(i => i % 11f)], back = new float[Rows * Values];
        for (int i = 0; i < at.Length; i++)
        {
            int place = i / Values * Places + (int)at[i];
            sums[place] += values[i];
            last[place] = values[i];
            back[i] = toPlace[place];
        }
        var (index, source) = (Tensor.From(at, device: device).Reshape(Rows, Values),
            Tensor.From(values, device: device).Reshape(Rows, Values));
        source.RequiresGrad = true;
        var zeros = Tensor.Zeros([Rows, Places], device: device);
        var added = zeros.ScatterAdd(1, index, source);
        Assert.Equal(sums, added.Detach().ToArray<float>());
        added.Backward(Tensor.From(toPlace, device: device).Reshape(Rows, Places));
        Assert.Equal(back, source.Grad!.ToArray<float>());
        // Down columns, and of integers that wrap.
        var down = zeros.T.To(DType.Int32) + int.MaxValue;
        int[] wrapped = down.ScatterAdd(0, index.T, (source.Detach() * 4).To(DType.Int32).T).T.ToArray<int>();
        Assert.Equal(sums.Select(s => unchecked(int.MaxValue + (int)(s * 4))), wrapped);
        Assert.Equal(last, (zeros - 1).Scatter(1, index, source.Detach()).ToArray<float>());
        // Gather's gradient goes the way back.
        var read = zeros.Clone();
        read.RequiresGrad = true;
        read.Gather(1, index).Backward(source.Detach());
        Assert.Equal(sums, read.Grad!.ToArray<float>());
        // One row of places, for rows of values and for numbers.
        var one = index[0];
        float[] rowsAdded = new float[Places * 4];
        for (int i = 0; i < Values; i++)
            for (int c = 0; c < 4; c++) rowsAdded[at[i] * 4 + c] += 2 * values[c * Values + i];
        Assert.Equal(rowsAdded, Tensor.Zeros([Places, 4], device: device).IndexAdd(0, one, source.Detach()[..4].T, alpha: 2)
            .ToArray<float>());
        bool[] named = new bool[Places];
        for (int i = 0; i < Values; i++) named[at[i]] = true;
        Assert.Equal(named, Tensor.Zeros([Places], DType.Bool, device).IndexFill(0, one, 1).ToArray<bool>());
        Assert.Equal(named, Tensor.Zeros([Places], DType.Bool, device).IndexAdd(0, one, Tensor.Ones([Values], DType.Bool, device))
            .ToArray<bool>());
    }
}
