using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>Writes the steps of a product in the form that was chosen: copies of operands that no call takes as they lie, the library's
/// calls, and one pointwise kernel for what else follows the product, in place where that is allowed.</summary>
internal sealed class LibraryLowering(LoweredProduct product, LibraryForm form, Target target)
{
    private readonly GemmSpec spec = product.Spec;

    /// <summary>The steps in order.</summary>
    /// <param name="launch">The product's launch.</param>
    /// <param name="identity">The kernel that the steps make up.</param>
    public LoweredLaunch Lower(Launch launch, KernelIdentity identity)
    {
        var steps = new List<PlannedStep>();
        var scratch = new List<long>();
        var (batch, m, n, k) = (product.Batch, product.M, product.N, product.K);
        var memoryA = Memory(form.A, spec.A, m, k, "left");
        var memoryB = Memory(form.B, spec.B, k, n, "right");
        var result = form.Direct < 0 ? Scratch(batch.Aggregate(m * n, (p, q) => p * q) * spec.In.Size())
            : product.Memories[((Store)spec.Epilogue[form.Direct]).Buffer];
        string library = form.Vector is null ? "cuBLAS" : "cublasLt";
        string what = $"{library} {(batch.Length > 0 ? $"[{string.Join(", ", batch)}] × " : "")}[{m}, {k}]·[{k}, "
            + $"{n}] {spec.In.Name()}{form.Text}";
        MemoryId[] used = form.Vector is { } vector ? [memoryA, memoryB, result, vector] : [memoryA, memoryB, result];
        steps.Add(new(null, used, [.. used.Select(_ => spec.In)], [], new(identity, what)) { Calls = form.Calls });
        Epilogue();
        return new(launch, [.. steps], [.. scratch]);

        // Working memory of so many bytes for the time of the product.
        MemoryId Scratch(long bytes)
        {
            scratch.Add(bytes);
            return new(MemoryKind.Scratch, scratch.Count - 1);
        }

        MemoryId Memory(LibraryOperand operand, Instruction[] code, long rows, long columns, string side)
        {
            if (!operand.IsCopied) return product.Memories[((Load)code[0]).Buffer];
            var at = LibraryGemm.Dense(operand.Moves, batch, rows, columns);
            int[] kept = [.. Enumerable.Range(0, batch.Length).Where(d => at.Strides[d] != 0 || batch[d] == 1)];
            Access Project(Access full) => new(full.Offset, [.. kept.Select(d => full.Strides[d]), full.Strides[^2], full.Strides[^1]]);
            long[] sizes = [.. kept.Select(d => batch[d]), rows, columns];
            var memory = Scratch(sizes.Aggregate(1L, (p, q) => p * q) * spec.In.Size());
            Instruction[] copy = [.. GemmProgram.Map(code, Project), new Store(spec.Buffers.Length, spec.In, Project(at), code.Length - 1)];
            Pointwise("operand", sizes, copy, memory,
                $"copy of the {side} operand, whose strides {string.Join(", ", operand.Moves.Strides.Select(s => $"{s}"))} the library "
                + "does not take");
            return memory;
        }

        void Epilogue()
        {
            Instruction[] code = [.. spec.Epilogue];
            code[form.Result] = new Load(spec.Buffers.Length, spec.In, form.At);
            // The store that the library has done is not done again; its place stays, since instructions are named by their numbers.
            if (form.Direct >= 0) code[form.Direct] = new Constant(0, DType.Int32);
            if (!code.OfType<Store>().Any()) return;
            code = GemmProgram.WithoutUnused(code);
            // What the library's epilogue computes is not in the code any more.
            long functions = code.Count(i => i is Apply) * batch.Aggregate(m * n, (p, q) => p * q);
            long following = identity.Groups[0].Operators.Where(o => o.Factors.Length == 0).Sum(o => o.Flops);
            Pointwise("epilogue", [.. batch, m, n], code, result, "what follows the product", Math.Min(functions, following));
        }

        // One kernel over buffers of the product and one more.
        void Pointwise(string name, long[] sizes, Instruction[] code, MemoryId extra, string text, long flops = 0)
        {
            MemoryId Of(int buffer) => buffer < spec.Buffers.Length ? product.Memories[buffer] : extra;
            // Buffers that share memory share the parameter.
            var order = GemmProgram.Buffers(code).Order().ToList();
            (MemoryId, DType)[] used = [.. order.Select(b => (Of(b), b < spec.Buffers.Length ? spec.Buffers[b].DType : spec.In))
                .Distinct()];
            var written = code.OfType<Store>().Select(s => Of(s.Buffer)).ToHashSet();
            int[] slots = [.. code.OfType<ScalarArgument>().Select(s => s.Slot).Distinct().Order()];
            code = GemmProgram.Renumber(code, b =>
                Array.IndexOf(used, (Of(b), b < spec.Buffers.Length ? spec.Buffers[b].DType : spec.In)), s => Array.IndexOf(slots, s));
            var section = new Section(SectionKind.Pointwise, SymInt.Of(sizes), [], code);
            var kernel = target.Texts.Generate(
                new(name, [.. used.Select(u => new BufferParameter(u.Item2, written.Contains(u.Item1)))],
                    [.. slots.Select(s => spec.Scalars[s])],
                [section], false), target.Profile, target.Dialect);
            steps.Add(new(kernel, [.. used.Select(u => u.Item1)], [.. used.Select(u => u.Item2)],
                [.. slots.Select(s => product.ScalarSlots[s])],
                new(identity, text) { Work = new(0, 0, flops) }));
        }
    }
}
