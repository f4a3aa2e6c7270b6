using System.Globalization;
using System.Text;
using Culvert.Checking;

namespace Culvert.Lab;

/// <summary>Makes each fault, asks <c>culvert check</c> on the sensor's host what is wrong, and compares.</summary>
internal sealed class FaultTable(LabRuntime lab, Action<string> line)
{
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
                await lab.BreakAsync(fault, host.Name, cancellationToken);
            }
            catch (FaultNotHereException)
            {
                // No such thing at this hop; the table says nothing of it.
                continue;
            }

            try
            {
                var row = Judge(fault, host, sensor, await lab.CheckAsync(sensor, cancellationToken), lab.Clock.GetElapsedTime(started).TotalSeconds);
                if (!row.AsExpected)
                {
                    // A busy machine makes another fault of its own; what is wrong twice is wrong.
                    row = Judge(fault, host, sensor, await lab.CheckAsync(sensor, cancellationToken), lab.Clock.GetElapsedTime(started).TotalSeconds);
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
                case "wrong-dns" or "no-such-name" or "no-dns":
                    yield return (fault, hops.Append(own).LastOrDefault(h => h.DnsServers.Count > 0 && (h == own) == (last == own)) ?? last);
                    break;
                case "disk-full" or "idle-cut" or "member-dead" or "delay" or "loss" or "bandwidth":
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

    private static FaultRow Judge(LabFault fault, LabHost host, SiteSensor sensor, CheckReport report, double seconds)
    {
        var findings = report.Findings.Where(f => f.Severity != Severity.Note && f.Cause != Cause.None).ToList();
        var right = findings.FirstOrDefault(f => fault.Expected.Contains(f.Cause) && IsAt(f, fault, host, sensor));
        var shown = right ?? findings.FirstOrDefault(f => f.Severity == Severity.Fault) ?? findings.FirstOrDefault();
        var named = shown is null ? (report.Outcome == CheckOutcome.Passed ? "nothing: all ways work" : report.Outcome.ToString()) : shown.Cause.ToString();
        return new FaultRow(fault.Name, host.Name, named, shown is null ? "" : Where(shown), right is not null || (fault.Expected.Count == 0 && report.Routes.Any(r => r.Succeeded)), shown?.Summary ?? "", seconds);
    }

    private static string Where(Finding finding) => $"{finding.Target}{(finding.Towards is { } t ? $" towards {t}" : "")}";

    // A hop's fault is named at the hop, or at the one before it as "towards" it; the cloud's, a resolver's or a clock's is seen from elsewhere.
    private static bool IsAt(Finding finding, LabFault fault, LabHost host, SiteSensor sensor)
    {
        if (host.Kind is LabHostKind.Cloud or LabHostKind.Sensor or LabHostKind.Resolver || host.Name == sensor.Name.ToString())
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
    public override string ToString() => $"{(AsExpected ? "ok    " : "WRONG ")} {Fault} at {At}: {Named} at {Where}";
}
