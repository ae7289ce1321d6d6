using System.Text.RegularExpressions;
using Xunit;

namespace GpuTensor.Tests.Sources;

/// <summary>Links between the pages of the repository lead somewhere, and the files that the engine's pages name exist.</summary>
public partial class LinkTests
{
    public static TheoryData<string> Pages => [.. Directory
        .EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Repository.Root, f))
        .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or ".cache" or ".git"))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Relative_links_lead_to_files_and_headings(string page)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        var broken = new List<string>();
        foreach (Match link in Links().Matches(File.ReadAllText(Path.Combine(Repository.Root, page))))
        {
            string target = link.Groups["target"].Value;
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal)) continue;
            string[] parts = target.Split('#');
            string path = parts[0].Length == 0 ? Path.Combine(Repository.Root, page) : Path.Combine(folder, parts[0]);
            if (!File.Exists(path) && !Directory.Exists(path)) broken.Add(target);
            else if (parts.Length == 2 && !Headings(path).Contains(parts[1])) broken.Add(target);
        }
        Assert.Empty(broken);
    }

    /// <summary>The anchors that a page's headings have: lower case, without punctuation, with hyphens for spaces.</summary>
    private static IEnumerable<string> Headings(string page) => File.ReadLines(page).Where(l => l.StartsWith('#'))
        .Select(l => Punctuation().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}
