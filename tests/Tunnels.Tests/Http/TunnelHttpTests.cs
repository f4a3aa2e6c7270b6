using System.Net.Security;
using System.Text;

namespace Culvert.Tunnels.Tests;

public sealed class TunnelHttpTests : IDisposable
{
    private static readonly RouteSelectorOptions Options = new();
    private readonly TestCa _ca = new("Cloud CA");

    public void Dispose() => _ca.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task File_upload_and_control_use_the_same_dialer_and_the_same_proxy()
    {
        await using var web = Web();
        await using var proxy = new GoodProxy();
        var dialer = Dialer(Dials.Hop(proxy.Address));
        using var control = new HttpClient(TunnelHttp.CreateHandler(dialer, new HashSet<HostPort> { web.Address }, Tls));
        using var upload = new HttpClient(TunnelHttp.CreateHandler(dialer, new HashSet<HostPort> { web.Address }, Tls));
        using var limit = Dials.Limit();
        Assert.Equal("hello", await control.GetStringAsync(new Uri($"https://{web.Address}/"), limit.Token));
        using var content = new ByteArrayContent(new byte[1000]);
        using var answer = await upload.PostAsync(new Uri($"https://{web.Address}/file"), content, limit.Token);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(2, proxy.Targets.Count);
        Assert.Equal(2, web.Accepted);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_address_that_is_no_endpoint_and_a_scheme_without_TLS_are_refused_before_anything_is_sent()
    {
        await using var web = Web();
        await using var proxy = new GoodProxy();
        using var client = new HttpClient(TunnelHttp.CreateHandler(Dialer(Dials.Hop(proxy.Address)), new HashSet<HostPort> { web.Address }, Tls));
        using var limit = Dials.Limit();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri("https://127.0.0.1:9/"), limit.Token));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://{web.Address}/"), limit.Token));
        Assert.Equal(0, proxy.Accepted);
        Assert.Equal(0, web.Accepted);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stale_proxy_setting_is_a_named_error_and_nothing_goes_around_it()
    {
        await using var web = Web();
        HostPort gone;
        await using (var closed = Peer.Silent())
        {
            gone = closed.Address;
        }

        using var client = new HttpClient(TunnelHttp.CreateHandler(Dialer(Dials.Hop(gone, name: "old-proxy")), new HashSet<HostPort> { web.Address }, Tls));
        using var limit = Dials.Limit();
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"https://{web.Address}/"), limit.Token));
        var failure = Assert.IsType<TunnelFailedException>(error.InnerException);
        Assert.Equal(("old-proxy", Stage.Connect, Cause.ConnectionRefused), (failure.Trace.Failure!.Target, failure.Trace.Failure.Stage, failure.Trace.Failure.Cause));
        Assert.Contains("old-proxy", failure.Message);
        Assert.Equal(0, web.Accepted);
    }

    private EndpointTls Tls() => new() { Trust = _ca.Trust, Service = CloudService.Blob };

    private static RoutedDialer Dialer(Hop hop) => new(
        new TunnelDialer(Dials.Patient, TimeProvider.System), new RouteSelector([Dials.Via(hop)], Options, TimeProvider.System, new Random(1)), Options);

    /// <summary>A web server that answers every request with hello.</summary>
    private Peer Web()
    {
        var server = _ca.Server("127.0.0.1");
        Peer? peer = null;
        return peer = new Peer(async (stream, end) =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(server, end);
            while (await peer!.ReadRequestAsync(tls, end) is { } request)
            {
                if (request.StartsWith("POST", StringComparison.Ordinal))
                {
                    await tls.ReadExactlyAsync(new byte[1000], end);
                }

                await tls.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), end);
            }
        });
    }
}
