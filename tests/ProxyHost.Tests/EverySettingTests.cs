using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Culvert.ProxyHost.Tests.Harness;
using Culvert.Relaying;

namespace Culvert.ProxyHost.Tests;

/// <summary>Every key of the settings does something that is seen from outside, or is refused. None is read and forgotten.</summary>
public sealed class EverySettingTests
{
    private const string Common = "listen: [{ address: 127.0.0.1, port: 0 }]\nhealth: { address: 127.0.0.1, port: 0 }\nsources: [127.0.0.0/8]\nprivateDestinations: [127.0.0.1]\n";

    [Fact]
    public void Every_key_that_is_read_is_shown_here()
    {
        var source = File.ReadAllText(Path.Combine(Root(), "src", "Proxy", "ProxyHost", "Settings", "ProxySettingsReader.cs"));
        var read = Regex.Matches(source, "(?:Required|Optional|OptionalValue|List|Mapping|RequiredMapping|Mappings|Secret)\\(\"([a-zA-Z0-9]+)\"|Read(?:Certificate)\\(m, \"([a-zA-Z]+)\"")
            .Select(m => m.Groups[1].Length > 0 ? m.Groups[1].Value : m.Groups[2].Value).Distinct().Order(StringComparer.Ordinal);
        var shown = typeof(EverySettingTests).GetMethods().SelectMany(m => m.GetCustomAttribute<ShowsAttribute>()?.Settings ?? [])
            .SelectMany(s => s.Split('.')).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(read, shown);
    }

