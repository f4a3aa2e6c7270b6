namespace Culvert.Lab;

/// <summary>What rows a table of faults has: each fault at each place, pairs, and what was asked for.</summary>
internal sealed class FaultRows(LabNetwork network)
{
    // A silence that is noticed soon.
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal) { ["idle-cut"] = "6s" };

    // Faults that a check meets at once, so that many pairs can be tried; some of them let a way through.
    private static readonly string[] InPairs =
    [
        "drop", "refuse", "reset", "kill", "bandwidth", "loss", "credentials-wrong", "certificate-expired", "tls-inspection", "no-such-name", "407-once", "407-for-ever",
        "bodied-200", "chunked-200", "extra-bytes", "header-bomb", "reset-after", "wrong-via", "half-close", "loop", "block-page", "not-a-proxy",
    ];

    private IEnumerable<SiteSensor> Sensors => network.Site.Sensors.Where(s => s.Mode == SensorMode.CloudConnected);

    /// <summary>The rows, each one or more faults at once.</summary>
    public IReadOnlyList<IReadOnlyList<FaultOrder>> Choose(FaultTableOptions options)
    {
        var single = Single().ToList();
        var rows = new List<IReadOnlyList<FaultOrder>>();
        foreach (var row in options.Rows)
        {
            if (row.Contains('@', StringComparison.Ordinal))
            {
                rows.Add(FaultOrder.ReadAll(row));
            }
            else
            {
                rows.AddRange(single.Where(o => o.Fault == LabFault.Find(row)).Select(o => (FaultOrder[])[o]));
            }
        }

        if (options.Rows.Count == 0)
        {
            rows.AddRange(single.Select(o => (FaultOrder[])[o]));
        }

        rows.AddRange(Pairs(single, options.Seed).Take(options.Pairs));
        return [.. rows.Where((_, i) => i % options.Parts == options.Part - 1)];
    }

    private IEnumerable<FaultOrder> Single() =>
        from fault in LabFault.All
        from host in Places(fault)
        select new FaultOrder(fault, host.Name, Values.GetValueOrDefault(fault.Name));

    private IEnumerable<LabHost> Places(LabFault fault)
    {
        var hops = Sensors.SelectMany(s => s.Routes.OrderBy(r => r.Priority)).SelectMany(r => r.Hops).Distinct().Select(h => network.Hosts.First(x => x.Part == h)).ToList();
        var clouds = network.Hosts.Where(h => h.Kind == LabHostKind.Cloud && Sensors.Any(s => s.Cloud == h.Part));
        var sensors = network.Hosts.Where(h => h.Kind == LabHostKind.Sensor && Sensors.Any(s => s.Name.ToString() == h.Name));
        return fault.Name switch
        {
            // It is of a sensor alone: one is as good as the other.
            "clock-off" or "disk-full" => sensors.Take(1),
            "tls-inspection" => clouds,
            "certificate-expired" => hops.Concat(clouds),
            "member-dead" => hops.Where(h => h.Kind == LabHostKind.Balancer).Select(h => network.Hosts.First(m => m.Kind == LabHostKind.Member && m.Part == h.Part)),
            "wrong-dns" or "no-such-name" or "no-dns" => hops.Where(h => h.DnsServers.Count > 0).TakeLast(1).DefaultIfEmpty(sensors.First()),
            // They take long: once is enough.
            "idle-cut" => hops.Take(1),
            "drop" or "refuse" => hops.Concat(network.Hosts.Where(h => h.Kind == LabHostKind.Firewall && Sensors.Any(s => s.Routes.Any(r => new FaultPosition(network, s, r).Of(new FaultPlace(h)) is not null)))).Concat(clouds),
            _ => hops,
        };
    }

    private IEnumerable<IReadOnlyList<FaultOrder>> Pairs(List<FaultOrder> single, int seed)
    {
        var all = single.Where(o => InPairs.Contains(o.Fault.Name) && network.Host(o.At).Kind != LabHostKind.Firewall).ToList();
        // Not for secrets: the same pairs on every machine.
        var random = new Random(seed);
        var seen = new HashSet<(FaultOrder, FaultOrder)>();
        for (var tries = 0; all.Count > 1 && tries < 10_000; tries++)
        {
            var (one, other) = (all[random.Next(all.Count)], all[random.Next(all.Count)]);
            if (one.At != other.At && seen.Add((one, other)))
            {
                yield return [one, other];
            }
        }
    }
}
