using GpuTensor.Kernels;

namespace GpuTensor.Graph.Planning;

/// <summary>A matrix product as calls of the device's library: operands that no call takes as they lie are copied by a generated kernel first, and what follows the product is a pointwise
/// kernel over its result, in place where that is allowed.</summary>
/// <param name="memories">The memory behind each buffer of the product.</param>
/// <param name="scalarSlots">The graph's slot behind each scalar.</param>
/// <param name="scratch">Takes working memory of so many bytes for the time of the product.</param>
internal sealed class LibraryLowering(GemmSpec whole, IReadOnlyList<MemoryId> memories, IReadOnlyList<int> scalarSlots, DeviceProfile profile, Dialect dialect, Func<long, MemoryId> scratch)
{
    private readonly GemmSpec spec = GemmFold.Fold(whole);

    /// <summary>Whether a product is the library's at all: nothing is multiplied where a size is 0, and the result must be of the operands' dtype.</summary>
    public static bool Suits(GemmSpec spec) => spec is { M: > 0, N: > 0, K: > 0 } && !spec.Batch.Contains(0) && spec.Epilogue.OfType<Product>().All(p => p.Type == spec.In);

    /// <summary>The steps in order.</summary>
    public IEnumerable<Planner.Draft> Lower(string description, int launch)
    {
        var steps = new List<Planner.Draft>();
        var (a, memoryA, madeA) = Operand(spec.A, spec.M, spec.K, "left");
        var (b, memoryB, madeB) = Operand(spec.B, spec.K, spec.N, "right");
        int direct = DirectStore();
        var target = direct < 0 ? LibraryGemm.Dense(Anywhere, spec.Batch, spec.M, spec.N, all: true) : ((Store)spec.Epilogue[direct]).At;
        var plan = LibraryGemm.Plan(spec.Batch, spec.M, spec.N, spec.K, a, b, target);
        if (plan.CopyC)
        {
            direct = -1;
            target = LibraryGemm.Dense(Anywhere, spec.Batch, spec.M, spec.N, all: true);
        }
        if (plan.CopyA && !madeA) memoryA = Prepare(spec.A, a, spec.M, spec.K, "left").Memory;
        if (plan.CopyB && !madeB) memoryB = Prepare(spec.B, b, spec.K, spec.N, "right").Memory;
        var result = direct < 0 ? scratch(spec.Batch.Aggregate(spec.M * spec.N, (p, q) => p * q) * spec.In.Size()) : memories[((Store)spec.Epilogue[direct]).Buffer];
        string what = $"{description}: cuBLAS {(spec.Batch.Length > 0 ? $"[{string.Join(", ", spec.Batch)}] × " : "")}[{spec.M}, {spec.K}]·[{spec.K}, {spec.N}] {spec.In.Name()}";
        steps.Add(new(null, [memoryA, memoryB, result], [spec.In, spec.In, spec.In], [], what, launch) { Calls = plan.Calls });
        Epilogue();
        return steps;

        (Access At, MemoryId Memory, bool Made) Operand(Instruction[] code, long rows, long columns, string side)
        {
            if (code is [Load load] && load.Type == spec.In) return (load.At, memories[load.Buffer], false);
            var (at, memory) = Prepare(code, Moves(code), rows, columns, side);
            return (at, memory, true);
        }

        (Access At, MemoryId Memory) Prepare(Instruction[] code, Access moves, long rows, long columns, string side)
        {
            var at = LibraryGemm.Dense(moves, spec.Batch, rows, columns);
            int[] kept = [.. Enumerable.Range(0, spec.Batch.Length).Where(d => at.Strides[d] != 0 || spec.Batch[d] == 1)];
            Access Project(Access full) => new(full.Offset, [.. kept.Select(d => full.Strides[d]), full.Strides[^2], full.Strides[^1]]);
            long[] sizes = [.. kept.Select(d => spec.Batch[d]), rows, columns];
            var memory = scratch(sizes.Aggregate(1L, (p, q) => p * q) * spec.In.Size());
            Instruction[] copy = [.. GemmProgram.Map(code, Project), new Store(spec.Buffers.Length, spec.In, Project(at), code.Length - 1)];
            Pointwise("operand", sizes, copy, memory, $"{description}: copy of the {side} operand, whose strides {string.Join(", ", moves.Strides)} the library does not take");
            return (at, memory);
        }

        void Epilogue()
        {
            Instruction[] code = [.. spec.Epilogue.Select((i, k) => i is Product product ? new Load(spec.Buffers.Length, product.Type, target) : i)];
            // The store that the library has done is not done again; its place stays, since instructions are named by their numbers.
            if (direct >= 0) code[direct] = new Constant(0, DType.Int32);
            if (!code.OfType<Store>().Any()) return;
            Pointwise("epilogue", [.. spec.Batch, spec.M, spec.N], code, result, $"{description}: what follows the product");
        }

        // One kernel over buffers of the product and one more.
        void Pointwise(string name, long[] sizes, Instruction[] code, MemoryId extra, string text)
        {
            MemoryId Memory(int buffer) => buffer < spec.Buffers.Length ? memories[buffer] : extra;
            // Buffers that share memory share the parameter.
            var order = GemmProgram.Buffers(code).Order().ToList();
            (MemoryId, DType)[] used = [.. order.Select(b => (Memory(b), b < spec.Buffers.Length ? spec.Buffers[b].DType : spec.In)).Distinct()];
            var written = code.OfType<Store>().Select(s => Memory(s.Buffer)).ToHashSet();
            int[] slots = [.. code.OfType<ScalarArgument>().Select(s => s.Slot).Distinct().Order()];
            code = GemmProgram.Renumber(code, b => Array.IndexOf(used, (Memory(b), b < spec.Buffers.Length ? spec.Buffers[b].DType : spec.In)), s => Array.IndexOf(slots, s));
            var section = Canonical.Simplify(new(SectionKind.Pointwise, sizes, [], code));
            var kernel = Kernels.Generator.Generate(new(name, [.. used.Select(u => new BufferParameter(u.Item2, written.Contains(u.Item1)))], [.. slots.Select(s => spec.Scalars[s])],
                [section], false), profile, dialect);
            steps.Add(new(kernel, [.. used.Select(u => u.Item1)], [.. used.Select(u => u.Item2)], [.. slots.Select(s => scalarSlots[s])], text, launch));
        }
    }

