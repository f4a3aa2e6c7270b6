using System.Net;

namespace Culvert.Lab;

/// <summary>Turns a site into one that Linux can play: firewalls become nftables with interface names that the kernel takes, and endpoints known by name get addresses.</summary>
public static class LabSite
{
    // RFC 5737, TEST-NET-2: what a name without an address gets. The samples' own portal stands there too, low.
    private const int FirstMadeUp = 100;
    private static readonly byte[] MadeUpNetwork = [198, 51, 100];

    /// <summary>The site as the lab plays it. Throws <see cref="LabException"/> where it cannot.</summary>
    public static SiteFile Of(SiteFile site)
    {
        ArgumentNullException.ThrowIfNull(site);
        RefuseVersion6(site);
        if (site.Proxies.FirstOrDefault(p => p.Kind == ProxyKind.Other) is { } foreign)
        {
            throw new LabException($"The lab cannot run {foreign.Name}: its kind is 'other'. For a rehearsal, write the kind that comes nearest: culvert, squid, tinyproxy or haproxy.", "proxies", foreign.Name);
        }

        foreach (var cloud in site.Clouds.Where(c => site.Sensors.Any(s => s.Mode == SensorMode.CloudConnected && s.Cloud == c.Name)))
        {
            if (cloud.Endpoints.Select(e => e.Endpoint.Address.Port).Distinct().ToList() is { Count: > 1 } ports)
            {
                throw new LabException($"The endpoints of cloud {cloud.Name} have ports {string.Join(", ", ports)}; the lab's portal plays all of them on one.", "clouds", cloud.Name);
            }
        }

        return site with
        {
            Firewalls = [.. site.Firewalls.Select(Firewall)],
            Clouds = Clouds(site.Clouds),
        };
    }

    private static void RefuseVersion6(SiteFile site)
    {
        const string only = "the lab draws IPv4 networks only. Planning and checking know IPv6; for a rehearsal, give it an IPv4 address beside";
        foreach (var (section, name, addresses) in ((string, string, IEnumerable<IPAddress?>)[])
            [
                .. site.Zones.Select(z => ("zones", z.Name, z.Subnets.Select(s => (IPAddress?)s.BaseAddress).Concat(z.DnsServers).Concat(z.NtpServers))),
                .. site.Sensors.Select(s => ("sensors", s.Name.ToString(), (IEnumerable<IPAddress?>)[s.Address])),
                .. site.Proxies.Select(p => ("proxies", p.Name, (p.Pool?.Members ?? []).Append(p.Address).Select(a => (IPAddress?)a))),
                .. site.PrivateLinks.Select(l => ("privateLinks", l.Name, (IEnumerable<IPAddress?>)[l.FromGateway, l.ToGateway, l.SecondFromGateway, l.SecondToGateway, l.Bgp?.Primary.BaseAddress, l.Bgp?.Secondary?.BaseAddress])),
                .. site.Clouds.Select(c => ("clouds", c.Name, c.Endpoints.SelectMany(e => e.Addresses).Select(a => (IPAddress?)a))),
            ])
        {
            if (addresses.FirstOrDefault(a => a?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6) is { } six)
            {
                throw new LabException($"{name} has the IPv6 address {six}: {only}.", section, name);
            }
        }
    }

    private static SiteFirewall Firewall(SiteFirewall firewall)
    {
        var used = new HashSet<string>(StringComparer.Ordinal) { "lo" };
        return firewall with { Kind = FirewallKind.Nftables, Sides = [.. firewall.Sides.Select((s, i) => s with { Interface = InterfaceName(s.Interface, i, used) })] };
    }

    // The kernel takes 15 characters; '/' and spaces are not among them.
    private static string InterfaceName(string written, int index, HashSet<string> used)
    {
        var plain = new string([.. written.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')]);
        var name = plain.Length is > 0 and <= 15 ? plain : $"{plain[..Math.Min(12, plain.Length)]}-{index}";
        return used.Add(name) ? name : $"side{index}";
    }

    private static SiteCloud[] Clouds(IReadOnlyList<SiteCloud> clouds)
    {
        var known = new Dictionary<string, IReadOnlyList<IPAddress>>(StringComparer.Ordinal);
        foreach (var endpoint in clouds.SelectMany(c => c.Endpoints).Where(e => e.Addresses.Count > 0))
        {
            known.TryAdd(endpoint.Endpoint.Address.Host, endpoint.Addresses);
        }

        var next = FirstMadeUp;
        return [.. clouds.Select(c => c with
        {
            Endpoints = [.. c.Endpoints.Select(e =>
            {
                if (!known.TryGetValue(e.Endpoint.Address.Host, out var addresses))
                {
                    known[e.Endpoint.Address.Host] = addresses = IPAddress.TryParse(e.Endpoint.Address.Host, out var literal)
                        ? [literal] : [new IPAddress([.. MadeUpNetwork, (byte)next++])];
                }

                return e with { Addresses = addresses };
            })],
        })];
    }
}
