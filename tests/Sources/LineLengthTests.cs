using Xunit;

namespace GpuTensor.Tests.Sources;

/// <summary>No line of the sources is longer than the 140 columns that <c>.editorconfig</c> states, and none of a README but tables and
/// code.</summary>
public class LineLengthTests
{
    private const int Columns = 140;

    [Theory]
    [InlineData("engine")]
    [InlineData("kernels")]
    [InlineData("bindings")]
    [InlineData("tests")]
    [InlineData("bench")]
    [InlineData("tools")]
    public void No_line_is_longer_than_140_columns(string folder)
    {
        string[] files = SourceFiles.Of(folder);
        Assert.NotEmpty(files);
        var tooLong = files.SelectMany(f => File.ReadLines(f).Select((line, i) =>
                (At: $"{Path.GetRelativePath(Repository.Root, f)}:{i + 1}", line)))
            .Where(l => l.line.Length > Columns).Select(l => $"{l.At} has {l.line.Length} columns");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_sentence_of_a_readme_is_longer_than_140_columns()
    {
        string[] files = [.. Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories).Where(f =>
            !Path.GetRelativePath(Repository.Root, f).Split(Path.DirectorySeparatorChar)
            .Any(part => part is "bin" or "obj" || part[0] == '.'))];
        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(TooLong));

        static IEnumerable<string> TooLong(string file)
        {
            bool isCode = false;
            int number = 0;
            foreach (string line in File.ReadLines(file))
            {
                number++;
                if (line.StartsWith("```", StringComparison.Ordinal)) isCode = !isCode;
                if (!isCode && line.Length > Columns && line[0] != '|')
                    yield return $"{Path.GetRelativePath(Repository.Root, file)}:{number} has {line.Length} columns";
            }
        }
    }
}
