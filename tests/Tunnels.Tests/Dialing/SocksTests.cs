namespace Culvert.Tunnels.Tests;

public sealed class SocksTests
{
    private static readonly HopCredentials User = new("user", "p@ss:wörd");

    [Fact(Timeout = 60_000)]
    public async Task Without_credentials()
    {
        await using var echo = Peer.Echo();
        await using var socks = new GoodSocks();
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(socks.Address, HopScheme.Socks5)), echo.Address);
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
    }

    [Fact(Timeout = 60_000)]
    public async Task With_credentials_and_a_name()
    {
        await using var echo = Peer.Echo();
        await using var socks = new GoodSocks(User.UserName, User.Password, always: echo.Address);
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(socks.Address, HopScheme.Socks5, credentials: User)), new HostPort("portal.example", 443));
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
        Assert.Equal(["3 portal.example:443"], socks.Targets);
        Assert.DoesNotContain(result.Trace.Steps, s => s.Cause != Cause.None);
    }

    [Fact(Timeout = 60_000)]
    public async Task Credentials_that_are_not_wanted_are_reported_and_the_tunnel_opens()
    {
        await using var echo = Peer.Echo();
        await using var socks = new GoodSocks();
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(socks.Address, HopScheme.Socks5, credentials: User)), echo.Address);
        await using var stream = result.Stream!;
        Assert.Contains(result.Trace.Steps, s => s.Cause == Cause.CredentialsUnnecessary);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(255, 255, true)]
    [InlineData(256, 1, false)]
    [InlineData(1, 256, false)]
    public async Task Credentials_of_up_to_255_bytes_are_carried_and_longer_ones_are_refused_before_anything_is_sent(int user, int password, bool fits)
    {
        // The umlaut is two bytes, so it is bytes that are counted.
        var credentials = new HopCredentials(Of(user), Of(password));
        await using var echo = Peer.Echo();
        await using var socks = new GoodSocks(credentials.UserName, credentials.Password);
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(socks.Address, HopScheme.Socks5, credentials: credentials)), echo.Address);
        Assert.Equal(fits, result.Succeeded);
        if (result.Succeeded)
        {
            await result.Stream.DisposeAsync();
            return;
        }

        Assert.Equal((Stage.Authenticate, Cause.Misconfigured), (result.Trace.Failure!.Stage, result.Trace.Failure.Cause));
        Assert.Contains("255 bytes", result.Trace.Failure.Evidence);
        Assert.Empty(socks.Targets);
        static string Of(int bytes) => bytes < 3 ? new string('x', bytes) : "ä" + new string('x', bytes - 2);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false, Cause.CredentialsMissing)]
    [InlineData(true, Cause.CredentialsWrong)]
    public async Task Credentials_missing_or_wrong_are_named(bool given, Cause expected)
    {
        await using var socks = new GoodSocks("user", "right");
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(socks.Address, HopScheme.Socks5, credentials: given ? User : null)), new HostPort("a.example", 443));
        Assert.Equal((Stage.Authenticate, expected), (result.Trace.Failure!.Stage, result.Trace.Failure.Cause));
        Assert.False(RouteFault.IsOfDestination(Dials.Via(Dials.Hop(socks.Address, HopScheme.Socks5)), result));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(2, Cause.DestinationRefused)]
    [InlineData(3, Cause.UpstreamUnreachable)]
    [InlineData(4, Cause.UpstreamUnreachable)]
    [InlineData(5, Cause.UpstreamUnreachable)]
    [InlineData(6, Cause.UpstreamTimedOut)]
    [InlineData(1, Cause.UnexpectedStatus)]
    public async Task Replies_have_their_causes_and_blame_the_destination_where_it_is_to_blame(byte reply, Cause expected)
    {
        await using var socks = new GoodSocks(reply: reply);
        var route = Dials.Via(Dials.Hop(socks.Address, HopScheme.Socks5));
        var result = await Dials.DialAsync(route, new HostPort("a.example", 443));
        Assert.Equal(expected, result.Trace.Failure!.Cause);
        Assert.Equal(reply != 1, RouteFault.IsOfDestination(route, result));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_HTTP_server_that_answers_a_SOCKS_greeting_is_no_proxy()
    {
        await using var http = new Peer(async (stream, end) =>
        {
            await stream.ReadExactlyAsync(new byte[3], end);
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), end);
        });
        var failure = (await Dials.DialAsync(Dials.Via(Dials.Hop(http.Address, HopScheme.Socks5)), new HostPort("a.example", 443))).Trace.Failure!;
        Assert.Equal(Cause.NotAProxy, failure.Cause);
        Assert.Contains("HT", failure.Evidence);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_closes_in_the_middle_is_named()
    {
        await using var closing = new Peer(async (stream, end) =>
        {
            await stream.ReadExactlyAsync(new byte[3], end);
            await stream.WriteAsync((byte[])[5], end);
        });
        Assert.Equal(Cause.ConnectionClosed, (await Dials.DialAsync(Dials.Via(Dials.Hop(closing.Address, HopScheme.Socks5)), new HostPort("a.example", 443))).Trace.Failure!.Cause);
    }
}
