using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>Writes a site as the YAML that is read back as the same site.</summary>
public static class SiteFileWriter
{
    /// <summary>Writes it. Fields that have their default are left out.</summary>
    /// <param name="site">The site.</param>
    /// <param name="comment">What the file begins with, without <c>#</c>; null for nothing.</param>
    public static string Write(SiteFile site, string? comment = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        var text = new StringBuilder("# yaml-language-server: $schema=site.schema.json\n");
        foreach (var line in comment?.Split('\n') ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"# {line}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"site:\n  name: {Yaml.Text(site.Name)}\n  displayName: {Yaml.Text(site.DisplayName)}\n");
        Requirements(text, site.Requirements);
        Section(text, "zones", site.Zones, Zone);
        Section(text, "sensors", site.Sensors, Sensor);
        Section(text, "proxies", site.Proxies, Proxy);
        Section(text, "firewalls", site.Firewalls, Firewall);
        Section(text, "privateLinks", site.PrivateLinks, Link);
        Section(text, "clouds", site.Clouds, Cloud);
        return text.ToString();
    }

    private static void Requirements(StringBuilder text, SiteRequirements r)
    {
        var written = ((string Key, bool? Value)[])
        [
            ("privateConnectivity", r.PrivateConnectivity), ("proxyToLeaveOt", r.ProxyToLeaveOt), ("singlePoint", r.SinglePoint), ("predictableThroughput", r.PredictableThroughput),
            ("serviceLevelAgreement", r.ServiceLevelAgreement), ("highVolume", r.HighVolume), ("avoidInternet", r.AvoidInternet), ("ownRouters", r.OwnRouters),
        ];
        if (written.Any(w => w.Value is not null))
        {
            text.Append("\nrequirements:\n").AppendJoin("", written.Where(w => w.Value is not null).Select(w => $"  {w.Key}: {(w.Value!.Value ? "true" : "false")}\n"));
        }
    }

    private static void Section<T>(StringBuilder text, string key, IReadOnlyList<T> parts, Action<Fields, T> write)
    {
        if (parts.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n{key}:\n");
        foreach (var part in parts)
        {
            var fields = new Fields(text, "  - ", "    ");
            write(fields, part);
        }
    }

    private static void Zone(Fields f, SiteZone z)
    {
        f.Add("name", z.Name);
        f.Raw("purdueLevel", z.PurdueLevel?.ToString());
        f.Add("cloud", z.Cloud);
        f.List("subnets", z.Subnets);
        f.List("dnsServers", z.DnsServers);
        f.List("ntpServers", z.NtpServers);
    }

    private static void Sensor(Fields f, SiteSensor s)
    {
        f.Add("name", s.Name.ToString());
        f.Add("type", s.Type == SensorType.Ot ? null : Words.Camel(s.Type));
        f.Add("mode", s.Mode == SensorMode.CloudConnected ? null : Words.Camel(s.Mode));
        f.Add("zone", s.Zone);
        f.Add("address", s.Address.ToString());
        f.Add("cloud", s.Cloud);
        f.Add("method", s.Method is { } method ? Words.Camel(method) : null);
        f.Raw("bandwidthKbps", s.BandwidthKbps == SiteSensor.DefaultBandwidthKbps ? null : s.BandwidthKbps.ToString(CultureInfo.InvariantCulture));
        f.Raw("automaticThreatIntelligence", s.AutomaticThreatIntelligence ? null : "false");
        f.Items("monitors", s.Monitors.Select(m => $"{{ interface: {Yaml.Text(m.Interface)}, zone: {Yaml.Text(m.Zone)} }}"));
        f.Items("routes", s.Routes.Select(r => $"{{ name: {Yaml.Text(r.Name)}{(r.Priority == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", priority: {r.Priority}"))}, hops: {Yaml.List(r.Hops)}{(r.Chaining == HopReach.Nested ? "" : ", chaining: forwarded")} }}"));
    }

    private static void Proxy(Fields f, SiteProxy p)
    {
        f.Add("name", p.Name);
        f.Add("kind", Words.Camel(p.Kind));
        f.Add("zone", p.Zone);
        f.Add("address", p.Address.ToString());
        f.Add("host", p.Host);
        f.Raw("port", p.Port.ToString(CultureInfo.InvariantCulture));
        f.Add("scheme", p.Scheme == HopScheme.Http ? null : Words.Camel(p.Scheme));
        f.Names("parents", p.Parents);
        f.Raw("credentials", p.Credentials is { } c ? $"{{ userName: {Yaml.Text(c.UserName)}, password: {Yaml.Secret(c.Password)} }}" : null);
        f.List("allowedSources", p.AllowedSources);
        f.Raw("idleTimeout", Yaml.Duration(p.IdleTimeout));
        f.Raw("pool", p.Pool is { } pool ? string.Create(CultureInfo.InvariantCulture, $"{{ members: {Yaml.List(pool.Members.Select(m => m.ToString()))}, minMembers: {pool.MinMembers}, maxMembers: {pool.MaxMembers} }}") : null);
    }

    private static void Firewall(Fields f, SiteFirewall w)
    {
        f.Add("name", w.Name);
        f.Add("kind", Words.Camel(w.Kind));
        f.Items("sides", w.Sides.Select(s => $"{{ zone: {Yaml.Text(s.Zone)}, interface: {Yaml.Text(s.Interface)} }}"));
    }

    private static void Link(Fields f, SitePrivateLink l)
    {
        f.Add("name", l.Name);
        f.Add("kind", Words.Camel(l.Kind));
        f.Add("from", l.From);
        f.Add("to", l.To);
        f.Raw("priority", l.Priority == 0 ? null : l.Priority.ToString(CultureInfo.InvariantCulture));
        f.Add("fromGateway", l.FromGateway?.ToString());
        f.Add("toGateway", l.ToGateway?.ToString());
        f.Add("secondFromGateway", l.SecondFromGateway?.ToString());
        f.Add("secondToGateway", l.SecondToGateway?.ToString());
        f.Raw("preSharedKey", l.PreSharedKey is { } key ? Yaml.Secret(key) : null);
        f.Raw("bandwidthMbps", l.BandwidthMbps?.ToString(CultureInfo.InvariantCulture));
        f.Raw("bgp", l.Bgp is { } b ? string.Create(CultureInfo.InvariantCulture,
            $"{{ fromAsn: {b.FromAsn}, toAsn: {b.ToAsn}, primary: {b.Primary}{(b.Secondary is { } second ? $", secondary: {second}" : "")}{(b.VlanId is { } vlan ? string.Create(CultureInfo.InvariantCulture, $", vlanId: {vlan}") : "")}{(b.Bfd ? ", bfd: true" : "")} }}") : null);
    }

    private static void Cloud(Fields f, SiteCloud c)
    {
        f.Add("name", c.Name);
        f.Add("kind", Words.Camel(c.Kind));
        f.Add("zone", c.Zone == SiteZone.Internet ? null : c.Zone);
        f.Raw("virtualNetwork", c.VirtualNetwork is { } n
            ? $"{{ name: {Yaml.Text(n.Name)}, region: {Yaml.Text(n.Region)}, addressSpace: {n.AddressSpace}{Subnet("gatewaySubnet", n.GatewaySubnet)}{Subnet("proxySubnet", n.ProxySubnet)}{Subnet("bastionSubnet", n.BastionSubnet)} }}" : null);
        f.Items("endpoints", c.Endpoints.Select(e => $"{{ service: {Words.Camel(e.Endpoint.Service)}, host: {Yaml.Text(e.Endpoint.Address.Host)}, port: {e.Endpoint.Address.Port.ToString(CultureInfo.InvariantCulture)}{(e.Addresses.Count > 0 ? $", addresses: {Yaml.List(e.Addresses.Select(a => a.ToString()))}" : "")} }}"));
        f.Items("comingEndpoints", c.ComingEndpoints.Select(e => $"{{ service: {Words.Camel(e.Endpoint.Service)}, host: {Yaml.Text(e.Endpoint.Address.Host)}, port: {e.Endpoint.Address.Port.ToString(CultureInfo.InvariantCulture)}, neededFrom: {Yaml.Text(e.NeededFrom)} }}"));
    }

    private static string Subnet(string key, System.Net.IPNetwork? subnet) => subnet is { } given ? $", {key}: {given}" : "";

    // The fields of one item of a list: the first begins with a dash.
    private sealed class Fields(StringBuilder text, string first, string others)
    {
        private bool _isFirst = true;

        public void Add(string key, string? value) => Raw(key, value is null ? null : Yaml.Text(value));

        public void Raw(string key, string? value)
        {
            if (value is not null)
            {
                text.Append(_isFirst ? first : others).Append(CultureInfo.InvariantCulture, $"{key}: {value}\n");
                _isFirst = false;
            }
        }

        public void Names(string key, IReadOnlyList<string> names) => Raw(key, names.Count == 0 ? null : Yaml.List(names));

        public void List<T>(string key, IReadOnlyList<T> values) => Names(key, [.. values.Select(v => v!.ToString()!)]);

        public void Items(string key, IEnumerable<string> items)
        {
            var lines = items.ToList();
            if (lines.Count > 0)
            {
                text.Append(others).Append(CultureInfo.InvariantCulture, $"{key}:\n").AppendJoin("", lines.Select(l => $"{others}  - {l}\n"));
            }
        }
    }
}
