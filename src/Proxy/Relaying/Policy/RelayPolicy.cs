using System.Collections.Frozen;
using System.Net;

namespace Culvert.Relaying;

/// <summary>The settings made ready for quick answers.</summary>
internal sealed class RelayPolicy
{
    // With the address that it names, where that is refused whatever the list says.
    private readonly FrozenDictionary<HostPort, IPAddress?> _allow;
    private readonly IPNetwork[] _sources;

    public RelayPolicy(RelaySettings settings, TimeProvider clock)
    {
        Settings = settings;
        _sources = [.. settings.Sources];
        Guard = new AddressGuard(settings.PrivateDestinations);
        _allow = settings.Allow.Distinct().ToFrozenDictionary(d => d, d => IPAddress.TryParse(d.Host, out var a) && !Guard.Allows(a) ? a : null);
        Identities = new IdentityBook(settings.Identities, clock);
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
    public Refusal? Judge(AskedTunnel asked, ClientIdentity? identity, IPAddress source)
    {
        var destination = asked.Destination;
        if (!_allow.TryGetValue(destination, out var prohibited))
        {
            return Refusal.Denied($"{destination} is not on the allow list");
        }

        if (identity is { Destinations.Count: > 0 } && !identity.Destinations.Contains(destination))
        {
            return Refusal.Denied($"{destination} is not a destination of the identity {identity.Name}");
        }

        if (prohibited is not null)
        {
            return Refusal.Denied($"{prohibited} is a private or special address and not listed in privateDestinations", "destination_ip_prohibited");
        }

        return Settings.Levels.Judge(Settings.Name, ViaEntry.Read(asked.Via), identity?.Level ?? LevelOf(source));
    }

    private PurdueLevel? LevelOf(IPAddress source)
    {
        foreach (var one in Settings.SourceLevels)
        {
            if (one.Source.BaseAddress.AddressFamily == source.AddressFamily && one.Source.Contains(source))
            {
                return one.Level;
            }
        }

        return null;
    }
}
