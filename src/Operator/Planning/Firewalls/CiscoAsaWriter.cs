using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Planning;

/// <summary>Rules for Cisco ASA: network objects (FQDN objects where only a name is known) and one access list for each side.</summary>
internal static class CiscoAsaWriter
{
    public static string Write(SiteFirewall firewall, IReadOnlyList<FirewallRule> rules)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"! Rules of {firewall.Name}. Where an interface has an access list already (show run access-group), use its name instead:\n! an interface has one list only, and whatever a list does not permit is denied at its end.\n");
        foreach (var name in rules.Where(r => r.Flow.ByName).Select(r => r.Flow.To).Distinct())
        {
            // An FQDN object needs a resolver of the firewall's own: dns domain-lookup and dns server-group.
            text.Append(CultureInfo.InvariantCulture, $"object network {ObjectName.Of(name)}\n fqdn v4 {name}\n");
        }

        foreach (var side in rules.GroupBy(r => r.From))
        {
            var list = $"culvert-{side.Key.Interface}-in";
            foreach (var rule in side)
            {
                text.Append(CultureInfo.InvariantCulture, $"access-list {list} remark {rule.Number} {rule.Flow.From} to {rule.Flow.To}\n");
                foreach (var source in rule.Flow.Sources)
                {
                    foreach (var destination in rule.Flow.ByName ? [$"object {ObjectName.Of(rule.Flow.To)}"] : rule.Flow.Destinations.Select(Address))
                    {
                        var port = rule.Flow.Port == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" eq {rule.Flow.Port}");
                        text.Append(CultureInfo.InvariantCulture, $"access-list {list} extended permit {Words.Camel(rule.Flow.Protocol)} {Address(source)} {destination}{port}\n");
                    }
                }
            }

            text.Append(CultureInfo.InvariantCulture, $"! Only where the interface has no access list yet:\n! access-group {list} in interface {side.Key.Interface}\n");
        }

        return text.ToString();
    }

    private static string Address(IPNetwork network)
    {
        if (network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return network.PrefixLength == 128 ? $"host {network.BaseAddress}" : network.ToString();
        }

        return network.PrefixLength == 32 ? $"host {network.BaseAddress}" : $"{network.BaseAddress} {new IPAddress(IPAddress.HostToNetworkOrder(unchecked((int)(uint.MaxValue << (32 - network.PrefixLength)))) & 0xffffffffL)}";
    }
}