    private Access Anywhere => new(0, new long[spec.Batch.Length + 2]);

    /// <summary>An access that moves along every batch dimension that some address of a program moves along.</summary>
    private Access Moves(Instruction[] code)
    {
        var strides = new long[spec.Batch.Length + 2];
        foreach (var at in GemmProgram.Addresses(code))
            for (int d = 0; d < strides.Length; d++) if (at.Strides[d] != 0) strides[d] = 1;
        return new(0, strides);
    }

    /// <summary>The store whose memory the library can write to: of the product's dtype, and read by nothing here, since the product overwrites it before what follows has read.</summary>
    private int DirectStore()
    {
        for (int i = 0; i < spec.Epilogue.Length; i++)
        {
            if (spec.Epilogue[i] is not Store store || store.Type != spec.In) continue;
            var memory = memories[store.Buffer];
            bool isProduct = spec.Epilogue[store.Value] is Product;
            bool read = spec.A.Concat(spec.B).Concat(spec.Epilogue).Any(x => x is Load load && memories[load.Buffer] == memory || x is Gather gather && memories[gather.Buffer] == memory);
            bool written = spec.Epilogue.Where((x, k) => k != i).Any(x => x is Store other && memories[other.Buffer] == memory);
            // Only the product's own store is done by the library; another store's memory would hold the product first and be written once more.
            if (isProduct && !read && !written) return i;
        }
        return -1;
    }
}