    [Fact(Timeout = 180_000)]
    [Shows("proxy.name", "proxy.level", "proxy.takesFrom", "proxy.maxHops", "allow", "sourceLevels.source", "sourceLevels.level", "identities.name", "identities.passwordHash", "identities.level",
        "identities.destinations", "hosts", "privateDestinations", "limits.maxHeaderBytes", "limits.requestTimeout", "limits.idleTimeout")]
    public async Task Policy_identities_and_limits_of_requests()
    {
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        var hash = PasswordHash.Create("word", PasswordHash.MinIterations);
        await using var proxy = await ProxyProcess.StartAsync(folder, $$"""
            proxy: { name: a-name, level: 3, takesFrom: [2], maxHops: 2 }
            {{Common}}
            allow: ["127.0.0.1:{{echo.Port}}", "named.example.com:{{echo.Port}}", "private.example.com:443"]
            sourceLevels: [{ source: 127.0.0.1, level: 2 }]
            identities:
              - { name: all, passwordHash: {{hash}} }
              - { name: few, passwordHash: {{hash}}, destinations: ["named.example.com:{{echo.Port}}"] }
              - { name: high, passwordHash: {{hash}}, level: 4 }
            hosts: { named.example.com: [127.0.0.1], private.example.com: [127.0.0.2] }
            limits: { maxHeaderBytes: 1000, requestTimeout: 1s, idleTimeout: 2s }
            """);
        var destination = $"127.0.0.1:{echo.Port}";
        Task<string> AsAsync(string name, string to, string more = "") => proxy.HeadAsync(to, $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:word"))}\r\n{more}");

        Assert.Contains("Proxy-Status: a-name; next-hop", await AsAsync("all", destination), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 407 ", await AsAsync("nobody", destination), StringComparison.Ordinal);
        Assert.Contains("not a destination of the identity few", await AsAsync("few", destination), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await AsAsync("few", $"named.example.com:{echo.Port}"), StringComparison.Ordinal);
        Assert.Contains("it comes from level 4; rule proxy.takesFrom allows 2", await AsAsync("high", destination), StringComparison.Ordinal);
        Assert.Contains("rule proxy.maxHops allows 2", await AsAsync("all", destination, "Via: 1.1 a, 1.1 b\r\n"), StringComparison.Ordinal);
        Assert.Contains("is not on the allow list", await AsAsync("all", "127.0.0.1:1"), StringComparison.Ordinal);
        Assert.Contains("private.example.com leads to 127.0.0.2", await AsAsync("all", "private.example.com:443"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await AsAsync("all", destination, $"X: {new string('x', 1000)}\r\n"), StringComparison.Ordinal);

        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await slow.ConnectAsync(proxy.Address);
        using var deadline = new CancellationTokenSource(ProxyProcess.Limit);
        var buffer = new byte[4096];
        Assert.StartsWith("HTTP/1.1 408 ", Encoding.Latin1.GetString(buffer, 0, await slow.ReceiveAsync(buffer, deadline.Token)), StringComparison.Ordinal);

        var (_, idle) = await proxy.AskAsync(destination, $"Proxy-Authorization: Basic {Convert.ToBase64String("all:word"u8)}\r\n");
        await proxy.UntilAsync(() => proxy.Events("Tunnel").Any(e => e.GetProperty("end").GetString() == "idle"), "the idle tunnel is cut");
        await idle.DisposeAsync();
    }

    [Fact(Timeout = 180_000)]
    [Shows("listen.address", "listen.port", "listen.scheme", "listen.certificate.certificateFile", "listen.certificate.keyFile", "listen.clientCaFile", "listen.proxyProtocolFrom", "health.address", "health.port",
        "identities.certificateSha256", "sources")]
    public async Task Listeners_and_sources()
    {
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        using var server = folder.Issue("server");
        using var known = folder.Issue("known");
        var settings = $$"""
            proxy: { name: plant }
            listen:
              - { address: 127.0.0.1, port: 0, scheme: https, certificate: { certificateFile: server.pem, keyFile: server.key }, clientCaFile: ca.pem }
              - { address: 127.0.0.2, port: 0, proxyProtocolFrom: [127.0.0.0/8] }
            health: { address: 127.0.0.3, port: 0 }
            sources: [127.0.0.1]
            privateDestinations: [127.0.0.1]
            allow: ["127.0.0.1:{{echo.Port}}"]
            identities: [{ name: known, certificateSha256: {{known.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256)}} }]
            """;
        await using var proxy = await ProxyProcess.StartAsync(folder, settings);
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.HeadAsync($"127.0.0.1:{echo.Port}", trust: folder.Trust, identity: known), StringComparison.Ordinal);
        Assert.Equal("127.0.0.3", proxy.Health.Host);
        var second = IPEndPoint.Parse(proxy.Output[1].Split("://")[1]);
        Assert.Equal(IPAddress.Parse("127.0.0.2"), second.Address);
        using var front = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await front.ConnectAsync(second);
        await front.SendAsync(Encoding.Latin1.GetBytes("\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u000a\u0001\u0002\u0003\u007f\0\0\u0001\u0012\u0034\u0001\u00bbCONNECT a:1 HTTP/1.0\r\n\r\n"));
        using var deadline = new CancellationTokenSource(ProxyProcess.Limit);
        var buffer = new byte[4096];
        Assert.Contains("the source 10.1.2.3 is not allowed", Encoding.Latin1.GetString(buffer, 0, await front.ReceiveAsync(buffer, deadline.Token)), StringComparison.Ordinal);

        // A port is what is listened on: one that is taken is told. So for health.
        var taken = ((IPEndPoint)proxy.Address).Port;
        foreach (var changed in new[] { settings.Replace("address: 127.0.0.1, port: 0", $"address: 127.0.0.1, port: {taken}", StringComparison.Ordinal), settings.Replace("address: 127.0.0.3, port: 0", $"address: 127.0.0.1, port: {taken}", StringComparison.Ordinal) })
        {
            var (status, _, error) = await ProxyProcess.RunAsync("", "run", "--config", folder.Write("other.yaml", changed));
            Assert.Equal(1, status);
            Assert.Contains("cannot listen", error, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 180_000)]
    [Shows("parents.name", "parents.host", "parents.port", "parents.priority", "parents.credentials.userName", "parents.credentials.password", "parents.authentication", "parents.names")]
    public async Task Parents_in_plain_text()
    {
        using var folder = new TestFolder();
        using var first = new WitnessParent("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n");
        using var second = new WitnessParent();
        await using var proxy = await ProxyProcess.StartAsync(folder, $$"""
            proxy: { name: plant, level: 3 }
            {{Common}}
            allow: ["named.example.com:443"]
            hosts: { named.example.com: [127.0.0.1] }
            parents:
              - { name: one, host: 127.0.0.1, port: {{first.Port}}, priority: 1, credentials: { userName: user, password: { environment: CULVERT_TEST_SECRET } }, authentication: basic }
              - { name: two, host: 127.0.0.1, port: {{second.Port}}, priority: 2, names: self }
            """);
        // The first is asked first, with the credentials; the second, for the address.
        Assert.Contains("plant; next-hop=two", await proxy.HeadAsync("named.example.com:443"), StringComparison.Ordinal);
        Assert.Contains(first.Heads, h => h.Contains($"Proxy-Authorization: Basic {Convert.ToBase64String("user:hidden-in-the-environment"u8)}", StringComparison.Ordinal));
        Assert.Contains(first.Heads, h => h.StartsWith("CONNECT named.example.com:443 ", StringComparison.Ordinal) && h.Contains("Via: 1.1 plant (level 3)\r\n", StringComparison.Ordinal));
        Assert.StartsWith("CONNECT 127.0.0.1:443 ", second.Heads[0], StringComparison.Ordinal);

        // Digest alone does not answer a question for Basic.
        var asked = first.Heads.Count(h => h.Contains("Basic", StringComparison.Ordinal));
        folder.Write("proxy.yaml", (await File.ReadAllTextAsync(proxy.SettingsFile)).Replace("authentication: basic", "authentication: digest", StringComparison.Ordinal));
        proxy.Signal("HUP");
        await proxy.UntilAsync(() => proxy.Events("Reloaded").Count == 1, "the new settings are read");
        Assert.Contains("plant; next-hop=two", await proxy.HeadAsync("named.example.com:443"), StringComparison.Ordinal);
        Assert.Equal(asked, first.Heads.Count(h => h.Contains("Basic", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 180_000)]
    [Shows("parents.weight", "parents.scheme", "proxy.passesTo", "parents.level")]
    public async Task Shares_schemes_and_levels_of_parents()
    {
        using var folder = new TestFolder();
        using var heavy = new WitnessParent();
        using var light = new WitnessParent();
        using var socks = new WitnessParent("\u0005\u00ff");
        var settings = $$"""
            proxy: { name: plant, passesTo: [3.5] }
            {{Common}}
            allow: ["named.example.com:443"]
            parents:
              - { name: heavy, host: 127.0.0.1, port: {{heavy.Port}}, weight: 1000, level: 3.5 }
              - { name: light, host: 127.0.0.1, port: {{light.Port}}, weight: 1, level: 3.5 }
            """;
        await using (var proxy = await ProxyProcess.StartAsync(folder, settings))
        {
            for (var i = 0; i < 20; i++)
            {
                await proxy.HeadAsync("named.example.com:443");
            }

            // One of a thousand goes to the light one: four of twenty never.
            Assert.InRange(heavy.Heads.Count, 17, 20);
        }

        await using (var proxy = await ProxyProcess.StartAsync(folder, settings.Replace($"port: {heavy.Port}", $"port: {socks.Port}, scheme: socks5", StringComparison.Ordinal)))
        {
            await proxy.HeadAsync("named.example.com:443");
            Assert.StartsWith("\u0005", socks.Heads[0], StringComparison.Ordinal);
        }

        var (status, _, error) = await ProxyProcess.RunAsync("", "check", "--config", folder.Write("bad.yaml", settings.Replace("weight: 1, level: 3.5", "weight: 1, level: 4", StringComparison.Ordinal)));
        Assert.Equal(2, status);
        Assert.Contains("parents[1].level: level 4; expected one of 3.5, which rule proxy.passesTo allows", error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    [Shows("parents.trust.caFile", "parents.trust.spkiPins", "parents.trust.serverName", "parents.clientCertificate.certificateFile", "parents.clientCertificate.keyFile")]
    public async Task Parents_in_tls()
    {
        using var folder = new TestFolder();
        using var other = new TestFolder();
        using var echo = new EchoServer();
        using var server = folder.Issue("server");
        using var known = folder.Issue("known");
        await using var parent = await ProxyProcess.StartAsync(folder, $$"""
            proxy: { name: dmz }
            listen: [{ address: 127.0.0.1, port: 0, scheme: https, certificate: { certificateFile: server.pem, keyFile: server.key }, clientCaFile: ca.pem }]
            health: { address: 127.0.0.1, port: 0 }
            sources: [127.0.0.0/8]
            privateDestinations: [127.0.0.1]
            allow: ["127.0.0.1:{{echo.Port}}"]
            identities: [{ name: known, certificateSha256: {{known.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256)}} }]
            """);
        var pin = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(server.PublicKey.ExportSubjectPublicKeyInfo()));
        var wrongPin = Convert.ToBase64String(new byte[32]);
        const string identity = ", clientCertificate: { certificateFile: known.pem, keyFile: known.key }";
        string Settings(string trust, string more) => $$"""
            proxy: { name: plant }
            {{Common}}
            allow: ["127.0.0.1:{{echo.Port}}"]
            parents: [{ name: dmz, host: 127.0.0.1, port: {{parent.Address.Port}}, scheme: https, trust: {{trust}}{{more}} }]
            """;
        await using var proxy = await ProxyProcess.StartAsync(folder, Settings($"{{ caFile: ca.pem, spkiPins: [\"{pin}\"], serverName: localhost }}", identity));
        var destination = $"127.0.0.1:{echo.Port}";
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.HeadAsync(destination), StringComparison.Ordinal);
        var times = 0;
        async Task FailsAsync(string trust, string more, string cause)
        {
            folder.Write("proxy.yaml", Settings(trust, more));
            proxy.Signal("HUP");
            await proxy.UntilAsync(() => proxy.Events("Reloaded").Count == times + 1, "the new settings are read");
            times++;
            var head = await proxy.HeadAsync(destination);
            Assert.DoesNotContain("HTTP/1.1 200", head, StringComparison.Ordinal);
            Assert.Contains(cause, head, StringComparison.Ordinal);
        }

        await FailsAsync($"{{ caFile: {Path.Combine(other.Path, "ca.pem")} }}", identity, "ProxyCertificateUntrusted");
        await FailsAsync($"{{ caFile: ca.pem, spkiPins: [\"{wrongPin}\"] }}", identity, "Pin");
        await FailsAsync("{ caFile: ca.pem, serverName: another.example.com }", identity, "Name");
        await FailsAsync("{ caFile: ca.pem }", "", "tls_certificate_error");
    }

    [Fact(Timeout = 180_000)]
    [Shows("limits.tunnels", "limits.tunnelsPerSource", "limits.drainTimeout")]
    public async Task Limits_of_tunnels()
    {
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        var settings = $$"""
            proxy: { name: plant }
            {{Common}}
            allow: ["127.0.0.1:{{echo.Port}}"]
            limits: { tunnels: 1, drainTimeout: 0s }
            """;
        await using var proxy = await ProxyProcess.StartAsync(folder, settings);
        var (_, open) = await proxy.AskAsync($"127.0.0.1:{echo.Port}");
        Assert.Contains("(limits.tunnels)", await proxy.HeadAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);
        folder.Write("proxy.yaml", settings.Replace("tunnels: 1,", "tunnelsPerSource: 1,", StringComparison.Ordinal));
        proxy.Signal("HUP");
        await proxy.UntilAsync(() => proxy.Events("Reloaded").Count == 1, "the new settings are read");
        Assert.Contains("(limits.tunnelsPerSource)", await proxy.HeadAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);

        // It does not wait for the open tunnel.
        proxy.Signal("TERM");
        Assert.Equal(0, await proxy.ExitAsync());
        Assert.Contains(proxy.Events("Tunnel"), e => e.GetProperty("end").GetString() == "drained");
        await open.DisposeAsync();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Culvert.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The repository is not above the test program.");
    }
}
