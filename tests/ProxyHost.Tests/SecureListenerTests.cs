using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Culvert.ProxyHost.Tests.Harness;
using Culvert.Tunnels;

namespace Culvert.ProxyHost.Tests;

/// <summary>What an <c>https</c> listener says to clients that do not come as they should.</summary>
public sealed class SecureListenerTests
{
    [Fact(Timeout = 180_000)]
    public async Task A_client_certificate_that_is_not_good_is_refused_with_the_reason_and_the_dialer_names_the_cause()
    {
        using var folder = new TestFolder();
        using var other = new TestFolder();
        using var echo = new EchoServer();
        using var server = folder.Issue("server");
        using var known = folder.Issue("sensor");
        using var foreign = other.Issue("foreign");
        using var expired = folder.Issue("expired", lasts: TimeSpan.FromDays(-1));
        await using var proxy = await StartAsync(folder, echo.Port, known.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256));
        var destination = $"127.0.0.1:{echo.Port}";

        var head = await proxy.HeadAsync(destination, trust: folder.Trust, identity: foreign);
        Assert.StartsWith("HTTP/1.1 403 ", head, StringComparison.Ordinal);
        Assert.Contains("error=tls_certificate_error; details=\"the client certificate is not taken: it is not signed by a CA of clientCaFile\"", head, StringComparison.Ordinal);
        head = await proxy.HeadAsync(destination, trust: folder.Trust, identity: expired);
        Assert.Contains("the client certificate is not taken: it is valid from ", head, StringComparison.Ordinal);

