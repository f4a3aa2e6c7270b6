using System.Net;

namespace Culvert.Relaying;

/// <summary>Opens TCP connections to destinations.</summary>
public interface ITcpDialer
{
    /// <summary>Connects to the first of the addresses that answers within the limit. Gives the leg with its peer, or why there is none.</summary>
    ValueTask<(Leg? Leg, Cause Cause, string? Evidence)> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, TimeSpan limit, CancellationToken cancellationToken);
}
