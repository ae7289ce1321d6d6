using System.Reflection;
using System.Runtime.InteropServices;
using GpuTensor.CudaSimulator;
using GpuTensor.Tests.Bindings;
using Xunit;

namespace GpuTensor.Tests.Simulator;

/// <summary>What the simulator exports, and that nothing but its exports tells it from CUDA.</summary>
public class ExportTests
{
    [Fact]
    public void Every_import_of_the_bindings_is_exported()
    {
        nint library = NativeLibrary.Load(Path.Combine(SimulatorFolder.RequirePrivate(compiles: false), "libcuda.so.1"));
        var missing = AbiTests.ImportNames().Where(n => !n.StartsWith("nvrtc", StringComparison.Ordinal))
            .Where(n => !NativeLibrary.TryGetExport(library, n, out _));
        Assert.Equal("", string.Join(", ", missing));
    }

    [Fact]
    public void Every_export_has_the_headers_parameters()
    {
        var table = AbiTable.Require();
        var wrong = new List<string>();
        int checkedOnes = 0;
        foreach (var method in typeof(DeviceFault).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Public)))
        {
            if (method.GetCustomAttribute<UnmanagedCallersOnlyAttribute>() is not { } export) continue;
            string name = export.EntryPoint!;
            if (name != method.Name) wrong.Add($"{method.Name} is exported as {name}");
            if (name.StartsWith("gpuTensorSimulator", StringComparison.Ordinal)) continue;
            if (!table.TryFunction(name, out _, out var function))
            {
                wrong.Add($"{name} is in no header");
                continue;
            }
            checkedOnes++;
            var sizes = function.GetProperty("params").EnumerateArray().Select(p => p.GetProperty("size").GetInt32());
            var ours = method.GetParameters().Select(p => Size(p.ParameterType));
            if (!sizes.SequenceEqual(ours)) wrong.Add($"{name} takes {string.Join(' ', sizes)} bytes, here {string.Join(' ', ours)}");
        }
        Assert.True(checkedOnes > 80, $"Only {checkedOnes} exports were found.");
        Assert.Equal("", string.Join('\n', wrong));

        static int Size(Type type) => type.IsPointer || type == typeof(nint) || type == typeof(nuint) ? 8 : Marshal.SizeOf(type);
    }

    [Fact]
    public void The_three_libraries_are_one_file()
    {
        string folder = SimulatorFolder.Require(compiles: false);
        var targets = ((string[])["libcuda.so.1", "libcublas.so.13", "libcublasLt.so.13"])
            .Select(f => new FileInfo(Path.Combine(folder, f)).ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        Assert.Single(targets.Distinct());
    }

    [Fact]
    public void The_product_does_not_know_the_simulator()
    {
        string[] names = ["simulator", "Simulator", "SIMULATOR", "simulated"];
        string root = Repository.Root;
        char separator = Path.DirectorySeparatorChar;
        var knowing = ((string[])["engine", "bindings", "kernels"])
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories))
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(f => !f.Contains($"{separator}obj{separator}", StringComparison.Ordinal)
                && !f.Contains($"{separator}bin{separator}", StringComparison.Ordinal))
            .Where(f => names.Any(File.ReadAllText(f).Contains))
            .Select(f => Path.GetRelativePath(root, f)).ToList();
        Assert.Equal("", string.Join(", ", knowing));
    }
}
