using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text;
using System.Text.Json;
using Xunit;

namespace GpuTensor.Tests.Bindings.FakeDriver;

/// <summary>A native library that has every entry point the bindings import, with the headers' parameters, and writes each call down:
/// what the bindings really pass, through the real native boundary. Made by the machine's C compiler; tests are skipped where there is
/// none.</summary>
internal static class RecordingDriver
{
    private static readonly Lock Building = new();
    private static readonly Dictionary<int, string> Built = [];

    /// <summary>The folder with the fake <c>libcuda.so.1</c>, <c>libcublas.so.13</c> and <c>libcublasLt.so.13</c> of a CUDA version
    /// (13000, 11040), whose driver lacks younger entry points; or the test ends here as skipped.</summary>
    public static string RequireFolder(int version)
    {
        var table = AbiTable.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The fake driver is built for Linux.");
        string compiler = OptionalPart.CCompiler.Require();
        lock (Building)
        {
            if (Built.TryGetValue(version, out string? folder)) return folder;
            folder = Directory.CreateTempSubdirectory("gputensor-fake-driver-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
            string library = Path.Combine(folder, "libcuda.so.1"), source = Path.Combine(folder, "fake.c");
            File.WriteAllText(source, Source(table, version));
            Compile(compiler, source, library);
            // One file under three names: the loader gives all of them the same state.
            foreach (string name in (string[])["libcublas.so.13", "libcublasLt.so.13"])
                File.CreateSymbolicLink(Path.Combine(folder, name), library);
            return Built[version] = folder;
        }
    }

    /// <summary>Runs a static method of <see cref="Scenarios"/> with bindings of its own, so that their state is fresh and their
    /// libraries are the fake.</summary>
    public static void Run(string scenario, int version)
    {
        string folder = RequireFolder(version);
        var context = new SecondCopy();
        var scenarios = context.LoadFromAssemblyPath(typeof(Scenarios).Assembly.Location).GetType(typeof(Scenarios).FullName!)!;
        try
        {
            scenarios.GetMethod(nameof(Scenarios.Begin), BindingFlags.Static | BindingFlags.Public)!.Invoke(null, [folder]);
            scenarios.GetMethod(scenario, BindingFlags.Static | BindingFlags.Public)!.Invoke(null, null);
        }
        catch (TargetInvocationException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException!);
        }
    }

    private static void Compile(string compiler, string source, string library)
    {
        string[] arguments = ["-shared", "-fPIC", "-w", "-O0", "-o", library, source];
        using var compiling = Process.Start(new ProcessStartInfo(compiler, arguments) { RedirectStandardError = true })!;
        string error = compiling.StandardError.ReadToEnd();
        compiling.WaitForExit();
        Assert.True(compiling.ExitCode == 0, error);
    }

    private static string Source(AbiTable table, int version)
    {
        var text = new StringBuilder($"#define CUDA_VERSION {version}\n").Append(FakeSource.Start);
        foreach (string name in AbiTests.ImportNames())
        {
            if (name.StartsWith("nvrtc", StringComparison.Ordinal) || !table.TryFunction(name, out _, out var function)) continue;
            var since = function.TryGetProperty("since", out var first) ? Version.Parse(first.GetString()!) : new Version(1, 0);
            if ((since.Major * 1000) + (since.Minor * 10) <= version) Append(text, name, function);
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, JsonElement function)
    {
        var parameters = function.GetProperty("params").EnumerateArray().ToArray();
        string returns = function.GetProperty("returns").GetString() == "size_t" ? "size_t" : "int";
        string declared = string.Join(", ", parameters.Select((p, i) => $"{CType(p.GetProperty("kind").GetString()!)} a{i}"));
        text.Append($"{returns} {name}({(declared.Length == 0 ? "void" : declared)})\n{{\n    begin(\"{name}\");\n");
        for (int i = 0; i < parameters.Length; i++) text.Append($"    arg((uint64_t)a{i});\n");
        text.Append("    end();\n    int failure = failing();\n    if (failure) return failure;\n");
        if (FakeSource.Bodies.TryGetValue(name, out string? body)) text.Append("    ").Append(body).Append('\n');
        else
            for (int i = 0; i < parameters.Length; i++)
                if (Output(parameters[i].GetProperty("type").GetString()!) is { } type)
                    text.Append($"    *({type}*)a{i} = {type}_out();\n");
        text.Append("    return 0;\n}\n\n");
    }

    private static string CType(string kind) => kind switch
    {
        "ptr" => "void*",
        "i64" => "int64_t",
        "u64" => "uint64_t",
        "u32" => "uint32_t",
        "u16" => "uint16_t",
        "u8" => "uint8_t",
        _ => "int32_t",
    };

    // What a call writes behind a pointer, where it is a result: a new handle or address, or a number.
    private static string? Output(string type) => type switch
    {
        "unsigned long long *" => "handle",
        "int *" => "int",
        "size_t *" => "size_t",
        _ when type.EndsWith("**", StringComparison.Ordinal) && type.Contains("_st ", StringComparison.Ordinal) => "handle",
        _ when type.EndsWith("Opaque_t **", StringComparison.Ordinal) || type.EndsWith("Context **", StringComparison.Ordinal) => "handle",
        _ => null,
    };

    /// <summary>Loads the bindings and the scenarios once more; everything else is shared.</summary>
    private sealed class SecondCopy() : AssemblyLoadContext("fake driver", isCollectible: false)
    {
        protected override Assembly? Load(AssemblyName name) => name.Name == "GpuTensor.Bindings"
            ? LoadFromAssemblyPath(typeof(GpuTensor.Bindings.Cuda.Cuda).Assembly.Location)
            : null;
    }
}
