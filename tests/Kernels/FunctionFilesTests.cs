using System.Text.RegularExpressions;
using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>What it costs to add a scalar function, counted in the files that name one.</summary>
public sealed class FunctionFilesTests
{
    /// <summary>Functions that kernels use by themselves: reductions combine with them, and a library's epilogues are recognised by
    /// them.</summary>
    private static readonly string[] Used = ["add", "mul", "max", "min", "fma", "tanh"];

    [Fact]
    public void The_generator_knows_a_function_by_its_row_alone()
    {
        var files = Sources("kernels").Select(f => (Name: f, Text: File.ReadAllText(f))).ToArray();
        foreach (var function in Functions.All.Where(f => !Used.Contains(f.Name)))
            Assert.Single(files, f => f.Text.Contains($"\"{function.Name}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_function_has_from_one_to_ten_operands()
    {
        Assert.Equal(10, new ScalarFunction("ten", 10).Arity);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScalarFunction("eleven", 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScalarFunction("none", 0));
    }

    /// <summary>The row of the kernels, the operator (gradient and reference), the two methods of a tensor, and its rows in three tables of
    /// tests.</summary>
    [Fact]
    public void A_function_of_a_tensor_is_named_in_seven_files()
    {
        string[] expected =
        [
            "kernels/Functions/HyperbolicFunctions.cs", "engine/Operators/Transcendental.cs",
            "engine/Tensors/Tensor.Pointwise.cs", "engine/Tensors/Tensor.InPlaceForms.cs",
            "tests/Conformance/OperatorTable.Pointwise.cs", "tests/Kernels/ReferenceFunctions.cs", "tests/Operators/GradientSamples.cs",
        ];
        // In two parts, since this file is among those that are searched.
        var name = new Regex(@"\b" + "co" + @"sh\b", RegexOptions.IgnoreCase);
        var named = new[] { "engine", "kernels", "tests", "tools" }.SelectMany(Sources).Where(f => name.IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'));
        Assert.Equal(expected.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        .Where(f => !Path.GetRelativePath(Repository.Root, f).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
}
