using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Culvert.CloudServices.Tests;

public sealed class TlsTests(PortalFixture fixture)
{
    private InProcessPortal Portal => fixture.Portal;

    [Theory(Timeout = 60_000)]
    [InlineData(TlsCipherSuite.TLS_AES_256_GCM_SHA384, true)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, true)]
    [InlineData(TlsCipherSuite.TLS_AES_128_GCM_SHA256, false)]
    [InlineData(TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, false)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, false)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, false)]
    public async Task Only_the_suites_of_the_policy_are_spoken_on_both_ports(TlsCipherSuite suite, bool spoken)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Suites are chosen per connection on Linux only.");
        foreach (var port in (int[])[Portal.Port, Portal.MqttPort])
        {
            var options = Portal.ClientTls(null);
#pragma warning disable CA1416 // Skipped elsewhere.
            options.CipherSuitesPolicy = new CipherSuitesPolicy([suite]);
#pragma warning restore CA1416
#pragma warning disable CA5397 // A suite belongs to one version: each is asked for with its own.
            options.EnabledSslProtocols = suite.ToString().StartsWith("TLS_ECDHE", StringComparison.Ordinal) ? SslProtocols.Tls12 : SslProtocols.Tls13;
#pragma warning restore CA5397
            await using var tls = new SslStream(await InProcessPortal.ConnectAsync(port, TestContext.Current.CancellationToken));
            if (spoken)
            {
                await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
                Assert.Equal(suite, tls.NegotiatedCipherSuite);
            }
            else
            {
                var refused = await Record.ExceptionAsync(() => tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken));
                Assert.True(refused is IOException || refused is AuthenticationException { InnerException: not null }, $"{refused}");
                Assert.DoesNotContain("RequireEncryption", $"{refused}", StringComparison.Ordinal);
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_certificate_of_elsewhere_proves_nothing_and_is_answered_in_http()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var foreign = new CertificateRequest("CN=tls-1", key, HashAlgorithmName.SHA384).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        using var client = Portal.HttpClient(foreign);
        using var answer = await client.PostAsync("/records/messages", new ByteArrayContent([]), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("\0\0\0\0\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\n\r\n")]
    [InlineData("GET /records/messages HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("POST /records/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("POST /records/messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n")]
    public async Task Malformed_http_is_refused_and_ends(string request)
    {
        await using var tls = await Portal.OpenTlsAsync(Portal.Port, null, TestContext.Current.CancellationToken);
        await tls.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tls);
        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(line is null || line.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || line.StartsWith("HTTP/1.1 505", StringComparison.Ordinal), line);
    }

    [Fact(Timeout = 60_000)]
    public async Task Headers_without_end_are_refused()
    {
        await using var tls = await Portal.OpenTlsAsync(Portal.Port, null, TestContext.Current.CancellationToken);
        var sent = 0;
        try
        {
            await tls.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            var header = Encoding.ASCII.GetBytes($"x-a: {new string('b', 4000)}\r\n");
            for (; sent < 4000; sent++)
            {
                await tls.WriteAsync(header, TestContext.Current.CancellationToken);
            }
        }
        catch (IOException)
        {
            // It hung up.
        }

        Assert.True(sent < 4000, "It took 16 MB of header fields.");
    }
}
