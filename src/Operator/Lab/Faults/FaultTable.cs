using System.Globalization;
using System.Text;
using Culvert.Checking;

namespace Culvert.Lab;

/// <summary>Makes each fault, asks <c>culvert check</c> on the sensor's host what is wrong, and compares.</summary>
internal sealed class FaultTable(LabRuntime lab, Action<string> line)
{
    // Longer than the lab's idle-cut, and one step of the probe more.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OwnReportLimit = TimeSpan.FromSeconds(90);

    /// <summary>Makes the faults of these names at every hop that they can be made at; gives a row for each.</summary>
    public async Task<IReadOnlyList<FaultRow>> RunAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var rows = new List<FaultRow>();
        var sensor = lab.ConnectedSensors.First();
        foreach (var (fault, host) in Places(sensor).Where(p => names.Count == 0 || names.Contains(p.Fault.Name)))
        {
            var started = lab.Clock.GetTimestamp();
            try
            {
                if (fault.Name == "disk-full" && lab.ProgramOn(host.Name) is null)
                {
                    await lab.ActivateAsync(sensor, cancellationToken);
                    await lab.StartSensorAsync(sensor, cancellationToken);
                }

                await lab.BreakAsync(fault, host.Name, cancellationToken);
            }
            catch (FaultNotHereException)
            {
                // No such thing at this hop; the table says nothing of it.
                continue;
            }

            try
            {
                var row = await AskAsync(fault, host, sensor, started, cancellationToken);
                if (!row.AsExpected)
                {
                    // A busy machine makes another fault of its own; what is wrong twice is wrong.
                    row = await AskAsync(fault, host, sensor, started, cancellationToken);
                }

                rows.Add(row);
                line(row.ToString());
            }
            finally
            {
                await lab.MendAsync(fault.Name, host.Name, CancellationToken.None);
            }
        }

