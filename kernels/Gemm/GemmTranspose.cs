namespace GpuTensor.Kernels;

/// <summary>A square of vectors transposed in registers: log₂ stages of two-vector shuffles.</summary>
internal static class GemmTranspose
{
    /// <summary>Statements that declare vectors r0 … r(lanes−1), so that lane i of r_j is lane j of what <paramref name="load"/> gives for i; rows past <paramref name="rows"/> are zeros.</summary>
    public static void Square(GemmSource source, GemmTypes types, int rows, Func<int, string> load)
    {
        int l = GemmTypes.Lanes;
        source.Helper(ShuffleHelper);
        for (int i = 0; i < l; i++) source.Add($"                {types.Vector} r{i} = {(i < rows ? load(i) : "0")};\n");
        source.Add($"                {types.Vector} x;\n");
        for (int half = l / 2; half >= 1; half /= 2)
            for (int i = 0; i < l; i++)
                if ((i & half) == 0)
                {
                    string a = $"r{i}", b = $"r{i + half}";
                    source.Add($"                x = {Exchange(types, a, b, half, 0)}; {b} = {Exchange(types, a, b, half, half)}; {a} = x;\n");
                }
    }

    // Clang's own shuffle is one instruction of its intermediate code where the same written with swizzles is dozens.
    private const string ShuffleHelper = """
        #if defined(__clang__)
        #define GEMM_SHUFFLE(type, literal, a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
        #else
        #define GEMM_SHUFFLE(type, literal, a, b, ...) (type)literal
        #endif

        """;

    // The blocks of `half` elements of a and b that start at odd (shift = half) or even (0) multiples of it, interleaved.
    private static string Exchange(GemmTypes types, string a, string b, int half, int shift)
    {
        var literal = new List<string>();
        var numbers = new List<int>();
        for (int at = shift; at < GemmTypes.Lanes; at += 2 * half)
        {
            string digits = string.Concat(Enumerable.Range(at, half).Select(e => e.ToString("x")));
            literal.Add($"{a}.s{digits}, {b}.s{digits}");
            numbers.AddRange(Enumerable.Range(at, half));
            numbers.AddRange(Enumerable.Range(at + GemmTypes.Lanes, half));
        }
        return $"GEMM_SHUFFLE({types.Vector}, ({string.Join(", ", literal)}), {a}, {b}, {string.Join(", ", numbers)})";
    }
}
