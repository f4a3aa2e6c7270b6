using System.Text;
using System.Text.RegularExpressions;

namespace Culvert.Architecture.Tests;

/// <summary>Links between the repository's pages lead somewhere, to the very heading.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Folders = ["docs", "samples", "deploy", "bench"];

    [Fact]
    public void Every_relative_link_leads_to_a_file_and_a_heading_that_are_there()
    {
        var (mistakes, links) = (new List<string>(), 0);
        foreach (var page in Pages())
        {
            foreach (var target in Link.Matches(WithoutCode(File.ReadAllText(page))).Select(m => m.Groups[1].Value).Where(t => !Elsewhere.IsMatch(t)))
            {
                links++;
                var (path, anchor) = target.Split('#') is [var file, var heading] ? (file, heading) : (target, null);
                var found = path.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, Uri.UnescapeDataString(path)));
                if (!File.Exists(found) && !Directory.Exists(found))
                {
                    mistakes.Add($"{Name(page)}: {target}: there is no such file");
                }
                else if (anchor is not null && !Anchors(found).Contains(anchor))
                {
                    mistakes.Add($"{Name(page)}: {target}: there is no such heading");
                }
            }
        }

        Assert.Empty(mistakes);
        Assert.True(links > 20, $"only {links} links were found");
    }

    [Fact]
    public void Every_page_of_the_documentation_is_linked_from_another()
    {
        var linked = Pages().SelectMany(p => Link.Matches(File.ReadAllText(p)).Select(m => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(p)!, m.Groups[1].Value.Split('#')[0])))).ToHashSet();
        // A link to a folder shows all in it.
        Assert.Empty(Pages().Where(p => p.Contains("/docs/", StringComparison.Ordinal) && !linked.Contains(p) && !linked.Contains(Path.GetDirectoryName(p)!)).Select(Name));
    }

    private static IEnumerable<string> Pages() => Folders.Select(d => Path.Combine(RepositoryRoot.Path, d)).Where(Directory.Exists)
        .SelectMany(d => Directory.EnumerateFiles(d, "*.md", SearchOption.AllDirectories)).Concat(Directory.EnumerateFiles(RepositoryRoot.Path, "*.md"));

    private static string Name(string page) => Path.GetRelativePath(RepositoryRoot.Path, page);

    private static string WithoutCode(string text) => InlineCode.Replace(Fence.Replace(text, ""), "");

    // As GitHub makes them: letters, digits, '-' and '_' of the heading in lower case, spaces as '-'; a second one of the same name gets -1.
    private static HashSet<string> Anchors(string page)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match heading in Heading.Matches(Fence.Replace(File.ReadAllText(page), "")))
        {
            var anchor = new StringBuilder();
            foreach (var c in heading.Groups[1].Value.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_'))
            {
                anchor.Append(c == ' ' ? '-' : c);
            }

            var name = anchor.ToString();
            for (var i = 1; !anchors.Add(name); i++)
            {
                name = $"{anchor}-{i}";
            }
        }

        return anchors;
    }

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link { get; }

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Elsewhere { get; }

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence { get; }

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex InlineCode { get; }

    [GeneratedRegex("^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading { get; }
}
