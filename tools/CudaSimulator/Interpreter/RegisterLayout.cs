using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Gives registers, literals and special registers their places in a warp's register file.</summary>
internal sealed class RegisterLayout
{
    private readonly Dictionary<(int Width, ulong Value), int> _constants = [];
    private readonly Dictionary<SpecialRegister, int> _specials = [];
    private int _next, _predicates;
    private int _predicatesEnd;

    public int Bytes => _next;

    public List<(int Offset, int Width, ulong Value)> Constants { get; } = [];

    public List<(int Offset, SpecialRegister Register)> Specials { get; } = [];

    /// <summary>A new register: 32 lanes, or a predicate's one word.</summary>
    public int Add(PtxType type)
    {
        if (type != PtxType.Pred) return Take(type.Size() == 8 ? 256 : 128);
        if (_predicates == _predicatesEnd)
        {
            _predicates = Take(128);
            _predicatesEnd = _predicates + 128;
        }
        _predicates += 4;
        return _predicates - 4;
    }

    /// <summary>A register that holds a literal in every lane; width 0 for a predicate.</summary>
    public int Constant(int width, ulong value)
    {
        if (width == 2) (width, value) = (4, (ushort)value);
        if (width == 4) value = (uint)value;
        if (_constants.TryGetValue((width, value), out int offset)) return offset;
        offset = Take(width == 8 ? 256 : 128);
        Constants.Add((offset, width, value));
        return _constants[(width, value)] = offset;
    }

    public int Special(SpecialRegister register)
    {
        if (_specials.TryGetValue(register, out int offset)) return offset;
        offset = Take(128);
        Specials.Add((offset, register));
        return _specials[register] = offset;
    }

    private int Take(int bytes)
    {
        int offset = _next;
        _next += bytes;
        return offset;
    }
}
