using System.Collections.Concurrent;
using System.Text;

namespace Culvert.Tunnels.Tests;

/// <summary>How the dialer answers a hop that asks who it is.</summary>
public sealed class AuthenticationTests
{
    private static readonly HostPort Far = new("far.example", 443);
    private static readonly HopCredentials User = new("user", "word");
    private static readonly string Basic = ConnectRequest.Basic(User);
    private const string Ok = "HTTP/1.1 200 OK\r\n\r\n";

    [Fact(Timeout = 60_000)]
    public async Task Over_plain_http_nothing_is_sent_unasked_and_the_second_dial_knows()
    {
        await using var proxy = new GoodProxy(authorization: Basic, map: _ => new HostPort("127.0.0.9", 1));
        var dialer = new TunnelDialer(Dials.Patient, TimeProvider.System);
        var route = Dials.Via(Dials.Hop(proxy.Address, credentials: User));
        await dialer.DialAsync(route, Far, TestContext.Current.CancellationToken);
        Assert.Equal([false, true], proxy.Requests.Select(r => r.Contains("Proxy-Authorization", StringComparison.Ordinal)));
        Assert.Equal(1, proxy.Accepted);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_was_accepted_once_is_sent_with_the_first_request_of_the_next_dial()
    {
        await using var echo = Peer.Echo();
        await using var proxy = new GoodProxy(authorization: Basic);
        var dialer = new TunnelDialer(Dials.Patient, TimeProvider.System);
        var route = Dials.Via(Dials.Hop(proxy.Address, credentials: User));
        for (var i = 0; i < 2; i++)
        {
            var result = await dialer.DialAsync(route, echo.Address, TestContext.Current.CancellationToken);
            await result.Stream!.DisposeAsync();
        }

        Assert.Equal([false, true, true], proxy.Requests.Select(r => r.Contains("Proxy-Authorization", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Basic_goes_unasked_where_it_is_set_or_the_hop_is_https()
    {
        using var ca = new TestCa();
        await using var echo = Peer.Echo();
        await using var plain = new GoodProxy(authorization: Basic);
        await using var secure = new GoodProxy(ca.Server("127.0.0.1"), Basic);
        foreach (var hop in new[]
        {
            Dials.Hop(plain.Address, credentials: User) with { Authentication = HopAuthentication.Basic },
            Dials.Hop(secure.Address, HopScheme.Https, credentials: User) with { Trust = new HopTrust { CaFile = ca.CaFile } },
        })
        {
            var result = await Dials.DialAsync(Dials.Via(hop), echo.Address);
            await result.Stream!.DisposeAsync();
        }

        Assert.Single(plain.Requests);
        Assert.Single(secure.Requests);
    }

    [Fact(Timeout = 60_000)]
    public async Task Credentials_go_to_the_hop_they_belong_to_and_to_no_other()
    {
        await using var echo = Peer.Echo();
        await using var first = new GoodProxy(authorization: Basic);
        await using var second = new GoodProxy(authorization: ConnectRequest.Basic(new HopCredentials("other", "secret")));
        var result = await Dials.DialAsync(
            Dials.Via(Dials.Hop(first.Address, credentials: User), Dials.Hop(second.Address, name: "second", credentials: new HopCredentials("other", "secret"))), echo.Address);
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
        Assert.DoesNotContain(first.Requests, r => r.Contains(ConnectRequest.Basic(new HopCredentials("other", "secret")), StringComparison.Ordinal));
        Assert.DoesNotContain(second.Requests, r => r.Contains(Basic, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Proxy_407_once_then_OK_also_where_it_closes_in_between()
    {
        foreach (var close in new[] { "Connection: close\r\n", "Proxy-Connection: close\r\n", "" })
        {
            await using var proxy = new ScriptedProxy(request => request.Contains(Basic, StringComparison.Ordinal) ? (Ok, false)
                : ($"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"a\"\r\n{close}Content-Length: 4\r\n\r\nbody", true));
            var result = await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address, credentials: User)), Far);
            Assert.Null(result.Trace.Failure);
            await result.Stream!.DisposeAsync();
            Assert.Equal(2, proxy.Accepted);
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Content-Length: 4\r\n\r\nbody")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4;x=y\r\nbody\r\n0\r\nTrailer: t\r\n\r\n")]
    [InlineData("\r\n")]
    public async Task The_body_of_a_407_is_read_away_and_the_connection_used_again(string rest)
    {
        await using var proxy = new ScriptedProxy(request => request.Contains(Basic, StringComparison.Ordinal) ? (Ok + "early", false)
            : ("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"a\"\r\n" + rest, false));
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address, credentials: User)), Far);
        await using var stream = result.Stream!;
        var early = new byte[5];
        await stream.ReadExactlyAsync(early, TestContext.Current.CancellationToken);
        Assert.Equal("early"u8, early);
        Assert.Equal(1, proxy.Accepted);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Basic realm=\"a\"", false)]
    [InlineData("Basic realm=\"a\"", true)]
    [InlineData("Digest realm=\"a\", qop=\"auth\", nonce=\"n\"", false)]
    [InlineData("Digest realm=\"a\", qop=\"auth\", nonce=\"n\", stale=true", false)]
    [InlineData("Digest realm=\"a\", qop=\"auth\", nonce=\"n\", stale=true", true)]
    [InlineData("Negotiate", false)]
    [InlineData("NTLM", false)]
    public async Task Proxy_407_for_ever_ends_as_credentials_wrong(string challenge, bool closes)
    {
        await using var proxy = new ScriptedProxy(_ => ($"HTTP/1.1 407 Who\r\nProxy-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n", closes));
        // A name of a Windows domain needs no KDC, whatever the machine's Kerberos configuration says.
        var route = Dials.Via(Dials.Hop(proxy.Address, credentials: challenge == "Negotiate" ? new HopCredentials("PLANT\\user", "word") : User));
        var result = await Dials.DialAsync(route, Far);
        Assert.Equal((Stage.Authenticate, Cause.CredentialsWrong), (result.Trace.Failure!.Stage, result.Trace.Failure.Cause));
        Assert.InRange(proxy.Requests.Count, 2, 10);
        Assert.False(RouteFault.IsOfDestination(route, result));
        Assert.DoesNotContain(result.Trace.Steps, s => s.Evidence?.Contains("word", StringComparison.Ordinal) == true);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(null, "Basic realm=\"a\"", HopAuthentication.Auto, Cause.CredentialsMissing)]
    [InlineData("user", "Bearer", HopAuthentication.Auto, Cause.AuthenticationSchemeUnsupported)]
    [InlineData("user", "Basic realm=\"a\"", HopAuthentication.Digest, Cause.AuthenticationSchemeUnsupported)]
    [InlineData("us:er", "Basic realm=\"a\"", HopAuthentication.Auto, Cause.Misconfigured)]
    public async Task What_cannot_be_answered_is_named(string? user, string challenge, HopAuthentication setting, Cause expected)
    {
        await using var proxy = new ScriptedProxy(_ => ($"HTTP/1.1 407 Who\r\nProxy-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n", false));
        var hop = Dials.Hop(proxy.Address, credentials: user is null ? null : new HopCredentials(user, "word")) with { Authentication = setting };
        var failure = (await Dials.DialAsync(Dials.Via(hop), Far)).Trace.Failure!;
        Assert.Equal((Stage.Authenticate, expected), (failure.Stage, failure.Cause));
        Assert.DoesNotContain(proxy.Requests, r => r.Contains("Proxy-Authorization", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_proxy_that_says_401_where_407_is_meant_is_understood()
    {
        await using var proxy = new ScriptedProxy(request => request.Contains("Proxy-Authorization", StringComparison.Ordinal)
            ? ("HTTP/1.0 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", true)
            : ("HTTP/1.0 407 Who\r\nProxy-Authenticate: Basic realm=\"a\"\r\nConnection: close\r\n\r\n", true));
        var failure = (await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address, credentials: User)), Far)).Trace.Failure!;
        Assert.Equal((Stage.Authenticate, Cause.CredentialsWrong), (failure.Stage, failure.Cause));
    }

    [Fact(Timeout = 60_000)]
    public async Task Credentials_given_and_not_wanted_are_reported_and_the_tunnel_opens()
    {
        await using var proxy = new ScriptedProxy(_ => (Ok, false));
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address, credentials: User)), Far);
        await result.Stream!.DisposeAsync();
        Assert.True(result.Trace.Succeeded);
        Assert.Contains(result.Trace.Steps, s => s is { Stage: Stage.Authenticate, Cause: Cause.CredentialsUnnecessary });
    }

    [Fact(Timeout = 60_000)]
    public async Task The_strongest_scheme_offered_is_chosen()
    {
        var offers = "Proxy-Authenticate: Basic realm=\"a\"\r\nProxy-Authenticate: Digest realm=\"a\", nonce=\"m\", qop=\"auth\"\r\n"
            + "Proxy-Authenticate: Digest realm=\"a\", nonce=\"s\", qop=\"auth\", algorithm=SHA-256\r\n";
        await using var proxy = new ScriptedProxy(request => request.Contains("Proxy-Authorization: Digest", StringComparison.Ordinal) ? (Ok, false)
            : ($"HTTP/1.1 407 Who\r\n{offers}Content-Length: 0\r\n\r\n", false));
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address, credentials: User)), Far);
        await result.Stream!.DisposeAsync();
        Assert.Contains("algorithm=SHA-256", proxy.Requests.Last());
        Assert.Contains("uri=\"far.example:443\"", proxy.Requests.Last());
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_tunnels_opening_at_once_with_one_nonce_use_different_counts_and_a_stale_nonce_is_replaced()
    {
        var counts = new ConcurrentDictionary<string, bool>();
        var nonce = "first";
        await using var proxy = new ScriptedProxy(request =>
        {
            var used = System.Text.RegularExpressions.Regex.Match(request, "nonce=\"(\\w+)\".*nc=(\\w+)");
            if (used.Success && used.Groups[1].Value == nonce && counts.TryAdd(used.Value, true))
            {
                return ("HTTP/1.1 200 OK\r\nProxy-Authentication-Info: qop=auth\r\n\r\n", false);
            }

            return ($"HTTP/1.1 407 Who\r\nProxy-Authenticate: Digest realm=\"a\", nonce=\"{nonce}\", qop=\"auth\", stale={(used.Success ? "true" : "false")}\r\nContent-Length: 0\r\n\r\n", false);
        });
        var dialer = new TunnelDialer(Dials.Patient, TimeProvider.System);
        var route = Dials.Via(Dials.Hop(proxy.Address, credentials: User));
        async Task OpenAsync() => await (await dialer.DialAsync(route, Far, TestContext.Current.CancellationToken)).Stream!.DisposeAsync();
        await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync()));
        Assert.Equal(10, proxy.Requests.Count); // one 407 in all
        nonce = "second";
        await OpenAsync();
        await OpenAsync();
        Assert.Equal(13, proxy.Requests.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_next_nonce_is_used_next()
    {
        await using var proxy = new ScriptedProxy(request => request.Contains("Digest", StringComparison.Ordinal)
            ? ("HTTP/1.1 200 OK\r\nProxy-Authentication-Info: nextnonce=\"n2\"\r\n\r\n", false)
            : ("HTTP/1.1 407 Who\r\nProxy-Authenticate: Digest realm=\"a\", nonce=\"n1\", qop=\"auth\"\r\nContent-Length: 0\r\n\r\n", false));
        var dialer = new TunnelDialer(Dials.Patient, TimeProvider.System);
        for (var i = 0; i < 2; i++)
        {
            var result = await dialer.DialAsync(Dials.Via(Dials.Hop(proxy.Address, credentials: User)), Far, TestContext.Current.CancellationToken);
            await result.Stream!.DisposeAsync();
        }

        Assert.Contains("nonce=\"n2\"", proxy.Requests.Last());
        Assert.Equal(3, proxy.Requests.Count);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("NTLM")]
    [InlineData("Negotiate")]
    public async Task NTLM_goes_through_its_three_messages_on_one_connection(string scheme)
    {
        var steps = new ConcurrentQueue<int>();
        await using var proxy = new ScriptedProxy(request =>
        {
            var token = Token(request, scheme);
            var at = token is null ? -1 : Find(token, "NTLMSSP\0"u8);
            steps.Enqueue(at < 0 ? 0 : token![at + 8]);
            return steps.Last() switch
            {
                0 => ($"HTTP/1.1 407 Who\r\nProxy-Authenticate: {scheme}\r\nContent-Length: 0\r\n\r\n", false),
                1 => ($"HTTP/1.1 407 Who\r\nProxy-Authenticate: {scheme} {Convert.ToBase64String(Challenge(scheme == "Negotiate"))}\r\nContent-Length: 0\r\n\r\n", false),
                _ => (Ok, false),
            };
        });
        var hop = Dials.Hop(proxy.Address, credentials: new HopCredentials("PLANT\\user", "word"));
        var result = await Dials.DialAsync(Dials.Via(hop), Far);
        Assert.True(result.Succeeded, result.Trace.Failure?.Evidence);
        await result.Stream.DisposeAsync();
        Assert.Equal([0, 1, 3], steps);
        Assert.Equal(1, proxy.Accepted);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_ticket_that_expires_in_the_middle_of_the_day_is_never_used_twice()
    {
        // Each tunnel proves itself anew, so what a hop accepted yesterday, or has forgotten, matters to none.
        var tokens = new ConcurrentBag<string>();
        await using var proxy = new ScriptedProxy(request =>
        {
            var token = Token(request, "Negotiate");
            var at = token is null ? -1 : Find(token, "NTLMSSP\0"u8);
            if (at >= 0 && token![at + 8] == 3)
            {
                tokens.Add(Convert.ToBase64String(token));
                return (Ok, false);
            }

            var challenge = at < 0 ? "Negotiate" : $"Negotiate {Convert.ToBase64String(Challenge(true))}";
            return ($"HTTP/1.1 407 Who\r\nProxy-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n", false);
        });
        var dialer = new TunnelDialer(Dials.Patient, TimeProvider.System);
        var route = Dials.Via(Dials.Hop(proxy.Address, credentials: new HopCredentials("PLANT\\user", "word")));
        var dials = Enumerable.Range(0, 3).Select(_ => dialer.DialAsync(route, Far, TestContext.Current.CancellationToken).AsTask());
        foreach (var result in await Task.WhenAll(dials))
        {
            Assert.True(result.Succeeded, result.Trace.Failure?.Evidence);
            await result.Stream.DisposeAsync();
        }

        Assert.Equal(3, tokens.Distinct().Count());
    }

    [Fact(Timeout = 60_000)]
    public async Task NTLM_that_closes_after_the_offer_is_begun_anew_and_one_that_closes_in_the_middle_ends()
    {
        await using var patient = new ScriptedProxy(request => Token(request, "NTLM") is null
            ? ("HTTP/1.1 407 Who\r\nProxy-Authenticate: NTLM\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", true)
            : Token(request, "NTLM")![8] == 1 ? ($"HTTP/1.1 407 Who\r\nProxy-Authenticate: NTLM {Convert.ToBase64String(Challenge(false))}\r\nContent-Length: 0\r\n\r\n", false) : (Ok, false));
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(patient.Address, credentials: User)), Far);
        Assert.True(result.Succeeded, result.Trace.Failure?.Evidence);
        await result.Stream.DisposeAsync();
        Assert.Equal(2, patient.Accepted);

        await using var closing = new ScriptedProxy(request => Token(request, "NTLM") is null
            ? ("HTTP/1.1 407 Who\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n", false)
            : ($"HTTP/1.1 407 Who\r\nProxy-Authenticate: NTLM {Convert.ToBase64String(Challenge(false))}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", true));
        var failed = await Dials.DialAsync(Dials.Via(Dials.Hop(closing.Address, credentials: User)), Far);
        Assert.NotNull(failed.Trace.Failure);
        Assert.InRange(closing.Accepted, 1, 8);
    }

    private static byte[]? Token(string request, string scheme)
    {
        var start = request.IndexOf($"Proxy-Authorization: {scheme} ", StringComparison.Ordinal);
        return start < 0 ? null : Convert.FromBase64String(request[(start + $"Proxy-Authorization: {scheme} ".Length)..].Split("\r\n")[0]);
    }

    private static int Find(byte[] bytes, ReadOnlySpan<byte> what) => bytes.AsSpan().IndexOf(what);

    /// <summary>A type 2 message (MS-NLMP, section 2.2.1.2); for Negotiate in a SPNEGO response (RFC 4178, section 4.2.2).</summary>
    private static byte[] Challenge(bool spnego)
    {
        var name = Encoding.Unicode.GetBytes("PLANT");
        byte[] info = [2, 0, (byte)name.Length, 0, .. name, 1, 0, (byte)name.Length, 0, .. name, 7, 0, 8, 0, .. BitConverter.GetBytes(TimeProvider.System.GetUtcNow().ToFileTime()), 0, 0, 0, 0];
        byte[] message =
        [
            .. "NTLMSSP\0"u8, 2, 0, 0, 0,
            (byte)name.Length, 0, (byte)name.Length, 0, 56, 0, 0, 0,
            .. BitConverter.GetBytes(0xe28a8235u),
            1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0,
            (byte)info.Length, 0, (byte)info.Length, 0, (byte)(56 + name.Length), 0, 0, 0,
            6, 1, 0xb1, 0x1d, 0, 0, 0, 15,
            .. name, .. info,
        ];
        if (!spnego)
        {
            return message;
        }

        byte[] state = [0xa0, 3, 0x0a, 1, 1];
        byte[] mechanism = [0xa1, 12, 6, 10, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x0a];
        var token = Der(0xa2, Der(4, message));
        return Der(0xa1, Der(0x30, [.. state, .. mechanism, .. token]));
    }

    private static byte[] Der(byte tag, byte[] content) =>
        content.Length < 128 ? [tag, (byte)content.Length, .. content] : content.Length < 256 ? [tag, 0x81, (byte)content.Length, .. content] : [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content];
}
