namespace Culvert;

/// <summary>Which firewalls and private links traffic crosses between two zones of a site.</summary>
public sealed class SiteMap
{
    private readonly Dictionary<string, List<SiteCrossing>> _crossings = new(StringComparer.Ordinal);

    /// <summary>Draws the map.</summary>
    public SiteMap(SiteFile site)
    {
        ArgumentNullException.ThrowIfNull(site);
        foreach (var firewall in site.Firewalls)
        {
            foreach (var from in firewall.Sides)
            {
                foreach (var to in firewall.Sides.Where(s => s.Zone != from.Zone))
                {
                    Add(new SiteCrossing(firewall.Name, IsLink: false, from.Zone, to.Zone));
                }
            }
        }

        foreach (var link in site.PrivateLinks.OrderBy(l => l.Priority))
        {
            foreach (var zone in site.Zones.Where(z => z.Cloud == link.To && z.Name != link.From))
            {
                Add(new SiteCrossing(link.Name, IsLink: true, link.From, zone.Name));
                Add(new SiteCrossing(link.Name, IsLink: true, zone.Name, link.From));
            }
        }
    }

    /// <summary>The crossings on the shortest way, first one first; empty within a zone; null when no way exists.</summary>
    /// <remarks>Of equally short ways the one written first in the site file is taken. The internet is a way's end, never its middle.</remarks>
    public IReadOnlyList<SiteCrossing>? Way(string from, string to)
    {
        var reachedBy = new Dictionary<string, SiteCrossing?>(StringComparer.Ordinal) { [from] = null };
        var open = new Queue<string>([from]);
        while (open.TryDequeue(out var zone))
        {
            if (zone == to)
            {
                var way = new List<SiteCrossing>();
                for (var at = reachedBy[to]; at is not null; at = reachedBy[at.From])
                {
                    way.Insert(0, at);
                }

                return way;
            }

            if (zone == SiteZone.Internet && zone != from)
            {
                continue;
            }

            foreach (var crossing in _crossings.GetValueOrDefault(zone, []).Where(c => reachedBy.TryAdd(c.To, c)))
            {
                open.Enqueue(crossing.To);
            }
        }

        return null;
    }

    private void Add(SiteCrossing crossing)
    {
        if (!_crossings.TryGetValue(crossing.From, out var list))
        {
            _crossings[crossing.From] = list = [];
        }

        list.Add(crossing);
    }
}

/// <summary>Passing from one zone to a neighbouring one.</summary>
/// <param name="By">The firewall or link.</param>
/// <param name="IsLink">Whether it is a private link.</param>
/// <param name="From">The zone left.</param>
/// <param name="To">The zone entered.</param>
public sealed record SiteCrossing(string By, bool IsLink, string From, string To);
