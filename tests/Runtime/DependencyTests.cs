using Xunit;

namespace GpuTensor.Tests.Runtime;

/// <summary>Which folders of the engine the runtime may name, and which may name the runtime: read from the sources.</summary>
public class DependencyTests
{
    [Theory]
    [InlineData("Runtime", "GpuTensor.Backends.Cuda")]
    [InlineData("Runtime", "GpuTensor.Backends.OpenCl")]
    [InlineData("Runtime", "GpuTensor.Backends.Reference")]
    [InlineData("Runtime/Memory", "GpuTensor.Graph")]
    [InlineData("Runtime/Memory", "Graph.Node")]
    [InlineData("Compiler", "using GpuTensor.Runtime;")]
    public void A_folder_does_not_name_what_lies_above_it_or_behind_the_contract(string folder, string forbidden)
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "engine", folder), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.Empty(files.Where(file => File.ReadAllText(file).Contains(forbidden, StringComparison.Ordinal)).Select(Path.GetFileName));
    }
}
