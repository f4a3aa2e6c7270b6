using System.Net.Sockets;

namespace Culvert.Cli;

/// <summary>The preferred one of two parents, which is broken as the asked name says: <c>first-resets.suite.example</c> is answered by a reset, any other name of the suite by silence. What else is asked for (a proxy's own probes) is forbidden, as by a parent that works.</summary>
internal sealed class SuiteFirstParent : IAsyncDisposable
{
    private const string Mark = "first-";

    private static readonly Dictionary<string, string> Answers = new(StringComparer.Ordinal)
    {
        ["first-unavailable"] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ["first-asks"] = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"parent\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ["first-garbage"] = "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        ["first-nohead"] = "HTTP/1.1 200 OK\r\nContent",
        ["first-forbids"] = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    };

    private readonly LoopbackServer _server = new(TreatAsync);

    /// <summary>The behaviours with a name of their own.</summary>
    public static IReadOnlyList<string> Behaviours { get; } = [.. Answers.Keys, "first-resets", "first-closes", "first-onebyte"];

    public HostPort Address => _server.Address;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task TreatAsync(NetworkStream stream, CancellationToken token)
    {
        var head = await Wire.ReadHeadAsync(stream, token);
        if (head?.Split(' ') is not ["CONNECT", var target, ..])
        {
            return;
        }

        var behaviour = target.Split('.')[0];
        if (Answers.TryGetValue(behaviour, out var answer))
        {
            await Wire.WriteAsync(stream, answer, token);
        }
        else if (behaviour == Mark + "resets")
        {
            Wire.Reset(stream);
        }
        else if (behaviour == Mark + "onebyte")
        {
            await Wire.DripAsync(stream, "HTTP/1.1 200 OK\r\nX-Slow: " + new string('x', 600), TimeSpan.FromSeconds(1), token);
        }
        else if (behaviour != Mark + "closes")
        {
            if (target.Contains(SuiteParent.Domain, StringComparison.Ordinal))
            {
                await Wire.SilenceAsync(stream, token);
            }

            await Wire.WriteAsync(stream, Answers["first-forbids"], token);
        }
    }
}
