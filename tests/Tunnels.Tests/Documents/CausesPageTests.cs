using System.Text.RegularExpressions;

namespace Culvert.Tunnels.Tests;

/// <summary>The page for people and the catalogue in the code name the same causes.</summary>
public sealed class CausesPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "operations", "causes.md"));

    [Fact]
    public void Every_cause_has_its_section_and_every_section_its_cause()
    {
        var sections = Regex.Matches(Page, "^### (\\w+)$", RegexOptions.Multiline).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(Enum.GetNames<Cause>().Except([nameof(Cause.None)]).Order(), sections.Order());
    }

    [Fact]
    public void Every_section_says_what_it_means_how_it_looks_what_to_do_and_who_acts()
    {
        foreach (var section in Regex.Split(Page, "^### ", RegexOptions.Multiline).Skip(1))
        {
            foreach (var part in new[] { "- Means: ", "- Looks like: ", "- Do: ", "- Who acts: " })
            {
                Assert.True(section.Contains(part, StringComparison.Ordinal), $"{section.Split('\n')[0]} lacks '{part}'");
            }
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Culvert.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
