using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>A matrix product as calls of the device's library: operands that no call takes as they lie are copied by a generated kernel
/// first; a row that is added and an activation are the
/// library's epilogue where it has one, and what else follows the product is a pointwise kernel over its result, in place where that is
/// allowed.</summary>
/// <param name="memories">The memory behind each buffer of the product.</param>
/// <param name="scalarSlots">The graph's slot behind each scalar.</param>
/// <param name="target">The device.</param>
internal sealed class LibraryLowering(GemmSpec whole, IReadOnlyList<MemoryId> memories, IReadOnlyList<int> scalarSlots, Target target)
{
    private readonly GemmSpec spec = GemmFold.Fold(whole);

    private long[] Batch => Array.ConvertAll(spec.Batch, n => (long)n);

    private long M => (long)spec.M;

    private long N => (long)spec.N;

    private long K => (long)spec.K;

    /// <summary>A call that also sums the product's left (or right) operand over k, into a vector at that element of its memory.</summary>
    public static LibraryCall WithSum(LibraryCall call, bool left, long vector) =>
        call with { Epilogue = left != call.Swapped ? LibraryEpilogue.SumFirst : LibraryEpilogue.SumSecond, Vector = vector };

    /// <summary>How the product is done.</summary>
    /// <param name="Result">The register that the calls leave at <paramref name="Target"/>.</param>
    /// <param name="Direct">The store they do with that; −1: they write to working memory.</param>
    /// <param name="Vector">The memory that their epilogue reads or writes.</param>
    /// <param name="Text">What the epilogue is, for people; or which one there might be.</param>
    private sealed record Way(LibraryGemmPlan Plan, LibraryCall[] Calls, int Result, int Direct, Access Target, MemoryId? Vector = null,
        string Text = "");

