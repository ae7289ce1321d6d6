using System.Text;
using Xunit;

namespace GpuTensor.Tests.Simulator.Instructions;

/// <summary>2,000 random expressions of integers and floats, evaluated in C# and by way of the real NVRTC and the interpreter: equal to the
/// bit wherever IEEE rounds exactly, a NaN counting as any other.</summary>
public class ExpressionTests
{
    private const int Programs = 10, PerProgram = 200, Lanes = 96;

    public static TheoryData<int> Seeds() => new(Enumerable.Range(1, Programs));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Expressions_have_the_value_that_C_has(int seed)
    {
        using var gpu = new SimulatedGpu();
        var random = new Random(seed);
        ulong[][] variables = RandomExpression.Variables(random, Lanes);
        var expressions = new List<(ValueType Type, RandomExpression Expression)>();
        for (int i = 0; i < PerProgram; i++)
        {
            var type = (ValueType)random.Next(6);
            expressions.Add((type, RandomExpression.Make(random, variables, type, 2 + random.Next(3))));
        }
        var text = new StringBuilder();
        const int PerKernel = 20;
        for (int k = 0; k < PerProgram / PerKernel; k++)
        {
            text.Append($"extern \"C\" __global__ void e{k}(unsigned long long* out, const unsigned long long* in)\n{{\nint i = "
                + "blockIdx.x * 32 + threadIdx.x;\n");
            for (int v = 0; v < 12; v++)
            {
                string name = $"{"aabbccddffgg"[v]}{v % 2}", word = $"in[{v * Lanes} + i]";
                string value = (v / 2) switch { 4 => $"__uint_as_float((unsigned){word})", 5 => $"__longlong_as_double({word})", _ =>
                    $"({RandomExpression.Name((ValueType)(v / 2))}){word}" };
                text.Append($"{RandomExpression.Name((ValueType)(v / 2))} {name} = {value};\n");
            }
            for (int e = k * PerKernel; e < (k + 1) * PerKernel; e++)
            {
                string value = expressions[e].Expression.Text;
                string bits = expressions[e].Type switch
                {
                    ValueType.F32 => $"__float_as_uint({value})",
                    ValueType.F64 => $"(unsigned long long)__double_as_longlong({value})",
                    ValueType.I32 => $"(unsigned)({value})",
                    _ => $"(unsigned long long)({value})",
                };
                text.Append($"out[{e * Lanes} + i] = {bits};\n");
            }
            text.Append("}\n");
        }
        var module = gpu.Compile(text.ToString(), seed % 3 == 0 ? 75 : 90, seed % 2 == 0 ? 12 : 13, "--fmad=false");
        ulong input = gpu.Upload<ulong>([.. variables.SelectMany(v => v)]), output = gpu.Allocate(PerProgram * Lanes * 8);
        for (int k = 0; k < PerProgram / PerKernel; k++) gpu.Launch(module.Kernels[$"e{k}"], new(Lanes / 32), new(32), output, input);
        ulong[] got = gpu.Download<ulong>(output, PerProgram * Lanes);
        for (int e = 0; e < PerProgram; e++)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                ulong want = expressions[e].Expression.Value(lane), found = got[e * Lanes + lane];
                bool same = want == found || expressions[e].Type switch
                {
                    ValueType.F32 => float.IsNaN(RandomExpression.Single(want)) && float.IsNaN(RandomExpression.Single(found)),
                    ValueType.F64 => double.IsNaN(RandomExpression.Real(want)) && double.IsNaN(RandomExpression.Real(found)),
                    _ => false,
                };
                Assert.True(same, $"lane {lane}: 0x{found:x}, but C has 0x{want:x}: {expressions[e].Type} "
                    + $"{expressions[e].Expression.Text}\n"
                    + string.Join(", ", variables.Select((v, i) => $"{"aabbccddffgg"[i]}{i % 2} = 0x{v[lane]:x}")));
            }
        }
    }
}
