using System.Net.Security;
using System.Security.Authentication;

namespace Culvert.Tunnels.Tests;

public sealed class HopTlsTests : IDisposable
{
    private static readonly HostPort Far = new("far.example", 443);
    private readonly TestCa _ca = new("Plant CA");

    public void Dispose() => _ca.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task A_hop_with_its_own_CA_pin_and_client_certificate_lets_us_through()
    {
        var certificate = _ca.Issue("proxy.plant");
        var server = TestCa.ServerOf(certificate);
        server.ClientCertificateRequired = true;
        server.RemoteCertificateValidationCallback = (_, c, _, _) => c?.Subject == "CN=sensor-1";
        await using var echo = Peer.Echo();
        await using var proxy = new GoodProxy(server);
        var hop = Hop(proxy.Address) with
        {
            Trust = new HopTrust { CaFile = _ca.CaFile, ServerName = "proxy.plant", SpkiPins = [TestCa.Pin(certificate)] },
            ClientCertificate = _ca.Write(_ca.Issue("sensor-1")),
        };
        var result = await Dials.DialAsync(Dials.Via(hop), echo.Address);
        Assert.Null(result.Trace.Failure);
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
        var step = result.Trace.Steps.Single(s => s.Stage == Stage.ProxyTls);
        Assert.Contains("AES_256_GCM", step.Evidence);
        Assert.InRange((step.CertificateEndsAt!.Value - TimeProvider.System.GetUtcNow()).TotalDays, 88, 91);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_hop_of_another_CA_is_refused_and_the_issuer_named()
    {
        using var other = new TestCa("Foreign CA");
        await ExpectAsync(other.Server("127.0.0.1"), new HopTrust { CaFile = _ca.CaFile }, Cause.ProxyCertificateUntrusted, "Foreign CA");
    }

    [Fact(Timeout = 60_000)]
    public async Task Names_are_checked() => await ExpectAsync(_ca.Server("other.plant"), new HopTrust { CaFile = _ca.CaFile }, Cause.ProxyCertificateWrongName, "other.plant");

    [Fact(Timeout = 60_000)]
    public async Task Pins_are_checked_besides_the_chain()
    {
        await ExpectAsync(_ca.Server("127.0.0.1"), new HopTrust { CaFile = _ca.CaFile, SpkiPins = [Convert.ToBase64String(new byte[32])] }, Cause.ProxyPinMismatch, "has the pin");
        using var other = new TestCa("Foreign CA");
        var foreign = other.Issue("127.0.0.1");
        await ExpectAsync(TestCa.ServerOf(foreign), new HopTrust { CaFile = _ca.CaFile, SpkiPins = [TestCa.Pin(foreign)] }, Cause.ProxyCertificateUntrusted, "Foreign CA");
    }

    [Fact(Timeout = 60_000)]
    public async Task Expired_and_not_yet_valid_certificates_are_told_apart_and_the_clock_is_quoted()
    {
        var trust = new HopTrust { CaFile = _ca.CaFile };
        await ExpectAsync(TestCa.ServerOf(_ca.Issue("127.0.0.1", TimeSpan.FromDays(-30), TimeSpan.FromDays(-2))), trust, Cause.ProxyCertificateExpired, "our clock says");
        await ExpectAsync(TestCa.ServerOf(_ca.Issue("127.0.0.1", TimeSpan.FromDays(2), TimeSpan.FromDays(30))), trust, Cause.ProxyCertificateNotYetValid, "at least 1.23:");
    }

    [Fact(Timeout = 60_000)]
    public async Task Versions_below_1_2_and_suites_other_than_AES_256_GCM_are_refused()
    {
        var trust = new HopTrust { CaFile = _ca.CaFile };
        var weak = _ca.Server("127.0.0.1");
#pragma warning disable CA1416 // Linux and macOS have suite policies; on others the handshake's outcome is checked by the same code
        weak.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]);
#pragma warning restore CA1416
        await ExpectAsync(weak, trust, Cause.ProxyTlsTooWeak, "");
        var old = _ca.Server("127.0.0.1");
        old.CipherSuitesPolicy = null;
#pragma warning disable SYSLIB0039, CA5397 // that such a server is refused is what is tested
        old.EnabledSslProtocols = SslProtocols.Tls11;
#pragma warning restore SYSLIB0039, CA5397
        await ExpectAsync(old, trust, Cause.ProxyTlsTooWeak, "");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(SslProtocols.Tls12, false, Cause.ProxyClientCertificateMissing)]
    [InlineData(SslProtocols.Tls12, true, Cause.ProxyClientCertificateRefused)]
    [InlineData(SslProtocols.Tls13, false, Cause.ProxyClientCertificateMissing)]
    [InlineData(SslProtocols.Tls13, true, Cause.ProxyClientCertificateRefused)]
    public async Task A_client_certificate_that_is_missing_or_refused_is_named(SslProtocols version, bool shown, Cause expected)
    {
        var server = _ca.Server("127.0.0.1");
        server.EnabledSslProtocols = version;
        server.ClientCertificateRequired = true;
        // A real alert comes only where the library itself refuses: the chain of a client of another CA.
        server.CertificateChainPolicy = TlsPolicy.Chain(_ca.Trust);
        using var other = new TestCa("Foreign CA");
        await using var proxy = new GoodProxy(server);
        var hop = Hop(proxy.Address) with { Trust = new HopTrust { CaFile = _ca.CaFile }, ClientCertificate = shown ? other.Write(other.Issue("stranger")) : null };
        var failure = (await Dials.DialAsync(Dials.Via(hop), Far)).Trace.Failure!;
        Assert.True(failure.Cause == expected, $"{failure.Cause}: {failure.Evidence}");
        Assert.Equal(Stage.ProxyTls, failure.Stage);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_plain_proxy_asked_for_TLS_is_named()
    {
        await using var plain = new Peer(async (stream, end) =>
        {
            await stream.ReadExactlyAsync(new byte[32], end);
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), end);
        });
        var failure = (await Dials.DialAsync(Dials.Via(Hop(plain.Address)), Far)).Trace.Failure!;
        Assert.Equal((Stage.ProxyTls, Cause.ProxyTlsFailed), (failure.Stage, failure.Cause));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_missing_CA_file_or_an_open_key_is_a_setting_and_nothing_is_sent()
    {
        await using var proxy = new GoodProxy(_ca.Server("127.0.0.1"));
        var missing = Hop(proxy.Address) with { Trust = new HopTrust { CaFile = "/nowhere/ca.pem" } };
        Assert.Equal(Cause.Misconfigured, (await Dials.DialAsync(Dials.Via(missing), Far)).Trace.Failure!.Cause);
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes");
            return;
        }

        var files = _ca.Write(_ca.Issue("sensor-1"));
        File.SetUnixFileMode(files.KeyFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var failure = (await Dials.DialAsync(Dials.Via(Hop(proxy.Address) with { Trust = new HopTrust { CaFile = _ca.CaFile }, ClientCertificate = files }), Far)).Trace.Failure!;
        Assert.Equal(Cause.Misconfigured, failure.Cause);
        Assert.Contains("chmod 600", failure.Evidence);
    }

    private static Hop Hop(HostPort address) => Dials.Hop(address, HopScheme.Https);

    private static async Task ExpectAsync(SslServerAuthenticationOptions server, HopTrust trust, Cause cause, string evidence)
    {
        await using var proxy = new GoodProxy(server);
        var failure = (await Dials.DialAsync(Dials.Via(Hop(proxy.Address) with { Trust = trust }), Far)).Trace.Failure!;
        Assert.True(cause == failure.Cause, $"{failure.Cause}: {failure.Evidence}");
        Assert.Equal((Stage.ProxyTls, 0), (failure.Stage, failure.HopIndex));
        Assert.Contains(evidence, failure.Evidence);
        Assert.Empty(proxy.Requests);
    }
}
