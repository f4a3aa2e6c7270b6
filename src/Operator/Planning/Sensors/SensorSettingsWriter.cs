using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>Settings of a sensor, as <c>culvert-sensor</c> reads them.</summary>
internal static class SensorSettingsWriter
{
    public static string Write(SiteFile site, SiteSensor sensor)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Settings of sensor {sensor.Name}, /etc/culvert/sensor.yaml.\n");
        AppendRoutes(text, site, sensor);
        text.Append(CultureInfo.InvariantCulture, $"\n# The cap on what leaves the sensor, in kbit/s.\nbandwidthKbps: {sensor.BandwidthKbps}\n");
        var hosts = FixedNames.OfSensor(site, sensor);
        if (hosts.Count > 0)
        {
            text.Append("\n# This zone has no resolver: names with fixed addresses.\nhosts:\n");
            text.AppendJoin("", hosts.Select(h => $"  {Yaml.Text(h.Key)}: {Yaml.List(h.Value.Select(a => a.ToString()))}\n"));
        }

        if (sensor.Monitors.Count > 0)
        {
            text.Append("\n# One mirror port each, and the zone whose traffic arrives there.\nsources:\n");
            text.AppendJoin("", sensor.Monitors.Select(m => $"  - {{ interface: {Yaml.Text(m.Interface)}, zone: {Yaml.Text(m.Zone)} }}\n"));
        }

        return text.Append("\n# Change to operational when the plant's usual traffic has been learned, after two to six weeks.\nmode: learning\n").ToString();
    }

    /// <summary>The secrets that a sensor reads by itself.</summary>
    public static IReadOnlyList<PlanSecret> SecretsOf(SiteFile site, SiteSensor sensor) =>
        [.. sensor.Routes.SelectMany(r => r.Hops).Distinct().Select(site.Proxy)
            .Select(p => (Proxy: p, Asked: ProxySecrets.AskedBy(site, p))).Where(p => p.Asked is not null)
            .Select(p => new PlanSecret($"password that {sensor.Name} shows to {p.Proxy.Name} as '{p.Asked!.UserName}'", p.Asked.Password, null))];

    private static void AppendRoutes(StringBuilder text, SiteFile site, SiteSensor sensor)
    {
        if (sensor.Mode == SensorMode.LocallyManaged)
        {
            text.Append("# Locally managed: no way leads to a cloud.\nroutes: []\n");
            return;
        }

        text.Append("# Ways to the cloud, preferred ones first.\nroutes:\n");
        foreach (var (index, route) in (sensor.Routes.Count > 0 ? sensor.Routes : [new SiteRoute { Name = "direct" }]).Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"  - name: {Yaml.Text(route.Name)}\n    priority: {(route.Priority > 0 ? route.Priority : index + 1)}\n");
            if (route.Hops.Count == 0)
            {
                text.Append("    hops: []\n");
                continue;
            }

            text.Append("    hops:\n");
            foreach (var (hopIndex, hop) in route.Hops.Select(site.Proxy).Index())
            {
                // The first hop is always dialled by the sensor itself.
                AppendHop(text, site, hop, hopIndex == 0 ? HopReach.Nested : route.Chaining);
            }
        }
    }

    private static void AppendHop(StringBuilder text, SiteFile site, SiteProxy hop, HopReach reach)
    {
        text.Append(CultureInfo.InvariantCulture, $"      - name: {Yaml.Text(hop.Name)}\n        host: {Yaml.Text(hop.Listen.Host)}\n        port: {hop.Port}\n        scheme: {Words.Camel(hop.Scheme)}\n        reach: {Words.Camel(reach)}\n");
        if (site.Zone(hop.Zone).PurdueLevel is { } level)
        {
            text.Append(CultureInfo.InvariantCulture, $"        level: {level}\n");
        }

        // A hop that the proxy before it dials gets its credentials from that proxy.
        if (reach == HopReach.Nested && ProxySecrets.AskedBy(site, hop) is { } credentials)
        {
            text.Append(CultureInfo.InvariantCulture, $"        credentials: {{ userName: {Yaml.Text(credentials.UserName)}, password: {Yaml.Secret(credentials.Password)} }}\n");
        }

        if (reach == HopReach.Nested && hop.Scheme == HopScheme.Https)
        {
            text.Append(CultureInfo.InvariantCulture, $"        trust: {{ caFile: {CulvertProxyWriter.TlsFolder}/{hop.Name}-ca.pem }}\n");
        }
    }
}
