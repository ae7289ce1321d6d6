namespace GpuTensor.Kernels;

/// <summary>Questions about element programs, and rewriting of their addresses.</summary>
internal static class GemmProgram
{
    /// <summary>The program with every address changed.</summary>
    public static Instruction[] Map(Instruction[] code, Func<Access, Access> change) => [.. code.Select(i => i.Moved(change))];

    /// <summary>The program with its buffers and scalars renumbered.</summary>
    public static Instruction[] Renumber(Instruction[] code, Func<int, int> buffer, Func<int, int> scalar) =>
        [.. code.Select(i => i.Renumbered(buffer, scalar))];

    /// <summary>The buffers a program names.</summary>
    public static IEnumerable<int> Buffers(Instruction[] code) => code.SelectMany(Buffers).Distinct();

    private static IEnumerable<int> Buffers(Instruction instruction)
    {
        if (instruction is Store store) yield return store.Buffer;
        for (int k = 0, buffer; (buffer = instruction.Read(k)) >= 0; k++) yield return buffer;
    }

    /// <summary>The registers that an instruction reads.</summary>
    public static IEnumerable<int> Operands(Instruction instruction)
    {
        for (int k = 0, operand; (operand = instruction.Operand(k)) >= 0; k++) yield return operand;
    }

    /// <summary>How often each register is read.</summary>
    public static int[] Uses(Instruction[] code)
    {
        int[] uses = new int[code.Length];
        foreach (var instruction in code)
            foreach (int operand in Operands(instruction)) uses[operand]++;
        return uses;
    }

    /// <summary>The program with a number in the place of everything that no store needs; instructions keep their numbers, by which others
    /// name them.</summary>
    public static Instruction[] WithoutUnused(Instruction[] code)
    {
        bool[] needed = new bool[code.Length];
        for (int i = code.Length - 1; i >= 0; i--)
        {
            needed[i] |= code[i] is Store;
            if (!needed[i]) continue;
            foreach (int operand in Operands(code[i])) needed[operand] = true;
        }
        return [.. code.Select((instruction, i) => needed[i] ? instruction : new Constant(0, DType.Int32))];
    }

    /// <summary>The addresses of a program.</summary>
    public static IEnumerable<Access> Addresses(Instruction[] code) => code.Select(i => i.Place).OfType<Access>();

    /// <summary>True when what a program reads lies denser along its dimension <paramref name="first"/> than along
    /// <paramref name="second"/>.</summary>
    public static bool DenserAlong(Instruction[] code, int first, int second)
    {
        long score = 0;
        foreach (var at in code.OfType<Load>().Select(l => l.At))
            score += (at.Strides[first] == 1 ? 1 : 0) - (at.Strides[second] == 1 ? 1 : 0);
        return score > 0;
    }

    /// <summary>True for a bare load of what accumulators are made of: it can be read in place.</summary>
    public static bool IsReady(Instruction[] code, DType input) =>
        code is [Load { Type: var type }] && type == GemmAccumulator.Of(input);
}
