namespace Culvert.Configuration;

/// <summary>A cloud that sensors report to offers all services, and every connected sensor has one.</summary>
internal static class CloudChecks
{
    public static void Run(SiteParts parts, SiteFile site)
    {
        foreach (var (at, sensor) in parts.Sensors.Where(s => s.Part.Mode == SensorMode.CloudConnected))
        {
            if (CloudOf(sensor, site) is null)
            {
                at.Mistake("cloud", "this field is missing", site.Clouds.Count == 0
                    ? "expected a cloud; none is written in this file"
                    : "expected the name of the cloud that this sensor reports to, because several have endpoints");
            }
        }

        var used = site.Sensors.Where(s => s.Mode == SensorMode.CloudConnected).Select(s => CloudOf(s, site)?.Name).ToHashSet();
        foreach (var (at, cloud) in parts.Clouds)
        {
            foreach (var twice in cloud.Endpoints.GroupBy(e => e.Endpoint.Service).Where(g => g.Count() > 1))
            {
                at.Mistake("endpoints", $"service {Word(twice.Key)} stands twice", "expected each service once");
            }

            var missing = Enum.GetValues<CloudService>().Except(cloud.Endpoints.Select(e => e.Endpoint.Service)).Select(Word).ToArray();
            if (missing.Length > 0 && (used.Contains(cloud.Name) || cloud.Endpoints.Count > 0))
            {
                at.Mistake("endpoints", $"no endpoint for {string.Join(", ", missing)}", "expected all five services, because sensors report to this cloud");
            }
        }

        foreach (var (at, link) in parts.PrivateLinks)
        {
            if (site.Zone(link.From).Cloud == link.To)
            {
                at.Mistake("from", $"zone {link.From} lies in cloud {link.To} itself", "expected a zone outside that cloud");
            }

            if (link is { Kind: PrivateLinkKind.Vpn, Bgp: null } && site.Zone(link.From).Cloud is { } near && site.Cloud(near).Kind == CloudKind.Google)
            {
                at.Mistake("bgp", "this field is missing", "expected a group of fields: an HA VPN of Google Cloud routes by BGP only");
            }

            if (!site.Zones.Any(z => z.Cloud == link.To))
            {
                at.Mistake("to", $"no zone lies in cloud {link.To}", "expected at least one zone there for the link to lead to");
            }
        }
    }

    /// <summary>The cloud a sensor reports to: the one written, or the only one that has endpoints.</summary>
    public static SiteCloud? CloudOf(SiteSensor sensor, SiteFile site)
    {
        if (sensor.Mode == SensorMode.LocallyManaged)
        {
            return null;
        }

        if (sensor.Cloud is { } name)
        {
            return site.Cloud(name);
        }

        var candidates = site.Clouds.Where(c => c.Endpoints.Count > 0).ToArray();
        return candidates.Length == 1 ? candidates[0] : null;
    }

    private static string Word(CloudService service) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(service.ToString());
}
