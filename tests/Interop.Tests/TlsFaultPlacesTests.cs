using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Interop.Tests;

/// <summary>Faults of TLS in every place: with each hop of a chain of three, and with the endpoint behind hops of every scheme.</summary>
public sealed class TlsFaultPlacesTests : IDisposable
{
    private static readonly TunnelDialerOptions Short = Dials.Patient with { TlsTimeout = TimeSpan.FromSeconds(5) };
    private readonly TestCa _ca = new("Plant CA");
    private readonly TestCa _foreign = new("Foreign CA");

    public static TheoryData<string, int> AtHops
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var fault in new[] { "foreign", "expired", "not yet valid", "wrong name", "AES-128", "no TLS", "asks for a certificate", "refuses the certificate", "closes", "silent" })
            {
                for (var place = 0; place < 3; place++)
                {
                    data.Add(fault, place);
                }
            }

            return data;
        }
    }

    public static TheoryData<string, string> AtEnds
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var fault in new[] { "foreign", "self-signed", "expired", "not yet valid", "wrong name", "AES-128", "a page", "closes", "silent" })
            {
                foreach (var chain in new[] { "http", "https http", "socks5 https", "http socks5 http" })
                {
                    data.Add(fault, chain);
                }
            }

            return data;
        }
    }

    public void Dispose()
    {
        _ca.Dispose();
        _foreign.Dispose();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(AtHops))]
    public async Task A_hops_fault_is_laid_to_it(string fault, int place)
    {
        var (cause, server) = Server(fault, hop: true);
        await using var plain = Ending(fault == "no TLS" ? "a page" : fault);
        await using var broken = new GoodProxy(server ?? _ca.Server("127.0.0.1"));
        await using var first = new GoodProxy(_ca.Server("127.0.0.1"));
        await using var second = new GoodProxy(_ca.Server("127.0.0.1"));
        var hops = new List<Hop> { Secure(first.Address, "first"), Secure(second.Address, "second") };
        hops.Insert(place, Secure(server is null ? plain.Address : broken.Address, "broken") with
        {
            ClientCertificate = fault == "refuses the certificate" ? _foreign.Write(_foreign.Issue("stranger")) : null,
        });
        var failure = (await Dials.DialAsync(Dials.Via([.. hops]), new HostPort("portal.example", 443), fault == "silent" ? Short : null)).Trace.Failure;
        Assert.True(failure is not null && (failure.HopIndex, failure.Target, failure.Stage, failure.Cause) == (place, "broken", Stage.ProxyTls, cause), $"{fault} at {place}: {failure}");
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(AtEnds))]
    public async Task The_endpoints_fault_is_laid_to_it(string fault, string chain)
    {
        var (cause, server) = Server(fault, hop: false);
        await using var endpoint = server is null ? Ending(fault) : new Peer(async (stream, end) =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(server, end);
            await tls.CopyToAsync(tls, end);
        });
        await using var http = new GoodProxy();
        await using var https = new GoodProxy(_ca.Server("127.0.0.1"));
        await using var socks = new GoodSocks();
        await using var last = new GoodProxy();
        var hops = chain.Split(' ').Select((scheme, i) => scheme switch
        {
            "https" => Secure(https.Address, "https"),
            "socks5" => Dials.Hop(socks.Address, HopScheme.Socks5, "socks"),
            _ => Dials.Hop(i == 0 ? http.Address : last.Address, name: $"http-{i}"),
        }).ToArray();
        var result = await Dials.DialTlsAsync(Dials.Via(hops), endpoint.Address, new EndpointTls { Trust = _ca.Trust }, fault == "silent" ? Short : null);
        var failure = result.Trace.Failure;
        Assert.True(failure is not null && (failure.HopIndex, failure.Stage, failure.Cause) == (hops.Length, Stage.Tls, cause), $"{fault} behind {chain}: {failure}");
        Assert.True(RouteFault.IsOfDestination(Dials.Via(hops), result));
    }

    private Hop Secure(HostPort address, string name) => Dials.Hop(address, HopScheme.Https, name) with { Trust = new HopTrust { CaFile = _ca.CaFile } };

    /// <summary>What the fault must be named, and the server that has it; null where it speaks no TLS.</summary>
    private (Cause Cause, SslServerAuthenticationOptions? Server) Server(string fault, bool hop) => fault switch
    {
        "foreign" => (hop ? Cause.ProxyCertificateUntrusted : Cause.Intercepted, _foreign.Server("127.0.0.1")),
        "self-signed" => (Cause.CertificateUntrusted, SelfSigned()),
        "expired" => (hop ? Cause.ProxyCertificateExpired : Cause.CertificateExpired, TestCa.ServerOf(_ca.Issue("127.0.0.1", TimeSpan.FromDays(-30), TimeSpan.FromDays(-1)))),
        "not yet valid" => (hop ? Cause.ProxyCertificateNotYetValid : Cause.ClockOff, TestCa.ServerOf(_ca.Issue("127.0.0.1", TimeSpan.FromDays(1), TimeSpan.FromDays(9)))),
        "wrong name" => (hop ? Cause.ProxyCertificateWrongName : Cause.CertificateWrongName, _ca.Server("other.plant")),
        "AES-128" => (hop ? Cause.ProxyTlsTooWeak : Cause.TlsTooWeak, Weak()),
        "no TLS" => (Cause.ProxyTlsFailed, null),
        "a page" => (Cause.TlsFailed, null),
        "asks for a certificate" => (Cause.ProxyClientCertificateMissing, Asking()),
        "refuses the certificate" => (Cause.ProxyClientCertificateRefused, Asking()),
        "closes" => (Cause.ConnectionClosed, null),
        _ => (Cause.NoAnswer, null),
    };

    private static Peer Ending(string fault) => new(async (stream, end) =>
    {
        var head = new byte[5];
        await stream.ReadExactlyAsync(head, end);
        await stream.ReadExactlyAsync(new byte[(head[3] << 8) | head[4]], end);
        if (fault == "a page")
        {
            await stream.WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>"u8.ToArray(), end);
        }
        else if (fault == "silent")
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
        }
    });

    private static SslServerAuthenticationOptions SelfSigned()
    {
        using var alone = new TestCa("127.0.0.1");
        return TestCa.ServerOf(X509CertificateLoader.LoadPkcs12(alone.Authority.Export(X509ContentType.Pkcs12), null));
    }

    private SslServerAuthenticationOptions Asking()
    {
        var options = _ca.Server("127.0.0.1");
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = TlsPolicy.Chain(_ca.Trust);
        return options;
    }

    private SslServerAuthenticationOptions Weak()
    {
        var options = _ca.Server("127.0.0.1");
#pragma warning disable CA1416 // these are built on Linux
        options.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]);
#pragma warning restore CA1416
        return options;
    }
}
