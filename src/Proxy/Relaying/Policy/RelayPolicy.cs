using System.Collections.Frozen;
using System.Net;

namespace Culvert.Relaying;

/// <summary>The settings made ready for quick answers.</summary>
internal sealed class RelayPolicy
{
    private readonly FrozenSet<HostPort> _allow;
    private readonly IPNetwork[] _sources;

    public RelayPolicy(RelaySettings settings)
    {
        Settings = settings;
        _allow = settings.Allow.ToFrozenSet();
        _sources = [.. settings.Sources];
        Guard = new AddressGuard(settings.PrivateDestinations);
        Identities = new IdentityBook(settings.Identities);
    }

    public RelaySettings Settings { get; }

    public AddressGuard Guard { get; }

    public IdentityBook Identities { get; }

    public bool AllowsSource(IPAddress source)
    {
        foreach (var network in _sources)
        {
            if (network.BaseAddress.AddressFamily == source.AddressFamily && network.Contains(source))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Why the destination is refused for this client; null when it is allowed.</summary>
    public Refusal? Judge(AskedTunnel asked, ClientIdentity? identity)
    {
        var destination = asked.Destination;
        if (!_allow.Contains(destination))
        {
            return Refusal.Denied($"{destination} is not on the allow list");
        }

        if (identity is { Destinations.Count: > 0 } && !identity.Destinations.Contains(destination))
        {
            return Refusal.Denied($"{destination} is not a destination of the identity {identity.Name}");
        }

        if (IPAddress.TryParse(destination.Host, out var address) && !Guard.Allows(address))
        {
            return Refusal.Denied($"{address} is a private or special address and not listed in privateDestinations", "destination_ip_prohibited");
        }

        return Settings.Levels.Judge(Settings.Name, ViaEntry.Read(asked.Via), identity?.Level);
    }
}