    /// <summary>The steps in order.</summary>
    /// <param name="launch">The product's launch.</param>
    /// <param name="identity">The kernel that the steps make up.</param>
    /// <param name="beside">A sum the library makes beside the product: of its left operand or its right one, and where it goes.</param>
    public LoweredLaunch Lower(Launch launch, KernelIdentity identity, (bool Left, Place Place)? beside = null)
    {
        var steps = new List<PlannedStep>();
        var scratch = new List<long>();
        var (a, memoryA, madeA) = Operand(spec.A, M, K, "left");
        var (b, memoryB, madeB) = Operand(spec.B, K, N, "right");
        var way = beside is { } sum ? Summing(sum) : Following();
        if (way.Plan.CopyA && !madeA) memoryA = Prepare(spec.A, a, M, K, "left").Memory;
        if (way.Plan.CopyB && !madeB) memoryB = Prepare(spec.B, b, K, N, "right").Memory;
        var result = way.Direct < 0 ? Scratch(Batch.Aggregate(M * N, (p, q) => p * q) * spec.In.Size())
            : memories[((Store)spec.Epilogue[way.Direct]).Buffer];
        string library = way.Vector is null ? "cuBLAS" : "cublasLt";
        string what = $"{library} {(Batch.Length > 0 ? $"[{string.Join(", ", Batch)}] × " : "")}[{M}, {K}]·[{K}, "
            + $"{N}] {spec.In.Name()}{way.Text}";
        MemoryId[] used = way.Vector is { } vector ? [memoryA, memoryB, result, vector] : [memoryA, memoryB, result];
        steps.Add(new(null, used, [.. used.Select(_ => spec.In)], [], new(identity, what)) { Calls = way.Calls });
        Epilogue();
        return new(launch, [.. steps], [.. scratch]);

        // Working memory of so many bytes for the time of the product.
        MemoryId Scratch(long bytes)
        {
            scratch.Add(bytes);
            return new(MemoryKind.Scratch, scratch.Count - 1);
        }

        Way Following()
        {
            string text = "";
            foreach (var match in EpilogueMatch.Find(spec.Epilogue))
            {
                var way = Making(match.Result);
                if (way.Calls.Length > 1 || !IsVector(match.Bias, way.Calls[0])) continue;
                var call = way.Calls[0] with { Epilogue = match.Kind, Vector = (long)match.Bias.At.Offset };
                if (target.HasEpilogue(call, spec.In))
                    return way with { Calls = [call], Vector = memories[match.Bias.Buffer], Text = $" with {Name(match.Kind)}{text}" };
                text += $", no algorithm with {Name(match.Kind)}";
            }
            return Making(Array.FindIndex(spec.Epilogue, i => i is Product)) with { Text = text };
        }

        // The library was asked for a result without gaps when the sum was given to it (BiasGradients). Perhaps it can also write to where
        // the result is stored.
        Way Summing((bool Left, Place Place) sum)
        {
            int product = Array.FindIndex(spec.Epilogue, i => i is Product);
            var direct = WithVector(Making(product));
            return direct.Calls.Length == 1 && target.HasEpilogue(direct.Calls[0], spec.In) ? direct
                : WithVector(Making(product, direct: false));

            Way WithVector(Way way) => way with
            {
                Calls = Array.ConvertAll(way.Calls, c => WithSum(c, sum.Left, sum.Place.Offset)), Vector = sum.Place.Memory,
                Text = $" with {Name(LibraryEpilogue.SumFirst)} of the {(sum.Left ? "left" : "right")} operand",
            };
        }

        Way Making(int register, bool direct = true)
        {
            int store = direct ? DirectStore(register) : -1;
            var gapless = LibraryGemm.Dense(Anywhere, Batch, M, N, all: true);
            var plan = LibraryGemm.Plan(Batch, M, N, K, a, b, store < 0 ? gapless : ((Store)spec.Epilogue[store]).At);
            return store < 0 || plan.CopyC ? new(plan, plan.Calls, register, -1, gapless)
                : new(plan, plan.Calls, register, store, ((Store)spec.Epilogue[store]).At);
        }

        (Access At, MemoryId Memory, bool Made) Operand(Instruction[] code, long rows, long columns, string side)
        {
            if (code is [Load load] && load.Type == spec.In) return (load.At, memories[load.Buffer], false);
            var (at, memory) = Prepare(code, Moves(code), rows, columns, side);
            return (at, memory, true);
        }

        (Access At, MemoryId Memory) Prepare(Instruction[] code, Access moves, long rows, long columns, string side)
        {
            var at = LibraryGemm.Dense(moves, Batch, rows, columns);
            int[] kept = [.. Enumerable.Range(0, Batch.Length).Where(d => at.Strides[d] != 0 || Batch[d] == 1)];
            Access Project(Access full) => new(full.Offset, [.. kept.Select(d => full.Strides[d]), full.Strides[^2], full.Strides[^1]]);
            long[] sizes = [.. kept.Select(d => Batch[d]), rows, columns];
            var memory = Scratch(sizes.Aggregate(1L, (p, q) => p * q) * spec.In.Size());
            Instruction[] copy = [.. GemmProgram.Map(code, Project), new Store(spec.Buffers.Length, spec.In, Project(at), code.Length - 1)];
            Pointwise("operand", sizes, copy, memory,
                $"copy of the {side} operand, whose strides {string.Join(", ", moves.Strides.Select(s => $"{s}"))} the library does not "
                + "take");
            return (at, memory);
        }

        void Epilogue()
        {
            Instruction[] code = [.. spec.Epilogue];
            code[way.Result] = new Load(spec.Buffers.Length, spec.In, way.Target);
            // The store that the library has done is not done again; its place stays, since instructions are named by their numbers.
            if (way.Direct >= 0) code[way.Direct] = new Constant(0, DType.Int32);
            if (!code.OfType<Store>().Any()) return;
            code = GemmProgram.WithoutUnused(code);
            // What the library's epilogue computes is not in the code any more.
            long functions = code.Count(i => i is Apply) * Batch.Aggregate(M * N, (p, q) => p * q);
            long following = identity.Groups[0].Operators.Where(o => o.Factors.Length == 0).Sum(o => o.Flops);
            Pointwise("epilogue", [.. Batch, M, N], code, result, "what follows the product", Math.Min(functions, following));
        }

        // One kernel over buffers of the product and one more.
        void Pointwise(string name, long[] sizes, Instruction[] code, MemoryId extra, string text, long flops = 0)
        {
            MemoryId Memory(int buffer) => buffer < spec.Buffers.Length ? memories[buffer] : extra;
            // Buffers that share memory share the parameter.
            var order = GemmProgram.Buffers(code).Order().ToList();
            (MemoryId, DType)[] used = [.. order.Select(b => (Memory(b), b < spec.Buffers.Length ? spec.Buffers[b].DType : spec.In))
                .Distinct()];
            var written = code.OfType<Store>().Select(s => Memory(s.Buffer)).ToHashSet();
            int[] slots = [.. code.OfType<ScalarArgument>().Select(s => s.Slot).Distinct().Order()];
            code = GemmProgram.Renumber(code, b =>
                Array.IndexOf(used, (Memory(b), b < spec.Buffers.Length ? spec.Buffers[b].DType : spec.In)), s => Array.IndexOf(slots, s));
            var section = new Section(SectionKind.Pointwise, SymInt.Of(sizes), [], code);
            var kernel = target.Texts.Generate(
                new(name, [.. used.Select(u => new BufferParameter(u.Item2, written.Contains(u.Item1)))],
                    [.. slots.Select(s => spec.Scalars[s])],
                [section], false), target.Profile, target.Dialect);
            steps.Add(new(kernel, [.. used.Select(u => u.Item1)], [.. used.Select(u => u.Item2)], [.. slots.Select(s => scalarSlots[s])],
                new(identity, text) { Work = new(0, 0, flops) }));
        }
    }