        return rows;
    }

    private IEnumerable<(LabFault Fault, LabHost Host)> Places(SiteSensor sensor)
    {
        var hops = sensor.Routes.OrderBy(r => r.Priority).SelectMany(r => r.Hops).Distinct().Select(h => lab.Network.Hosts.First(x => x.Part == h)).ToList();
        var cloud = lab.Network.Hosts.First(h => h.Kind == LabHostKind.Cloud && h.Part == sensor.Cloud);
        var own = lab.Network.Host(sensor.Name.ToString());
        var last = hops.Count > 0 ? hops[^1] : own;
        foreach (var fault in LabFault.All)
        {
            switch (fault.Name)
            {
                case "clock-off":
                    yield return (fault, own);
                    break;
                case "tls-inspection":
                    yield return (fault, cloud);
                    break;
                case "certificate-expired":
                    foreach (var place in hops.Append(cloud))
                    {
                        yield return (fault, place);
                    }

                    break;
                case "disk-full":
                    yield return (fault, own);
                    break;
                case "member-dead":
                    foreach (var pool in hops.Where(h => h.Kind == LabHostKind.Balancer))
                    {
                        yield return (fault, lab.Network.Hosts.First(h => h.Kind == LabHostKind.Member && h.Part == pool.Part));
                    }

                    break;
                case "idle-cut":
                    // It takes a minute: once is enough.
                    foreach (var hop in hops.Take(1))
                    {
                        yield return (fault, hop);
                    }

                    break;
                case "wrong-dns" or "no-such-name" or "no-dns":
                    yield return (fault, hops.Append(own).LastOrDefault(h => h.DnsServers.Count > 0 && (h == own) == (last == own)) ?? last);
                    break;
                default:
                    foreach (var hop in hops)
                    {
                        yield return (fault, hop);
                    }

                    break;
            }
        }
    }

    private async Task<FaultRow> AskAsync(LabFault fault, LabHost host, SiteSensor sensor, long started, CancellationToken cancellationToken)
    {
        if (fault.Name == "disk-full")
        {
            return await OwnReportAsync(fault, host, started, cancellationToken);
        }

        var report = await lab.CheckAsync(sensor, cancellationToken, fault.Name == "idle-cut" ? Silence : null);
        return Judge(fault, host, sensor, report, lab.Clock.GetElapsedTime(started).TotalSeconds);
    }

    // No check of the way can see it: the sensor says it of itself.
    private async Task<FaultRow> OwnReportAsync(LabFault fault, LabHost host, long started, CancellationToken cancellationToken)
    {
        string? said = null;
        while (said is null && lab.Clock.GetElapsedTime(started) < OwnReportLimit)
        {
            said = lab.ProgramOn(host.Name)?.LastLines.LastOrDefault(l => l.Contains("DiskFull", StringComparison.Ordinal) || l.Contains("Disk is almost full", StringComparison.Ordinal));
            await Task.Delay(TimeSpan.FromMilliseconds(200), lab.Clock, cancellationToken);
        }

        return new FaultRow(fault.Name, host.Name, said is null ? "nothing" : "DiskFull", said is null ? "" : $"{host.Name}, its own log", said is not null, said ?? "", lab.Clock.GetElapsedTime(started).TotalSeconds);
    }

    private static FaultRow Judge(LabFault fault, LabHost host, SiteSensor sensor, CheckReport report, double seconds)
    {
        var findings = report.Findings.Where(f => f.Cause != Cause.None && (f.Severity != Severity.Note || f.Cause == Cause.IdleCut)).ToList();
        var right = findings.FirstOrDefault(f => fault.Expected.Contains(f.Cause) && IsAt(f, fault, host, sensor));
        var shown = right ?? findings.FirstOrDefault(f => f.Severity == Severity.Fault) ?? findings.FirstOrDefault();
        var named = shown is null ? (report.Outcome == CheckOutcome.Passed ? "nothing: all ways work" : report.Outcome.ToString()) : shown.Cause.ToString();
        return new FaultRow(fault.Name, host.Name, named, shown is null ? "" : Where(shown), right is not null || (fault.LeavesOpen && report.Routes.All(r => r.Succeeded)), shown?.Summary ?? "", seconds);
    }

    private static string Where(Finding finding) => finding.Target is null ? $"route {finding.Route}" : $"{finding.Target}{(finding.Towards is { } t ? $" towards {t}" : "")}";

    // A hop's fault is named at the hop, or at the one before it as "towards" it; the cloud's, a resolver's or a clock's is seen from elsewhere.
    private static bool IsAt(Finding finding, LabFault fault, LabHost host, SiteSensor sensor)
    {
        if (host.Kind is LabHostKind.Cloud or LabHostKind.Sensor or LabHostKind.Resolver || host.Name == sensor.Name.ToString())
        {
            return true;
        }

        // A finding of a way as a whole names no station: the hop is on that way.
        if (finding is { Target: null, Route: { } way })
        {
            return sensor.Routes.Any(r => r.Name == way && r.Hops.Contains(host.Part));
        }

        if (fault.ShowsFurther && sensor.Routes.Any(r => (finding.Route is null || finding.Route == r.Name) && r.Hops.ToList().IndexOf(host.Part) is >= 0 and var hop && finding.HopIndex > hop))
        {
            return true;
        }

        // One further on the route, where the number of hops means the endpoint.
        if (fault.ShowsBehind && sensor.Routes.Any(r => (finding.Route is null || finding.Route == r.Name) && r.Hops.ToList().IndexOf(host.Part) is >= 0 and var at && finding.HopIndex == at + 1))
        {
            return true;
        }

        var address = host.Address.ToString();
        return ((string?[])[finding.Target, finding.Towards]).Any(t => t is not null && (t.Contains(host.Part, StringComparison.Ordinal) || t.Contains(address, StringComparison.Ordinal)));
    }
}

/// <summary>A row of the table of faults.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="At">Where it was made.</param>
/// <param name="Named">The cause that the check named.</param>
/// <param name="Where">Where the check saw it.</param>
/// <param name="AsExpected">Whether hop and cause are right.</param>
/// <param name="Summary">The check's own words.</param>
/// <param name="Seconds">How long fault and check took.</param>
public sealed record FaultRow(string Fault, string At, string Named, string Where, bool AsExpected, string Summary, double Seconds)
{
    /// <summary>The table for docs and people.</summary>
    public static string Markdown(IReadOnlyList<FaultRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var text = new StringBuilder("| fault | at | `culvert check` named | where | as expected | s |\n|---|---|---|---|---|---|\n");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Fault} | {row.At} | {row.Named} | {row.Where} | {(row.AsExpected ? "yes" : "**no**")} | {row.Seconds:0} |\n");
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(AsExpected ? "ok    " : "WRONG ")} {Fault} at {At}: {Named}{(Where.Length > 0 ? $" at {Where}" : "")}";
}
