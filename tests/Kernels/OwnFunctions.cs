using System.Reflection;
using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Tests.Kernels;

/// <summary>The scalar functions that operators bring themselves (<see cref="Operator.Function"/> that is no row of
/// <see cref="Functions"/>). What they should compute is their operator's reference.</summary>
internal static class OwnFunctions
{
    private static readonly Dictionary<string, Operator> Operators = typeof(Operator).Assembly.GetTypes()
        .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        .Where(f => f.FieldType == typeof(Operator)).Select(f => (Operator)f.GetValue(null)!)
        .Where(o => o.Function is { } function && !Functions.All.Contains(function)).ToDictionary(o => o.Function!.Name);

    public static IEnumerable<ScalarFunction> All => Operators.Values.Select(o => o.Function!);

    /// <summary>A function of floating numbers, by the reference of its operator.</summary>
    public static double Real(string name, params double[] operands)
    {
        if (!Operators.TryGetValue(name, out var op)) throw new ArgumentException($"No function is called {name}.", nameof(name));
        var call = new ReferenceCall(new Node(op, DType.Float64, [1], Device.Cpu),
            [.. operands.Take(op.Function!.Arity).Select(x => new ReferenceArray(DType.Float64, [1], [x], null))]);
        op.Reference!(call);
        return call.Out.Real[0];
    }
}
