using System.Text.RegularExpressions;
using Xunit;

namespace GpuTensor.Tests.Sources;

/// <summary>Which folders of the engine may name which: read from the sources. The rows are sorted from the bottom up, and each names only
/// rows above its own in the list, so no two folders depend on each other.</summary>
/// <remarks>The types of the namespace <c>GpuTensor</c> itself (Tensor, Shape, View, DType, Device) are the words that all folders speak.
/// The projects hold what lies below: <c>kernels/</c> and <c>bindings/</c> do not refer to the engine.</remarks>
public partial class ArrowTests
{
    private static readonly (string Folder, string[] MayName)[] Rows =
    [
        ("IO", []),
        ("Backends", ["IO", "Kernels"]),
        ("Backends/Cuda", ["Backends", "Kernels", "Bindings"]),
        ("Backends/OpenCl", ["Backends", "Kernels"]),
        ("Runtime/Memory", ["Backends"]),
        ("Graph", ["Runtime/Memory", "Kernels"]),
        ("Autograd", ["Graph", "Runtime/Memory"]),
        ("Operators", ["Graph", "Kernels"]),
        ("Random", ["Graph"]),
        ("Backends/Reference", ["Graph", "Runtime/Memory"]),
        ("Compiler", ["Graph", "Runtime/Memory", "Kernels"]),
        ("Runtime", ["Compiler", "Graph", "Runtime/Memory", "Backends", "Kernels"]),
        ("Compiled", ["Runtime", "Compiler", "Graph", "Runtime/Memory"]),
        ("Devices", ["Runtime", "Graph", "Backends", "Backends/Cuda", "Backends/OpenCl", "Backends/Reference", "IO", "Kernels"]),
        ("Tensors", ["Compiled", "Operators", "Graph", "Kernels"]),
        ("Nn", ["Operators", "Graph", "IO"]),
        ("Optim", ["Nn", "Graph"]),
        ("IO/Checkpoints", ["Nn", "Optim", "IO"]),
        ("Data", ["IO"]),
    ];

    public static TheoryData<string> Folders => [.. Rows.Select(r => r.Folder)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_names_only_what_it_may(string folder)
    {
        var files = FilesOf(folder);
        Assert.NotEmpty(files);
        string[] allowed = [folder, .. Rows.Single(r => r.Folder == folder).MayName];
        var wrong = files.SelectMany(file => NamedIn(file).Except(allowed).Select(named => $"{Path.GetFileName(file)} names {named}"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_arrow_points_up()
    {
        for (int i = 0; i < Rows.Length; i++)
            Assert.Empty(Rows[i].MayName.Except([.. Rows[..i].Select(r => r.Folder), "Kernels", "Bindings"]));
    }

    [Fact]
    public void Every_folder_of_the_engine_has_a_row()
    {
        string engine = Path.Combine(Repository.Root, "engine");
        var missing = Directory.GetDirectories(engine).Select(d => Path.GetFileName(d)!).Except(["bin", "obj"])
            .Except(Rows.Select(r => r.Folder));
        Assert.Empty(missing);
    }

    [Fact]
    public void A_forbidden_name_is_found()
    {
        Assert.Equal(["Runtime", "Backends/Cuda"], Named("using GpuTensor.Runtime;\nclass A { Backends.Cuda.CudaBackend b; int Graph; }"));
        Assert.Equal(["Runtime/Memory"], Named("using GpuTensor.Runtime.Memory;\nusing System.IO;\nusing System.Runtime.InteropServices;"));
        Assert.Empty(Named("// a folder may speak of Runtime.Executable\nvar n = plan.Graph.Nodes;"));
    }

    private static string[] NamedIn(string file) => Named(File.ReadAllText(file));

    /// <summary>The folders that a source names: in a using directive, or by a namespace in front of a type.</summary>
    private static string[] Named(string source) =>
    [
        .. Names().Matches(Comments().Replace(source, "")).Where(m => !m.Groups["type"].Success || IsType(m))
            .Select(m => m.Groups["name"].Value.Replace('.', '/')).Distinct(),
    ];

    /// <summary>Tells a type's namespace from a property of the same name: <c>Graph.Node</c>, not <c>Graph.Nodes</c>.</summary>
    private static bool IsType(Match match) => Rows.Any(r => r.Folder == match.Groups["name"].Value.Replace('.', '/')
        && FilesOf(r.Folder).Any(file => Path.GetFileName(file).Split('.')[0] == match.Groups["type"].Value));

    /// <summary>The sources of a folder, but for those that a row of their own speaks of.</summary>
    private static string[] FilesOf(string folder)
    {
        string[] apart = [.. Rows.Select(r => r.Folder).Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal))];
        return
        [
            .. Directory.GetFiles(Path.Combine(Repository.Root, "engine", folder), "*.cs", SearchOption.AllDirectories)
                .Where(file => !apart.Any(a => file.Contains($"/engine/{a}/", StringComparison.Ordinal))),
        ];
    }

    private const string Spaces =
        @"(?<name>Backends\.(?:Cuda|OpenCl|Reference)|Runtime\.Memory|Backends|Graph|Operators|Compiler|Compiled|Runtime|Kernels|Bindings"
        + @"|Nn|Optim|IO)\b";

    [GeneratedRegex(@"using (?:static )?GpuTensor\." + Spaces + @"|(?<![\w.])(?:GpuTensor\.)?" + Spaces + @"\.(?<type>[A-Z]\w*)")]
    private static partial Regex Names();

    [GeneratedRegex("//.*")]
    private static partial Regex Comments();
}
