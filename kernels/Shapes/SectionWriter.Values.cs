namespace GpuTensor.Kernels;

/// <content>Values: read and written, converted between dtypes and between memory and registers.</content>
internal abstract partial class SectionWriter
{
    private string LoadText(int i, Load load, int width)
    {
        string address = Address(i);
        if (width == 1) return $"{Out.Buffer(load.Buffer)}[{address}]";
        return VectorLoad(i, load.Buffer, load.Type, "");
    }

    private string VectorLoad(int i, int buffer, DType type, string extra)
    {
        var stored = Kinds.Stored(type);
        switch (LaneStride(i))
        {
            case null:
                string indexed = Out.Call(Out.Wide ? "indexedw" : "indexed", stored, 16);
                string general = $"{indexed}({Sum(Out.Buffer(buffer), Base(i), extra)}, {GeneralLanes(i)})";
                if (!near) return general;
                string pointer = Sum(Out.Buffer(buffer), NearAddress(i), extra), lanes = Part.Length == 0 ? "16" : Part;
                return "near ? " + (Nest.Strides[i]![LaneTo - 1] == 0 ? Dialect.Splat(stored, 16, $"*({pointer})")
                    : Stride(i, LaneTo - 1) == "1" ? $"vload16(0, {pointer})"
                    : $"{Out.Call("strided", stored, 16)}({pointer}, {Stride(i, LaneTo - 1)}, {lanes})") + $" : {general}";
            // Whole, too, where only a part of the lanes exists: Generator.ReadPast.
            case "1": return $"vload16(0, {Sum(Out.Buffer(buffer), Address(i), extra)})";
            case var stride:
                string count = Part.Length == 0 ? "16" : Part;
                return $"{Out.Call("strided", stored, 16)}({Sum(Out.Buffer(buffer), Address(i), extra)}, {stride}, {count})";
        }
    }

    private string AffineText(int i, int width)
    {
        string wide = Dialect.Type(Kind.I64, width);
        if (width == 1) return $"({wide})({Address(i)})";
        return LaneStride(i) is { } stride
            ? $"({wide})({Address(i)}) + {Lanes(Kind.I64)} * ({wide})({stride})"
            : $"({wide})({Address0(i)}) + convert_{wide}({GeneralLanes(i)})";
    }

    private string ScalarText(ScalarArgument scalar)
    {
        var from = Out.Spec.Scalars[scalar.Slot];
        string name = Out.Scalar(scalar.Slot);
        if (from == DType.Bool) return Convert($"({name} != 0)", DType.Bool, scalar.Type, 1);
        return Convert(name, from.IsFloatingPoint() && !Out.Profile.HasFloat64 ? DType.Float32 : from, scalar.Type, 1);
    }

    private string ApplyText(Apply apply, int width)
    {
        var type = Code[apply.Arguments[^1]].Type;
        var kind = Kinds.Register(type);
        var operands = new string[apply.Arguments.Length];
        for (int k = 0; k < operands.Length; k++) operands[k] = Operand(apply.Arguments[k], width);
        // A leading condition.
        if (operands.Length > 1 && Code[apply.Arguments[0]].Type == DType.Bool && kind != Kind.Bool)
            operands[0] = ToMask(operands[0], kind, width);
        string text = Out.Apply(apply.Function, kind, width, operands);
        if (apply.Type == DType.Bool && kind != Kind.Bool) return FromMask(text, kind, width);
        return apply.Type.IsHalf() && !apply.Function.IsExact ? Round(text, apply.Type, width) : text;
    }

    /// <summary>A comparison's result, in the size of what was compared, as a Bool register.</summary>
    protected static string FromMask(string mask, Kind kind, int width) => width == 1 || kind.Size() == 4 ? mask : $"convert_int16({mask})";

    /// <summary>A Bool register as a condition for values of a kind.</summary>
    protected string ToMask(string condition, Kind kind, int width) =>
        width == 1 || kind.Size() == 4 ? condition : $"convert_{Dialect.Type(kind.Mask(), 16)}({condition})";

    protected string Round(string value, DType half, int width) =>
        $"{Out.Call(half == DType.Float16 ? "round_f16" : "round_bf16", Kind.F32, width)}({value})";

    /// <summary>A conversion between dtypes. Floats become 8- and 16-bit integers by way of int, and wrap; what int or long cannot hold
    /// becomes the nearest number it can, NaN 0: C#'s casts.</summary>
    protected string Convert(string value, DType from, DType to, int width)
    {
        var source = Kinds.Register(from);
        var target = Kinds.Register(to);
        if (from == to) return value;
        if (to == DType.Bool) return FromMask($"({value}) != {Dialect.Splat(source, width, "0")}", source, width);
        if (from == DType.Bool)
        {
            value = $"(({value}) & 1)";
            source = Kind.I32;
        }
        if (source.IsFloat() && !target.IsFloat())
        {
            source = target == Kind.I64 ? Kind.I64 : Kind.I32;
            value = Dialect.Truncate(source, width, value);
        }
        if (source != target) value = Dialect.Convert(target, width, value);
        return to.IsHalf() ? Round(value, to, width) : value;
    }

    protected string FromStorage(DType type, int width, string raw) => type switch
    {
        DType.Bool => FromMask($"({raw}) != {Dialect.Splat(Kind.U8, width, "0")}", Kind.U8, width),
        DType.Float16 => $"{Out.Call("from_f16", Kind.F32, width)}({raw})",
        DType.BFloat16 => $"{Out.Call("from_bf16", Kind.F32, width)}({raw})",
        _ => raw,
    };

    protected string ToStorage(DType type, int width, string value) => type switch
    {
        DType.Bool => Dialect.Convert(Kind.U8, width, $"({value}) & 1"),
        DType.Float16 => $"{Out.Call("to_f16", Kind.F32, width)}({value})",
        DType.BFloat16 => $"{Out.Call("to_bf16", Kind.F32, width)}({value})",
        _ => value,
    };

    private void EmitStore(int i, Store to)
    {
        int width = WidthOf(i);
        var stored = Kinds.Stored(to.Type);
        string value = ToStorage(to.Type, width, Operand(to.Value, width)), buffer = Out.Buffer(to.Buffer);
        if (width == 1)
        {
            Out.Line($"{buffer}[{Address(i)}] = {value};");
            return;
        }
        string lanes = Part.Length == 0 ? "16" : Part;
        bool isNear = LaneStride(i) is null && near;
        if (isNear)
        {
            string pointer = Sum(buffer, NearAddress(i), ""), step = Stride(i, LaneTo - 1);
            using (Out.If("near"))
                Out.Line(step == "1" ? $"{Out.Call("put", stored, 16)}({value}, {pointer}, {lanes});"
                    : $"{Out.Call("putstrided", stored, 16)}({value}, {pointer}, {step}, {lanes});");
        }
        string store = LaneStride(i) switch
        {
            null => $"{Out.Call(Out.Wide ? "putindexedw" : "putindexed", stored, 16)}"
                + $"({value}, {Sum(buffer, Base(i), "")}, {GeneralLanes(i)}, {lanes});",
            "1" when Part.Length == 0 => $"vstore16({value}, 0, {Sum(buffer, Address(i), "")});",
            "1" => $"{Out.Call("put", stored, 16)}({value}, {Sum(buffer, Address(i), "")}, {Part});",
            var stride => $"{Out.Call("putstrided", stored, 16)}"
                + $"({value}, {Sum(buffer, Address(i), "")}, {(stride.Length == 0 ? "0" : stride)}, {lanes});",
        };
        using (isNear ? Out.Else() : default) Out.Line(store);
    }
}
