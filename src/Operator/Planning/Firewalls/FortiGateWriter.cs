using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>Rules for FortiGate: address objects (fqdn where only a name is known), services, policies without inspection.</summary>
internal static class FortiGateWriter
{
    public static string Write(SiteFirewall firewall, IReadOnlyList<FirewallRule> rules)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Rules of {firewall.Name}. Everything that is not listed falls to the implicit deny.\nconfig firewall address\n");
        foreach (var network in rules.SelectMany(r => r.Flow.Sources.Concat(r.Flow.Destinations)).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"    edit \"{Name(network)}\"\n        set type ipmask\n        set subnet {network}\n    next\n");
        }

        foreach (var name in rules.Where(r => r.Flow.ByName).Select(r => r.Flow.To).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"    edit \"{ObjectName.Of(name)}\"\n        set type fqdn\n        set fqdn \"{name}\"\n    next\n");
        }

        text.Append("end\nconfig firewall service custom\n");
        foreach (var (protocol, port) in rules.Select(r => (r.Flow.Protocol, r.Flow.Port)).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"    edit \"{Service(protocol, port)}\"\n");
            text.Append(protocol == FlowProtocol.Esp ? "        set protocol IP\n        set protocol-number 50\n" : string.Create(CultureInfo.InvariantCulture, $"        set {Words.Camel(protocol)}-portrange {port}\n"));
            text.Append("    next\n");
        }

        text.Append("end\nconfig firewall policy\n");
        foreach (var (number, from, to, flow) in rules)
        {
            // 0 takes the next free number; the name makes a second run visible. No profile: inspection breaks the sensor's end-to-end TLS.
            text.Append(CultureInfo.InvariantCulture, $"    edit 0\n        set name \"{ObjectName.Of($"culvert-{number}-{flow.From}")}\"\n        set srcintf \"{from.Interface}\"\n        set dstintf \"{to.Interface}\"\n");
            text.Append(CultureInfo.InvariantCulture, $"        set srcaddr {Quoted(flow.Sources.Select(Name))}\n        set dstaddr {Quoted(flow.ByName ? [ObjectName.Of(flow.To)] : flow.Destinations.Select(Name))}\n");
            text.Append(CultureInfo.InvariantCulture, $"        set service \"{Service(flow.Protocol, flow.Port)}\"\n        set schedule \"always\"\n        set action accept\n        set logtraffic all\n        set comments \"{flow.Reason}\"\n    next\n");
        }

        return text.Append("end\n").ToString();
    }

    private static string Name(System.Net.IPNetwork network) => ObjectName.Of($"culvert-{network.BaseAddress}-{network.PrefixLength}");

    private static string Service(FlowProtocol protocol, int port) => port == 0 ? $"culvert-{Words.Camel(protocol)}" : string.Create(CultureInfo.InvariantCulture, $"culvert-{Words.Camel(protocol)}-{port}");

    private static string Quoted(IEnumerable<string> names) => string.Join(' ', names.Select(n => $"\"{n}\""));
}
