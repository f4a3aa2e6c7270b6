using System.Net;
using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>Resolves names for parents that are asked for addresses: a name that leads to a private or special address is refused here, as no proxy further on may see that it was a name. The parents' own names are exempt; they are settings, not requests.</summary>
internal sealed class GuardedResolver(TunnelDialerOptions options, TimeProvider clock, AddressGuard guard, IEnumerable<string> parents) : NameResolver(options, clock)
{
    private readonly HashSet<string> _exempt = [.. parents];

    /// <inheritdoc/>
    public override async ValueTask<(IReadOnlyList<IPAddress> Addresses, Cause Cause, string? Evidence)> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var found = await base.ResolveAsync(host, cancellationToken);
        if (found.Cause != Cause.None || _exempt.Contains(host) || found.Addresses.All(guard.Allows))
        {
            return found;
        }

        IReadOnlyList<IPAddress> allowed = [.. found.Addresses.Where(guard.Allows)];
        return allowed.Count > 0
            ? (allowed, Cause.None, found.Evidence)
            : ([], Cause.DestinationRefused, $"{host} leads to {found.Addresses[0]}, a private or special address that is not listed in privateDestinations");
    }
}
