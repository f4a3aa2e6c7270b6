using System.Text.RegularExpressions;

namespace Culvert.Tunnels.Tests;

/// <summary>Every test that the page of others' bugs names is there.</summary>
public sealed class OthersBugsPageTests
{
    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var root = Root();
        var code = string.Join('\n', Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var named = Regex.Matches(File.ReadAllText(Path.Combine(root, "docs", "operations", "others-bugs.md")), "`(\\w+)`").Select(m => m.Groups[1].Value).ToList();
        Assert.True(named.Count > 30);
        Assert.All(named, name => Assert.Matches($"(Task|void) {name}\\(", code));
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
