using System.Globalization;

namespace GpuTensor.Kernels;

/// <content>Sections: each is written in names of its own, then put into the kernel with what those stand for.</content>
internal sealed partial class KernelWriter
{
    private readonly List<int> sectionBuffers = [], sectionScalars = [];
    private readonly List<SymInt> sectionIntegers = [];
    private List<Statement> aroundSection = [];

    /// <summary>Begins a section: statements go to it from here on.</summary>
    public void BeginSection()
    {
        sectionBuffers.Clear();
        sectionScalars.Clear();
        sectionIntegers.Clear();
        aroundSection = Swap([]);
    }

    /// <summary>A buffer as the current section calls it.</summary>
    public string Buffer(int buffer) => Name('b', sectionBuffers, buffer);

    /// <summary>A scalar as the current section calls it.</summary>
    public string Scalar(int slot) => Name('s', sectionScalars, slot);

    /// <summary>A new integer argument of the current section.</summary>
    public string Slot(SymInt value)
    {
        sectionIntegers.Add(value);
        return "n" + (sectionIntegers.Count - 1).ToString(CultureInfo.InvariantCulture);
    }

    private static string Name(char letter, List<int> known, int number)
    {
        int place = known.IndexOf(number);
        if (place < 0)
        {
            place = known.Count;
            known.Add(number);
        }
        return letter + place.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Takes the section out again.</summary>
    /// <param name="groups">Work-groups to run it.</param>
    public SectionBody EndSection(SymInt groups) =>
        new(Swap(aroundSection), [.. sectionBuffers], [.. sectionScalars], [.. sectionIntegers], groups);

    /// <summary>Whether two sections are one text over operands of the same types, and ask for as many integers.</summary>
    public bool IsSame(SectionBody a, SectionBody b) => a.Integers.Length == b.Integers.Length && Statement.AreSame(a.Body, b.Body)
        && a.Buffers.Select(n => Spec.Buffers[n]).SequenceEqual(b.Buffers.Select(n => Spec.Buffers[n]))
            && a.Scalars.Select(n => Spec.Scalars[n]).SequenceEqual(b.Scalars.Select(n => Spec.Scalars[n]));

    /// <summary>An integer of the kernel itself.</summary>
    public string Integer(SymInt value)
    {
        Integers.Add(value);
        return $"k.n[{Integers.Count - 1}]";
    }

    /// <summary>Writes one section.</summary>
    public void Put(SectionBody section)
    {
        foreach (var (type, name, value) in Names(section)) Variable(type, name, value);
        Add(section.Body);
    }

    /// <summary>Writes the text that several sections share.</summary>
    /// <param name="sections">The sections.</param>
    /// <param name="comesBefore">Builds the C condition "this work-group belongs to a section before section number", from that number and
    /// the section's first integer ("" where it has none).</param>
    public void Put(IReadOnlyList<SectionBody> sections, Func<int, string, string> comesBefore)
    {
        var names = sections.Select(Names).ToArray();
        foreach (var (type, name, _) in names[0]) Variable(type, name);
        Choose(0, names.Length);
        Add(sections[0].Body);

        // By halves, since every work-item comes by here. Each integer is named: where an index into the block was computed, NVRTC put two
        // kernels' integers on the stack for sm_100 and sm_120.
        void Choose(int from, int to)
        {
            if (to - from == 1)
            {
                foreach (var (_, name, value) in names[from]) Line($"{name} = {value};");
                return;
            }
            int middle = (from + to) / 2;
            using (If(comesBefore(middle, names[middle][0].Value), uniform: true)) Choose(from, middle);
            using (Else()) Choose(middle, to);
        }
    }

    /// <summary>What a section's names are, its integers first, which become the kernel's here.</summary>
    private (string Type, string Name, string Value)[] Names(SectionBody section) =>
    [
        .. section.Integers.Select((value, k) => (X, $"n{k}", Integer(value))),
        .. section.Buffers.Select((buffer, k) => (BufferType(buffer), $"b{k}", $"buffer{buffer} + k.n[{buffer}]")),
        .. section.Scalars.Select((scalar, k) => (ScalarType(scalar), $"s{k}", ScalarValue(scalar))),
    ];

    private string ScalarValue(int scalar) => Dialect.ScalarsInMemory
        ? $"as_{ScalarType(scalar).Replace(' ', '_')}(scalars[k.n[{Spec.Buffers.Length + scalar}]])" : "scalar" + scalar;
}
