using Culvert.Planning;

namespace Culvert.Lab;

/// <summary>Where on a route a place lies.</summary>
/// <param name="network">The network.</param>
/// <param name="sensor">Whose route.</param>
/// <param name="route">The route.</param>
internal sealed class FaultPosition(LabNetwork network, SiteSensor sensor, SiteRoute route)
{
    /// <summary>The index of the hop that it is at, or before which it lies; the number of hops for the cloud; null when the route does not lead there.</summary>
    public int? Of(FaultPlace place)
    {
        var hops = route.Hops.ToList();
        int Index(LabHost host) => host.Kind == LabHostKind.Cloud && host.Part == sensor.Cloud ? hops.Count : hops.IndexOf(host.Part);
        if (place.To is { } to)
        {
            var before = place.Host.Name == sensor.Name.ToString() ? -1 : place.Host.Kind == LabHostKind.Sensor ? -2 : hops.IndexOf(place.Host.Part) is >= 0 and var at ? at : -2;
            return before > -2 && Index(to) == before + 1 ? before + 1 : null;
        }

        return place.Host.Kind switch
        {
            LabHostKind.Sensor => place.Host.Name == sensor.Name.ToString() ? 0 : null,
            LabHostKind.Firewall => Crossed(place.Host.Part),
            // Whoever asks it may be anywhere.
            LabHostKind.Resolver => hops.Count,
            LabHostKind.Gateway => hops.Count,
            _ => Index(place.Host) is >= 0 and var index ? index : null,
        };
    }

    // The first conversation of the route that the firewall has a rule for.
    private int? Crossed(string firewall)
    {
        var site = network.Site;
        var rules = RulePlanner.Plan(site, site.Firewalls.First(f => f.Name == firewall));
        string[] way = [sensor.Name.ToString(), .. route.Hops];
        var clouds = site.Cloud(sensor.Cloud!).Endpoints.Select(e => e.Endpoint.Address.Host).ToList();
        for (var i = 0; i < way.Length; i++)
        {
            if (rules.Any(r => r.Flow.Protocol == FlowProtocol.Tcp && r.Flow.From == way[i] && (i + 1 < way.Length ? r.Flow.To == way[i + 1] : clouds.Contains(r.Flow.To))))
            {
                return i;
            }
        }

        return null;
    }
}