    private static string Name(LibraryEpilogue epilogue) => epilogue switch
    {
        LibraryEpilogue.Bias => "bias",
        LibraryEpilogue.BiasRelu => "bias and relu",
        LibraryEpilogue.BiasGelu => "bias and gelu",
        _ => "the sum",
    };

    private Access Anywhere => new(0, new long[Batch.Length + 2]);

    /// <summary>An access that moves along every batch dimension that some address of a program moves along.</summary>
    private Access Moves(Instruction[] code)
    {
        var strides = new long[Batch.Length + 2];
        foreach (var at in GemmProgram.Addresses(code))
            for (int d = 0; d < strides.Length; d++) if (at.Strides[d] != 0) strides[d] = 1;
        return new(0, strides);
    }

    /// <summary>Whether a read takes one element for each row of the library's result, one after the other; a row of the product where the
    /// library computes its transpose.</summary>
    private bool IsVector(Load load, LibraryCall call)
    {
        if (Batch.Length > 0 || load.Type != spec.In) return false;
        var (along, across) = call.Swapped ? (load.At.Strides[^1], load.At.Strides[^2]) : (load.At.Strides[^2], load.At.Strides[^1]);
        return (along == 1 || call.M == 1) && (across == 0 || call.N == 1);
    }

    /// <summary>The store of a register whose memory the library can write to: of the product's dtype, and read by nothing here, since the
    /// product overwrites it before what follows has
    /// read.</summary>
    private int DirectStore(int register)
    {
        for (int i = 0; i < spec.Epilogue.Length; i++)
        {
            if (spec.Epilogue[i] is not Store store || store.Type != spec.In || store.Value != register) continue;
            var memory = memories[store.Buffer];
            bool read = spec.A.Concat(spec.B).Concat(spec.Epilogue).Any(x => x.Reads(b => memories[b] == memory));
            // Another store's memory would hold the product first and be written once more.
            bool written = spec.Epilogue.Where((x, k) => k != i).Any(x => x is Store other && memories[other.Buffer] == memory);
            if (!read && !written) return i;
        }
        return -1;
    }
}
