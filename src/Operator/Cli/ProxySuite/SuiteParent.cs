using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Cli;

/// <summary>A parent that treats each CONNECT as the asked name says: <c>forbids.suite.example</c> is forbidden, and so on.</summary>
internal sealed class SuiteParent : IAsyncDisposable
{
    /// <summary>The domain of all names.</summary>
    public const string Domain = "suite.example";

    private static readonly Dictionary<string, string> Answers = new(StringComparer.Ordinal)
    {
        ["banner"] = $"HTTP/1.1 200 OK\r\n\r\n{SuiteDestinations.Banner}",
        ["sized"] = $"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{SuiteDestinations.Banner}",
        ["chunked"] = $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{SuiteDestinations.Banner}",
        ["interim"] = $"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{SuiteDestinations.Banner}",
        ["created"] = $"HTTP/1.1 201 Created\r\n\r\n{SuiteDestinations.Banner}",
        ["old"] = $"HTTP/1.0 200 Connection established\r\nProxy-Agent: something/1.0\r\n\r\n{SuiteDestinations.Banner}",
        ["wrongvia"] = $"HTTP/1.1 200 OK\r\nVia: 1.1 suite-proxy, , 9.9\r\nVia: nonsense\r\n\r\n{SuiteDestinations.Banner}",
        ["asks"] = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"parent\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ["forbids"] = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ["badgateway"] = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ["unavailable"] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ["gatewaytimeout"] = "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ["redirects"] = "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ["bomb"] = $"HTTP/1.1 200 OK\r\nX-Bomb: {new string('x', 4 * 1024 * 1024)}\r\n\r\n",
        ["garbage"] = "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        ["badstatus"] = "HTTP/1.1 20x OK\r\n\r\n",
        ["nohead"] = "HTTP/1.1 200 OK\r\nContent",
        ["noreason"] = $"HTTP/1.1 200\r\n\r\n{SuiteDestinations.Banner}",
        ["lateinterim"] = $"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{SuiteDestinations.Banner}",
        ["manyfields"] = $"HTTP/1.1 200 OK\r\n{string.Concat(Enumerable.Range(0, 60).Select(i => $"X-{i}: y\r\n"))}\r\n{SuiteDestinations.Banner}",
        ["longfield"] = $"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 8 * 1024)}\r\n\r\n{SuiteDestinations.Banner}",
        ["closing"] = $"HTTP/1.1 200 OK\r\nConnection: close\r\nProxy-Connection: close\r\n\r\n{SuiteDestinations.Banner}",
        ["cookie"] = $"HTTP/1.1 200 OK\r\nset-cookie: a=b\r\ncontent-type: text/html\r\n\r\n{SuiteDestinations.Banner}",
        ["longreason"] = $"HTTP/1.1 200 {new string('o', 500)}\r\n\r\n{SuiteDestinations.Banner}",
        ["badrequest"] = Plain("400 Bad Request"),
        ["unauthorized"] = Plain("401 Unauthorized"),
        ["notfound"] = Plain("404 Not Found"),
        ["notallowed"] = Plain("405 Method Not Allowed"),
        ["toomany"] = Plain("429 Too Many Requests"),
        ["broken"] = Plain("500 Internal Server Error"),
        ["notimplemented"] = Plain("501 Not Implemented"),
        ["captive"] = Plain("511 Network Authentication Required"),
        ["unknownstatus"] = Plain("999 Who Knows"),
        ["blockpage"] = $"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n{new string('b', 100_000)}",
        ["chunkedrefusal"] = "HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsorry\r\n0\r\n\r\n",
        ["asksnothing"] = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ["interimonly"] = "HTTP/1.1 100 Continue\r\n\r\n",
        ["switches"] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        ["icy"] = "ICY 200 OK\r\n\r\n",
        ["fourdigits"] = "HTTP/1.1 2000 OK\r\n\r\n",
        ["nocolon"] = "HTTP/1.1 200 OK\r\nthis is no field\r\n\r\n",
        ["html"] = "<html><body>Welcome to the plant</body></html>\r\n\r\n",
        ["tls"] = "\u0015\u0003\u0001\0\u0002\u0002\u0028\r\n\r\n",
        ["socks"] = "\u0005\u00ff\r\n\r\n",
        ["fieldbomb"] = $"HTTP/1.1 200 OK\r\n{string.Concat(Enumerable.Repeat("X-Many: 1\r\n", 100_000))}\r\n",
        ["lastwords"] = $"HTTP/1.1 200 OK\r\n\r\nlast words, then the end",
    };

    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.Ordinal);
    private readonly LoopbackServer _server;

    /// <param name="port">Where it listens; 0 for any free port.</param>
    public SuiteParent(int port = 0) => _server = new LoopbackServer(TreatAsync, port);

    /// <summary>All behaviours, as names that the proxy must allow.</summary>
    public static IReadOnlyList<HostPort> Names { get; } =
        [.. Answers.Keys.Concat(["good", "other", "asksonce", "pieces", "silent", "onebyte", "closes", "resets", "mute", "cut", "loops", "endless", "halfcloses", "interimforever", "bodyforever", .. SuiteFirstParent.Behaviours]).Select(Name)];

    public HostPort Address => _server.Address;

    /// <summary>The proxy under test, for the loop.</summary>
    public HostPort? Child { get; set; }

    private static string Plain(string status) => $"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    public static HostPort Name(string behaviour) => new($"{behaviour}.{Domain}", 443);

    /// <summary>How often a name was asked for.</summary>
    public int Asked(string behaviour) => _asked.GetValueOrDefault(behaviour);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TreatAsync(NetworkStream stream, CancellationToken token)
    {
        var head = await Wire.ReadHeadAsync(stream, token);
        if (head?.Split(' ') is not ["CONNECT", var target, ..])
        {
            return;
        }

        var behaviour = target.Split('.')[0];
        var count = _asked.AddOrUpdate(behaviour, 1, (_, n) => n + 1);
        if (Answers.TryGetValue(behaviour, out var answer))
        {
            await Wire.WriteAsync(stream, answer, token);
            if (answer.EndsWith(SuiteDestinations.Banner, StringComparison.Ordinal))
            {
                await stream.CopyToAsync(stream, token);
            }

            return;
        }

        await BehaveAsync(behaviour, count, head, stream, token);
    }

    private async Task BehaveAsync(string behaviour, int count, string head, NetworkStream stream, CancellationToken token)
    {
        const string ok = "HTTP/1.1 200 OK\r\n\r\n";
        switch (behaviour)
        {
            case "pieces":
                await Wire.DripAsync(stream, ok, TimeSpan.FromMilliseconds(10), token);
                await stream.CopyToAsync(stream, token);
                break;
            case "onebyte":
                await Wire.DripAsync(stream, "HTTP/1.1 200 OK\r\nX-Slow: " + new string('x', 600), TimeSpan.FromSeconds(1), token);
                break;
            case "silent":
                await Wire.SilenceAsync(stream, token);
                break;
            case "asksonce" when count == 1:
                await Wire.WriteAsync(stream, Answers["asks"], token);
                break;
            case "closes":
                break;
            case "endless":
                await Wire.WriteAsync(stream, "HTTP/1.1 200 OK\r\n", token);
                await ForeverAsync(stream, "X-Endless: " + new string('x', 1000) + "\r\n", token);
                break;
            case "interimforever":
                await ForeverAsync(stream, "HTTP/1.1 100 Continue\r\n\r\n", token);
                break;
            case "bodyforever":
                await Wire.WriteAsync(stream, "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n", token);
                await ForeverAsync(stream, new string('b', 1000), token);
                break;
            case "halfcloses":
                stream.Socket.Shutdown(SocketShutdown.Send);
                await Wire.SilenceAsync(stream, token);
                break;
            case "resets":
                Wire.Reset(stream);
                break;
            case "mute":
                await Wire.WriteAsync(stream, ok, token);
                await Wire.SilenceAsync(stream, token);
                break;
            case "cut":
                await Wire.WriteAsync(stream, ok, token);
                await stream.WriteAsync(new byte[1024 * 1024], token);
                Wire.Reset(stream);
                break;
            case "loops" when Child is { } child && count <= 64:
                using (var back = new TcpClient())
                {
                    await back.ConnectAsync(IPAddress.Parse(child.Host), child.Port, token);
                    await Wire.WriteAsync(back.GetStream(), head, token);
                    await Wire.RelayAsync(stream, back.GetStream(), token);
                }

                break;
            default:
                await Wire.WriteAsync(stream, ok, token);
                await stream.CopyToAsync(stream, token);
                break;
        }
    }

    // As long as the other side takes it, with a breath in between so that the suite does not starve the proxy it tries.
    private static async Task ForeverAsync(NetworkStream stream, string text, CancellationToken token)
    {
        while (true)
        {
            await Wire.WriteAsync(stream, text, token);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, token);
        }
    }
}
