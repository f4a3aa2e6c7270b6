using System.Net;

namespace Culvert.Tunnels;

/// <summary>Opens TCP connections for a <see cref="TunnelDialer"/> in another way than with the sockets of .NET: the proxy keeps its connections on event loops of its own.</summary>
public interface ITcpConnector
{
    /// <summary>Connects to the first of the addresses that answers within the limit. Gives the stream, with what was reached as evidence, or why there is none.</summary>
    ValueTask<(Stream? Stream, Cause Cause, string? Evidence)> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, TimeSpan limit, CancellationToken cancellationToken);
}
