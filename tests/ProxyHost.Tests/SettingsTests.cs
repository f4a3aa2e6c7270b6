using Culvert.ProxyHost.Tests.Harness;

namespace Culvert.ProxyHost.Tests;

public sealed class SettingsTests
{
    private const string Good = """
        proxy: { name: plant-proxy, level: 3, takesFrom: [2], passesTo: [3.5], maxHops: 8 }
        listen:
          - { address: 0.0.0.0, port: 3128 }
        health: { address: 127.0.0.1, port: 3129 }
        allow: [portal.example.com:443, 10.30.35.5:3128]
        sources: [10.30.2.0/24]
        parents:
          - { name: dmz-proxy, host: 10.30.35.5, port: 3128, level: 3.5, priority: 1, weight: 1 }
        hosts: { portal.example.com: [198.51.100.10] }
        privateDestinations: [10.30.35.5/32]
        limits: { idleTimeout: 15m, requestTimeout: 10s, maxHeaderBytes: 16384, tunnels: 20000, tunnelsPerSource: 1000, drainTimeout: 30s }
        """;

    [Fact]
    public void All_that_is_written_is_read()
    {
        var result = ProxySettingsReader.Parse(Good, "proxy.yaml");
        Assert.Empty(result.Mistakes);
        Assert.True(result.TryGet(out var settings));
        Assert.Equal("plant-proxy", settings.Relay.Name);
        Assert.Equal(PurdueLevel.Parse("3"), settings.Relay.Levels.Level);
        Assert.Equal([new HostPort("portal.example.com", 443), new HostPort("10.30.35.5", 3128)], settings.Relay.Allow);
        Assert.Equal("dmz-proxy", settings.Relay.Parents.Single().Hop.Name);
        Assert.Equal(TimeSpan.FromMinutes(15), settings.Relay.Limits.IdleTimeout);
        Assert.Equal(3128, settings.Listen.Single().EndPoint.Port);
        Assert.Equal("198.51.100.10", settings.Relay.Hosts["portal.example.com"].Single().ToString());
    }

    [Theory]
    [InlineData("allow: [portal", "allow: [\"*.example.com:443\", portal", "proxy.yaml:5:9: allow[0]: '*.example.com:443', which is a wildcard")]
    [InlineData("sources:", "sauces:", "did you mean 'sources'?")]
    [InlineData("level: 3.5,", "level: 4,", "parents[0].level: level 4; expected one of 3.5, which rule proxy.passesTo allows")]
    [InlineData("level: 3.5, priority: 1", "level: 3.5, scheme: http, trust: { caFile: x }, priority: 1", "a setting of https parents")]
    [InlineData("port: 3128 }\nhealth", "port: 3128, scheme: https }\nhealth", "listen[0].certificate: this field is missing")]
    [InlineData("port: 3128 }\nhealth", "port: 3128, scheme: socks5 }\nhealth", "culvert-proxy serves CONNECT only")]
    [InlineData("priority: 1", "credentials: { userName: x, password: open }, priority: 1", "a secret written out")]
    [InlineData("level: 3.5, priority: 1", "level: 3.5, authentication: basic, priority: 1", "parents[0].authentication: a way to show credentials, and none are set")]
    [InlineData("level: 3.5, priority: 1", "level: 3.5, scheme: socks5, authentication: basic, priority: 1", "a setting of http and https parents at a socks5 parent")]
    [InlineData("level: 3.5, priority: 1", "level: 3.5, authentication: kerberos, priority: 1", "expected one of auto, basic, digest, negotiate, ntlm")]
    [InlineData("level: 3.5, priority: 1", "level: 3.5, names: byHop, priority: 1", "expected one of proxy, self")]
    [InlineData("hosts: {", "hosts: { \"*.x\": [127.0.0.1], ", "a key that is no exact host name")]
    [InlineData("limits: {", "identities: [{ name: a }]\nlimits: {", "neither passwordHash nor certificateSha256")]
    [InlineData("limits: {", "identities: [{ name: a, passwordHash: open }]\nlimits: {", "a text that is no such hash")]
    [InlineData("tunnels: 20000", "tunnels: 0", "limits.tunnels")]
    [InlineData("proxy: { name", "proxy: { nam", "proxy.name: this field is missing")]
    public void A_mistake_is_told_with_its_place(string good, string bad, string told)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        var result = ProxySettingsReader.Parse(Good.Replace(good, bad, StringComparison.Ordinal), "proxy.yaml");
        Assert.Contains(result.Mistakes, m => m.ToString().Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public void A_parent_has_the_settings_of_a_hop()
    {
        using var folder = new TestFolder();
        var secret = folder.Write("secret", "plant-word");
        var parent = ProxySettingsReader.Parse(
            Good.Replace("priority: 1", $"names: self, authentication: digest, credentials: {{ userName: x, password: {{ file: {secret} }} }}, priority: 1", StringComparison.Ordinal), "proxy.yaml");
        Assert.Empty(parent.Mistakes);
        Assert.True(parent.TryGet(out var settings));
        var hop = settings.Relay.Parents.Single().Hop;
        Assert.Equal((HopAuthentication.Digest, NameResolution.BySensor), (hop.Authentication, hop.Names));
        Assert.True(ProxySettingsReader.Parse(Good, "proxy.yaml").TryGet(out var plain));
        Assert.Equal((HopAuthentication.Auto, NameResolution.ByHop), (plain.Relay.Parents.Single().Hop.Authentication, plain.Relay.Parents.Single().Hop.Names));
    }

    [Fact]
    public void A_secret_in_the_wrong_place_is_never_repeated()
    {
        var text = Good.Replace("priority: 1", "credentials: { userName: x, password: hunter2 }, priority: 1", StringComparison.Ordinal)
            .Replace("limits: {", "identities: [{ name: a, passwordHash: hunter2 }]\nlimits: {", StringComparison.Ordinal);
        Assert.DoesNotContain(ProxySettingsReader.Parse(text, "proxy.yaml").Mistakes, m => m.ToString().Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task Check_gives_its_exit_status()
    {
        using var folder = new TestFolder();
        var file = folder.Write("proxy.yaml", Good);
        var (status, output, error) = await ProxyProcess.RunAsync("", "check", "--config", file);
        Assert.Equal((0, ""), (status, error));
        Assert.Contains("no mistakes", output, StringComparison.Ordinal);

        folder.Write("proxy.yaml", Good.Replace("sources:", "source:", StringComparison.Ordinal));
        (status, _, error) = await ProxyProcess.RunAsync("", "check", "--config", file);
        Assert.Equal(2, status);
        Assert.StartsWith($"{file}:6:1: source: this field is not known", error, StringComparison.Ordinal);
    }
}
