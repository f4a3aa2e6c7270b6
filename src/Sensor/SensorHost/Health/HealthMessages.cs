using System.Globalization;
using Culvert.Outbox;
using Culvert.Uplink;

namespace Culvert.SensorHost;

/// <summary>From facts to health messages. Titles are those of docs/operations/health-messages.md, which a test compares. Pure.</summary>
internal static class HealthMessages
{
    /// <summary>All titles.</summary>
    public static IReadOnlyList<string> Titles { get; } =
    [
        "Disconnected", "Revoked", "Sanity failed", "No traffic detected", "Sensor is partially connected", "Unstable traffic to the cloud", "Time drift",
        "Traffic bandwidth is close to its limit", "Number of monitored devices is close to its limit", "Number of monitored devices exceeded its limit",
        "Disk is almost full", "Records were dropped", "Packets were dropped", "Capture cannot be read", "Interface cannot be read", "Threat intelligence update failed",
        "Certificate ends soon", "Connectivity check found a fault",
    ];

    /// <summary>How long without packets before an interface is silent.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan DisconnectedAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DriftAllowed = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CertificateWarning = TimeSpan.FromDays(7);
    private const int LossesAllowed = 3;
    private const long FreeBytesWanted = 256L * 1024 * 1024;

    /// <summary>The messages, the worst first; empty when all is well.</summary>
    public static IReadOnlyList<HealthMessage> Of(HealthFacts f) => [.. All(f).OrderByDescending(m => m.Level)];

    private static IEnumerable<HealthMessage> All(HealthFacts f) => OfCloud(f).Concat(OfTraffic(f)).Concat(OfMachine(f));

    private static IEnumerable<HealthMessage> OfCloud(HealthFacts f)
    {
        if (f.Revocation is { } revocation)
        {
            yield return Critical("Revoked", revocation.Message, "Onboard the sensor again in the portal, or switch it off.");
        }
        else if (!f.IsConnected && f.LostSince is { } lost && f.Now - lost > DisconnectedAfter)
        {
            var why = f.Endpoints.FirstOrDefault(e => e.Reading is { Service: CloudService.IotHub, Cause: not Cause.None });
            yield return Critical(
                "Disconnected",
                $"{(why.Reading is null ? "no session with the hub" : $"{why.Address}: {Describe(why.Reading)}")}{(f.FailedCheck is null ? "" : $". Checks: {f.FailedCheck}")}",
                "Records are kept and sent when the way is back. Look at the routes' traces: they name the hop, the stage and the cause. Run `culvert check` on this machine.");
        }
        else if (f.Endpoints.Where(e => e.Reading.Cause is not (Cause.None or Cause.Cancelled)).ToList() is { Count: > 0 } failed)
        {
            yield return Warning(
                "Sensor is partially connected",
                string.Join("; ", failed.Select(e => $"{Class(e.Reading.Cause)}: {e.Reading.Service} at {e.Address}: {Describe(e.Reading)}")),
                "Some endpoints cannot be reached. Open exactly these in the firewalls and proxies on the way.");
        }

        if (f.IsConnected && f.FailedCheck is { } fault)
        {
            yield return Warning("Connectivity check found a fault", fault, "The way is back, or was never lost altogether; who must act stands with each finding.");
        }

        if (f.RecentLosses >= LossesAllowed)
        {
            yield return Warning("Unstable traffic to the cloud", $"the session was lost {f.RecentLosses} times in 15 minutes", "Look for idle time-outs and overload at the proxies and firewalls of the route in use.");
        }

        if (f.Drift is { } drift && drift.Duration() > DriftAllowed)
        {
            yield return Warning(
                "Time drift", string.Create(CultureInfo.InvariantCulture, $"the clock is {drift.Duration().TotalSeconds:0} s {(drift > TimeSpan.Zero ? "ahead of" : "behind")} the cloud's"), "Give this machine a time server.");
        }

        if (f.BandwidthShare is > 0.9)
        {
            yield return Warning("Traffic bandwidth is close to its limit", string.Create(CultureInfo.InvariantCulture, $"{f.BandwidthShare:P0} of the cap was sent in the last minute"), "Raise the bandwidth cap if the link can bear it.");
        }

        if (f.CertificateEnds - f.Now < CertificateWarning)
        {
            yield return Warning("Certificate ends soon", $"the client certificate ends {f.CertificateEnds:u} and was not renewed", "See that the sensor reaches the enrolment service, or activate it again.");
        }
    }

