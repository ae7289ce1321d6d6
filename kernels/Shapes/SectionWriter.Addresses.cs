namespace GpuTensor.Kernels;

/// <content>Where things lie: addresses, the indices of lanes, the loops' indices.</content>
internal abstract partial class SectionWriter
{
    private static string Times(string index, string stride) => stride == "1" ? index : $"{index}*{stride}";

    /// <summary>The part of an address that is the same for all lanes; "" for 0.</summary>
    protected string Base(int i)
    {
        var offset = Code[i].Place!.Offset;
        string sum = offset == 0 ? "" : offsetSlots[i] ??= Out.Slot(offset);
        for (int d = 0; d < Nest.Rank; d++)
            if ((d < LaneFrom || d >= LaneTo) && Nest.Strides[i]![d] != 0)
                sum += (sum.Length == 0 ? "" : " + ") + Times(IndexNames[d], Stride(i, d));
        return sum;
    }

    /// <summary>The stride of an access along the lanes' flattened position: "" when it does not move, null when it is no single
    /// stride.</summary>
    protected string? LaneStride(int i)
    {
        if ((Nest.Bits(LaneFrom, LaneTo) & MaskOfAccess(i)) == 0) return "";
        if (Nest.Linear(i, LaneFrom, LaneTo) is null) return null;
        return Stride(i, LaneTo - 1);
    }

    private ulong MaskOfAccess(int i)
    {
        ulong mask = 0;
        var strides = Nest.Strides[i]!;
        for (int d = 0; d < strides.Length; d++) if (strides[d] != 0) mask |= 1UL << d;
        return mask;
    }

    /// <summary>Base plus lane part as one scalar address: of lane 0, or of the only lane.</summary>
    protected string Address(int i)
    {
        string sum = Base(i);
        string lanes = LaneStride(i) switch
        {
            "" => "",
            null => GeneralLanes(i),
            var stride => Times(Position.Contains(' ') && stride != "1" ? $"({Position})" : Position, stride),
        };
        return sum.Length == 0 ? (lanes.Length == 0 ? "0" : lanes) : lanes.Length == 0 ? sum : $"{sum} + {lanes}";
    }

    /// <summary>The index along a lane dimension.</summary>
    protected virtual string LaneIndex(int d) => "d" + d;

    private string GeneralLanes(int i)
    {
        string sum = "";
        for (int d = LaneFrom; d < LaneTo; d++)
            if (Nest.Strides[i]![d] != 0)
                sum += (sum.Length == 0 ? "" : " + ") +
                    (Out.Width == 1 || Stride(i, d) == "1" ? Times(LaneIndex(d), Stride(i, d)) : $"d{d}*({Out.X}16)({Stride(i, d)})");
        return sum;
    }

    /// <summary>Indices of the lanes along each lane dimension, where some access needs them: <c>d</c> and the dimension's
    /// number.</summary>
    protected void LaneIndices()
    {
        near = false;
        if (LaneTo - LaneFrom < 2 || !NeedsLaneIndices()) return;
        if (Out.Width == 1)
        {
            Quotients(X, Position, "d", "q");
            return;
        }
        string type = Dialect.Type(Out.Index, 16), lanes = Lanes(Out.Index);
        near = Nest.Sizes[LaneTo - 1] >= 32 && !NeedsEveryIndex();
        if (near)
        {
            // Most vectors lie within the innermost dimension: those need the indices of lane 0 alone.
            Quotients(X, Position, "near", "q");
            Out.Let("int", "near", $"near{LaneTo - 1} + {(Part.Length > 0 ? Part : "16")} <= {Size(LaneTo - 1)}");
            for (int d = LaneFrom; d < LaneTo; d++) Out.Variable(type, "d" + d, $"({type})(0)");
        }
        // Lanes that do not exist stand in for the last that does.
        if (Part.Length > 0) lanes = $"min({lanes}, ({type})({Part} - 1))";
        using (near ? Out.If("!near") : default) IndicesOfLanes(type, lanes);
    }