        // The product's own dialer turns that into its causes.
        var dialer = new TunnelDialer(new TunnelDialerOptions(), TimeProvider.System);
        Task<DialResult> DialAsync(ClientCertificateFiles? files) => dialer.DialAsync(
            new Route
            {
                Name = "way",
                Hops =
                [
                    new Hop
                    {
                        Name = "plant", Scheme = HopScheme.Https, Address = new HostPort("127.0.0.1", proxy.Address.Port), ClientCertificate = files,
                        Trust = new HopTrust { CaFile = Path.Combine(folder.Path, "ca.pem") },
                    },
                ],
            },
            HostPort.Parse(destination), TestContext.Current.CancellationToken).AsTask();
        Assert.Equal(Cause.ProxyClientCertificateRefused, (await DialAsync(new(Path.Combine(other.Path, "foreign.pem"), Path.Combine(other.Path, "foreign.key")))).Trace.Failure!.Cause);
        Assert.Equal(Cause.ProxyClientCertificateMissing, (await DialAsync(null)).Trace.Failure!.Cause);
        Assert.True((await DialAsync(new(Path.Combine(folder.Path, "sensor.pem"), Path.Combine(folder.Path, "sensor.key")))).Succeeded);
    }

    [Fact(Timeout = 180_000)]
    public async Task Plain_text_old_versions_weak_suites_and_half_a_hello_harm_nobody_and_are_logged()
    {
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        using var server = folder.Issue("server");
        using var known = folder.Issue("sensor");
        await using var proxy = await StartAsync(folder, echo.Port, known.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256), "limits: { requestTimeout: 2s }");

        // Plain HTTP is told what is wrong, in plain HTTP.
        var head = await proxy.HeadAsync($"127.0.0.1:{echo.Port}");
        Assert.StartsWith("HTTP/1.1 400 ", head, StringComparison.Ordinal);
        Assert.Contains("this listener speaks TLS (scheme https)", head, StringComparison.Ordinal);

        // A suite below AES-256 gets no handshake, and the log says why.
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(proxy, TlsCipherSuite.TLS_AES_128_GCM_SHA256));
        await proxy.UntilAsync(() => proxy.Events("Refused").Any(e => e.GetProperty("details").GetString()!.StartsWith("the TLS handshake failed: ", StringComparison.Ordinal)), "the failed handshake is logged");

        // Hellos that never end, and hellos that are garbage.
        var hanging = new List<Socket>();
        for (var i = 0; i < 200; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            hanging.Add(socket);
            await socket.ConnectAsync(proxy.Address);
            await socket.SendAsync(i % 2 == 0 ? new byte[] { 0x16, 3, 1, 2, 0, 1 } : [0x16, 3, 1, 0, 4, 0xff, 0xff, 0xff, 0xff]);
        }

        var (good, tunnel) = await proxy.AskAsync($"127.0.0.1:{echo.Port}", trust: folder.Trust, identity: known);
        Assert.StartsWith("HTTP/1.1 200 ", good, StringComparison.Ordinal);
        using var deadline = new CancellationTokenSource(ProxyProcess.Limit);
        foreach (var socket in hanging)
        {
            try
            {
                while (await socket.ReceiveAsync(new byte[64], deadline.Token) > 0)
                {
                }
            }
            catch (SocketException)
            {
                // Left with a reset is left too.
            }

            socket.Dispose();
        }

        await tunnel.WriteAsync("still"u8.ToArray(), deadline.Token);
        var back = new byte[5];
        await tunnel.ReadExactlyAsync(back, deadline.Token);
        Assert.Equal("still", Encoding.ASCII.GetString(back));
        await tunnel.DisposeAsync();
        Assert.DoesNotContain(proxy.Log, l => l.Contains("\"Mistake\"", StringComparison.Ordinal));
    }

    [Fact(Timeout = 180_000)]
    public async Task Renegotiation_is_refused()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "openssl is not on this machine");
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        using var server = folder.Issue("server");
        using var known = folder.Issue("sensor");
        await using var proxy = await StartAsync(folder, echo.Port, known.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256));
        var start = new System.Diagnostics.ProcessStartInfo("/usr/bin/openssl", ["s_client", "-tls1_2", "-connect", proxy.Address.ToString(), "-CAfile", Path.Combine(folder.Path, "ca.pem")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var client = System.Diagnostics.Process.Start(start)!;
        using var deadline = new CancellationTokenSource(ProxyProcess.Limit);
        var output = client.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = client.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            // A line with R alone asks for it.
            await client.StandardInput.WriteAsync("R\n".AsMemory(), deadline.Token);
            await client.StandardInput.FlushAsync(deadline.Token);
            await client.WaitForExitAsync(deadline.Token);
        }
        finally
        {
            if (!client.HasExited)
            {
                client.Kill();
            }
        }

        Assert.Contains("RENEGOTIATING", await output + await errors, StringComparison.Ordinal);
        Assert.NotEqual(0, client.ExitCode);
    }

    private static Task<ProxyProcess> StartAsync(TestFolder folder, int port, string fingerprint, string more = "") => ProxyProcess.StartAsync(folder, $$"""
        proxy: { name: plant }
        listen:
          - { address: 127.0.0.1, port: 0, scheme: https, certificate: { certificateFile: server.pem, keyFile: server.key }, clientCaFile: ca.pem }
        health: { address: 127.0.0.1, port: 0 }
        allow: ["127.0.0.1:{{port}}"]
        sources: [127.0.0.1]
        identities: [{ name: cell-1, certificateSha256: {{fingerprint}} }]
        privateDestinations: [127.0.0.1]
        {{more}}
        """);

    private static async Task HandshakeAsync(ProxyProcess proxy, TlsCipherSuite suite)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "suites can be chosen on Linux only");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(proxy.Address);
        await using var tls = new SslStream(new NetworkStream(socket));
        using var deadline = new CancellationTokenSource(ProxyProcess.Limit);
#pragma warning disable CA1416 // Linux, see above.
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls13, CipherSuitesPolicy = new CipherSuitesPolicy([suite]) }, deadline.Token);
#pragma warning restore CA1416
        await tls.ReadExactlyAsync(new byte[1], deadline.Token);
    }
}
