using System.Globalization;
using System.Text;

namespace Culvert.Lab;

/// <summary>Writes what <c>ip -batch</c> and the shell need to build the network. All switches lie in the keeper's own namespace, the fabric.</summary>
internal static class NetworkScript
{
    /// <summary>The fabric's port of a host's interface.</summary>
    public static string Port(LabHost host, int index) => string.Create(CultureInfo.InvariantCulture, $"p{host.FirstCable + index}");

    /// <summary>The same, of the host as the network has it now.</summary>
    public static string Port(LabNetwork network, LabHost host, int index) => Port(network.Host(host.Name), index);

    /// <summary>The fabric's switch of a segment.</summary>
    public static string Switch(LabNetwork network, string segment)
    {
        for (var i = 0; i < network.Segments.Count; i++)
        {
            if (network.Segments[i] == segment)
            {
                return string.Create(CultureInfo.InvariantCulture, $"z{i}");
            }
        }

        throw new KeyNotFoundException($"The lab has no segment '{segment}'.");
    }

    /// <summary>Namespaces, switches and cables, for <c>ip -batch</c> in the fabric.</summary>
    public static string Fabric(LabNetwork network)
    {
        var text = new StringBuilder();
        foreach (var segment in network.Segments)
        {
            var name = Switch(network, segment);
            text.Append(CultureInfo.InvariantCulture, $"link add name {name} type bridge\nlink set dev {name} up\n");
        }

        foreach (var host in network.Hosts)
        {
            text.Append(Cables(network, host));
        }

        return text.ToString();
    }

    /// <summary>One host's namespace and cables, for <c>ip -batch</c> in the fabric.</summary>
    public static string Cables(LabNetwork network, LabHost host)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"netns add {host.Name}\n");
        for (var i = 0; i < host.Interfaces.Count; i++)
        {
            var port = Port(host, i);
            text.Append(CultureInfo.InvariantCulture, $"link add name {port} type veth peer name {host.Interfaces[i].Name} netns {host.Name}\n");
            text.Append(CultureInfo.InvariantCulture, $"link set dev {port} master {Switch(network, host.Interfaces[i].Segment)} up\n");
        }

        return text.ToString();
    }

    /// <summary>What is done inside a host's namespace, for <c>sh -e</c>.</summary>
    public static string Inside(LabHost host, string nftables)
    {
        var text = new StringBuilder();
        // Low ports are open to proxies that give up root; IPv6 would only make noise.
        text.Append("cd /proc/sys/net\necho 1 > ipv6/conf/all/disable_ipv6 2>/dev/null || :\necho 1 > ipv6/conf/default/disable_ipv6 2>/dev/null || :\necho 0 > ipv4/ip_unprivileged_port_start\n");
        if (host.Forwards)
        {
            text.Append("echo 1 > ipv4/ip_forward\nfor f in ipv4/conf/*/send_redirects ipv4/conf/*/rp_filter; do echo 0 > $f; done\n");
        }

        text.Append("for f in ipv4/conf/*/accept_redirects; do echo 0 > $f; done\n");
        text.Append("ip -batch - <<'END'\nlink set dev lo up\n");
        foreach (var at in host.Interfaces)
        {
            text.Append(CultureInfo.InvariantCulture, $"link set dev {at.Name} up\n");
            foreach (var address in at.Addresses)
            {
                text.Append(CultureInfo.InvariantCulture, $"addr add {address} dev {at.Name}\n");
            }
        }

        // First what lies on the segment, then what is reached by it.
        foreach (var route in host.Routes.OrderBy(r => r.Via is not null))
        {
            var via = route.Via is null ? " scope link" : $" via {route.Via}";
            var metric = route.Metric == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" metric {route.Metric}");
            text.Append(CultureInfo.InvariantCulture, $"route replace {(route.To.PrefixLength == 0 ? "default" : route.To)}{via} dev {route.Interface}{metric}\n");
        }

        text.Append("END\n");
        if (nftables.Length > 0)
        {
            text.Append("nft -f - <<'END'\n").Append(nftables).Append("END\n");
        }

        return text.ToString();
    }
}
