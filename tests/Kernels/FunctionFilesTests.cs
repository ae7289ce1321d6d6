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
    public void A_function_that_is_a_row_of_the_kernels_is_named_in_seven_files()
    {
        string[] expected =
        [
            "kernels/Functions/HyperbolicFunctions.cs", "engine/Operators/Transcendental.cs",
            "engine/Tensors/Tensor.Pointwise.cs", "engine/Tensors/Tensor.InPlaceForms.cs",
            "tests/Conformance/OperatorTable.Pointwise.cs", "tests/Kernels/ReferenceFunctions.cs", "tests/Operators/GradientSamples.cs",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), FilesThatName("co" + "sh"));
    }

    /// <summary>An operator that brings its function: its folder, its tests, and a row of the gradient samples.</summary>
    [Fact]
    public void A_function_that_its_operator_brings_is_named_in_its_folder_its_tests_and_one_table()
    {
        string name = "Sin" + "c", folder = $"engine/Operators/{name}";
        Assert.Contains(OwnFunctions.All, f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        Assert.Equal([$"{folder}/{name}.cs", $"{folder}/Tensor.{name}.cs", "tests/Operators/GradientSamples.cs",
            $"tests/Operators/{name}Tests.cs"], FilesThatName(name));
    }

    /// <summary>A word is given in two parts, since this file is among those that are searched.</summary>
    private static string[] FilesThatName(string word)
    {
        var name = new Regex($@"\b{word}\b", RegexOptions.IgnoreCase);
        return
        [
            .. new[] { "engine", "kernels", "tests", "tools" }.SelectMany(Sources).Where(f => name.IsMatch(File.ReadAllText(f)))
                .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/')).Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        .Where(f => !Path.GetRelativePath(Repository.Root, f).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
}
