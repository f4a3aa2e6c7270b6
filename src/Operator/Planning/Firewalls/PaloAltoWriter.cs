using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>Rules for PAN-OS as set commands: address objects (fqdn where only a name is known), services, security rules.</summary>
internal static class PaloAltoWriter
{
    public static string Write(SiteFirewall firewall, IReadOnlyList<FirewallRule> rules)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Rules of {firewall.Name}, in configuration mode. They stand beside the rules that are there; what matches none falls to interzone-default, which denies.\n");
        foreach (var network in rules.SelectMany(r => r.Flow.Sources.Concat(r.Flow.Destinations)).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"set address {Name(network)} ip-netmask {network}\n");
        }

        foreach (var name in rules.Where(r => r.Flow.ByName).Select(r => r.Flow.To).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"set address {ObjectName.Of(name)} fqdn {name}\n");
        }

        foreach (var (protocol, port) in rules.Where(r => r.Flow.Port != 0).Select(r => (r.Flow.Protocol, r.Flow.Port)).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"set service {Service(protocol, port)} protocol {Words.Camel(protocol)} port {port}\n");
        }

        foreach (var (number, from, to, flow) in rules)
        {
            var destinations = flow.ByName ? [ObjectName.Of(flow.To)] : flow.Destinations.Select(Name).ToArray();
            // ESP has no ports: PAN-OS knows it as an application.
            var what = flow.Port == 0 ? "application ipsec-esp service application-default" : $"application any service {Service(flow.Protocol, flow.Port)}";
            text.Append(CultureInfo.InvariantCulture,
                $"set rulebase security rules {ObjectName.Of($"culvert-{number}-{flow.From}")} from {from.Interface} to {to.Interface} source [ {string.Join(' ', flow.Sources.Select(Name))} ] destination [ {string.Join(' ', destinations)} ] {what} action allow log-end yes description \"{flow.Reason}\"\n");
        }

        return text.ToString();
    }

    private static string Name(System.Net.IPNetwork network) => ObjectName.Of($"culvert-{network.BaseAddress}-{network.PrefixLength}".Replace(':', '_'));

    private static string Service(FlowProtocol protocol, int port) => string.Create(CultureInfo.InvariantCulture, $"culvert-{Words.Camel(protocol)}-{port}");
}
