using Culvert.Checking;

namespace Culvert.Lab;

/// <summary>Compares what a check named with the faults in force.</summary>
/// <remarks>
/// On each route the first fault that closes the way must be named, at its place; what lies behind it cannot be seen. Where nothing is closed,
/// at least one of the faults must be named, or every way must work and the faults be of those that leave it open. And no fault may be named on
/// a way that none lies on: a false alarm is as wrong as silence.
/// </remarks>
internal sealed class FaultJudge(LabNetwork network, SiteSensor sensor, IReadOnlyList<ActiveFault> faults)
{
    /// <summary>The row for a report.</summary>
    public FaultRow Judge(CheckReport report, double seconds)
    {
        var findings = report.Findings.Where(f => IsOfBytes(f) || (f.Cause != Cause.None && (f.Severity != Severity.Note || f.Cause == Cause.IdleCut))).ToList();
        var wrong = new List<string>();
        var named = new List<Finding>();
        var closed = false;
        foreach (var route in sensor.Routes.OrderBy(r => r.Priority))
        {
            var onRoute = faults.Select(f => (Fault: f, At: PositionOf(f, route))).Where(f => f.At is not null).ToList();
            var closing = onRoute.Where(f => !LetsThrough(f.Fault)).ToList();
            if (closing.Count > 0)
            {
                closed = true;
                var nearest = closing.Where(f => f.At == closing.Min(c => c.At)).ToList();
                if (nearest.Select(n => findings.FirstOrDefault(f => OfRoute(f, route) && Names(f, n.Fault, route))).FirstOrDefault(f => f is not null) is { } right)
                {
                    named.Add(right);
                }
                else
                {
                    wrong.Add($"{string.Join(" or ", nearest.Select(n => $"{n.Fault.Fault.Name} at {n.Fault.Place.Name}"))} is not named on route {route.Name}");
                }
            }

            // What no fault explains: on a way without any, or of a kind that none of those on it is.
            var false1 = findings.Where(f => f.Severity == Severity.Fault && f.Route == route.Name && !onRoute.Select(o => o.Fault).Concat(faults.Where(x => SharesResolver(x, route))).Any(x => x.Fault.Expected.Contains(f.Cause)));
            wrong.AddRange(false1.Select(f => $"route {route.Name} is said to have {f.Cause} at {Where(f)}, which nothing explains"));
        }

        if (!closed)
        {
            if (findings.FirstOrDefault(f => faults.Any(x => sensor.Routes.Any(r => OfRoute(f, r) && PositionOf(x, r) is not null && Names(f, x, r)))) is { } seen)
            {
                named.Add(seen);
            }
            else if (!faults.All(f => LeavesOpen(f)) || !report.Routes.All(r => r.Succeeded))
            {
                wrong.Add("none of the faults is named");
            }
        }

        var shown = named.Count > 0 ? named : [.. findings.OrderByDescending(f => f.Severity).Take(1)];
        var causes = shown.Count > 0 ? shown.Select(f => f.Cause == Cause.None ? "note: large requests are cut" : f.Cause.ToString()).ToList() : [report.Outcome == CheckOutcome.Passed ? "nothing: all ways work" : report.Outcome.ToString()];
        return new FaultRow(
            string.Join(" + ", faults.Select(f => f.Fault.Name)), string.Join(" + ", faults.Select(f => f.Place.Name)),
            string.Join("; ", causes.Distinct()), string.Join("; ", shown.Select(Where).Distinct()),
            wrong.Count == 0, wrong.Count == 0 ? shown.FirstOrDefault()?.Summary ?? "" : $"{string.Join("; ", wrong)}. The check said: {string.Join(" ", findings.Select(f => f.Summary))}", seconds);
    }

    /// <summary>Whether what a resolver answers is the fault: whoever knows the address already does not ask for a while.</summary>
    public static bool IsOfResolver(ActiveFault fault) => fault.Fault.Name is "wrong-dns" or "no-such-name" or "no-dns";

    private static bool OfRoute(Finding finding, SiteRoute route) => finding.Route is null || finding.Route == route.Name;

