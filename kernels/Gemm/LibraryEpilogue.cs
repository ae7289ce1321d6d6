namespace GpuTensor.Kernels;

/// <summary>What a library can do to a product as it stores it, in the arithmetic it sums in, so that half types are rounded once, at the
/// end.</summary>
internal enum LibraryEpilogue
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Adds to each column of the library's result a vector with an element for each of its rows.</summary>
    Bias,

    /// <summary>The same, then max(x, 0).</summary>
    BiasRelu,

    /// <summary>The same, then GELU in its tanh form.</summary>
    BiasGelu,

    /// <summary>Also sums op(First) over k: an element for each row of the library's result.</summary>
    SumFirst,

    /// <summary>Also sums op(Second) over k: one element for each column of op(Second).</summary>
    SumSecond,
}

/// <summary>The beginning of what follows a product, where a library can do it: a row is added, perhaps an activation follows, and nobody
/// else reads what lies between.</summary>
/// <param name="Kind">The epilogue that the library computes.</param>
/// <param name="Bias">The row.</param>
/// <param name="Result">The register that holds what the library stores.</param>
internal sealed record EpilogueMatch(LibraryEpilogue Kind, Load Bias, int Result)
{
    /// <summary>All epilogues that match, the largest first.</summary>
    /// <param name="code">The epilogue of a <see cref="GemmSpec"/>.</param>
    public static IEnumerable<EpilogueMatch> Find(Instruction[] code)
    {
        int[] uses = GemmProgram.Uses(code);
        int product = Array.FindIndex(code, i => i is Product);
        if (uses[product] != 1) yield break;
        int sum = Array.FindIndex(code, i => i is Apply { Function.Name: "add" } add && add.Arguments.Contains(product));
        if (sum < 0 || code[sum].Type != code[product].Type) yield break;
        var terms = ((Apply)code[sum]).Arguments;
        if (code[terms[0] == product ? terms[1] : terms[0]] is not Load bias) yield break;
        if (Relu(code, uses, sum) is >= 0 and var relu) yield return new(LibraryEpilogue.BiasRelu, bias, relu);
        if (new GeluPattern(code, uses).Match(sum) is >= 0 and var gelu) yield return new(LibraryEpilogue.BiasGelu, bias, gelu);
        yield return new(LibraryEpilogue.Bias, bias, sum);
    }

    // max(0, x) with the operator's own zero; a caller's number is an argument, and no epilogue.
    private static int Relu(Instruction[] code, int[] uses, int x) => uses[x] != 1 ? -1
        : Array.FindIndex(code, i => i is Apply { Function.Name: "max", Arguments: [var zero, var value] }
            && value == x && code[zero] is Constant { Bits: 0 });

    /// <summary>½x(1 + tanh(√(2/π)(x + 0.044715x³))) as the engine records it: in float32, with a conversion before and after it for half
    /// types.</summary>
    private sealed class GeluPattern(Instruction[] code, int[] uses)
    {
        /// <summary>The register of the result, or −1.</summary>
        public int Match(int input)
        {
            bool isHalf = code[input].Type.IsHalf();
            int x = isHalf ? Only(input, i => code[i] is Cast { Type: DType.Float32 }) : input;
            if (x < 0 || code[x].Type != DType.Float32 || uses[x] != 5) return -1;
            int half = Apply("mul", x, Is(0.5)), square = Apply("mul", x, r => r == x);
            int cube = Apply("mul", square, r => r == x), scaled = Apply("mul", cube, Is(0.044715));
            int inner = Apply("mul", Apply("add", scaled, r => r == x), Is(Math.Sqrt(2 / Math.PI)));
            int tanh = inner < 0 ? -1 : Only(inner, i => code[i] is Apply { Function.Name: "tanh" });
            int result = Apply("mul", Apply("add", tanh, Is(1)), r => r == half);
            // The five uses of x are the half, the square (two), the cube and the sum; everything between is used once, by what was found.
            int[] between = [half, square, cube, scaled, inner, tanh];
            if (result < 0 || between.Any(r => r < 0 || uses[r] != 1)) return -1;
            return isHalf ? Only(result, i => code[i] is Cast cast && cast.Type == code[input].Type) : result;
        }

        private Func<int, bool> Is(double value) =>
            r => code[r] is Constant { Type: DType.Float32 } c && c.Bits == BitConverter.SingleToUInt32Bits((float)value);

        /// <summary>A function of a register and another one, in either order; −1 where there is none.</summary>
        private int Apply(string function, int register, Func<int, bool> other) => register < 0 ? -1
            : Array.FindIndex(code, i => i is Apply { Arguments: [var a, var b] } f && f.Function.Name == function
                && (a == register && other(b) || b == register && other(a)));

        /// <summary>The one user of a register, if it is such a one.</summary>
        private int Only(int register, Func<int, bool> isSuch) => uses[register] != 1 ? -1
            : Enumerable.Range(0, code.Length).FirstOrDefault(i => GemmProgram.Operands(code[i]).Contains(register) && isSuch(i), -1);
    }
}