    private void IndicesOfLanes(string type, string lanes)
    {
        Out.Let(type, "p", $"({type})({Position}) + {lanes}");
        string rest = "p";
        for (int d = LaneTo - 1; d > LaneFrom; d--)
        {
            bool isLast = d == LaneFrom + 1;
            string q = isLast ? "d" + LaneFrom : "q" + d;
            // A product with the reciprocal in double, half a step up, truncates to the exact quotient below 2^50.
            Put(q, $"convert_{type}((convert_double16({rest}) + 0.5) * (1.0 / (double){Size(d)}))", isDeclared: near && isLast);
            Put("d" + d, $"{rest} - {q} * ({type})({Size(d)})", isDeclared: near);
            rest = q;
        }

        void Put(string name, string value, bool isDeclared)
        {
            if (isDeclared) Out.Line($"{name} = {value};");
            else Out.Let(type, name, value);
        }
    }

    /// <summary>Whether the vector being written may lie within the innermost lane dimension, as <c>near</c> says.</summary>
    private bool near;

    private void Quotients(string type, string rest, string name, string quotient)
    {
        for (int d = LaneTo - 1; d > LaneFrom; d--)
        {
            string q = d == LaneFrom + 1 ? name + LaneFrom : quotient + name + d;
            Out.Let(type, (q, Quotient(rest, d)), (name + d, $"{rest} - {q} * {Size(d)}"));
            rest = q;
        }
    }

    /// <summary>Whether something other than a load or a store goes by the lanes' indices.</summary>
    private bool NeedsEveryIndex()
    {
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && Code[i] is not (Load or Store) && Nest.Strides[i] is not null && LaneStride(i) is null) return true;
        return false;
    }

    /// <summary>The address of lane 0 of an access without a single stride, in a near vector.</summary>
    private string NearAddress(int i)
    {
        string sum = Base(i);
        for (int d = LaneFrom; d < LaneTo; d++)
            if (Nest.Strides[i]![d] != 0) sum += (sum.Length == 0 ? "" : " + ") + Times("near" + d, Stride(i, d));
        return sum;
    }

    private bool NeedsLaneIndices()
    {
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && Nest.Strides[i] is not null && LaneStride(i) is null) return true;
        return false;
    }

    /// <summary>0, 1, … 15 as a vector of an integer kind.</summary>
    protected string Lanes(Kind kind) => $"({Dialect.Type(kind, 16)})(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)";

    /// <summary>A mask of the lanes that exist, as large as a kind.</summary>
    protected string Exists(Kind kind)
    {
        var mask = kind.Mask();
        return $"({Lanes(mask)} < ({Dialect.Type(mask, 16)})({Part}))";
    }

    /// <summary>Declares the indices of the dimensions [from, to) of a flat number; the last may have another name.</summary>
    protected void Decompose(string flat, int from, int to, string? lastName = null)
    {
        string rest = flat;
        for (int d = to - 1; d >= from; d--)
        {
            string name = d == to - 1 && lastName is not null ? lastName : IndexNames[d];
            if (d == from) Out.Variable(X, name, rest);
            else
            {
                Out.Let(X, "r" + d, Quotient(rest, d)).Variable(X, name, $"{rest} - r{d} * {Size(d)}");
                rest = "r" + d;
            }
        }
    }

    /// <summary>Steps the indices of the dimensions [from, d], the last fastest.</summary>
    protected void Advance(int from, int d)
    {
        if (d < from) return;
        if (d == from)
        {
            Out.Line($"++{IndexNames[d]};");
            return;
        }
        using (Out.If($"++{IndexNames[d]} == {Size(d)}"))
        {
            Out.Line($"{IndexNames[d]} = 0;");
            Advance(from, d - 1);
        }
    }

    private static string Sum(string pointer, string address, string extra)
    {
        string sum = address.Length == 0 || address == "0" ? pointer : $"{pointer} + ({address})";
        return extra.Length == 0 ? sum : $"{sum} + {extra}";
    }

    /// <summary>The address of lane 0, without the lanes' general part.</summary>
    private string Address0(int i)
    {
        if (LaneStride(i) is not null) return Address(i);
        string at = Base(i);
        return at.Length == 0 ? "0" : at;
    }
}
