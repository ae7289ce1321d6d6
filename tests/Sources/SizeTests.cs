using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace GpuTensor.Tests.Sources;

/// <summary>How large a file and a type may become before somebody divides them.</summary>
public class SizeTests
{
    private const int MostLines = 400, MostMutableFields = 10;

    [Theory]
    [InlineData("engine"), InlineData("kernels"), InlineData("bindings"), InlineData("tests"), InlineData("bench"), InlineData("tools")]
    public void No_file_has_more_than_400_lines(string folder)
    {
        string[] files = SourceFiles.Of(folder);
        Assert.NotEmpty(files);
        Assert.Empty(files.Select(f => (f, Lines: File.ReadLines(f).Count())).Where(f => f.Lines > MostLines)
            .Select(f => $"{Path.GetRelativePath(Repository.Root, f.f)} has {f.Lines} lines"));
    }

    [Theory]
    [InlineData(typeof(Tensor)), InlineData(typeof(GpuTensor.Kernels.Generator))]
    public void No_type_has_more_than_ten_fields_that_change(Type inAssembly)
    {
        var counted = inAssembly.Assembly.GetTypes().Where(t => t.GetCustomAttribute<CompilerGeneratedAttribute>() is null
            && t.DeclaringType?.GetCustomAttribute<CompilerGeneratedAttribute>() is null).ToDictionary(t => t, Changing);
        Assert.NotEqual(0, counted.Values.Max());
        Assert.Empty(counted.Where(t => t.Value > MostMutableFields).Select(t => $"{t.Key} has {t.Value}"));
    }

    /// <summary>Fields of an instance that may be written after it was made. Properties count by the fields behind them.</summary>
    private static int Changing(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.DeclaredOnly).Count(f => !f.IsInitOnly);
}
