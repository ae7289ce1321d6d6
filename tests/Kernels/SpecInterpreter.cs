using GpuTensor.Kernels;

namespace GpuTensor.Tests.Kernels;

/// <summary>What a description means, element by element in double and long: the oracle of the generator. Every node is rounded to its
/// dtype; sums run in double and round once.</summary>
internal sealed class SpecInterpreter(KernelSpec spec, byte[][] buffers, object[] scalars)
{
    private Section section = spec.Sections[0];
    private long[] outer = [], inner = [];
    private readonly Dictionary<int, Number> reduced = [];

    /// <summary>The elements that searches of the current row found.</summary>
    private readonly Dictionary<Reduce, Number> elements = new(ReferenceEqualityComparer.Instance);

    public byte[][] Run()
    {
        foreach (var each in spec.Sections)
        {
            section = each;
            foreach (var o in Indices(section.Outer))
            {
                outer = o;
                reduced.Clear();
                // Everything is read before anything is written: a buffer may be overwritten in place.
                var pending = new List<(Store Store, long At, Number Value)>();
                for (int i = 0; i < section.Code.Length; i++)
                {
                    if (section.Code[i] is not Store store) continue;
                    bool element = Varies(i);
                    foreach (var r in element ? Positions() : [new long[section.Reduce.Length]])
                    {
                        inner = r;
                        pending.Add((store, At(store.At), Value(store.Value)));
                    }
                }
                foreach (var (store, at, value) in pending) Elements.Write(buffers[store.Buffer], store.Type, at, value);
            }
        }
        return buffers;
    }

    private bool Varies(int i)
    {
        var instruction = section.Code[i];
        if (instruction is Reduce) return false;
        if (instruction.Place is { } a)
            for (int d = section.Outer.Length; d < a.Strides.Length; d++)
                if (a.Strides[d] != 0 && section.Reduce[d - section.Outer.Length] > 1) return true;
        for (int k = 0, o; (o = instruction.Operand(k)) >= 0; k++) if (Varies(o)) return true;
        return false;
    }

    private IEnumerable<long[]> Positions()
    {
        foreach (var r in Indices(section.Reduce))
        {
            int chunk = outer.Length - (section.Kind == SectionKind.Column ? 2 : 1);
            if (section.SplitTotal is { } total && outer[chunk] * section.Reduce[0] + r[0] >= total) yield break;
            yield return r;
        }
    }

    private static IEnumerable<long[]> Indices(SymInt[] symbolic)
    {
        long[] sizes = Array.ConvertAll(symbolic, n => (long)n);
        long count = sizes.Aggregate(1L, (a, b) => a * b);
        for (long n = 0; n < count; n++)
        {
            var index = new long[sizes.Length];
            long rest = n;
            for (int d = sizes.Length - 1; d >= 0; d--) (rest, index[d]) = Math.DivRem(rest, sizes[d]);
            yield return index;
        }
    }

    private long At(Access a)
    {
        long at = (long)a.Offset;
        for (int d = 0; d < a.Strides.Length; d++) at += (long)a.Strides[d] * (d < outer.Length ? outer[d] : inner[d - outer.Length]);
        return at;
    }

