using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>How a library computes a product: its calls with their epilogue, and which operands and which of the group's stores are left to
/// generated kernels. No later pass asks the library.</summary>
/// <param name="A">The left operand.</param>
/// <param name="B">The right operand.</param>
/// <param name="Calls">The calls.</param>
/// <param name="Result">The register of the product's epilogue that the calls leave at <paramref name="At"/>.</param>
/// <param name="Direct">The store that the calls do with that; −1: they write to working memory.</param>
/// <param name="At">Where the calls write.</param>
/// <param name="Vector">The memory that the library's epilogue reads or writes; null without one.</param>
/// <param name="Text">The epilogue, for people; or which one there might be.</param>
internal sealed record LibraryForm(LibraryOperand A, LibraryOperand B, LibraryCall[] Calls, int Result, int Direct, Access At,
    MemoryId? Vector = null, string Text = "")
{
    /// <summary>A call that also sums the product's left (or right) operand over k, into a vector at that element of its memory.</summary>
    public static LibraryCall WithSum(LibraryCall call, bool left, long vector) =>
        call with { Epilogue = left != call.Swapped ? LibraryEpilogue.SumFirst : LibraryEpilogue.SumSecond, Vector = vector };

    /// <summary>Asks the library, and chooses the form with the largest epilogue that it computes.</summary>
    /// <param name="product">The product.</param>
    /// <param name="sum">A sum that the library makes beside the product: of its left operand or its right one, and where it goes.</param>
    /// <param name="target">The device, whose library is asked.</param>
    public static LibraryForm Choose(LoweredProduct product, (bool Left, Place Place)? sum, Target target) =>
        new Choice(product, target).Run(sum);

    private sealed class Choice(LoweredProduct product, Target target)
    {
        private readonly GemmSpec spec = product.Spec;
        private readonly IReadOnlyList<MemoryId> memories = product.Memories;

        public LibraryForm Run((bool Left, Place Place)? sum) => sum is { } beside ? Summing(beside) : Following();

        /// <summary>The best epilogue that the library has of those that follow the product.</summary>
        private LibraryForm Following()
        {
            string text = "";
            foreach (var match in EpilogueMatch.Find(spec.Epilogue))
            {
                var form = Of(match.Result);
                if (form.Calls.Length > 1 || !IsVector(match.Bias, form.Calls[0])) continue;
                var call = form.Calls[0] with { Epilogue = match.Kind, Vector = (long)match.Bias.At.Offset };
                if (target.HasEpilogue(call, spec.In))
                    return form with { Calls = [call], Vector = memories[match.Bias.Buffer], Text = $" with {Name(match.Kind)}{text}" };
                text += $", no algorithm with {Name(match.Kind)}";
            }
            return Of(Product) with { Text = text };
        }

        /// <summary>The library was asked for a result without gaps when the sum was given to it (<see cref="BiasGradients"/>). Perhaps it
        /// can also write to where the result is stored. A product whose rows are stored as [batch, time] with gaps between batches has a
        /// batch here; the sum belongs to the whole product, so its call is over all rows as one dimension.</summary>
        private LibraryForm Summing((bool Left, Place Place) sum)
        {
            if (product.Batch.Length == 0)
            {
                var direct = WithVector(Of(Product));
                if (target.HasEpilogue(direct.Calls[0], spec.In)) return direct;
            }
            var form = Of(Product, direct: false);
            long rows = product.Batch.Aggregate(product.M, (p, q) => p * q);
            return WithVector(form with
            {
                Calls = LibraryGemm.Plan([], rows, product.N, product.K, Matrix(form.A.At), Matrix(form.B.At), Matrix(form.At)).Calls,
            });

            static Access Matrix(Access at) => new(at.Offset, at.Strides[^2..]);

            LibraryForm WithVector(LibraryForm form) => form with
            {
                Calls = Array.ConvertAll(form.Calls, c => WithSum(c, sum.Left, sum.Place.Offset)), Vector = sum.Place.Memory,
                Text = $" with {Name(LibraryEpilogue.SumFirst)} of the {(sum.Left ? "left" : "right")} operand",
            };
        }

        private int Product => Array.FindIndex(spec.Epilogue, i => i is Product);

        private LibraryForm Of(int register, bool direct = true)
        {
            LibraryOperand a = Operand(spec.A, product.M, product.K), b = Operand(spec.B, product.K, product.N);
            int store = direct ? DirectStore(register) : -1;
            var gapless = LibraryGemm.Dense(new(0, new long[product.Batch.Length + 2]), product.Batch, product.M, product.N, all: true);
            var plan = LibraryGemm.Plan(product.Batch, product.M, product.N, product.K, a.At, b.At,
                store < 0 ? gapless : ((Store)spec.Epilogue[store]).At);
            if (plan.CopyC) store = -1;
            return new(a with { IsCopied = a.IsCopied || plan.CopyA }, b with { IsCopied = b.IsCopied || plan.CopyB }, plan.Calls, register,
                store, store < 0 ? gapless : ((Store)spec.Epilogue[store]).At);
        }

        private LibraryOperand Operand(Instruction[] code, long rows, long columns)
        {
            if (code is [Load load] && load.Type == spec.In) return new(load.At, load.At, false);
            var moves = Moves(code);
            return new(LibraryGemm.Dense(moves, product.Batch, rows, columns), moves, true);
        }

        private static string Name(LibraryEpilogue epilogue) => epilogue switch
        {
            LibraryEpilogue.Bias => "bias",
            LibraryEpilogue.BiasRelu => "bias and relu",
            LibraryEpilogue.BiasGelu => "bias and gelu",
            _ => "the sum",
        };

        /// <summary>An access that moves along every batch dimension that some address of a program moves along.</summary>
        private Access Moves(Instruction[] code)
        {
            var strides = new long[product.Batch.Length + 2];
            foreach (var at in GemmProgram.Addresses(code))
                for (int d = 0; d < strides.Length; d++) if (at.Strides[d] != 0) strides[d] = 1;
            return new(0, strides);
        }

        /// <summary>Whether a read takes one element for each row of the library's result, one after the other; a row of the product where
        /// the library computes its transpose.</summary>
        private bool IsVector(Load load, LibraryCall call)
        {
            if (product.Batch.Length > 0 || load.Type != spec.In) return false;
            var (along, across) = call.Swapped ? (load.At.Strides[^1], load.At.Strides[^2]) : (load.At.Strides[^2], load.At.Strides[^1]);
            return (along == 1 || call.M == 1) && (across == 0 || call.N == 1);
        }

        /// <summary>The store of a register whose memory the library can write to: of the product's dtype, and read by nothing here, since
        /// the product overwrites it before what follows has read.</summary>
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
}

/// <summary>An operand of a library's product.</summary>
/// <param name="At">Where the calls read it.</param>
/// <param name="Moves">How it lies before a copy, or along which dimensions its elements differ.</param>
/// <param name="IsCopied">A generated kernel makes a copy without gaps, which the calls read.</param>
internal sealed record LibraryOperand(Access At, Access Moves, bool IsCopied);
