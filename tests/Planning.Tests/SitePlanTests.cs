namespace Culvert.Planning.Tests;

public sealed class SitePlanTests
{
    [Fact]
    public void The_same_site_file_gives_the_same_bytes()
    {
        foreach (var name in Samples.Names)
        {
            Assert.Equal(SitePlan.Of(Samples.Read(name)).Files, SitePlan.Of(Samples.Read(name)).Files);
        }
    }

    [Fact]
    public void No_output_holds_a_wildcard_destination()
    {
        foreach (var file in Samples.Names.SelectMany(n => SitePlan.Of(Samples.Read(n)).Files))
        {
            Assert.DoesNotContain("*.", file.Content, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"dstdomain (-n )?\.", file.Content);
        }
    }

    [Fact]
    public void Changes_are_told_by_file_and_lines()
    {
        var before = SitePlan.Of(Samples.Read("direct")).Files.ToDictionary(f => f.Path, f => f.Content);
        Assert.Empty(PlanChange.Between(before, SitePlan.Of(Samples.Read("direct")).Files));

        before["firewalls/gone/rules.nft"] = "a\nb\n";
        before["firewalls/plant-firewall/rules.nft"] = before["firewalls/plant-firewall/rules.nft"].Replace("10.20.2.10", "10.20.2.11", StringComparison.Ordinal);
        before.Remove("README.md");
        var changes = PlanChange.Between(before, SitePlan.Of(Samples.Read("direct")).Files);

        Assert.Equal(
            [("README.md", PlanChangeKind.Added), ("firewalls/gone/rules.nft", PlanChangeKind.Removed), ("firewalls/plant-firewall/rules.nft", PlanChangeKind.Changed)],
            changes.Select(c => (c.Path, c.Kind)));
        Assert.Equal((4, 4), (changes[2].LinesAdded, changes[2].LinesRemoved));
    }
}
