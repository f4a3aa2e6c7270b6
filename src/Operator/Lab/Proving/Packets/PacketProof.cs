using System.Net;
using Culvert.Planning;

namespace Culvert.Lab;

/// <summary>Sends packets that nobody needs to answer, and sees at every firewall what it lets pass: each planned rule, and nothing besides.</summary>
internal sealed class PacketProof(LabRuntime lab)
{
    private const int ByRule = 41, Forged = 42, Strange = 43;
    private const int Rounds = 2;

    // What an intruder tries first in plants and offices, besides what somebody listens on.
    private static readonly int[] UdpPorts = [53, 67, 69, 111, 123, 137, 138, 161, 162, 443, 500, 514, 1194, 1434, 1812, 1900, 2222, 4500, 4789, 5353, 34964, 44818, 47808];
    private static readonly int[] TcpPorts = [21, 22, 23, 25, 53, 80, 102, 123, 135, 139, 443, 445, 502, 1433, 1883, 2404, 3128, 3129, 3389, 4840, 5432, 5985, 8080, 8443, 8883, 20000, 44818];
    private static readonly TimeSpan Arrive = TimeSpan.FromMilliseconds(300);

    private readonly SiteMap _map = new(lab.Site);

    /// <summary>Sends all and judges.</summary>
    public async Task<PacketProofResult> RunAsync(CancellationToken cancellationToken)
    {
        var rules = lab.Site.Firewalls.SelectMany(f => RulePlanner.Plan(lab.Site, f).Select(r => (Firewall: f.Name, Rule: r))).ToList();
        foreach (var firewall in lab.Site.Firewalls)
        {
            await FirewallWatch.BeginAsync(firewall.Name, cancellationToken);
        }

        var (forged, alike) = Forgeries(rules);
        var packets = Proofs(rules).Concat(Strangers()).Concat(forged).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            // Twice, for the first to an address may be lost while its neighbour is asked for; a note is made once.
            foreach (var (host, ofHost) in packets.GroupBy(p => p.Host, p => p.Packet).Select(g => (g.Key, g.ToList())))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await ProbePacket.SendAsync(host, ofHost);
            }

