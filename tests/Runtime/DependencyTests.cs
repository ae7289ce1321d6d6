using Xunit;

namespace GpuTensor.Tests.Runtime;

/// <summary>Which folders of the engine the runtime may name, and which may name the runtime: read from the sources.</summary>
public class DependencyTests
{
    [Theory]
    [InlineData("Runtime", "GpuTensor.Devices.Cuda")]
    [InlineData("Runtime", "GpuTensor.Devices.OpenCl")]
    [InlineData("Runtime", "GpuTensor.Devices.Reference")]
    [InlineData("Runtime/Memory", "GpuTensor.Graph")]
    [InlineData("Runtime/Memory", "Graph.Node")]
    [InlineData("Graph/Planning", "using GpuTensor.Runtime;")]
    public void A_folder_does_not_name_what_lies_above_it_or_behind_the_contract(string folder, string forbidden)
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "engine", folder), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.Empty(files.Where(file => File.ReadAllText(file).Contains(forbidden, StringComparison.Ordinal)).Select(Path.GetFileName));
    }
}
