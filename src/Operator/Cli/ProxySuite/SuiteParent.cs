using System.Collections.Concurrent;
using System.Globalization;
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
    };

    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.Ordinal);
    private readonly LoopbackServer _server;

    /// <param name="port">Where it listens; 0 for any free port.</param>
    public SuiteParent(int port = 0) => _server = new LoopbackServer(TreatAsync, port);

    /// <summary>All behaviours, as names that the proxy must allow.</summary>
    public static IReadOnlyList<HostPort> Names { get; } =
        [.. Answers.Keys.Concat(["good", "other", "asksonce", "pieces", "silent", "onebyte", "closes", "resets", "mute", "cut", "loops"]).Select(Name)];

    public HostPort Address => _server.Address;

    /// <summary>The proxy under test, for the loop.</summary>
    public HostPort? Child { get; set; }

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
                await DripAsync(stream, ok, TimeSpan.FromMilliseconds(10), token);
                await stream.CopyToAsync(stream, token);
                break;
            case "onebyte":
                await DripAsync(stream, "HTTP/1.1 200 OK\r\nX-Slow: " + new string('x', 600), TimeSpan.FromSeconds(1), token);
                break;
            case "silent":
                await Wire.SilenceAsync(stream, token);
                break;
            case "asksonce" when count == 1:
                await Wire.WriteAsync(stream, Answers["asks"], token);
                break;
            case "closes":
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

    private static async Task DripAsync(Stream stream, string text, TimeSpan pause, CancellationToken token)
    {
        foreach (var c in text)
        {
            await Wire.WriteAsync(stream, c.ToString(CultureInfo.InvariantCulture), token);
            await Task.Delay(pause, TimeProvider.System, token);
        }
    }
}
