using System.Net;
using System.Net.Sockets;

namespace Culvert.Tunnels;

/// <summary>Finds the addresses of names: the hosts table first, then the operating system's resolver.</summary>
public class NameResolver(TunnelDialerOptions options, TimeProvider clock)
{
    /// <summary>The addresses, or why there are none.</summary>
    public virtual async ValueTask<(IReadOnlyList<IPAddress> Addresses, Cause Cause, string? Evidence)> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return ([address], Cause.None, null);
        }

        if (options.Hosts.TryGetValue(host, out var listed) && listed.Count > 0)
        {
            return (listed, Cause.None, $"{string.Join(", ", listed)} (hosts table)");
        }

        using var deadline = new CancellationTokenSource(options.ResolveTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var addresses = await AskSystemAsync(host, both.Token).WaitAsync(both.Token);
            return addresses.Length > 0
                ? (addresses, Cause.None, string.Join(", ", addresses.Take(4).Select(a => a.ToString())))
                : ([], Cause.NameNotFound, $"{host} has no address");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ([], Cause.ResolverUnreachable, $"no resolver answered within {options.ResolveTimeout.TotalSeconds:0.#} s for {host}");
        }
        catch (SocketException e)
        {
            // EAI_AGAIN is what glibc says when no server answered; all else is an answer.
            return e.SocketErrorCode == SocketError.TryAgain
                ? ([], Cause.ResolverUnreachable, $"no resolver answered for {host}")
                : ([], Cause.NameNotFound, $"{host} does not resolve ({e.SocketErrorCode})");
        }
    }

    /// <summary>Asks the operating system.</summary>
    /// <exception cref="SocketException">The name does not resolve.</exception>
    protected virtual Task<IPAddress[]> AskSystemAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
