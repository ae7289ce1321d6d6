using System.Security.Cryptography;
using System.Text;

namespace GpuTensor.Kernels;

/// <summary>One kernel's text under construction: its buffer parameters, its integer block, its body.</summary>
internal sealed class GemmSource
{
    private readonly List<(string Type, bool Written, int Argument)> buffers = [];
    private readonly List<(string Name, long Value)> integers = [];
    private readonly StringBuilder body = new();
    private readonly StringBuilder helpers = new();
    private readonly HashSet<string> known = [];

    /// <summary>True when the integer block holds 64-bit numbers.</summary>
    public required bool Wide { get; init; }

    /// <summary>Adds a buffer parameter; all of them come before the first integer. Returns the expression of its first element.</summary>
    /// <param name="type">Its element type in OpenCL C.</param>
    /// <param name="argument">The buffer of the spec, or of the scratch after those.</param>
    public string Buffer(string type, bool written, int argument)
    {
        if (integers.Count != buffers.Count) throw new InvalidOperationException("offsets of buffers come first");
        int i = buffers.Count;
        buffers.Add((type, written, argument));
        integers.Add(($"o{i}", 0));
        return $"(b{i} + I.o{i})";
    }

    /// <summary>Adds a number that the source must not name; returns its expression.</summary>
    public string Int(string name, long value)
    {
        integers.Add((name, value));
        return "I." + name;
    }

    /// <summary>A stride: 0 and 1 are part of the source, so that what they make cheap is cheap.</summary>
    public string Stride(string name, long value) => value is 0 or 1 ? value.ToString() : Int(name, value);

    /// <summary>Statements that split the group number <c>g</c> into batch coordinates <c>i0, i1, …</c>, outermost first; the rest of <c>g</c> is the outermost.</summary>
    public string BatchCoordinates(long[] batch)
    {
        var text = new StringBuilder();
        for (int d = batch.Length - 1; d > 0; d--)
            text.Append($"    const idx i{d} = g % {Int($"s{d}", batch[d])}; g /= I.s{d};\n");
        if (batch.Length > 0) text.Append("    const idx i0 = g;\n");
        return text.ToString();
    }

    /// <summary>offset + Σ i_d·stride_d over the batch dimensions.</summary>
    public string BatchAddress(string name, long offset, ReadOnlySpan<long> strides)
    {
        string text = offset == 0 ? "0" : Int($"{name}_offset", offset);
        for (int d = 0; d < strides.Length; d++)
            if (strides[d] != 0) text += $" + i{d} * {Stride($"{name}_s{d}", strides[d])}";
        return text;
    }

    /// <summary>Adds text before the kernel, once.</summary>
    public void Helper(string text)
    {
        if (known.Add(text)) helpers.Append(text);
    }

    /// <summary>Adds text to the body.</summary>
    public GemmSource Add(string text)
    {
        body.Append(text);
        return this;
    }

    /// <summary>The launch.</summary>
    public GemmLaunch Finish(string name, long groups, int groupSize, string description)
    {
        string number = Wide ? "long" : "int";
        var text = new StringBuilder("typedef struct { ").Append(number).Append(' ')
            .AppendJoin(", ", integers.Select(i => i.Name)).Append("; } ENTRY_ints;\n")
            .Append("#define idx ").Append(number).Append('\n').Append(helpers)
            .Append($"__kernel __attribute__((reqd_work_group_size({groupSize}, 1, 1))) void ENTRY(");
        for (int i = 0; i < buffers.Count; i++)
            text.Append($"__global {(buffers[i].Written ? "" : "const ")}{buffers[i].Type}* restrict b{i}, ");
        text.Append("const ENTRY_ints I)\n{\n").Append(body).Append("}\n#undef idx\n");
        string source = text.ToString();
        string entry = $"{name}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)).AsSpan(0, 6))}";
        var kernel = new GeneratedKernel(source.Replace("ENTRY", entry), entry, integers.Select(i => i.Value).ToArray(), Wide, groups, groupSize,
            new HashSet<string>());
        return new GemmLaunch(kernel, buffers.Select(b => b.Argument).ToArray(), [], description);
    }
}