    private static IEnumerable<HealthMessage> OfTraffic(HealthFacts f)
    {
        var interfaces = f.Sources.Where(s => s.Source.Interface is not null).ToList();
        if (interfaces.Count > 0 && f.Now - f.StartedAt > SilentAfter && interfaces.All(s => IsSilent(s, f.Now)))
        {
            yield return Critical("No traffic detected", $"nothing arrives at {string.Join(", ", interfaces.Select(s => s.Source.Name))}", "Check the mirror port, its cable, and that the link is up.");
        }

        foreach (var source in f.Sources.Where(s => s.Fault is not null))
        {
            yield return source.Source.Interface is null
                ? Warning("Capture cannot be read", $"{source.Source.Name}: {source.Fault}; {source.Packets} packets were analysed", "Record it again, or take it out of the settings.")
                : Warning("Interface cannot be read", $"{source.Source.Name}: {source.Fault}", "Correct the interface's name or the rights of the sensor.");
        }

        if (f.Sources.Where(s => s.Dropped > 0).ToList() is { Count: > 0 } dropped)
        {
            yield return Warning("Packets were dropped", string.Join(", ", dropped.Select(s => $"{s.Source.Name}: {s.Dropped}")), "More arrives than this machine can analyse: mirror less, or give it more cores.");
        }

        var (zone, devices, limit, refused) = f.Fullest;
        if (refused > 0)
        {
            yield return Warning("Number of monitored devices exceeded its limit", $"zone {zone}: {devices} of {limit}", "Split the zone, or watch it with two sensors.");
        }
        else if (limit > 0 && devices > limit * 9L / 10)
        {
            yield return Warning("Number of monitored devices is close to its limit", $"zone {zone}: {devices} of {limit}", "Split the zone, or watch it with two sensors.");
        }
    }

    private static IEnumerable<HealthMessage> OfMachine(HealthFacts f)
    {
        if (f.OutboxTrouble == OutboxTrouble.DiskFailed || f.Defects > 0)
        {
            yield return Critical(
                "Sanity failed",
                f.Defects > 0 ? $"{f.Defects} packets made the analysis fail; see the log" : "the disk answers with errors",
                f.Defects > 0 ? "Report it with the log." : "Replace the disk.");
        }

        if (f.OutboxTrouble == OutboxTrouble.DiskFull || (f.Disk.Total > 0 && f.Disk.Free < Math.Min(FreeBytesWanted, f.Disk.Total / 20)))
        {
            yield return Warning("Disk is almost full", $"{f.Disk.Free / (1024 * 1024)} MiB are free", "Make room where the data folder lies.");
        }

        var losses = f.Outbox.Dropped.Where(d => d.Value > 0).Select(d => $"{d.Value} of {d.Key.ToString().ToLowerInvariant()}").ToList();
        if (losses.Count > 0 || f.Repair is { Lost: > 0 })
        {
            yield return Warning(
                "Records were dropped",
                f.Repair is { Lost: > 0 } repair ? $"{repair.Lost} were in a damaged file; {string.Join(", ", losses)}" : string.Join(", ", losses),
                "The cloud was away for longer than the outbox can bridge: make it larger (outboxSize), or the way more reliable.");
        }

        if (f.Package is { Status: "Failed" })
        {
            yield return Warning("Threat intelligence update failed", f.Package.Error, "The package in use stays. Upload a good one, or push an earlier one.");
        }
    }

    /// <summary>The class of a cause, by the names of the product that sets the bar.</summary>
    internal static string Class(Cause cause) => cause switch
    {
        Cause.NameNotFound or Cause.ResolverUnreachable => "DNS",
        Cause.Intercepted or Cause.CertificateUntrusted or Cause.CertificateExpired or Cause.CertificateWrongName or Cause.TlsTooWeak or Cause.TlsFailed or Cause.ClockOff => "SSL",
        Cause.CredentialsMissing or Cause.CredentialsWrong or Cause.AuthenticationSchemeUnsupported => "Proxy authentication",
        Cause.CredentialsUnnecessary => "Proxy unnecessary",
        _ => "General",
    };

    private static string Describe(EndpointReading reading) =>
        reading.Trace?.Failure is { } f ? $"{f.Target}, {f.Stage}: {f.Cause}. {f.Evidence}" : $"{reading.Cause}. {reading.Evidence}".TrimEnd();

    private static bool IsSilent(SourceState state, DateTimeOffset now) => state.ToHealth().LastPacketAt is not { } last || now - last > SilentAfter;

    private static HealthMessage Critical(string title, string? detail, string recommendation) => Make(HealthLevel.Critical, title, detail, recommendation);

    private static HealthMessage Warning(string title, string? detail, string recommendation) => Make(HealthLevel.Warning, title, detail, recommendation);

    private static HealthMessage Make(HealthLevel level, string title, string? detail, string recommendation) =>
        new() { Level = level, Title = title, Detail = detail is { Length: > 1000 } ? detail[..1000] : detail, Recommendation = recommendation };
}