    private Number Value(int i)
    {
        switch (section.Code[i])
        {
            case Load load: return Elements.Read(buffers[load.Buffer], load.Type, At(load.At));
            case Gather gather:
                long k = Value(gather.Index).Integer;
                var (bound, stride) = ((long)gather.Bound, (long)gather.Stride);
                if (k < -bound || k >= bound) return default;
                return Elements.Read(buffers[gather.Buffer], gather.Type, At(gather.At) + (k < 0 ? k + bound : k) * stride);
            case Search search:
                var sought = Value(search.Value);
                var type = section.Code[search.Value].Type;
                long found = 0;
                while (found < search.Length)
                {
                    var there = Elements.Read(buffers[search.Buffer], type, At(search.At) + found * (long)search.Stride);
                    if (search.Right ? Before(type, sought, there) : !Before(type, there, sought)) break;
                    found++;
                }
                return new(0, found);
            case SegmentSum sum:
                var total = default(Number);
                for (long at = Value(sum.First).Integer; at < Value(sum.Last).Integer; at++)
                {
                    long place = Elements.Read(buffers[sum.Order], DType.Int64, (long)(sum.OrderAt + at * sum.OrderStride)).Integer;
                    var element = Elements.Read(buffers[sum.Buffer], sum.Type, At(sum.At) + place * (long)sum.Stride);
                    total = new(total.Real + element.Real, unchecked(total.Integer + element.Integer));
                }
                return Elements.Convert(total, sum.Type.IsFloatingPoint() ? DType.Float64 : DType.Int64, sum.Type);
            case Affine affine: return new(0, At(affine.At));
            case ScalarArgument scalar:
                var given = scalars[scalar.Slot] is double d ? new Number(d, 0) : new Number(0, (long)scalars[scalar.Slot]);
                return Elements.Convert(given, spec.Scalars[scalar.Slot], scalar.Type);
            case Constant constant: return Elements.FromBits(constant.Type, constant.Bits);
            case Cast cast: return Elements.Convert(Value(cast.Value), section.Code[cast.Value].Type, cast.Type);
            case Apply apply:
                var arguments = new Number[apply.Arguments.Length];
                for (int n = 0; n < arguments.Length; n++) arguments[n] = Value(apply.Arguments[n]);
                return ReferenceFunctions.Apply(apply.Function.Name, section.Code[apply.Arguments[^1]].Type, apply.Type, arguments);
            case Reduce reduce:
                if (!reduced.TryGetValue(i, out var result))
                {
                    var saved = inner;
                    reduced[i] = result = ReduceRow(reduce);
                    inner = saved;
                }
                return result;
            case ResultOf { Number: 1 } position: return Value(position.Reduction);
            case ResultOf element:
                Value(element.Reduction);
                return elements[(Reduce)section.Code[element.Reduction]];
            case var other: throw new InvalidOperationException(other.ToString());
        }
    }

    private static bool Before(DType type, Number a, Number b) =>
        type.IsFloatingPoint() ? a.Real < b.Real || (double.IsNaN(b.Real) && !double.IsNaN(a.Real)) : a.Integer < b.Integer;

    private Number ReduceRow(Reduce reduce)
    {
        var type = section.Code[reduce.Value].Type;
        bool real = type.IsFloatingPoint(), start = true;
        double d = reduce.Op == ReduceOp.Prod ? 1 : 0;
        long l = reduce.Op == ReduceOp.Prod ? 1 : 0, position = 0, best = 0;
        if (section.SplitTotal is not null)
            position = best = outer[outer.Length - (section.Kind == SectionKind.Column ? 2 : 1)] * (long)section.Reduce[0];
        foreach (var r in Positions())
        {
            inner = r;
            var v = Value(reduce.Value);
            switch (reduce.Op)
            {
                case ReduceOp.Sum when type == DType.Bool && reduce.Type == DType.Bool: l |= v.Integer; break;
                case ReduceOp.Sum: (d, l) = (d + v.Real, unchecked(l + v.Integer)); break;
                case ReduceOp.Prod: (d, l) = (d * v.Real, unchecked(l * v.Integer)); break;
                case ReduceOp.Dot:
                    var w = Value(reduce.Second);
                    (d, l) = (d + v.Real * w.Real, unchecked(l + v.Integer * w.Integer));
                    break;
                default:
                    bool max = reduce.Op is ReduceOp.Max or ReduceOp.ArgMax;
                    bool better = start || (real ? (double.IsNaN(v.Real) && !double.IsNaN(d)) || (max ? v.Real > d : v.Real < d) : max
                        ? v.Integer > l : v.Integer < l);
                    if (better) (d, l, best) = (v.Real, v.Integer, position);
                    break;
            }
            start = false;
            position++;
        }
        elements[reduce] = new(d, l);
        if (reduce.Op is ReduceOp.ArgMax or ReduceOp.ArgMin) return new(0, best);
        // A sum of integers may have a wider type, and one of halves may stay in float32.
        bool sum = reduce.Op is ReduceOp.Sum or ReduceOp.Prod or ReduceOp.Dot;
        return sum && !real ? Elements.Convert(new(0, l), reduce.Type == DType.Bool ? DType.Bool : DType.Int64, reduce.Type)
            : Elements.Convert(new(d, l), real ? DType.Float64 : type, reduce.Type);
    }
}
