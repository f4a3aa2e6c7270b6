using Culvert.Configuration;

namespace Culvert.Lab;

/// <summary>Where a fault is made: a host, or an edge of the map, which is what one host says to another.</summary>
/// <param name="Host">The host; of an edge, the one that opens the connections.</param>
/// <param name="To">Whom the edge leads to; null at a host.</param>
public sealed record FaultPlace(LabHost Host, LabHost? To = null)
{
    private const string Between = "..";

    /// <summary>The place's name.</summary>
    public string Name => To is null ? Host.Name : $"{Host.Name}{Between}{To.Name}";

    /// <summary>Finds a place by its name in the site file or the lab. Throws <see cref="LabException"/> that names what is near.</summary>
    public static FaultPlace Find(LabNetwork network, string text)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(text);
        if (text.Split(Between) is not [var from, var to])
        {
            return new FaultPlace(HostOf(network, text));
        }

        var place = new FaultPlace(HostOf(network, from), HostOf(network, to));
        return place.Host.Kind is LabHostKind.Sensor or LabHostKind.Proxy or LabHostKind.Member && IsEdge(network.Site, place.Host, place.To!) ? place
            : throw new FaultNotHereException($"{place.Name} is no edge of this site: {place.Host.Name} opens no planned connection to {place.To!.Name}. Its edges are: {string.Join(", ", Edges(network).Select(e => e.Name))}");
    }

    /// <summary>The edges that carry tunnels.</summary>
    public static IEnumerable<FaultPlace> Edges(LabNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return from a in network.Hosts
               where a.Kind is LabHostKind.Sensor or LabHostKind.Proxy or LabHostKind.Member
               from b in network.Hosts
               where b.Kind is LabHostKind.Proxy or LabHostKind.Balancer or LabHostKind.Cloud && IsEdge(network.Site, a, b)
               select new FaultPlace(a, b);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    // Neighbours on a route, or a proxy and its parent.
    private static bool IsEdge(SiteFile site, LabHost from, LabHost to)
    {
        foreach (var sensor in site.Sensors.Where(s => s.Mode == SensorMode.CloudConnected))
        {
            foreach (var route in sensor.Routes)
            {
                string[] way = [sensor.Name.ToString(), .. route.Hops, sensor.Cloud!];
                if (way.Zip(way.Skip(1)).Any(p => p.First == from.Part && p.Second == to.Part))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static LabHost HostOf(LabNetwork network, string name)
    {
        if ((network.Hosts.FirstOrDefault(h => h.Name == name) ?? network.Hosts.FirstOrDefault(h => h.Part == name)) is { } host)
        {
            return host;
        }

        var names = network.Hosts.SelectMany(h => (string[])[h.Name, h.Part]).Distinct().ToList();
        var near = Suggestion.For(name, names);
        throw new LabException($"The lab has no host '{name}'{(near is null ? "" : $" (did you mean '{near}'?)")}; expected one of: {string.Join(", ", network.Hosts.Select(h => h.Name))}, or an edge FROM..TO");
    }
}
