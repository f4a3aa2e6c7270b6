using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Checking;

namespace Culvert.Lab;

/// <summary>Proves that a site works as planned: every route carries, every failover works, nothing else is open, nothing is lost.</summary>
/// <param name="lab">The lab.</param>
/// <param name="capture">What the sensors replay.</param>
/// <param name="withDelivery">Whether sensors deliver the capture, undisturbed and through the loss of proxies: most of the time that it takes.</param>
/// <param name="line">Takes what people read meanwhile.</param>
internal sealed class AcceptanceTest(LabRuntime lab, string capture, bool withDelivery, Action<string> line)
{
    private const double FailoverSpeed = 4;
    private const int CheckAttempts = 3;
    private static readonly TimeSpan DeliverLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan FailoverLimit = TimeSpan.FromSeconds(90);
    private readonly List<AcceptanceCheck> _checks = [];

    /// <summary>Runs all of it.</summary>
    public async Task<Acceptance> RunAsync(CancellationToken cancellationToken)
    {
        var at = lab.Clock.GetUtcNow();
        var before = await RuleCounter.ReadAsync(lab.Network, cancellationToken);
        await CheckRoutesAsync(cancellationToken);
        if (withDelivery)
        {
            await FailOverAsync(await DeliverAsync(cancellationToken), cancellationToken);
        }

        // Those that no sensor delivers over, or all where none delivers.
        foreach (var links in Links().Where(l => !withDelivery || !lab.ConnectedSensors.Any(s => Crosses(s, l))))
        {
            await new LinkFailover(lab, links, null, Add).RunAsync(cancellationToken);
        }

        // Before the sweep, which knocks at doors that no sensor uses; less what earlier sweeps left.
        await ProbeServicesAsync(cancellationToken);
        var rules = (await RuleCounter.ReadAsync(lab.Network, cancellationToken)).Zip(before, (now, then) => now with { Packets = now.Packets - then.Packets }).ToList();
        var proved = await SweepAsync(rules, cancellationToken);
        return new Acceptance
        {
            Site = lab.Site.Name,
            DisplayName = lab.Site.DisplayName,
            SiteFileSha256 = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(lab.Folder.SiteFile, cancellationToken))),
            At = at,
            Method = JsonNamingPolicy.CamelCase.ConvertName(lab.Plan.Advice.Method.ToString()),
            Notes = [.. lab.LinkNotes, "firewalls are played by nftables with exactly the planned rules; at the edge private addresses are masqueraded", "cloud endpoints are played by the Culvert portal",
                .. withDelivery ? (string[])[] : ["delivery of the capture and the loss of proxies were left out of this run"]],
            Map = Map(),
            Ways = [.. lab.ConnectedSensors.SelectMany(s => (s.Routes.Count > 0 ? s.Routes : [new SiteRoute { Name = "direct" }]).OrderBy(r => r.Priority)
                .Select(r => $"{r.Name}: {s.Name} ({s.Zone}) → {string.Concat(r.Hops.Select(h => $"{h} ({lab.Site.Proxy(h).Zone}) → "))}{string.Concat(Parents(r))}{s.Cloud}"))],
            Checks = _checks,
            Rules = proved,
        };
    }

    /// <summary>What the firewalls hold and let pass, and what answers that is not planned; needs no program in the lab.</summary>
    public async Task<IReadOnlyList<RuleCounter>> SweepAsync(IReadOnlyList<RuleCounter> rules, CancellationToken cancellationToken)
    {
        var proved = await ProveRulesAsync(rules, cancellationToken);
        var sweep = await new Sweep(lab).RunAsync(cancellationToken);
        Add(new AcceptanceCheck("sweep", "nothing is open that is not planned", sweep.Unplanned.Count == 0, string.Create(CultureInfo.InvariantCulture,
            $"{sweep.Tried} tries across zones in {sweep.Seconds:0.0} s: {sweep.Planned} answered as planned{(sweep.Unplanned.Count == 0 ? $", nothing else{(sweep.Unguarded.Count == 0 ? "" : $"; no firewall of the site file stands on the private link from {string.Join(", from ", sweep.Unguarded)}, where everything answers")}" : $", and {sweep.Unplanned.Count} that are not: {string.Join("; ", sweep.Unplanned.Take(8).Select(o => $"{o.From} to {o.To} port {o.Port} {o.Outcome}"))}")}")));
        return proved;
    }

    /// <summary>Whether every check so far passed.</summary>
    public bool Passed => _checks.All(c => c.Passed);

    // What the firewalls hold, word for word, and what they do with packets.
    private async Task<IReadOnlyList<RuleCounter>> ProveRulesAsync(IReadOnlyList<RuleCounter> rules, CancellationToken cancellationToken)
    {
        foreach (var firewall in lab.Site.Firewalls)
        {
            var differences = await lab.RuleDifferencesAsync(firewall.Name, cancellationToken);
            Add(new AcceptanceCheck("rules", $"{firewall.Name} holds exactly the planned rules", differences.Count == 0, differences.Count == 0 ? "as written" : string.Join("; ", differences.Take(12))));
        }

        PacketProofResult proof;
        try
        {
            proof = await new PacketProof(lab).RunAsync(cancellationToken);
        }
        catch (LabException e)
        {
            Add(new AcceptanceCheck("rules", "packets show what each firewall lets pass", false, $"the firewalls could not be watched: {e.Message}"));
            return rules;
        }

        var proved = rules.Select(r => r with { Passes = proof.Rules.TryGetValue((r.Firewall, r.Number), out var passes) ? passes : null }).ToList();
        var broken = proved.Where(r => r.Passes == false).ToList();
        Add(new AcceptanceCheck("rules", "every planned rule lets its own packets pass", broken.Count == 0, broken.Count == 0
            ? $"{proved.Count(r => r.Passes == true)} of {proved.Count} rules tried"
            : string.Join("; ", broken.Select(r => $"{r.Firewall} rule {r.Number} ({r.From} to {r.To}, {r.Port}) does not"))));
        Add(new AcceptanceCheck("sweep", "no packet passes a firewall that is not planned", proof.Unplanned.Count == 0,
            $"{proof.Sent} packets (TCP, UDP, ping) from every host to every address in other zones and a free one of each: {(proof.Unplanned.Count == 0 ? "none passed but the planned" : string.Join("; ", proof.Unplanned.Take(8)))}"));
        Add(new AcceptanceCheck("sweep", "no packet passes in another's name", proof.Forgeries.Count == 0,
            $"{proof.ForgedSent} packets with a forged source{(proof.Alike == 0 ? "" : $"; {proof.Alike} more no firewall could know, for they come in on the same side as their model")}: {(proof.Forgeries.Count == 0 ? "none passed" : string.Join("; ", proof.Forgeries.Take(8)))}"));
        return proved;
    }

    private void Add(AcceptanceCheck check)
    {
        _checks.Add(check);
        line($"{(check.Passed ? "ok    " : "FAILED")} {check.Area}: {check.Name}{(check.Seconds is { } s ? string.Create(CultureInfo.InvariantCulture, $" ({s:0.00} s)") : "")}{(check.Passed ? "" : $": {check.Detail}")}");
    }

    private async Task CheckRoutesAsync(CancellationToken cancellationToken)
    {
        foreach (var sensor in lab.ConnectedSensors)
        {
            // A busy machine makes a check late now and then; a way that is broken stays broken.
            var report = await lab.CheckAsync(sensor, cancellationToken);
            for (var attempt = 2; attempt <= CheckAttempts && !report.Routes.All(r => r.Succeeded); attempt++)
            {
                line(string.Create(CultureInfo.InvariantCulture, $"       {sensor.Name}: not every way was open at once; check {attempt} of {CheckAttempts}"));
                report = await lab.CheckAsync(sensor, cancellationToken);
            }

            foreach (var route in report.Routes)
            {
                var found = report.Findings.Where(f => f.Route == route.Name && f.Severity == Severity.Fault).Select(f => f.Summary).Distinct();
                Add(new AcceptanceCheck("routes", $"route {route.Name} of {sensor.Name} leads to every endpoint", route.Succeeded, route.Succeeded
                    ? $"{route.Endpoints.Count} endpoints through {(route.Hops.Count == 0 ? "no proxy" : string.Join(", ", route.Hops.Select(h => h.Name)))}: {string.Join("; ", route.Endpoints.Select(e => $"{e.Address} {e.Tls}"))}"
                    : string.Join(" ", found)));
            }
        }
    }

    /// <summary>Runs every sensor through the capture, undisturbed; gives what arrived.</summary>
    public async Task<Dictionary<string, DeliveredRecords>> DeliverAsync(CancellationToken cancellationToken)
    {
        var delivered = new Dictionary<string, DeliveredRecords>(StringComparer.Ordinal);
        foreach (var sensor in lab.ConnectedSensors)
        {
            await lab.RenewSensorAsync(sensor, cancellationToken);
            var started = lab.Clock.GetTimestamp();
            var arrived = await FinishAsync(sensor, cancellationToken);
            delivered[sensor.Name.ToString()] = arrived;
            Add(new AcceptanceCheck("delivery", $"{sensor.Name} delivers the whole capture undisturbed", arrived.IsWhole, string.Create(CultureInfo.InvariantCulture,
                $"{arrived} in {lab.Clock.GetElapsedTime(started).TotalSeconds:0.0} s")));
        }

        return delivered;
    }

    /// <summary>Lets a sensor read and deliver all that is left.</summary>
    public async Task<DeliveredRecords> FinishAsync(SiteSensor sensor, CancellationToken cancellationToken)
    {
        var program = await lab.StartSensorAsync(sensor, cancellationToken, capture, 0, exitWhenDelivered: true);
        try
        {
            await program.Ended.WaitAsync(DeliverLimit, lab.Clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            program.Kill();
            return DeliveredRecords.Read(lab.PortalFolder(sensor.Cloud!), sensor.Name.ToString(), hasEnded: false);
        }

        return DeliveredRecords.Read(lab.PortalFolder(sensor.Cloud!), sensor.Name.ToString(), program.ExitStatus == 0);
    }

    private async Task FailOverAsync(Dictionary<string, DeliveredRecords> undisturbed, CancellationToken cancellationToken)
    {
        var scaled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sensor in lab.ConnectedSensors)
        {
            var breaks = Breaks(sensor);
            var links = Links().Where(l => Crosses(sensor, l)).ToList();
            if (breaks.Count == 0 && links.All(l => l.Sum(x => x.Paths.Count) < 2))
            {
                _checks.Add(new AcceptanceCheck("failover", $"{sensor.Name} has one way only", true, "nothing stands by in the site file; a fault of its way is waited out, and nothing is lost"));
                continue;
            }

            await lab.RenewSensorAsync(sensor, cancellationToken);
            await lab.StartSensorAsync(sensor, cancellationToken, capture, FailoverSpeed);
            await ArrivalAsync(sensor, lab.Clock.GetTimestamp(), 1, cancellationToken);
            foreach (var (host, what) in breaks)
            {
                await BreakAsync(sensor, host, what, cancellationToken);
            }

            foreach (var pool in sensor.Routes.SelectMany(r => r.Hops).Distinct().Select(lab.Site.Proxy).Where(p => p.Pool is not null && !scaled.Contains(p.Name)))
            {
                if (new PoolScaling(lab, pool, (since, cancellation) => ArrivalAsync(sensor, since, 3, cancellation), Add) is { CanScale: true } scaling)
                {
                    scaled.Add(pool.Name);
                    await scaling.RunAsync(cancellationToken);
                }
            }

            var before = _checks.Count;
            foreach (var link in links)
            {
                await new LinkFailover(lab, link, (since, cancellation) => ArrivalAsync(sensor, since, 3, cancellation), Add).RunAsync(cancellationToken);
            }

            var failovers = breaks.Count + _checks.Skip(before).Count(c => c.Name.Contains("takes over", StringComparison.Ordinal));
            if (lab.ProgramOn(sensor.Name.ToString()) is { } running)
            {
                await running.StopAsync();
            }

            var arrived = await FinishAsync(sensor, cancellationToken);
            var expected = undisturbed[sensor.Name.ToString()];
            Add(new AcceptanceCheck("delivery", $"{sensor.Name} lost and doubled nothing through {failovers} failovers{(scaled.Count > 0 ? " and the scaling of its pool" : "")}", arrived.IsWhole && arrived.IsSameAs(expected),
                $"{arrived}; undisturbed: {expected}"));
        }
    }

    // The links that stand in for each other.
    private List<IReadOnlyList<LabLink>> Links() => [.. lab.Network.Links.GroupBy(l => (l.Near, l.Far)).Select(g => (IReadOnlyList<LabLink>)[.. g])];

    // Whether what a sensor sends passes these links: it stands before them, and a hop or the endpoint behind.
    private bool Crosses(SiteSensor sensor, IReadOnlyList<LabLink> links)
    {
        var zones = sensor.Routes.SelectMany(r => r.Hops).Select(h => lab.Site.Proxy(h).Zone).Append(sensor.Zone).ToHashSet(StringComparer.Ordinal);
        var nets = zones.SelectMany(z => lab.Site.Zone(z).Subnets).ToList();
        return links.Any(l => nets.Any(l.NearNetworks.Contains) && nets.Any(l.FarNetworks.Contains));
    }

    // What can be taken away and is stood in for: a hop that a later route does without, a member of a pool that has others.
    private List<(LabHost Host, string What)> Breaks(SiteSensor sensor)
    {
        var routes = sensor.Routes.OrderBy(r => r.Priority).ToList();
        var breaks = new List<(LabHost, string)>();
        for (var i = 0; i + 1 < routes.Count; i++)
        {
            var later = routes.Skip(i + 1).ToList();
            if (routes[i].Hops.FirstOrDefault(h => later.Any(r => !r.Hops.Contains(h)) && lab.Network.Hosts.Any(x => x.Name == h && x.Kind == LabHostKind.Proxy)) is { } hop)
            {
                breaks.Add((lab.Network.Host(hop), $"{hop} dies: route {later.First(r => !r.Hops.Contains(hop)).Name} takes over"));
            }
        }

        // What the sensor does not see: of several parents the first.
        foreach (var proxy in Reached(routes).Where(p => p.Parents.Count > 1))
        {
            if (lab.Network.Hosts.FirstOrDefault(x => x.Name == proxy.Parents[0] && x.Kind == LabHostKind.Proxy) is { } parent)
            {
                breaks.Add((parent, $"{parent.Name} dies: the other parents of {proxy.Name} take over"));
            }
        }

        foreach (var pool in routes.SelectMany(r => r.Hops).Distinct().Where(h => lab.Site.Proxy(h).Pool is not null))
        {
            var members = lab.Network.Hosts.Where(h => h.Kind == LabHostKind.Member && h.Part == pool).ToList();
            if (members.Count > 1)
            {
                breaks.AddRange(members.Select(m => (m, $"{m.Name} dies: the others of {pool} take over")));
            }
        }

        return breaks;
    }

    // The hops of these routes, and what they pass on to.
    private List<SiteProxy> Reached(IEnumerable<SiteRoute> routes)
    {
        var reached = new List<SiteProxy>();
        var open = new Queue<string>(routes.SelectMany(r => r.Hops));
        while (open.TryDequeue(out var name))
        {
            if (!reached.Exists(p => p.Name == name))
            {
                reached.Add(lab.Site.Proxy(name));
                reached[^1].Parents.ToList().ForEach(open.Enqueue);
            }
        }

        return reached;
    }

    private async Task BreakAsync(SiteSensor sensor, LabHost host, string what, CancellationToken cancellationToken)
    {
        if (lab.ProgramOn(host.Name) is not { } program)
        {
            throw new LabException($"Nothing runs on {host.Name}.");
        }

        program.Kill();
        await program.Ended;
        var broken = lab.Clock.GetTimestamp();
        var seconds = await ArrivalAsync(sensor, broken, 3, cancellationToken);
        Add(new AcceptanceCheck("failover", $"{sensor.Name}: {what}", seconds is not null, seconds is null
            ? $"no record arrived within {FailoverLimit.TotalSeconds:0} s; the sensor said: {string.Join(" | ", lab.ProgramOn(sensor.Name.ToString())?.LastLines.TakeLast(4) ?? [])}"
            : lab.ProgramOn(sensor.Name.ToString())?.Progress ?? "", seconds));
        await lab.StartProxyAsync(host, cancellationToken);
        if (host.Kind == LabHostKind.Member)
        {
            await lab.WaitForMemberAsync(host, cancellationToken);
        }
    }

    // Seconds from the break until records arrive again.
    private async Task<double?> ArrivalAsync(SiteSensor sensor, long since, int records, CancellationToken cancellationToken)
    {
        var before = Arrived(sensor);
        while (lab.Clock.GetElapsedTime(since) < FailoverLimit)
        {
            if (Arrived(sensor) >= before + records)
            {
                return lab.Clock.GetElapsedTime(since).TotalSeconds;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), lab.Clock, cancellationToken);
        }

        return null;
    }

    private long Arrived(SiteSensor sensor) => PortalRecords.Read(lab.PortalFolder(sensor.Cloud!)).Of(sensor.Name.ToString());

    // Names and time are planned flows too: asked as their hosts ask.
    private async Task ProbeServicesAsync(CancellationToken cancellationToken)
    {
        foreach (var flow in lab.Plan.Flows.Where(f => f is { Protocol: Planning.FlowProtocol.Udp, Port: 53 or 123 }))
        {
            if (lab.Network.Hosts.FirstOrDefault(h => h.Kind is LabHostKind.Sensor or LabHostKind.Proxy or LabHostKind.Member && h.Addresses.Any(a => flow.Sources.Any(s => s.Contains(a)))) is not { } from)
            {
                continue;
            }

            var answered = await ServiceProbe.AskAsync(from.Name, flow.Destinations[0].BaseAddress, flow.Port, lab.Clock, cancellationToken);
            Add(new AcceptanceCheck("routes", $"{from.Name} {(flow.Port == 53 ? "resolves names" : "asks the time")} at {flow.To}", answered, answered ? "answered" : "no answer"));
        }
    }

    // What stands behind the last hop, which the sensor does not see.
    private IEnumerable<string> Parents(SiteRoute route)
    {
        for (var at = route.Hops.Count > 0 ? lab.Site.Proxy(route.Hops[^1]) : null; at is { Parents.Count: > 0 }; at = lab.Site.Proxy(at.Parents[0]))
        {
            yield return $"[{string.Join(" or ", at.Parents.Select(p => $"{p} ({lab.Site.Proxy(p).Zone})"))}] → ";
        }
    }

    private List<AcceptanceZone> Map()
    {
        string[] In(string zone) => [.. lab.Network.Hosts.Where(h => h.Interfaces.Any(i => i.Segment == zone)).Select(h => $"{h.Name} ({JsonNamingPolicy.CamelCase.ConvertName(h.Kind.ToString())})")];
        return [new AcceptanceZone(SiteZone.Internet, SiteZone.Internet, In(SiteZone.Internet)),
            .. lab.Site.Zones.OrderByDescending(z => z.Height).Select(z => new AcceptanceZone(z.Name, z.PurdueLevel is { } l ? $"level {l}" : $"cloud {z.Cloud}", In(z.Name)))];
    }
}
