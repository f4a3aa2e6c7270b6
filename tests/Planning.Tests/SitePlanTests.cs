namespace Culvert.Planning.Tests;

public sealed class SitePlanTests
{
    [Fact]
    public void The_same_site_file_gives_the_same_bytes()
    {
        foreach (var name in Samples.Names)
        {
            Assert.Equal(Bytes(name), Bytes(name));
        }
    }

    [Fact]
    public void No_output_holds_a_wildcard_destination()
    {
        foreach (var file in Samples.Names.SelectMany(n => SitePlan.Create(Samples.Read(n)).Files))
        {
            Assert.DoesNotContain("*.", file.Content, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"dstdomain (-n )?\.", file.Content);
        }
    }

    [Fact]
    public void Changes_are_told_by_file_and_lines()
    {
        var before = SitePlan.Create(Samples.Read("direct")).Files.ToDictionary(f => f.Path, f => f.Content);
        Assert.Empty(PlanChange.Between(before, SitePlan.Create(Samples.Read("direct")).Files));

        before["plant-network/gone/rules.nft"] = "a\nb\n";
        before["plant-network/plant-firewall/rules.nft"] = before["plant-network/plant-firewall/rules.nft"].Replace("10.20.2.10", "10.20.2.11", StringComparison.Ordinal);
        before.Remove("README.md");
        var changes = PlanChange.Between(before, SitePlan.Create(Samples.Read("direct")).Files);

        Assert.Equal(
            [("README.md", PlanChangeKind.Added), ("plant-network/gone/rules.nft", PlanChangeKind.Removed), ("plant-network/plant-firewall/rules.nft", PlanChangeKind.Changed)],
            changes.Select(c => (c.Path, c.Kind)));
        Assert.Equal((4, 4), (changes[2].LinesAdded, changes[2].LinesRemoved));
    }

    private static IEnumerable<(string, string)> Bytes(string sample) => SitePlan.Create(Samples.Read(sample)).Files.Select(f => (f.Path, f.Content));
}
