using System.Text.Json;

namespace Culvert.Planning;

/// <summary>Rules of an Azure network security group, as the array <c>securityRules</c> of its ARM resource.</summary>
internal static class AzureNsgWriter
{
    private const int First = 100;

    public static string Write(SiteFile site, SiteFirewall firewall, IReadOnlyList<FirewallRule> rules)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartArray();
            var priority = First;
            var inbound = InboundOfLinks(site, firewall);
            foreach (var flow in inbound)
            {
                Rule(json, $"in-{priority}-{flow.From}", priority++, "Inbound", "Allow", flow, Prefixes(flow.Sources), Prefixes(flow.Destinations));
            }

            // People come over Azure Bastion alone.
            if (firewall.Sides.Where(x => x.Zone != SiteZone.Internet).Select(x => site.Zone(x.Zone).Cloud).OfType<string>().Select(site.Cloud).Select(c => c.VirtualNetwork?.BastionSubnet).FirstOrDefault(b => b is not null) is { } bastion)
            {
                Rule(json, "in-bastion-ssh", 4094, "Inbound", "Allow", Ssh(bastion), [bastion.ToString()], ["*"]);
            }

            Rule(json, "in-load-balancer-probes", 4095, "Inbound", "Allow", null, ["AzureLoadBalancer"], ["*"]);
            Rule(json, "in-deny-all", 4096, "Inbound", "Deny", null, ["*"], ["*"]);

            priority = First;
            foreach (var flow in rules.Select(r => r.Flow))
            {
                // Where a name has neither address nor tag, the port alone is opened and the proxy's exact list decides.
                string[] to = flow.ByName ? [AzureServiceTags.Of(flow.To) ?? "Internet"] : Prefixes(flow.Destinations);
                Rule(json, $"out-{priority}-{flow.From}", priority++, "Outbound", "Allow", flow, Prefixes(flow.Sources), to);
            }

            Rule(json, "out-deny-all", 4096, "Outbound", "Deny", null, ["*"], ["*"]);
            json.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    // What comes over a private link enters the subnet without crossing a firewall of the file, but does cross its security group.
    private static IEnumerable<PlannedFlow> InboundOfLinks(SiteFile site, SiteFirewall firewall)
    {
        var map = new SiteMap(site);
        return FlowPlanner.Plan(site).Where(f => firewall.Joins(f.ToZone) && f.ToZone != SiteZone.Internet
            && map.Way(f.FromZone, f.ToZone) is { Count: > 0 } way && (way[^1].IsLink || way[^1].By == firewall.Name));
    }

    private static PlannedFlow Ssh(System.Net.IPNetwork bastion) => new()
    {
        From = "bastion",
        FromZone = "",
        Sources = [bastion],
        To = "the members",
        ToZone = "",
        Destinations = [],
        Port = 22,
        Reason = "maintenance by SSH, over Azure Bastion",
    };

    private static string[] Prefixes(IReadOnlyList<System.Net.IPNetwork> networks) => [.. networks.Select(n => n.ToString())];

    private static void Rule(Utf8JsonWriter json, string name, int priority, string direction, string access, PlannedFlow? flow, string[] from, string[] to)
    {
        json.WriteStartObject();
        json.WriteString("name", ObjectName.Of(name));
        json.WriteStartObject("properties");
        if (flow is not null)
        {
            json.WriteString("description", $"{flow.From} to {flow.To}: {flow.Reason}"[..Math.Min(140, $"{flow.From} to {flow.To}: {flow.Reason}".Length)]);
        }

        json.WriteNumber("priority", priority);
        json.WriteString("direction", direction);
        json.WriteString("access", access);
        json.WriteString("protocol", flow is null ? "*" : flow.Protocol.ToString());
        json.WriteString("sourcePortRange", "*");
        json.WriteString("destinationPortRange", flow is null || flow.Port == 0 ? "*" : flow.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Addresses(json, "sourceAddressPrefix", from);
        Addresses(json, "destinationAddressPrefix", to);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Addresses(Utf8JsonWriter json, string key, string[] prefixes)
    {
        if (prefixes.Length == 1)
        {
            json.WriteString(key, prefixes[0]);
            return;
        }

        json.WriteStartArray($"{key}es");
        foreach (var prefix in prefixes)
        {
            json.WriteStringValue(prefix);
        }

        json.WriteEndArray();
    }
}
