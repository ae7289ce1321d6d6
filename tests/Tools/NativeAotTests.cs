using System.Diagnostics;
using System.Runtime.InteropServices;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary>A program compiled ahead of time and trimmed still finds parameters, buffers and children in its own types.</summary>
public class NativeAotTests
{
    [Fact]
    public void A_sample_published_ahead_of_time_prints_what_it_prints_otherwise()
    {
        if (!RuntimeInformation.RuntimeIdentifier.StartsWith("linux", StringComparison.Ordinal))
            Assert.Skip("The linker's needs are only known for Linux here.");
        string compiler = OptionalPart.CCompiler.Require();
        string project = Path.Combine(Repository.Root, "tests", "Samples", "OwnLayers");
        string sample = Program.Sample("OwnLayers");
        using var folder = new TempFolder();
        // Away from the folders of the ordinary build, which others read meanwhile.
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Repository.Root, RedirectStandardOutput = true,
            RedirectStandardError = true };
        foreach (string argument in (string[])["publish", project, "-c", "Release", "--use-current-runtime", "-p:PublishAot=true",
            "-p:RunAnalyzers=false", $"-p:CppCompilerAndLinker={compiler}",
            "--artifacts-path", folder["artifacts"], "-o", folder["out"], "-v", "quiet", "--nologo"])
            start.ArgumentList.Add(argument);
        using (var publishing = Process.Start(start)!)
        {
            var result = Program.Wait(publishing);
            if (result.Output.Contains("NU1301", StringComparison.Ordinal))
                Assert.Skip("NuGet's packages for NativeAOT could not be fetched.");
            result.Succeeded();
        }
        var expected = Program.Run(sample, folder.Path, "cpu").Succeeded();
        Program.Result Native(string device)
        {
            start = new ProcessStartInfo(folder["out/Sample.OwnLayers"])
            {
                WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            start.Environment["GPUTENSOR_DEVICE"] = device;
            using var native = Process.Start(start)!;
            return Program.Wait(native).Succeeded();
        }
        Assert.Contains("a captured number that changed is seen", expected.Lines);
        Assert.Equal(expected.Lines, Native("cpu").Lines);

        // Where compiled functions are replayed, captured variables have no metadata: they are frozen, and Explain says so.
        TestDevices.Get("opencl");
        string replayed = string.Join('\n', Native("opencl").Lines);
        Assert.Contains("replayed at the next call; its captured variables have no metadata in this program, so their values are frozen",
            replayed);
        Assert.Contains("so is a tensor changed in place: True", replayed);
    }
}
