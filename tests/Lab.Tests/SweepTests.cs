using System.Text.Json.Nodes;

namespace Culvert.Lab.Tests;

/// <summary>The sweep finds what is open and not planned, and what is planned and not open.</summary>
public sealed class SweepTests
{
    [Fact(Timeout = 240_000)]
    public async Task A_rule_too_many_is_found_whatever_its_port_and_one_that_is_gone_is_named()
    {
        await LabHome.NeedsAsync();
        await using var home = new LabHome();
        await home.UpAsync("proxy-chain", [], networkOnly: true, cancellationToken: TestContext.Current.CancellationToken);
        var (status, said) = await AskAsync(home, "sweep", []);
        Assert.True(status == 0, said);
        Assert.Contains("every planned rule lets its own packets pass", said, StringComparison.Ordinal);

        // A port that no list of usual ones has; one for datagrams; one that lets a proxy's name be used from elsewhere.
        await NftAsync(home, "dmz-firewall", "insert rule inet culvert_dmz_firewall forward tcp dport 8123 accept");
        await NftAsync(home, "cell-firewall", "insert rule inet culvert_cell_firewall forward udp dport 161 accept");
        await NftAsync(home, "dmz-firewall", "insert rule inet culvert_dmz_firewall forward ip saddr 10.30.3.5 accept");
        await NftAsync(home, "plant-firewall", "flush chain inet culvert_plant_firewall forward");
        (status, said) = await AskAsync(home, "sweep", []);
        Assert.Equal(1, status);
        Assert.Contains("dmz-firewall holds exactly the planned rules: not planned: ip saddr 10.30.3.5 accept; not planned: tcp dport 8123 accept", said, StringComparison.Ordinal);
        Assert.Contains("cell-firewall lets udp/161 pass from 10.30.2.10", said, StringComparison.Ordinal);
        Assert.Contains("missing: iifname", said, StringComparison.Ordinal);
        Assert.Contains("plant-firewall rule 1 (sensor-cell-1 to plant-proxy, tcp/3128) does not", said, StringComparison.Ordinal);
        Assert.Contains("FAILED sweep: no packet passes in another's name", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_probe_is_a_whole_packet_with_right_checksums()
    {
        var (from, to) = (System.Net.IPAddress.Parse("10.0.0.1"), System.Net.IPAddress.Parse("10.0.0.2"));
        var syn = new ProbePacket(from, to, ProbePacket.Tcp, 443, 43).ToBytes();
        Assert.Equal((40, 43 << 2, 6), (syn.Length, syn[1], syn[9]));
        // With its own checksum in it, what is summed gives all ones (RFC 1071).
        Assert.Equal(0xFFFF, Sum([.. syn[12..20], 0, 6, 0, 20, .. syn[20..]]));
        Assert.Equal(0xFFFF, Sum(new ProbePacket(from, to, ProbePacket.Icmp, 0, 43).ToBytes()[20..]));
    }

    [Fact]
    public void What_passed_is_read_as_nftables_writes_it()
    {
        const string json = """{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"set": {"name": "passed", "elem": [{"concat": ["10.0.0.1", "10.0.0.2", "udp", 99, 43]}]}}, {"set": {"name": "portless", "elem": [{"elem": {"val": {"concat": ["10.0.0.1", "10.0.0.2", "icmp", 42]}}}]}}, {"set": {"name": "empty"}}]}""";
        Assert.Equal(["ping", "udp/99"], FirewallWatch.Read(json).Select(p => p.Words).Order());
    }

    [Theory]
    [InlineData("zones:\n  - { name: a }\nproxies:\n  - name: a   # this\n", 4)]
    [InlineData("proxies:\n  - { kind: other, name: \"a\" }\n", 2)]
    [InlineData("proxies:\n  - { name: ab, displayName: a }\nzones:\n  - name: a\n", null)]
    public void The_line_of_a_part_is_found_in_its_own_section(string text, int? expected)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, text);
        Assert.Equal(expected, SiteLines.Find(file, "proxies", "a"));
        File.Delete(file);
    }

    [Fact]
    public void IPv6_is_refused_with_the_part_that_has_it()
    {
        var site = NetworkTests.Site("direct");
        var e = Assert.Throws<LabException>(() => NetworkBuilder.Build(site with { Zones = [.. site.Zones.Select(z => z.Name == "pumps" ? z with { Subnets = [.. z.Subnets, System.Net.IPNetwork.Parse("fd00:20::/64")] } : z)] }));
        Assert.Equal(("zones", "pumps"), (e.Section, e.PartName));
    }

    private static int Sum(byte[] bytes)
    {
        var sum = bytes.Chunk(2).Sum(p => (p[0] << 8) + p[1]);
        return (sum & 0xFFFF) + (sum >> 16);
    }

    private static async Task NftAsync(LabHome home, string host, string command)
    {
        var (status, said) = await AskAsync(home, "exec", new() { ["host"] = host, ["command"] = new JsonArray([.. $"nft {command}".Split(' ').Select(w => (JsonNode)w)]) });
        Assert.True(status == 0, said);
    }

    private static async Task<(int? Status, string Said)> AskAsync(LabHome home, string command, JsonObject arguments)
    {
        var lines = new List<string>();
        var reply = await home.Control.AskAsync("proxy-chain", command, arguments, lines.Add, TestContext.Current.CancellationToken);
        return (reply.Status, string.Join('\n', lines.Append(reply.Line)));
    }
}
