namespace GpuTensor.Kernels;

/// <summary>In which pass over the row each instruction of a Row section is computed. A pass ends with the reductions that need no later
/// one; what a later pass needs again is recomputed, or, where that is dear and the row is short, kept in an array from the pass that first
/// had it.</summary>
internal sealed class RowPlan
{
    /// <summary>What recomputing must cost before a value is kept instead: more than a load or two and some additions.</summary>
    private const int Dear = 6;

    /// <summary>Which values a later pass finds in an array.</summary>
    internal enum Keep
    {
        /// <summary>None: all are computed again.</summary>
        Nothing,

        /// <summary>What is dear to compute, reading memory included.</summary>
        Dear,

        /// <summary>What was read, and what is dear to compute from that.</summary>
        Reads,
    }

    /// <summary>Reductions that must be done before an instruction can be.</summary>
    public readonly int[] Stage;

    /// <summary>Element-level instructions to write in each pass, in order.</summary>
    public readonly List<int>[] Passes;

    /// <summary>The pass that computes an element-level value first, or −1.</summary>
    public readonly int[] First;

    /// <summary>Values kept in an array over the row.</summary>
    public readonly bool[] Kept;

    public RowPlan(Instruction[] code, Nest nest, Func<int, bool> isElement, Func<Instruction, int> cost, Keep keep)
    {
        Stage = new int[code.Length];
        First = new int[code.Length];
        Kept = new bool[code.Length];
        var cone = new long[code.Length];
        int last = 0;
        for (int i = 0; i < code.Length; i++)
        {
            First[i] = -1;
            cone[i] = isElement(i) && !IsKeptRead(i) ? cost(code[i]) : 0;
            for (int k = 0, o; (o = code[i].Operand(k)) >= 0; k++)
            {
                Stage[i] = Math.Max(Stage[i], Stage[o]);
                if (isElement(i)) cone[i] = Math.Min(cone[i] + cone[o], 1 << 20);
            }
            if (nest.Needed[i] && (code[i] is Reduce || (code[i] is Store && isElement(i)))) last = Math.Max(last, Stage[i]);
            if (code[i] is Reduce) Stage[i]++;
        }
        Passes = new List<int>[last + 1];
        var pending = new Stack<int>();
        for (int p = 0; p <= last; p++)
        {
            var wanted = new bool[code.Length];
            for (int i = 0; i < code.Length; i++)
                if (nest.Needed[i] && IsWanted(i, p)) pending.Push(i);
            while (pending.TryPop(out int i))
            {
                if (wanted[i] || (code[i] is not Reduce && !isElement(i)) || (code[i] is Reduce && Stage[i] - 1 != p)) continue;
                wanted[i] = true;
                if (keep != Keep.Nothing && First[i] >= 0 && First[i] < p && (cone[i] >= Dear || IsKeptRead(i))) Kept[i] = true;
                else
                {
                    if (First[i] < 0) First[i] = p;
                    for (int k = 0, o; (o = code[i].Operand(k)) >= 0; k++) pending.Push(o);
                }
            }
            Passes[p] = [];
            for (int i = 0; i < code.Length; i++) if (wanted[i]) Passes[p].Add(i);
        }

        bool IsWanted(int i, int pass) => code[i] is Reduce ? Stage[i] - 1 == pass
            : code[i] is Store store && isElement(i) && PassOf(store, Stage[i], last) == pass;

        bool IsKeptRead(int i) => keep == Keep.Reads && code[i].Read(0) >= 0;

        // What overwrites something read here goes last, since an earlier pass's loads may be repeated later.
        int PassOf(Store store, int stage, int final)
        {
            if (stage == final) return final;
            for (int i = 0; i < code.Length; i++)
                if (nest.Needed[i] && (code[i].Reads(b => b == store.Buffer))) return final;
            return stage;
        }
    }
}
