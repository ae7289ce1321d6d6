using System.Collections.Frozen;

namespace GpuTensor.Kernels;

/// <summary>The scalar functions that an <see cref="Apply"/> may name: the vocabulary that operators and kernels share, one row each.
/// Arithmetic keeps its operands' dtype; comparisons and predicates give Bool; <c>where</c> takes (Bool, T, T).</summary>
internal static class Functions
{
    /// <summary>Every function.</summary>
    public static readonly ScalarFunction[] All =
    [
        .. ArithmeticFunctions.Rows, .. RoundingFunctions.Rows, .. PowerFunctions.Rows, .. ExponentialFunctions.Rows,
        .. HyperbolicFunctions.Rows, .. CircularFunctions.Rows, .. ErrorFunctions.Rows, .. LogicFunctions.Rows, .. RandomFunctions.Rows,
    ];

    private static readonly FrozenDictionary<string, ScalarFunction> ByName = All.ToFrozenDictionary(f => f.Name);

    /// <summary>The function of a name.</summary>
    /// <exception cref="ArgumentException">No function has that name.</exception>
    public static ScalarFunction Get(string name) => ByName.TryGetValue(name, out var function) ? function
        : throw new ArgumentException($"No scalar function is called {name}.", nameof(name));

    /// <summary>The functions of so many operands that are the device's own for float64.</summary>
    public static IEnumerable<string> OfDevice(int arity) =>
        All.Where(f => f.Helpers.Any(h => h.Lanes == arity && h.Name == f.Name + "_f64")).Select(f => f.Name);
}
