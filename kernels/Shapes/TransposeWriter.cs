using System.Numerics;

namespace GpuTensor.Kernels;

/// <summary>A pointwise section on a GPU whose operands and results are contiguous along different dimensions. In a plain kernel
/// neighbouring work-items would each touch another cache line. Here a group takes a square tile of both dimensions: it loads such operands
/// along their contiguous dimension into local memory, and reads them from there along the results' dimension.</summary>
internal sealed class TransposeWriter : SectionWriter
{
    /// <summary>The side of the tile, and the length of its row in local memory: one element more, so that walking along rows and along
    /// columns both avoid bank conflicts.</summary>
    private const int Tile = 32, Pitch = Tile + 1;

    /// <summary>A dimension below this size would leave most of a tile empty.</summary>
    private const int Least = 16;

    /// <summary>The most operands that go through tiles; further ones are read directly.</summary>
    private const int Most = 3;

    private readonly Across across;

    /// <summary>The dimension along which results are contiguous, the dimension along which some operands are, and the loads of those
    /// operands.</summary>
    internal sealed record Across(int Written, int Read, int[] Loads)
    {
        /// <summary>64-bit words of local memory it takes.</summary>
        public int SharedWords(Instruction[] code) => Loads.Sum(i => Words(code[i]));
    }

    public TransposeWriter(KernelWriter writer, Section section, Nest nest, Across across) : base(writer, section, nest)
    {
        // No lanes: each element goes by the indices of its dimensions.
        (LaneFrom, LaneTo) = (nest.Rank, nest.Rank);
        this.across = across;
    }

    private static int Words(Instruction load) => (Tile * Pitch * Kinds.Register(load.Type).Size() + 7) / 8;

    /// <summary>Whether a section is one of these; null where it is not.</summary>
    public static Across? Find(Section section, Nest nest, DeviceProfile profile)
    {
        if (profile.IsCpu || section.Kind != SectionKind.Pointwise || profile.GroupSize % Tile != 0 || nest.Rank < 2) return null;
        int written = -1;
        for (int i = 0; i < section.Code.Length; i++)
        {
            if (section.Code[i] is not Store) continue;
            int along = Along(nest, i);
            if (along < 0 || (written >= 0 && along != written)) return null;
            written = along;
        }
        if (written < 0) return null;
        var loads = new List<int>();
        int read = -1, words = 0;
        for (int i = 0; i < section.Code.Length && loads.Count < Most; i++)
        {
            if (!nest.Needed[i] || section.Code[i] is not Load || IsNear(nest.Strides[i]![written])) continue;
            int along = Along(nest, i);
            if (along < 0 || (read >= 0 && along != read) || 8 * (words + Words(section.Code[i])) > profile.LocalMemoryBytes) continue;
            (read, words) = (along, words + Words(section.Code[i]));
            loads.Add(i);
        }
        return loads.Count == 0 ? null : new(written, read, [.. loads]);
    }

    /// <summary>Whether neighbours along a dimension of that stride are the same element or lie side by side.</summary>
    private static bool IsNear(SymInt stride) => stride == 0 || stride == 1 || stride == -1;

    /// <summary>The long dimension along which an access is contiguous; −1: none.</summary>
    private static int Along(Nest nest, int i)
    {
        for (int d = nest.Rank - 1; d >= 0; d--)
            if (nest.Strides[i]![d] == 1 && nest.Sizes[d] >= Least) return d;
        return -1;
    }

    public override void Write()
    {
        var (written, read, loads) = across;
        SymInt columns = Tiles(written), rows = Tiles(read), rest = 1;
        int warps = Out.Profile.GroupSize / Tile;
        for (int d = 0; d < Nest.Rank; d++) if (d != written && d != read) rest *= Nest.Sizes[d];
        Groups = columns * rows * rest;
        Out.Let("int", ("tx", $"lid & {Tile - 1}"), ("ty", $"lid >> {BitOperations.Log2(Tile)}"));
        Out.Let(X, ("line", Quotient("g", columns)), ("w0", $"(g - line * {Out.Slot(columns)}) * {Tile}"));
        Out.Let(X, ("other", Quotient("line", rows)), ("r0", $"(line - other * {Out.Slot(rows)}) * {Tile}"));
        string flat = "other";
        int[] others = [.. Enumerable.Range(0, Nest.Rank).Where(d => d != written && d != read)];
        for (int k = others.Length - 1; k >= 0; k--)
        {
            int d = others[k];
            if (k == 0) Out.Let(X, IndexNames[d], flat);
            else Out.Let(X, ("o" + d, Quotient(flat, d)), (IndexNames[d], $"{flat} - o{d} * {Size(d)}"));
            flat = "o" + d;
        }
        int place = 0;
        foreach (int i in loads)
        {
            string pointer = $"{Dialect.Local}{Dialect.Type(KindOf(i))}*";
            Out.Variable(pointer, "t" + i, $"({pointer})(shared + {place})");
            place += Words(Code[i]);
        }
        Square("tx", "u", warps, () =>
        {
            foreach (int i in loads)
            {
                Emit(i);
                Out.Line($"t{i}[u * {Pitch} + tx] = {NameOf(i)};");
            }
        });
        Out.Barrier();
        Square("u", "tx", warps, () =>
        {
            for (int i = 0; i < Code.Length; i++)
            {
                if (!Nest.Needed[i]) continue;
                if (Array.IndexOf(loads, i) < 0) Emit(i);
                else Out.Let(Dialect.Type(KindOf(i)), NameOf(i), $"t{i}[tx * {Pitch} + u]");
            }
        });
        // In a kernel whose sections follow each other the next square may come in here.
        if (Out.Spec.Serial) Out.Barrier();

        void Square(string alongRead, string alongWritten, int warps, Action body)
        {
            using (Out.For("int u = ty", $"u < {Tile}", $"u += {warps}"))
            {
                Out.Let(X, (IndexNames[read], "r0 + " + alongRead), (IndexNames[written], "w0 + " + alongWritten));
                using (Out.If($"{IndexNames[read]} < {Size(read)} && {IndexNames[written]} < {Size(written)}")) body();
            }
        }
    }

    private SymInt Tiles(int d) => SymInt.Ceil(Nest.Sizes[d], Tile);
}
