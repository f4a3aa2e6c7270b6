using System.Net.Sockets;
using System.Text;

namespace Culvert.Interop.Tests;

/// <summary>Faults of the way to a hop and of its answers, by servers that misbehave.</summary>
internal static class HopFaults
{
    private static readonly HostPort Far = new("portal.example", 443);
    private static readonly HopCredentials User = new("user", "word");
    private static readonly TunnelDialerOptions Short = Dials.Patient with
    {
        ResolveTimeout = TimeSpan.FromMilliseconds(500),
        ConnectTimeout = TimeSpan.FromSeconds(1),
        RequestTimeout = TimeSpan.FromSeconds(2),
        TlsTimeout = TimeSpan.FromSeconds(2),
    };

    public static IEnumerable<Fault> All =>
    [
        new("the resolver says that the name does not exist", Stage.Resolve, 0, Cause.NameNotFound, () => ResolveAsync(Task.FromException<System.Net.IPAddress[]>(new SocketException((int)SocketError.HostNotFound)))),
        new("no resolver answers", Stage.Resolve, 0, Cause.ResolverUnreachable, () => ResolveAsync(new TaskCompletionSource<System.Net.IPAddress[]>().Task)),
        new("nothing listens at the hop's port", Stage.Connect, 0, Cause.ConnectionRefused, async () => await Dials.DialAsync(Dials.Via(Dials.Hop(await GoneAsync())), Far)),
        new("the hop resets the connection after the request", Stage.Request, 0, Cause.ConnectionReset, () => ServeAsync((socket, _) => socket.Close(0))),
        new("the hop closes without an answer", Stage.Request, 0, Cause.ConnectionClosed, () => ServeAsync((socket, _) => socket.Close())),
        new("the hop accepts and never answers", Stage.Request, 0, Cause.NoAnswer, async () =>
        {
            await using var silent = Peer.Silent();
            return await Dials.DialAsync(Dials.Via(Dials.Hop(silent.Address)), Far, Short);
        }),
        Answer("an SSH server listens there", "SSH-2.0-OpenSSH_9.2p1\r\n", Cause.NotAProxy, "an SSH server"),
        Answer("a web server listens there", "HTTP/1.1 405 Not Allowed\r\nServer: nginx/1.22.1\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", Cause.NotAProxy, "nginx (confidence 0.95)"),
        Answer("a TLS server listens there", "\u0015\u0003\u0001\u0000\u0002\u0002\u0016", Cause.NotAProxy, "scheme may have to be https"),
        Answer("a captive portal redirects to its sign-in", "HTTP/1.1 302 Found\r\nLocation: http://login.plant/\r\nContent-Length: 0\r\n\r\n", Cause.BlockPage),
        Answer("a captive portal says 200 and sends its page", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 40\r\n\r\n<html><body>Please sign in</body></html>", Cause.BlockPage),
        Answer("network authentication is required (511)", "HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n", Cause.BlockPage),
        Answer("Zscaler blocks", Page("403 Forbidden", "Server: Zscaler/6.2\r\n", "Zscaler: this site is blocked"), Cause.BlockPage, "Zscaler (confidence 0.95)"),
        Answer("Palo Alto Networks blocks", Page("503 Service Unavailable", "", "<title>Web Page Blocked</title> Palo Alto Networks"), Cause.BlockPage, "Palo Alto Networks"),
        Answer("Blue Coat blocks", Page("403 Forbidden", "", "Access Denied (policy_denied) Blue Coat Systems"), Cause.BlockPage, "Blue Coat"),
        Answer("FortiGate blocks", Page("403 Forbidden", "", "FortiGuard Intrusion Prevention - Access Blocked"), Cause.BlockPage, "FortiGate"),
        Answer("credentials are asked for and none are set", "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n", Cause.CredentialsMissing, "basic", Stage.Authenticate),
        Answer("the credentials are refused", "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n", Cause.CredentialsWrong, "", Stage.Authenticate, User),
        Answer("only a scheme that we have not is offered", "HTTP/1.1 407 Who\r\nProxy-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n", Cause.AuthenticationSchemeUnsupported, "bearer", Stage.Authenticate, User),
        Answer("the user name cannot be sent with the one scheme offered", "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n", Cause.Misconfigured, "colon", Stage.Authenticate, new HopCredentials("us:er", "word")),
        Answer("the hop refuses the destination", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", Cause.DestinationRefused),
        Answer("the hop cannot reach what comes after it", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", Cause.UpstreamUnreachable),
        Answer("the hop has no parent", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", Cause.NoParent),
        Answer("what comes after the hop does not answer it", "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n", Cause.UpstreamTimedOut),
        Answer("the hop is at its limit", "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n", Cause.HopOverloaded),
        Answer("the hop finds a loop", "HTTP/1.1 508 Loop Detected\r\nContent-Length: 0\r\n\r\n", Cause.LoopDetected),
        Answer("the hop answers with a status of another kind", "HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n", Cause.UnexpectedStatus),
        Answer("the answer breaks the protocol", "HTTP/1.1 200 OK\r\nno field\r\n\r\n", Cause.MalformedAnswer),
        Answer("the answer's header has 64 KiB", "HTTP/1.1 200 OK\r\nX: " + new string('x', 65_536) + "\r\n\r\n", Cause.MalformedAnswer),
        new("a SOCKS server refuses by its rules", Stage.Request, 0, Cause.DestinationRefused, async () =>
        {
            await using var socks = new GoodSocks(reply: 2);
            return await Dials.DialAsync(Dials.Via(Dials.Hop(socks.Address, HopScheme.Socks5)), Far);
        }),
        new("the second hop of a nested chain hangs", Stage.Request, 1, Cause.NoAnswer, async () =>
        {
            await using var first = new GoodProxy();
            await using var silent = Peer.Silent();
            return await Dials.DialAsync(Dials.Via(Dials.Hop(first.Address), Dials.Hop(silent.Address, name: "second")), Far, Short);
        }),
        new("the third hop of a forwarded chain cannot resolve, and says so with Proxy-Status", Stage.Request, 2, Cause.NameNotFound, async () =>
        {
            await using var first = Peer.Answering("HTTP/1.1 502 Bad Gateway\r\nProxy-Status: third; error=dns_error; rcode=NXDOMAIN, second; received-status=502, first; received-status=502\r\nContent-Length: 0\r\n\r\n");
            var hop = Dials.Hop(first.Address, name: "first");
            return await Dials.DialAsync(Dials.Via(hop, hop with { Name = "second", Reach = HopReach.Forwarded }, hop with { Name = "third", Reach = HopReach.Forwarded }), Far);
        }),
        new("the second hop of a forwarded chain, which we have no name for, is refused by its parent", Stage.Request, 1, Cause.ConnectionRefused, async () =>
        {
            await using var first = Peer.Answering("HTTP/1.1 502 Bad Gateway\r\nProxy-Status: their-name; error=connection_refused, first\r\nContent-Length: 0\r\n\r\n");
            var hop = Dials.Hop(first.Address, name: "first");
            return await Dials.DialAsync(Dials.Via(hop, hop with { Name = "second", Reach = HopReach.Forwarded }), Far);
        }),
    ];

    private static Fault Answer(string name, string answer, Cause cause, string evidence = "", Stage stage = Stage.Request, HopCredentials? credentials = null) =>
        new(name, stage, 0, cause, async () =>
        {
            await using var peer = Peer.Answering(answer);
            return await Dials.DialAsync(Dials.Via(Dials.Hop(peer.Address, credentials: credentials)), Far);
        })
        { Evidence = evidence };

    private static string Page(string status, string fields, string words)
    {
        var body = $"<html><body>{words}</body></html>";
        return $"HTTP/1.1 {status}\r\n{fields}Content-Type: text/html\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    private static async Task<HostPort> GoneAsync()
    {
        await using var closed = Peer.Silent();
        return closed.Address;
    }

    private static async Task<DialResult> ServeAsync(Action<Socket, string> end)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((System.Net.IPEndPoint)listener.LocalEndPoint!).Port;
        var dial = Dials.DialAsync(Dials.Via(Dials.Hop(new HostPort("127.0.0.1", port))), Far);
        using var limit = Dials.Limit();
        using var socket = await listener.AcceptAsync(limit.Token);
        var buffer = new byte[4096];
        var read = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, read).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            read += await socket.ReceiveAsync(buffer.AsMemory(read), limit.Token);
        }

        end(socket, Encoding.ASCII.GetString(buffer, 0, read));
        return await dial;
    }

    private static async Task<DialResult> ResolveAsync(Task<System.Net.IPAddress[]> answer)
    {
        using var limit = Dials.Limit();
        var dialer = new TunnelDialer(Short, TimeProvider.System, new ScriptedResolver(Short, answer));
        return await dialer.DialAsync(Dials.Via(Dials.Hop(new HostPort("proxy.plant", 3128))), Far, limit.Token);
    }

    private sealed class ScriptedResolver(TunnelDialerOptions options, Task<System.Net.IPAddress[]> answer) : NameResolver(options, TimeProvider.System)
    {
        protected override Task<System.Net.IPAddress[]> AskSystemAsync(string host, CancellationToken cancellationToken) => answer;
    }
}