            await Task.Delay(Arrive, lab.Clock, cancellationToken);
        }

        var passed = new Dictionary<string, IReadOnlyCollection<ProbePacket>>(StringComparer.Ordinal);
        foreach (var firewall in lab.Site.Firewalls)
        {
            passed[firewall.Name] = await FirewallWatch.EndAsync(firewall.Name, cancellationToken);
        }

        return new PacketProofResult(
            packets.Count(p => p.Packet.Mark == Strange), packets.Count(p => p.Packet.Mark == Forged), alike,
            [.. passed.SelectMany(f => f.Value.Where(p => p.Mark == Strange && !IsPlanned(rules, f.Key, p)).Select(p => Words(f.Key, p))).Order(StringComparer.Ordinal)],
            [.. passed.SelectMany(f => f.Value.Where(p => p.Mark == Forged).Select(p => Words(f.Key, p))).Order(StringComparer.Ordinal)],
            rules.Where(r => ProofOf(r.Rule) is not null).ToDictionary(r => (r.Firewall, r.Rule.Number), r => Destinations(r.Rule.Flow).All(d => passed[r.Firewall].Any(p =>
                p.Mark == ByRule && p.Destination.Equals(d) && p.Protocol == Protocol(r.Rule.Flow) && p.Port == r.Rule.Flow.Port && r.Rule.Flow.Sources.Any(s => s.Contains(p.Source))))));
    }

    private static bool IsPlanned(IEnumerable<(string Firewall, FirewallRule Rule)> rules, string firewall, ProbePacket packet) => rules.Any(r => r.Firewall == firewall
        && Protocol(r.Rule.Flow) == packet.Protocol && r.Rule.Flow.Port == packet.Port && r.Rule.Flow.Sources.Any(s => s.Contains(packet.Source)) && r.Rule.Flow.Destinations.Any(d => d.Contains(packet.Destination)));

    private static string Words(string firewall, ProbePacket p) => $"{firewall} lets {p.Words} pass from {p.Source} to {p.Destination}";

    // Each firewall's plan has flows of its own making: the same flow is the one between the same ends.
    private static (string, string, string, FlowProtocol, int) Key(PlannedFlow flow) => (flow.From, flow.To, flow.ToZone, flow.Protocol, flow.Port);

    private static int Protocol(PlannedFlow flow) => flow.Protocol switch { FlowProtocol.Tcp => ProbePacket.Tcp, FlowProtocol.Udp => ProbePacket.Udp, _ => ProbePacket.Esp };

    private static IEnumerable<IPAddress> Destinations(PlannedFlow flow) => flow.Destinations.Select(d => d.BaseAddress);

    // The host that a rule is for: of several, as of a pool's members, the first. A gateway only where the rule is for it alone: in a rule for a whole subnet it is not meant, and has ways of its own.
    private LabHost? ProofOf(FirewallRule rule) => lab.Network.Hosts.OrderBy(h => h.Kind == LabHostKind.Gateway).FirstOrDefault(h => h.Kind is not (LabHostKind.Firewall or LabHostKind.Balancer) && h.Addresses.Any(a => rule.Flow.Sources.Any(s => s.Contains(a))));

    private IEnumerable<(string Host, ProbePacket Packet)> Proofs(List<(string Firewall, FirewallRule Rule)> rules) => rules.Select(r => r.Rule.Flow).DistinctBy(Key)
        .Select(f => (Flow: f, Host: ProofOf(new FirewallRule(0, null!, null!, f)))).Where(x => x.Host is not null)
        .SelectMany(x => Destinations(x.Flow).Select(d => (x.Host!.Name, new ProbePacket(
            x.Host.Addresses.First(a => x.Flow.Sources.Any(s => s.Contains(a))), d, Protocol(x.Flow), x.Flow.Port, ByRule))));

    // From every host to every address in other zones, one of them free in each zone: to the free ones a rule may lead as well.
    private IEnumerable<(string Host, ProbePacket Packet)> Strangers()
    {
        var free = new ZoneAddresses(lab.Site);
        foreach (var address in lab.Network.Hosts.SelectMany(h => h.Addresses))
        {
            free.Use(address);
        }

        var targets = lab.Network.Hosts.SelectMany(h => h.Interfaces).SelectMany(i => i.Addresses.Select(a => (Zone: i.Segment, a.Address)))
            .Where(t => t.Zone == SiteZone.Internet || lab.Site.Zones.Any(z => z.Name == t.Zone))
            .Concat(lab.Site.Zones.Select(z => (Zone: z.Name, Address: free.TryHost(z.Name)!)).Where(t => t.Address is not null)).ToList();
        var planned = lab.Plan.Flows;
        var tcp = TcpPorts.Concat(planned.Where(f => f.Protocol == FlowProtocol.Tcp).Select(f => f.Port)).Distinct().ToList();
        var udp = UdpPorts.Concat(planned.Where(f => f.Protocol == FlowProtocol.Udp).Select(f => f.Port)).Distinct().ToList();
        foreach (var from in lab.Network.Hosts.Where(h => !h.Forwards))
        {
            foreach (var (_, address) in targets.Where(t => t.Zone != from.Zone))
            {
                yield return (from.Name, new ProbePacket(from.Address, address, ProbePacket.Icmp, 0, Strange));
                foreach (var port in tcp)
                {
                    yield return (from.Name, new ProbePacket(from.Address, address, ProbePacket.Tcp, port, Strange));
                }

                foreach (var port in udp)
                {
                    yield return (from.Name, new ProbePacket(from.Address, address, ProbePacket.Udp, port, Strange));
                }
            }
        }
    }

    // In the name of whoever may, from everybody who may not. Where both come in on the same side of a firewall it has nothing to tell them apart by.
    private (List<(string Host, ProbePacket Packet)> Sent, int Alike) Forgeries(List<(string Firewall, FirewallRule Rule)> rules)
    {
        var (sent, alike) = (new List<(string, ProbePacket)>(), 0);
        foreach (var from in lab.Network.Hosts.Where(h => !h.Forwards))
        {
            foreach (var flow in rules.Select(r => r.Rule.Flow).DistinctBy(Key).Where(f => f.FromZone != from.Zone && f.ToZone != from.Zone))
            {
                var way = _map.Way(from.Zone, flow.ToZone)?.Where(c => !c.IsLink).ToList() ?? [];
                if (way.Count == 0)
                {
                    continue;
                }

                if (rules.Any(r => Key(r.Rule.Flow) == Key(flow) && way.Exists(c => c.By == r.Firewall && c.From == r.Rule.From.Zone)))
                {
                    alike++;
                    continue;
                }

                var source = ProofOf(new FirewallRule(0, null!, null!, flow))?.Addresses.First(a => flow.Sources.Any(s => s.Contains(a))) ?? flow.Sources[0].BaseAddress;
                sent.Add((from.Name, new ProbePacket(source, flow.Destinations[0].BaseAddress, Protocol(flow), flow.Port, Forged)));
            }
        }

        return (sent, alike);
    }
}

/// <summary>What packets proved.</summary>
/// <param name="Sent">How many nobody planned were sent.</param>
/// <param name="ForgedSent">How many in another's name.</param>
/// <param name="Alike">How many could not be sent in another's name so that any firewall could know: both come in on the same side.</param>
/// <param name="Unplanned">What a firewall let pass that is not planned.</param>
/// <param name="Forgeries">What a firewall let pass in another's name.</param>
/// <param name="Rules">Whether each planned rule lets its own packets pass, by firewall and number.</param>
internal sealed record PacketProofResult(
    int Sent, int ForgedSent, int Alike, IReadOnlyList<string> Unplanned, IReadOnlyList<string> Forgeries, IReadOnlyDictionary<(string Firewall, int Number), bool> Rules);