    private static bool LetsThrough(ActiveFault fault) =>
        fault.Fault.LetsThrough || (fault.Place.Host.Kind == LabHostKind.Member && fault.Place.To is null);

    private static bool LeavesOpen(ActiveFault fault) => (fault.Fault.LeavesOpen && LeavesOpenWith(fault)) || (fault.Place.Host.Kind == LabHostKind.Member && fault.Place.To is null);

    // A check's large request is of 20 KiB: what is reset before that has passed must be noticed.
    private static bool LeavesOpenWith(ActiveFault fault) => fault.Fault.Name != "reset-after-mb" || fault.Fault.Check(fault.Value) > 20_000;

    // Small requests pass and large ones are cut.
    private static bool IsOfBytes(Finding finding) => finding is { Kind: FindingKind.PacketSize, Cause: Cause.None };

    // A resolver that answers wrongly answers so to everybody who asks it, on other routes too.
    private bool SharesResolver(ActiveFault fault, SiteRoute route) => IsOfResolver(fault) && network.Hosts
        .Where(h => h.Name == sensor.Name.ToString() || route.Hops.Contains(h.Part))
        .Any(h => h.DnsServers.Intersect(fault.Place.Host.DnsServers).Any());

    private int? PositionOf(ActiveFault fault, SiteRoute route) => fault.Fault.Name switch
    {
        // Small packets pass; a wrong clock is seen where certificates are.
        "mtu" or "clock-off" or "reset-after-mb" => new FaultPosition(network, sensor, route).Of(fault.Place) is null ? null : route.Hops.Count,
        // The host that asks has its answer wrong for what comes next.
        _ when IsOfResolver(fault) => new FaultPosition(network, sensor, route).Of(fault.Place) is not { } at ? null
            : fault.Place.Host.Kind is LabHostKind.Sensor ? 0 : Math.Min(at + 1, route.Hops.Count),
        _ => new FaultPosition(network, sensor, route).Of(fault.Place),
    };

    private bool Names(Finding finding, ActiveFault fault, SiteRoute route) => (fault.Fault.Expected.Contains(finding.Cause) || (fault.Fault.Name == "reset-after-mb" && IsOfBytes(finding))) && IsAt(finding, fault, route);

    private static string Where(Finding finding) => finding.Target is null ? $"route {finding.Route}" : $"{finding.Target}{(finding.Towards is { } t ? $" towards {t}" : "")}";

    // A hop's fault is named at the hop, or at the one before it as "towards" it; the cloud's, a resolver's or a clock's is seen from elsewhere.
    private bool IsAt(Finding finding, ActiveFault fault, SiteRoute route)
    {
        var host = fault.Place.To ?? fault.Place.Host;
        if (host.Kind is LabHostKind.Cloud or LabHostKind.Sensor or LabHostKind.Resolver or LabHostKind.Gateway)
        {
            return true;
        }

        // A finding of a way as a whole names no station: the place is on that way.
        if (finding.Target is null || IsOfBytes(finding))
        {
            return true;
        }

        var at = new FaultPosition(network, sensor, route).Of(fault.Place);
        if (fault.Fault.ShowsFurther && finding.HopIndex > at)
        {
            return true;
        }

        // One further on the route, where the number of hops means the endpoint.
        if ((fault.Fault.ShowsBehind || fault.Fault.Name == "reset-after-mb") && finding.HopIndex > at && (finding.HopIndex == at + 1 || fault.Fault.Name == "reset-after-mb"))
        {
            return true;
        }

        // A firewall is named by the station behind it that is not reached.
        var next = host.Kind == LabHostKind.Firewall ? at < route.Hops.Count ? network.Hosts.First(h => h.Part == route.Hops[at!.Value]) : null : host;
        return next is null || ((string?[])[finding.Target, finding.Towards]).Any(t => t is not null && (t.Contains(next.Part, StringComparison.Ordinal) || t.Contains(next.Address.ToString(), StringComparison.Ordinal)));
    }
}
