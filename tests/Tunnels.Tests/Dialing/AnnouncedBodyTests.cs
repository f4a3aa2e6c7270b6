using System.Text;

namespace Culvert.Tunnels.Tests;

/// <summary>A proxy whose 200 announces a body: ignored when the tunnel's bytes follow, blamed on that proxy when the body does.</summary>
public sealed class AnnouncedBodyTests
{
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string Sized = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n";
    private static readonly HostPort Far = new("far.example", 443);

    [Theory(Timeout = 60_000)]
    [InlineData(Chunked + "5\r\nhello\r\n0\r\n\r\n")]
    [InlineData(Chunked + "0\r\n\r\n\u0016\u0003\u0003\u0000\u007a\u0002\u0000\u0000")]
    [InlineData(Sized + "welcome")]
    public async Task A_body_before_the_cloud_s_TLS_is_its_hop_s_mistake(string answer)
    {
        using var ca = new TestCa();
        await using var proxy = Peer.Answering(answer);
        var route = Dials.Via(Dials.Hop(proxy.Address));
        var result = await Dials.DialTlsAsync(route, Far, new EndpointTls { Trust = ca.Trust });
        Blames(result, "hop", 0);
        Assert.False(RouteFault.IsOfDestination(route, result));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(HopScheme.Https)]
    [InlineData(HopScheme.Http)]
    public async Task A_body_before_the_next_hop_s_bytes_is_not_the_next_hop_s_mistake(HopScheme next)
    {
        await using var proxy = Peer.Answering(Chunked + "5\r\nhello\r\n0\r\n\r\n");
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address), Dials.Hop(new HostPort("dmz.example", 3128), next, "dmz")), Far);
        Blames(result, "hop", 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_no_body_was_announced_the_next_station_is_named_as_before()
    {
        using var ca = new TestCa();
        await using var proxy = Peer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nwelcome to you");
        var result = await Dials.DialTlsAsync(Dials.Via(Dials.Hop(proxy.Address)), Far, new EndpointTls { Trust = ca.Trust });
        Assert.Equal((Cause.TlsFailed, Stage.Tls, 1), (result.Trace.Failure!.Cause, result.Trace.Failure.Stage, result.Trace.Failure.HopIndex));
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_protocol_behind_an_announcement_is_still_named()
    {
        await using var proxy = Peer.Answering(Sized + "SSH-2.0-OpenSSH_9.2\r\n");
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address), Dials.Hop(new HostPort("dmz.example", 22), name: "dmz")), Far);
        Assert.Equal((Cause.NotAProxy, "dmz"), (result.Trace.Failure!.Cause, result.Trace.Failure.Target));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_announcement_without_a_body_is_ignored()
    {
        using var ca = new TestCa("Cloud CA");
        var server = ca.Server("far.example");
        Peer? peer = null;
        await using var proxy = peer = new Peer(async (stream, end) =>
        {
            await peer!.ReadRequestAsync(stream, end);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Chunked), end);
            await using var tls = new System.Net.Security.SslStream(stream);
            await tls.AuthenticateAsServerAsync(server, end);
            await tls.CopyToAsync(tls, end);
        });
        var result = await Dials.DialTlsAsync(Dials.Via(Dials.Hop(proxy.Address)), Far, new EndpointTls { Trust = ca.Trust });
        Assert.Null(result.Trace.Failure);
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
    }

    private static void Blames(DialResult result, string hop, int index)
    {
        Assert.False(result.Succeeded);
        var failure = result.Trace.Failure!;
        Assert.Equal((Cause.MalformedAnswer, Stage.Request, hop, index), (failure.Cause, failure.Stage, failure.Target, failure.HopIndex));
        Assert.Contains("a body stands before", failure.Evidence);
    }
}
