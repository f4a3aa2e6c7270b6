using System.Net;
using System.Net.Sockets;

namespace Culvert.Tunnels;

/// <summary>Opens a TCP connection to the first of several addresses that answers.</summary>
internal static class TcpConnector
{
    // RFC 8305, section 5: the next address is tried beside the slow one after this.
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    // A name with more addresses is a pool, and twelve are all that can be begun within three seconds.
    private const int MaxAddresses = 12;

    public static async ValueTask<(Socket? Socket, Cause Cause, string? Evidence)> ConnectAsync(
        IReadOnlyList<IPAddress> addresses, int port, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        addresses = InTurns(addresses);
        using var deadline = new CancellationTokenSource(limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var running = new List<Task<(Socket? Socket, Cause Cause, string? Evidence)>>();
        (Socket? Socket, Cause Cause, string? Evidence) last = (null, Cause.NetworkUnreachable, "no address");
        var next = 0;
        var seen = new List<string>();
        Socket? won = null;
        while (won is null && (next < addresses.Count || running.Count > 0))
        {
            if (next < addresses.Count)
            {
                running.Add(AttemptAsync(addresses[next++], port, limit, deadline, both.Token, cancellationToken));
            }

            var first = Task.WhenAny(running);
            if (next < addresses.Count)
            {
                await Task.WhenAny(first, Task.Delay(AttemptDelay, clock, CancellationToken.None));
                if (!first.IsCompleted)
                {
                    continue;
                }
            }

            var done = await first;
            running.Remove(done);
            last = await done;
            won = last.Socket;
            if (last is { Cause: not Cause.Cancelled, Evidence: { } evidence })
            {
                seen.Add(evidence);
            }
        }

        if (won is not null || running.Count > 0)
        {
            await both.CancelAsync();
            foreach (var loser in running)
            {
                (await loser).Socket?.Dispose();
            }
        }

        return won is null ? last with { Evidence = string.Join("; ", seen) } : last;
    }

    /// <summary>The families take turns, beginning with the resolver's first choice (RFC 8305, section 4): a broken family costs one attempt, not all of them.</summary>
    internal static IReadOnlyList<IPAddress> InTurns(IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count < 2)
        {
            return addresses;
        }

        var preferred = addresses.Where(a => a.AddressFamily == addresses[0].AddressFamily).ToArray();
        var others = addresses.Where(a => a.AddressFamily != addresses[0].AddressFamily).ToArray();
        return [.. Enumerable.Range(0, Math.Max(preferred.Length, others.Length))
            .SelectMany(i => preferred.Skip(i).Take(1).Concat(others.Skip(i).Take(1)))
            .Take(MaxAddresses)];
    }

    private static async Task<(Socket? Socket, Cause Cause, string? Evidence)> AttemptAsync(
        IPAddress address, int port, TimeSpan limit, CancellationTokenSource deadline, CancellationToken token, CancellationToken callers)
    {
        var endpoint = new IPEndPoint(address, port);
        Socket? socket = null;
        try
        {
            // A system without IPv6 refuses the socket itself.
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(endpoint, token);
            return (socket, Cause.None, endpoint.ToString());
        }
        catch (OperationCanceledException)
        {
            socket?.Dispose();
            return deadline.IsCancellationRequested && !callers.IsCancellationRequested
                ? (null, Cause.ConnectionTimedOut, $"{endpoint} did not answer within {limit.TotalSeconds:0.#} s")
                : (null, Cause.Cancelled, endpoint.ToString());
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            var cause = e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => Cause.ConnectionRefused,
                SocketError.TimedOut => Cause.ConnectionTimedOut,
                SocketError.ConnectionReset => Cause.ConnectionReset,
                _ => Cause.NetworkUnreachable,
            };
            return (null, cause, $"{endpoint}: {e.SocketErrorCode}");
        }
    }
}
