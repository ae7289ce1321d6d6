using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Concatenation and assignment under a view become memory that copies fill: the fuser may join each copy with what computes its
/// operand. Values that lie one after the other in a flat storage are one value already.</summary>
internal sealed class Containers
{
    private readonly ValueList result;
    private readonly Value[] values;
    private readonly Dictionary<Value, List<Value>> assignmentsTo = [];
    private readonly Dictionary<Value, Value> baseCopies = [];

    private Containers(Value[] values) => (result, this.values) = (new(values), values);

    public static Value[] Run(Value[] values) =>
        Array.Exists(values, v => v.Op.Iteration == Iteration.Container) ? new Containers(values).Make() : values;

    private Value[] Make()
    {
        foreach (var value in values)
            if (value.Op == Basic.ViewAssign)
            {
                var target = value.Operands[0].Value;
                if (!assignmentsTo.TryGetValue(target, out var list)) assignmentsTo.Add(target, list = []);
                list.Add(value);
            }
        foreach (var value in values)
            if (value.Role == Role.Leaf && assignmentsTo.ContainsKey(value)) Add(value, value);
        foreach (var value in values)
        {
            VisitCounter.Visit(1 + value.Operands.Length);
            if (result.Has(value)) continue;
            Add(value, value.Op.Iteration != Iteration.Container ? result.Mapped(value)
                : value.Op == Basic.ViewAssign ? Assigned(value) : Concat(value));
        }
        return result.ToArray();
    }

    /// <summary>Adds a value, and right after it the copies that assignments write over. Example: for <c>b = a.clone(); b[0] = x</c> the
    /// copy of a stands next to a, so that both may be computed in one kernel.</summary>
    private void Add(Value original, Value value)
    {
        result.Add(original, value);
        foreach (var assignment in assignmentsTo.GetValueOrDefault(original) ?? [])
            baseCopies.Add(assignment,
                result.Add(new(0, Basic.Copy, assignment.DType, assignment.Shape) { Operands = [result.Mapped(assignment.Operands[0])] }));
    }

    private Value Concat(Value value)
    {
        var operands = Array.ConvertAll(value.Operands, result.Mapped);
        if (!value.IsKept && IsOneRegion(operands)) return value with { Role = Role.Container, Operands = operands };
        var fillers = new Filler[operands.Length];
        long at = 0;
        for (int i = 0; i < fillers.Length; i++)
        {
            var shape = operands[i].Shape;
            fillers[i] = Filler(value, operands[i], new(shape, shape.ContiguousStrides(), at));
            at += shape.ElementCount;
        }
        return value with { Role = Role.Container, Operands = [], Fillers = fillers };
    }

    private Value Assigned(Value value)
    {
        var filler = Filler(value, result.Mapped(value.Operands[1]), ((ViewAttributes)value.Attributes!).View);
        return value with { Role = Role.Container, Operands = [], Fillers = [filler], BaseCopy = baseCopies[value] };
    }

    private Filler Filler(Value container, Use operand, View place) =>
        new(result.Add(new(0, Basic.Copy, container.DType, place.Shape) { Operands = [operand] }), place);

    private static bool IsOneRegion(Use[] operands)
    {
        long next = -1;
        int region = -1;
        foreach (var (value, view) in operands)
        {
            if (value.Home is not { Region: >= 0 } home
                || (view is not null && !(view.IsContiguous && view.Offset == 0
                    && view.Shape.ElementCount == value.Shape.ElementCount))) return false;
            if (value.Role is not (Role.Leaf or Role.Computed) || (value.Role == Role.Computed && !value.IsKept)) return false;
            if (region >= 0 && (home.Region != region || home.Offset != next)) return false;
            (region, next) = (home.Region, home.Offset + value.Bytes);
        }
        return region >= 0;
    }
}
