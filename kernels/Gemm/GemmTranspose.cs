namespace GpuTensor.Kernels;

/// <summary>A square of 16 vectors transposed in registers: four stages of two-vector shuffles.</summary>
internal static class GemmTranspose
{
    private const int Lanes = GemmAccumulator.Lanes;

    /// <summary>Declares vectors r0 … r15, so that lane i of r_j is lane j of <paramref name="array"/>[i].</summary>
    public static void Write(GemmKernelWriter writer, string array)
    {
        string vector = writer.Type(Lanes);
        for (int i = 0; i < Lanes; i++) writer.Out.Variable(vector, "r" + i, $"{array}[{i}]");
        writer.Out.Variable(vector, "x");
        for (int half = Lanes / 2; half >= 1; half /= 2)
            for (int i = 0; i < Lanes; i++)
                if ((i & half) == 0)
                {
                    string a = $"r{i}", b = $"r{i + half}";
                    writer.Out.Line($"x = {Exchange(a, b, half, 0)}; {b} = {Exchange(a, b, half, half)}; {a} = x;");
                }
    }

    // The blocks of `half` elements of a and b that start at odd (shift = half) or even (0) multiples of it, interleaved. Clang's own
    // shuffle is one instruction of its intermediate code; written with swizzles it is dozens, and a square took PoCL a second to compile.
    // The CPU drivers there are are all built on Clang.
    private static string Exchange(string a, string b, int half, int shift)
    {
        var numbers = new List<int>();
        for (int at = shift; at < Lanes; at += 2 * half)
        {
            numbers.AddRange(Enumerable.Range(at, half));
            numbers.AddRange(Enumerable.Range(at + Lanes, half));
        }
        return $"__builtin_shufflevector({a}, {b}, {string.Join(", ", numbers)})";
    }
}
