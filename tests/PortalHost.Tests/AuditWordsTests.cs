using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Culvert.PortalHost.Tests;

/// <summary>No code of the audit is shown to people as it is.</summary>
public sealed partial class AuditWordsTests
{
    [Fact]
    public void Every_action_that_the_portal_writes_down_has_words()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Culvert.slnx")))
        {
            folder = folder.Parent;
        }

        Assert.SkipWhen(folder is null, "The sources are not beside the tests.");
        var actions = Directory.EnumerateFiles(Path.Combine(folder!.FullName, "src", "Portal", "PortalHost"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith("AuditWords.cs", StringComparison.Ordinal))
            .SelectMany(f => ActionCode.Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).Distinct().ToList();
        Assert.True(actions.Count > 20, $"only {actions.Count} found");
        Assert.DoesNotContain(actions, a => AuditWords.Of(a) == a);
    }

    [Fact]
    public void A_patch_of_settings_is_told_by_name_and_value()
    {
        var patch = JsonNode.Parse("""{"bandwidthCapKbps":2000,"learning":null,"threatIntelligence":{"version":"2026.1.1"}}""")!.AsObject();
        Assert.Equal("bandwidthCapKbps 2000, learning taken back, threatIntelligence.version 2026.1.1", AuditWords.Of(patch));
        Assert.Equal("Command ping", AuditWords.Of("sensor.command.ping"));
    }

    [GeneratedRegex("\"((?:user|token|sensor|site|zone|alert|package|settings)\\.(?!yaml)[a-zA-Z]+)\"[,)]")]
    private static partial Regex ActionCode { get; }
}
