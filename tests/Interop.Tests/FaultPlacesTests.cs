using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Interop.Tests;

/// <summary>One fault in every place of a chain of three, spoken to over http and https, at IPv4 and IPv6: hop, stage and cause stay right.</summary>
public sealed class FaultPlacesTests : IDisposable
{
    private static readonly HostPort Far = new("portal.example", 443);
    private static readonly HopCredentials User = new("user", "word");
    private static readonly TunnelDialerOptions Short = Dials.Patient with { RequestTimeout = TimeSpan.FromSeconds(3), TlsTimeout = TimeSpan.FromSeconds(5) };
    private readonly TestCa _ca = new("Plant CA");

    private sealed record Case(string Name, Stage Stage, Cause Cause, Func<Stream, CancellationToken, Task> Serve, HopCredentials? Credentials = null, Cause? OrCause = null);

    private static readonly Case[] Cases =
    [
        Says("403", Cause.DestinationRefused, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
        Says("502", Cause.UpstreamUnreachable, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
        Says("503", Cause.NoParent, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"),
        Says("504", Cause.UpstreamTimedOut, "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n"),
        Says("429", Cause.HopOverloaded, "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"),
        Says("508", Cause.LoopDetected, "HTTP/1.1 508 Loop Detected\r\nContent-Length: 0\r\n\r\n"),
        Says("418", Cause.UnexpectedStatus, "HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n"),
        Says("a portal's redirect", Cause.BlockPage, "HTTP/1.1 302 Found\r\nLocation: http://login.plant/\r\nContent-Length: 0\r\n\r\n"),
        Says("a portal's page with 200", Cause.BlockPage, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 40\r\n\r\n<html><body>Please sign in</body></html>"),
        Says("a filter's page", Cause.BlockPage, "HTTP/1.1 403 Forbidden\r\nServer: Zscaler/6.2\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"),
        Says("a web server", Cause.NotAProxy, "HTTP/1.1 405 Not Allowed\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n"),
        Says("an SSH server", Cause.NotAProxy, "SSH-2.0-OpenSSH_9.2p1\r\n"),
        Says("a broken header", Cause.MalformedAnswer, "HTTP/1.1 200 OK\r\nno field\r\n\r\n"),
        Says("a header of 64 KiB", Cause.MalformedAnswer, "HTTP/1.1 200 OK\r\nX: " + new string('x', 65_536) + "\r\n\r\n"),
        Says("407, and no credentials", Cause.CredentialsMissing, "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n", Stage.Authenticate),
        Says("407 for ever", Cause.CredentialsWrong, "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n", Stage.Authenticate, User),
        Says("407 with an unknown scheme", Cause.AuthenticationSchemeUnsupported, "HTTP/1.1 407 Who\r\nProxy-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n", Stage.Authenticate, User),
        Says("Proxy-Status of its own resolver", Cause.NameNotFound, "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: broken; error=dns_error; rcode=NXDOMAIN\r\nContent-Length: 0\r\n\r\n"),
        new("an end without an answer", Stage.Request, Cause.ConnectionClosed, async (stream, end) => await RequestAsync(stream, end)),
        new("a reset", Stage.Request, Cause.ConnectionReset, async (stream, end) =>
        {
            await RequestAsync(stream, end);
            (stream as NetworkStream)?.Socket.Close(0);
        }, OrCause: Cause.ConnectionClosed),
        new("silence", Stage.Request, Cause.NoAnswer, async (stream, end) => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end)),
    ];

    public static TheoryData<string, int, bool, bool> Built
    {
        get
        {
            var data = new TheoryData<string, int, bool, bool>();
            foreach (var name in Cases.Select(c => c.Name))
            {
                for (var place = 0; place < 3; place++)
                {
                    data.Add(name, place, false, false);
                    data.Add(name, place, true, true);
                }
            }

            return data;
        }
    }

    public void Dispose() => _ca.Dispose();

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Built))]
    public async Task Is_laid_to_its_hop(string fault, int place, bool https, bool version6)
    {
        Assert.SkipWhen(version6 && !Socket.OSSupportsIPv6, "there is no IPv6 here");
        var built = Cases.Single(c => c.Name == fault);
        var address = version6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        var certificate = https ? _ca.Server(address.ToString()) : null;
        await using var broken = new Peer(async (stream, end) =>
        {
            if (certificate is not null)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(certificate, end);
                stream = tls;
            }

            await built.Serve(stream, end);
        }, address);
        await using var first = new GoodProxy(https ? _ca.Server("127.0.0.1") : null);
        await using var second = new GoodProxy(https ? _ca.Server("127.0.0.1") : null);
        var scheme = https ? HopScheme.Https : HopScheme.Http;
        var hops = new List<Hop> { Dials.Hop(first.Address, scheme, "first"), Dials.Hop(second.Address, scheme, "second") };
        hops.Insert(place, Dials.Hop(broken.Address, scheme, "broken", built.Credentials));
        var route = Dials.Via([.. hops.Select(h => h with { Trust = new HopTrust { CaFile = _ca.CaFile } })]);
        var result = await Dials.DialAsync(route, Far, built.Cause == Cause.NoAnswer ? Short : null);
        var failure = result.Trace.Failure;
        Assert.True(
            failure is not null && (failure.HopIndex, failure.Target, failure.Stage) == (place, "broken", built.Stage) && (failure.Cause == built.Cause || failure.Cause == built.OrCause),
            $"{fault} at {place}: {failure}");
    }

    private static Case Says(string name, Cause cause, string answer, Stage stage = Stage.Request, HopCredentials? credentials = null) => new(
        name, stage, cause, async (stream, end) =>
        {
            while (await RequestAsync(stream, end))
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), end);
                await stream.FlushAsync(end);
            }
        }, credentials);

    private static async Task<bool> RequestAsync(Stream stream, CancellationToken end)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, end);
            if (read == 0)
            {
                return false;
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return true;
    }
}
