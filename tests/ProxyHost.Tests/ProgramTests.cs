using System.Text;
using Culvert.ProxyHost.Tests.Harness;

namespace Culvert.ProxyHost.Tests;

public sealed class ProgramTests
{
    [Theory(Timeout = 180_000)]
    [InlineData("")]
    [InlineData("managed")]
    public async Task It_serves_reloads_tells_and_drains(string engine)
    {
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        var (status, hash, _) = await ProxyProcess.RunAsync("top-secret\n", "hash-password");
        Assert.Equal(0, status);
        var settings = $$"""
            proxy: { name: plant, level: 3 }
            listen: [{ address: 127.0.0.1, port: 0 }]
            health: { address: 127.0.0.1, port: 0 }
            allow: ["127.0.0.1:{{echo.Port}}"]
            sources: [127.0.0.0/8]
            identities: [{ name: cell-1, passwordHash: {{hash.Trim()}} }]
            privateDestinations: [127.0.0.1]
            limits: { tunnels: 100, drainTimeout: 30s }
            """;
        await using var proxy = await ProxyProcess.StartAsync(folder, settings, engine);
        var destination = $"127.0.0.1:{echo.Port}";
        var credentials = $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("cell-1:top-secret"))}\r\n";

        Assert.StartsWith("HTTP/1.1 407 ", await proxy.HeadAsync(destination), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await proxy.HeadAsync("portal.example.com:443", credentials), StringComparison.Ordinal);
        var (head, tunnel) = await proxy.AskAsync(destination, credentials);
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        await EchoAsync(tunnel);

        // Health, metrics and the autoscaler's signal.
        Assert.StartsWith("200 {\"status\":\"ok\",\"proxy\":\"plant\",", await proxy.GetAsync("/healthz"), StringComparison.Ordinal);
        Assert.StartsWith("200 {\"status\":\"ok\"", await proxy.GetAsync("/readyz"), StringComparison.Ordinal);
        var metrics = await proxy.GetAsync("/metrics");
        Assert.Contains("\nculvert_proxy_tunnels_open 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nculvert_proxy_tunnels_opened_total 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("culvert_proxy_refused_total{status=\"407\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\"tunnels\":1,\"tunnelsLimit\":100,", await proxy.GetAsync("/autoscale"), StringComparison.Ordinal);
        Assert.StartsWith("404 ", await proxy.GetAsync("/secrets"), StringComparison.Ordinal);

        // A bad new configuration is refused with its line, and the old one stays.
        folder.Write("proxy.yaml", settings.Replace("[\"127", "[\"*.example.com:443\", \"127", StringComparison.Ordinal));
        proxy.Signal("HUP");
        await proxy.UntilAsync(() => proxy.Events("ReloadRefused").Count == 1, "the bad settings are refused");
        Assert.Contains("proxy.yaml:4:9: allow[0]: '*.example.com:443', which is a wildcard", proxy.Events("ReloadRefused")[0].GetProperty("mistake").GetString(), StringComparison.Ordinal);
        await EchoAsync(tunnel);
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.HeadAsync(destination, credentials), StringComparison.Ordinal);

        // A good one holds for new tunnels.
        folder.Write("proxy.yaml", settings.Replace($":{echo.Port}", ":1", StringComparison.Ordinal));
        proxy.Signal("HUP");
        await proxy.UntilAsync(() => proxy.Events("Reloaded").Count == 1, "the new settings are read");
        Assert.StartsWith("HTTP/1.1 403 ", await proxy.HeadAsync(destination, credentials), StringComparison.Ordinal);
        await EchoAsync(tunnel);

        // It drains: no new tunnels, the open one goes on, and when it ends so does the program.
        proxy.Signal("TERM");
        await proxy.UntilAsync(() => proxy.Events("Draining").Count == 1, "it drains");
        Assert.StartsWith("503 {\"status\":\"draining\"", await proxy.GetAsync("/healthz"), StringComparison.Ordinal);
        Assert.StartsWith("200 alive", await proxy.GetAsync("/livez"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => proxy.HeadAsync(destination, credentials));
        await EchoAsync(tunnel);
        await tunnel.DisposeAsync();

        Assert.Equal(0, await proxy.ExitAsync());
        var line = proxy.Events("Tunnel").Single(e => e.GetProperty("bytesUp").GetInt64() == 20);
        Assert.Equal("cell-1", line.GetProperty("identity").GetString());
        Assert.Equal(destination, line.GetProperty("destination").GetString());
        Assert.Equal(20, line.GetProperty("bytesDown").GetInt64());
        Assert.Equal("closed", line.GetProperty("end").GetString());
        Assert.True(line.GetProperty("seconds").GetDouble() > 0);
        Assert.DoesNotContain(proxy.Log, l => l.Contains("top-secret", StringComparison.Ordinal) || l.Contains("Y2VsbC0xOnRvcC1zZWNyZXQ", StringComparison.Ordinal) || l.Contains("pbkdf2", StringComparison.Ordinal));
    }

    [Fact(Timeout = 180_000)]
    public async Task It_gives_back_memory_when_it_is_quiet_and_goes_on_serving()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "memory is given back on Linux");
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        await using var proxy = await ProxyProcess.StartAsync(folder, $$"""
            proxy: { name: plant }
            listen: [{ address: 127.0.0.1, port: 0 }]
            health: { address: 127.0.0.1, port: 0 }
            allow: ["127.0.0.1:{{echo.Port}}"]
            sources: [127.0.0.0/8]
            privateDestinations: [127.0.0.1]
            """);
        var (_, tunnel) = await proxy.AskAsync($"127.0.0.1:{echo.Port}");
        await EchoAsync(tunnel);

        // Code that ran once at the start is most of what it holds then.
        await proxy.UntilAsync(() => Kilobytes(proxy.Id, "VmRSS:") < Kilobytes(proxy.Id, "VmHWM:") * 9 / 10, "a tenth of the memory is given back");
        await EchoAsync(tunnel);
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.HeadAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);
        await tunnel.DisposeAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task A_secure_listener_takes_certificates_as_identities()
    {
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        using var server = folder.Issue("server");
        using var known = folder.Issue("sensor");
        using var stranger = folder.Issue("stranger");
        var fingerprint = known.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);
        await using var proxy = await ProxyProcess.StartAsync(folder, $$"""
            proxy: { name: plant }
            listen:
              - { address: 127.0.0.1, port: 0, scheme: https, certificate: { certificateFile: server.pem, keyFile: server.key }, clientCaFile: ca.pem }
            health: { address: 127.0.0.1, port: 0 }
            allow: ["127.0.0.1:{{echo.Port}}"]
            sources: [127.0.0.1]
            identities: [{ name: cell-1, certificateSha256: {{fingerprint}} }]
            privateDestinations: [127.0.0.1]
            """);
        var destination = $"127.0.0.1:{echo.Port}";
        Assert.Contains(proxy.Output, l => l.StartsWith("listening https://", StringComparison.Ordinal));
        var (head, tunnel) = await proxy.AskAsync(destination, trust: folder.Trust, identity: known);
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        await EchoAsync(tunnel);
        await tunnel.DisposeAsync();
        var refused = await proxy.HeadAsync(destination, trust: folder.Trust, identity: stranger);
        Assert.StartsWith("HTTP/1.1 403 ", refused, StringComparison.Ordinal);
        Assert.Contains("error=tls_certificate_error; details=\"the client certificate belongs to no identity\"", refused, StringComparison.Ordinal);
        refused = await proxy.HeadAsync(destination, trust: folder.Trust);
        Assert.StartsWith("HTTP/1.1 403 ", refused, StringComparison.Ordinal);
        Assert.Contains("error=tls_certificate_error; details=\"a client certificate is required, and none was shown\"", refused, StringComparison.Ordinal);
        await proxy.UntilAsync(() => proxy.Events("Tunnel").Count == 1, "the tunnel is logged");
        Assert.Equal("cell-1", proxy.Events("Tunnel")[0].GetProperty("identity").GetString());
    }

    [Fact(Timeout = 180_000)]
    public async Task A_secure_parent_is_spoken_to_with_its_trust_and_credentials()
    {
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        using var server = folder.Issue("server");
        var hash = Culvert.Relaying.PasswordHash.Create("hidden-in-the-environment", 10_000);
        await using var parent = await ProxyProcess.StartAsync(folder, $$"""
            proxy: { name: dmz, level: 3.5, takesFrom: [3] }
            listen:
              - { address: 127.0.0.1, port: 0, scheme: https, certificate: { certificateFile: server.pem, keyFile: server.key } }
            health: { address: 127.0.0.1, port: 0 }
            allow: ["127.0.0.1:{{echo.Port}}"]
            sources: [127.0.0.1]
            identities: [{ name: plant, passwordHash: {{hash}} }]
            privateDestinations: [127.0.0.1]
            """);
        await using var proxy = await ProxyProcess.StartAsync(folder, $$"""
            proxy: { name: plant, level: 3, passesTo: [3.5] }
            listen: [{ address: 127.0.0.1, port: 0 }]
            health: { address: 127.0.0.1, port: 0 }
            allow: ["127.0.0.1:{{echo.Port}}"]
            sources: [127.0.0.1]
            privateDestinations: [127.0.0.1]
            parents:
              - name: dmz
                host: localhost
                port: {{parent.Address.Port}}
                scheme: https
                level: 3.5
                credentials: { userName: plant, password: { environment: CULVERT_TEST_SECRET } }
                trust: { caFile: ca.pem, serverName: localhost }
            hosts: { localhost: [127.0.0.1] }
            """);
        var destination = $"127.0.0.1:{echo.Port}";
        var (head, tunnel) = await proxy.AskAsync(destination);
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        Assert.Contains($"Proxy-Status: dmz; next-hop=\"{destination}\", plant; next-hop=dmz\r\n", head, StringComparison.Ordinal);
        await EchoAsync(tunnel);
        await tunnel.DisposeAsync();
        Assert.Contains("\"parents\":[{\"name\":\"dmz\",\"up\":true}]", await proxy.GetAsync("/healthz"), StringComparison.Ordinal);
        Assert.Contains("culvert_proxy_parent_up{parent=\"dmz\"} 1\n", await proxy.GetAsync("/metrics"), StringComparison.Ordinal);
        Assert.DoesNotContain(proxy.Log.Concat(parent.Log), l => l.Contains("hidden-in", StringComparison.Ordinal));
    }

    private static long Kilobytes(int process, string field) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith(field, StringComparison.Ordinal))[field.Length..^3], System.Globalization.CultureInfo.InvariantCulture);

    private static async Task EchoAsync(Stream tunnel)
    {
        using var deadline = new CancellationTokenSource(ProxyProcess.Limit);
        await tunnel.WriteAsync("hello"u8.ToArray(), deadline.Token);
        var buffer = new byte[5];
        await tunnel.ReadExactlyAsync(buffer, deadline.Token);
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer));
    }
}
