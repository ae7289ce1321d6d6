using System.Globalization;

namespace GpuTensor.Kernels;

/// <content>Sections: each is written in names of its own, then put into the kernel with what those stand for.</content>
internal sealed partial class KernelWriter
{
    private readonly List<int> sectionBuffers = [], sectionScalars = [];
    private readonly List<long> sectionIntegers = [];
    private int sectionStart, depthAround;

    /// <summary>Begins a section: lines go to it from here on.</summary>
    public void BeginSection()
    {
        sectionBuffers.Clear();
        sectionScalars.Clear();
        sectionIntegers.Clear();
        (sectionStart, depthAround, depth) = (text.Length, depth, 0);
    }

    /// <summary>A buffer as the current section calls it.</summary>
    public string Buffer(int buffer) => Name('b', sectionBuffers, buffer);

    /// <summary>A scalar as the current section calls it.</summary>
    public string Scalar(int slot) => Name('s', sectionScalars, slot);

    /// <summary>A new integer argument of the current section.</summary>
    public string Slot(long value)
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
    public SectionText EndSection(long groups)
    {
        var section = new SectionText(text.ToString(sectionStart, text.Length - sectionStart), [.. sectionBuffers], [.. sectionScalars], [.. sectionIntegers], groups);
        (text.Length, depth) = (sectionStart, depthAround);
        return section;
    }

    /// <summary>Whether two sections are one text over operands of the same types.</summary>
    public bool IsSame(SectionText a, SectionText b) => a.Body == b.Body
        && a.Buffers.Select(n => Spec.Buffers[n]).SequenceEqual(b.Buffers.Select(n => Spec.Buffers[n])) && a.Scalars.Select(n => Spec.Scalars[n]).SequenceEqual(b.Scalars.Select(n => Spec.Scalars[n]));

    /// <summary>An integer of the kernel itself.</summary>
    public string Integer(long value)
    {
        Integers.Add(value);
        return $"k.n[{Integers.Count - 1}]";
    }

    /// <summary>Writes one section.</summary>
    public void Put(SectionText section)
    {
        for (int b = 0; b < section.Buffers.Length; b++) Line($"{BufferType(section.Buffers[b])}b{b} = {BufferValue(section.Buffers[b])};");
        for (int s = 0; s < section.Scalars.Length; s++) Line($"const {ScalarType(section.Scalars[s])} s{s} = {ScalarValue(section.Scalars[s])};");
        PutBody(section, k => (Integers.Count + k).ToString(CultureInfo.InvariantCulture));
        Integers.AddRange(section.Integers);
    }

    /// <summary>Writes the text that several sections share.</summary>
    /// <param name="sections">The sections.</param>
    /// <param name="comesBefore">The condition that the one to run comes before that of this number, whose first integer is that.</param>
    public void Put(IReadOnlyList<SectionText> sections, Func<int, string, string> comesBefore)
    {
        var first = sections[0];
        int start = Integers.Count, each = first.Integers.Length;
        for (int b = 0; b < first.Buffers.Length; b++) Line($"{BufferType(first.Buffers[b])}b{b};");
        for (int s = 0; s < first.Scalars.Length; s++) Line($"{ScalarType(first.Scalars[s])} s{s};");
        Line("int at;");
        Choose(0, sections.Count);
        PutBody(first, k => $"at + {k}");
        foreach (var section in sections) Integers.AddRange(section.Integers);

        // By halves: a network has many parameters, and every work-item comes by here.
        void Choose(int from, int to)
        {
            if (to - from == 1)
            {
                var chosen = sections[from];
                for (int b = 0; b < chosen.Buffers.Length; b++) Line($"b{b} = {BufferValue(chosen.Buffers[b])};");
                for (int s = 0; s < chosen.Scalars.Length; s++) Line($"s{s} = {ScalarValue(chosen.Scalars[s])};");
                Line($"at = {start + from * each};");
                return;
            }
            int middle = (from + to) / 2;
            Open($"if ({comesBefore(middle, $"k.n[{start + middle * each}]")})");
            Choose(from, middle);
            Close(" else {");
            Indent(1);
            Choose(middle, to);
            Close();
        }
    }

    private void PutBody(SectionText section, Func<int, string> place)
    {
        if (section.Integers.Length > 0) Line($"const {X} {string.Join(", ", section.Integers.Select((_, k) => $"n{k} = k.n[{place(k)}]"))};");
        foreach (string line in section.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Line(line);
    }

    private string BufferValue(int buffer) => $"buffer{buffer} + k.n[{buffer}]";

    private string ScalarValue(int scalar) => Dialect.ScalarsInMemory ? $"as_{ScalarType(scalar).Replace(' ', '_')}(scalars[k.n[{Spec.Buffers.Length + scalar}]])" : "scalar" + scalar;
}
