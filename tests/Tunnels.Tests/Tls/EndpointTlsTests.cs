using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tunnels.Tests;

public sealed class EndpointTlsTests : IDisposable
{
    private readonly TestCa _ca = new("Cloud CA");

    public void Dispose() => _ca.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task TLS_runs_end_to_end_inside_the_tunnel_and_tells_when_the_certificate_ends()
    {
        await using var endpoint = Endpoint(_ca.Server("portal.example"));
        await using var proxy = new GoodProxy(map: _ => endpoint.Address);
        var destination = new HostPort("portal.example", 443);
        var result = await Dials.DialTlsAsync(Dials.Via(Dials.Hop(proxy.Address)), destination, new EndpointTls { Trust = _ca.Trust });
        Assert.Null(result.Trace.Failure);
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
        var step = result.Trace.Steps[^1];
        Assert.Equal((Stage.Tls, 1, "portal.example:443"), (step.Stage, step.HopIndex, step.Target));
        Assert.Contains("days left", step.Evidence);
        Assert.NotNull(step.CertificateEndsAt);
    }

    [Fact(Timeout = 60_000)]
    public async Task Interception_is_named_and_its_issuer_shown()
    {
        using var inspector = new TestCa("Plant Inspection CA");
        var failure = await FailAsync(inspector.Server("127.0.0.1"));
        Assert.Equal(Cause.Intercepted, failure.Cause);
        Assert.Contains("Plant Inspection CA", failure.Evidence);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_certificate_that_signed_itself_is_untrusted_and_not_called_interception()
    {
        using var alone = new TestCa("127.0.0.1");
        Assert.Equal(Cause.CertificateUntrusted, (await FailAsync(TestCa.ServerOf(alone.Authority))).Cause);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_ended_certificate_a_wrong_name_and_a_wrong_pin_are_told_apart()
    {
        Assert.Equal(Cause.CertificateExpired, (await FailAsync(TestCa.ServerOf(_ca.Issue("127.0.0.1", TimeSpan.FromDays(-9), TimeSpan.FromDays(-1))))).Cause);
        Assert.Equal(Cause.CertificateWrongName, (await FailAsync(_ca.Server("portal.example"))).Cause);
        var failure = await FailAsync(_ca.Server("127.0.0.1"), new EndpointTls { Trust = _ca.Trust, SpkiPins = [Convert.ToBase64String(new byte[32])] });
        Assert.Equal(Cause.CertificateUntrusted, failure.Cause);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_clock_that_is_behind_is_said_to_be_by_how_much()
    {
        var failure = await FailAsync(TestCa.ServerOf(_ca.Issue("127.0.0.1", TimeSpan.FromDays(400), TimeSpan.FromDays(800))));
        Assert.Equal(Cause.ClockOff, failure.Cause);
        Assert.Contains("at least 399.23:", failure.Evidence);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_clock_that_is_ahead_is_known_from_a_hops_clock()
    {
        // The certificate is well; our clock is a year ahead, and the hop, which asks for credentials first, tells its own time.
        await using var endpoint = Endpoint(_ca.Server("127.0.0.1"));
        var asked = false;
        Peer? peer = null;
        await using var proxy = peer = new Peer(async (stream, end) =>
        {
            while (await peer!.ReadRequestAsync(stream, end) is not null)
            {
                if (!asked)
                {
                    asked = true;
                    var date = TimeProvider.System.GetUtcNow().ToString("r", System.Globalization.CultureInfo.InvariantCulture);
                    await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 407 Who\r\nDate: {date}\r\nProxy-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n"), end);
                    continue;
                }

                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), end);
                using var far = new System.Net.Sockets.TcpClient();
                await far.ConnectAsync(endpoint.Address.Host, endpoint.Address.Port, end);
                await Task.WhenAny(stream.CopyToAsync(far.GetStream(), end), far.GetStream().CopyToAsync(stream, end));
                return;
            }
        });
        var ahead = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddYears(1));
        var result = await new TunnelDialer(Dials.Patient, ahead).DialTlsAsync(
            Dials.Via(Dials.Hop(proxy.Address, credentials: new HopCredentials("a", "b"))), endpoint.Address, new EndpointTls { Trust = _ca.Trust }, TestContext.Current.CancellationToken);
        Assert.Equal(Cause.ClockOff, result.Trace.Failure!.Cause);
        Assert.Matches(@"ours is 36[45]\.\d\d:\d\d:\d\d ahead", result.Trace.Failure.Evidence);
    }

    [Fact(Timeout = 60_000)]
    public async Task Weak_TLS_is_refused()
    {
        var weak = _ca.Server("127.0.0.1");
#pragma warning disable CA1416
        weak.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]);
#pragma warning restore CA1416
        Assert.Equal(Cause.TlsTooWeak, (await FailAsync(weak)).Cause);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_versions_work_with_AES_256_GCM(SslProtocols version)
    {
        var server = _ca.Server("127.0.0.1");
        server.EnabledSslProtocols = version;
        await using var endpoint = Endpoint(server);
        var result = await Dials.DialTlsAsync(Dials.Via(), endpoint.Address, new EndpointTls { Trust = _ca.Trust });
        await using var stream = (SslStream)result.Stream!;
        Assert.Equal(version, stream.SslProtocol);
        Assert.True(TlsPolicy.Allows(stream.NegotiatedCipherSuite));
    }

    [Fact]
    public void The_policy_allows_nothing_but_AES_256_GCM_and_has_no_switch()
    {
        Assert.All(TlsPolicy.Suites, s => Assert.Contains("AES_256_GCM", s.ToString()));
        Assert.All(Enum.GetValues<TlsCipherSuite>().Where(TlsPolicy.Allows), s => Assert.Contains(s, TlsPolicy.Suites));
        Assert.DoesNotContain(typeof(EndpointTls).GetProperties().Concat(typeof(HopTrust).GetProperties()).Concat(typeof(TunnelDialerOptions).GetProperties()), p => p.PropertyType == typeof(bool));
    }

    private static Peer Endpoint(SslServerAuthenticationOptions options) => new(async (stream, end) =>
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(options, end);
        await tls.CopyToAsync(tls, end);
    });

    private async Task<TraceStep> FailAsync(SslServerAuthenticationOptions server, EndpointTls? tls = null)
    {
        await using var endpoint = Endpoint(server);
        var result = await Dials.DialTlsAsync(Dials.Via(), endpoint.Address, tls ?? new EndpointTls { Trust = _ca.Trust });
        Assert.Null(result.Stream);
        Assert.Equal(Stage.Tls, result.Trace.Failure!.Stage);
        Assert.True(RouteFault.IsOfDestination(Dials.Via(), result));
        return result.Trace.Failure;
    }
}
