using System.Net.Security;
using System.Security.Authentication;

namespace Culvert.Interop.Tests;

/// <summary>Faults of TLS, with a hop and with the endpoint, by real certificates that are wrong.</summary>
internal sealed class TlsFaultsBuilt(TestCa ca, TestCa foreign)
{
    private static readonly HostPort Far = new("portal.example", 443);
    private static readonly TunnelDialerOptions Short = Dials.Patient with { TlsTimeout = TimeSpan.FromSeconds(2) };

    public IEnumerable<Fault> All =>
    [
        AtHop("the hop's certificate is of another CA", Cause.ProxyCertificateUntrusted, () => foreign.Server("127.0.0.1"), "Foreign CA"),
        AtHop("the hop's certificate has ended", Cause.ProxyCertificateExpired, () => TestCa.ServerOf(ca.Issue("127.0.0.1", TimeSpan.FromDays(-30), TimeSpan.FromDays(-1)))),
        AtHop("the hop's certificate begins tomorrow", Cause.ProxyCertificateNotYetValid, () => TestCa.ServerOf(ca.Issue("127.0.0.1", TimeSpan.FromDays(1), TimeSpan.FromDays(9))), "behind"),
        AtHop("the hop's certificate is for another name", Cause.ProxyCertificateWrongName, () => ca.Server("other.plant"), "other.plant"),
        AtHop("the hop's key is not the pinned one", Cause.ProxyPinMismatch, () => ca.Server("127.0.0.1"), trust: new HopTrust { CaFile = ca.CaFile, SpkiPins = [Convert.ToBase64String(new byte[32])] }),
        AtHop("the hop has AES-128 only", Cause.ProxyTlsTooWeak, () => Weak(ca.Server("127.0.0.1"))),
        AtHop("the hop asks for a client certificate and none is set", Cause.ProxyClientCertificateMissing, () => Asking(ca.Server("127.0.0.1"))),
        AtHop("the hop refuses the client certificate", Cause.ProxyClientCertificateRefused, () => Asking(ca.Server("127.0.0.1")), identity: () => foreign.Write(foreign.Issue("stranger"))),
        AtHop("the hop's CA file is missing", Cause.Misconfigured, () => ca.Server("127.0.0.1"), trust: new HopTrust { CaFile = "/nonexistent/ca.pem" }),
        new("the hop speaks no TLS", Stage.ProxyTls, 0, Cause.ProxyTlsFailed, async () =>
        {
            await using var plain = new Peer(async (stream, end) =>
            {
                await stream.ReadExactlyAsync(new byte[16], end);
                await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), end);
            });
            return await Dials.DialAsync(Dials.Via(Dials.Hop(plain.Address, HopScheme.Https)), Far);
        }),
        AtEnd("TLS is intercepted", Cause.Intercepted, () => foreign.Server("127.0.0.1"), "Foreign CA"),
        AtEnd("the endpoint's certificate signed itself", Cause.CertificateUntrusted, () =>
        {
            using var alone = new TestCa("127.0.0.1");
            return TestCa.ServerOf(System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadPkcs12(
                alone.Authority.Export(System.Security.Cryptography.X509Certificates.X509ContentType.Pkcs12), null));
        }),
        AtEnd("the endpoint's certificate has ended", Cause.CertificateExpired, () => TestCa.ServerOf(ca.Issue("127.0.0.1", TimeSpan.FromDays(-30), TimeSpan.FromDays(-1))), "our clock says"),
        AtEnd("our clock is 100 days behind", Cause.ClockOff, () => TestCa.ServerOf(ca.Issue("127.0.0.1", TimeSpan.FromDays(100), TimeSpan.FromDays(200))), "at least 99.23:"),
        AtEnd("the endpoint's certificate is for another name", Cause.CertificateWrongName, () => ca.Server("other.example"), "other.example"),
        AtEnd("the endpoint has AES-128 only", Cause.TlsTooWeak, () => Weak(ca.Server("127.0.0.1"))),
        Raw("a gateway answers the handshake with a page", Cause.TlsFailed, async (stream, end) => await stream.WriteAsync("HTTP/1.1 403 Forbidden\r\n\r\n<html>"u8.ToArray(), end)),
        Raw("a firewall resets the connection at the host name", Cause.ConnectionReset, (stream, _) =>
        {
            ((System.Net.Sockets.NetworkStream)stream).Socket.Close(0);
            return Task.CompletedTask;
        }),
        Raw("the handshake is never answered", Cause.NoAnswer, async (_, end) => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end)),
        Raw("the endpoint closes in the handshake", Cause.ConnectionClosed, (_, _) => Task.CompletedTask),
    ];

    private Fault AtHop(string name, Cause cause, Func<SslServerAuthenticationOptions> server, string evidence = "", HopTrust? trust = null, Func<ClientCertificateFiles>? identity = null) =>
        new(name, Stage.ProxyTls, 0, cause, async () =>
        {
            await using var proxy = new GoodProxy(server());
            var hop = Dials.Hop(proxy.Address, HopScheme.Https) with { Trust = trust ?? new HopTrust { CaFile = ca.CaFile }, ClientCertificate = identity?.Invoke() };
            return await Dials.DialAsync(Dials.Via(hop), Far);
        })
        { Evidence = evidence };

    private Fault AtEnd(string name, Cause cause, Func<SslServerAuthenticationOptions> server, string evidence = "") => Raw(
        name, cause, async (stream, end) =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(server(), end);
            await tls.CopyToAsync(tls, end);
        },
        readFirst: false) with
    { Evidence = evidence };

    /// <summary>An endpoint behind one good hop.</summary>
    private Fault Raw(string name, Cause cause, Func<Stream, CancellationToken, Task> serve, bool readFirst = true) => new(name, Stage.Tls, -1, cause, async () =>
    {
        await using var endpoint = new Peer(async (stream, end) =>
        {
            if (readFirst)
            {
                // The whole record, so that what is closed then is closed and not reset.
                var head = new byte[5];
                await stream.ReadExactlyAsync(head, end);
                await stream.ReadExactlyAsync(new byte[(head[3] << 8) | head[4]], end);
            }

            await serve(stream, end);
        });
        return await Dials.DialTlsAsync(Dials.Via(), endpoint.Address, new EndpointTls { Trust = ca.Trust }, cause == Cause.NoAnswer ? Short : null);
    });

    private SslServerAuthenticationOptions Asking(SslServerAuthenticationOptions options)
    {
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = TlsPolicy.Chain(ca.Trust);
        return options;
    }

    private static SslServerAuthenticationOptions Weak(SslServerAuthenticationOptions options)
    {
#pragma warning disable CA1416 // this table is built on Linux
        options.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]);
#pragma warning restore CA1416
        options.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        return options;
    }
}
