using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Checking;

/// <summary>What is worth saying besides the ways themselves: clocks, ends of certificates, speed, silence, addresses.</summary>
internal static class SideFindings
{
    /// <summary>Below this a link does not carry a sensor well, in kbit/s.</summary>
    private const int LeastKbps = BandwidthLimiter.MinKbps;

    public static IEnumerable<Finding> Of(
        CheckRequest request, CheckOptions options, IReadOnlyList<RouteCheck> routes, (TimeSpan Drift, TimeSpan Uncertainty)? drift, DateTimeOffset now) =>
    [
        .. Clock(request, options, drift),
        .. Ends(request, options, routes, now),
        .. Speeds(request, routes),
        .. Silences(request, routes),
        .. Cuts(routes),
        .. Errors(routes),
        .. Unactivated(request, routes),
    ];

    public static Finding OtherAddresses(string host, string where, IReadOnlyList<IPAddress> seen, IReadOnlyList<IPAddress> listed) => new()
    {
        Kind = FindingKind.Addresses,
        Severity = Severity.Warning,
        Target = where,
        Summary = $"The sensor's DNS gives {host} an address that is not on the site's list.",
        Evidence = [$"sent: a DNS question for {host}", $"received: {string.Join(", ", seen)}; the list has {string.Join(", ", listed)}"],
        Actor = ActingTeam.PlantNetwork,
        Remedy = "Firewall rules made from the list will not match: correct the DNS entry, or the list and the rules made from it.",
    };

    private static IEnumerable<Finding> Clock(CheckRequest request, CheckOptions options, (TimeSpan Drift, TimeSpan Uncertainty)? drift)
    {
        if (drift is not var (off, uncertainty) || off.Duration() - uncertainty <= options.ClockWarning)
        {
            yield break;
        }

        var blocks = request.Identity is null && off.Duration() - uncertainty > options.ClockLimit;
        yield return new Finding
        {
            Kind = FindingKind.Clock,
            Severity = blocks ? Severity.Fault : Severity.Warning,
            Cause = Cause.ClockOff,
            Summary = $"The sensor's clock is {Words(off.Duration())} {(off > TimeSpan.Zero ? "ahead of" : "behind")} the cloud's{(blocks ? ": it cannot be activated like this" : "")}.",
            Evidence = [string.Create(CultureInfo.InvariantCulture, $"received: the Date of the cloud's answers; {off.TotalSeconds:0.0} s apart, within {uncertainty.TotalSeconds:0.0} s")],
            Actor = ActingTeam.SensorOwner,
            Remedy = "Set the clock of the sensor's machine and let NTP keep it; in a plant without NTP, allow UDP 123 to a time server of the plant.",
        };
    }

    private static IEnumerable<Finding> Ends(CheckRequest request, CheckOptions options, IReadOnlyList<RouteCheck> routes, DateTimeOffset now)
    {
        foreach (var seen in routes.SelectMany(r => r.Endpoints).Where(e => e.Certificate is not null).GroupBy(e => (e.Address, e.Certificate!.SpkiPin)).Select(g => g.First()))
        {
            if (seen.Certificate!.NotAfter - now < options.ExpiryWarning)
            {
                yield return Ending($"The certificate of {seen.Address}", seen.Certificate.NotAfter, now, seen.Address, ActingTeam.CloudTeam, $"Renew the certificate of {seen.Address} before it ends; with it every sensor stands still.");
            }
        }

        foreach (var (route, hop) in routes.SelectMany(r => r.Hops.Select(h => (r, h))).Where(p => p.h.Certificate is not null).DistinctBy(p => p.h.Address))
        {
            if (hop.Certificate!.NotAfter - now < options.ExpiryWarning)
            {
                var place = new FaultPlace(request.Routes.First(r => r.Name == route.Name), "", new Trace { Route = route.Name, Destination = "", StartedAt = now, Steps = [] });
                yield return Ending($"The certificate of {hop.Name}", hop.Certificate.NotAfter, now, hop.Name, place.OwnerOf(hop.Index), $"Renew the certificate of {hop.Name} before it ends.") with { Route = route.Name, HopIndex = hop.Index };
            }
        }

        foreach (var hop in request.Routes.SelectMany(r => r.Hops).Where(h => h.ClientCertificate is not null).DistinctBy(h => h.ClientCertificate))
        {
            if (HopQuestions.TrustOf(hop)?.Identity?.TargetCertificate is { } own && own.NotAfter.ToUniversalTime() - now < options.ExpiryWarning)
            {
                yield return Ending($"The client certificate for {hop.Name}", own.NotAfter.ToUniversalTime(), now, hop.Name, ActingTeam.SensorOwner, $"Get a new certificate from the owner of {hop.Name} and put it in place of {hop.ClientCertificate!.CertificateFile}.");
            }
        }

        if (request.Identity?.TargetCertificate is { } identity && identity.NotAfter.ToUniversalTime() - now < options.IdentityExpiryWarning)
        {
            yield return Ending("The sensor's own certificate", identity.NotAfter.ToUniversalTime(), now, request.Sensor, ActingTeam.SensorOwner, "The sensor renews it by itself while it runs and reaches the cloud: start it, or look at its log for the reason why the renewal fails.") with { Kind = FindingKind.Identity };
        }

        foreach (var ca in (request.Trust ?? []).Where(c => c.NotAfter.ToUniversalTime() - now < options.ExpiryWarning))
        {
            yield return Ending($"The CA that the sensor trusts for the cloud ({ca.GetNameInfo(X509NameType.SimpleName, false)})", ca.NotAfter.ToUniversalTime(), now, null, ActingTeam.CloudTeam, "Make a new CA for the cloud and give the sensors new activation files before this one ends.");
        }
    }

    private static IEnumerable<Finding> Speeds(CheckRequest request, IReadOnlyList<RouteCheck> routes)
    {
        foreach (var route in routes)
        {
            if (route.Endpoints.Where(e => e.UpKbpsAtLeast is not null).Select(e => e.UpKbpsAtLeast!.Value).DefaultIfEmpty(int.MaxValue).Max() is var best && best < LeastKbps)
            {
                yield return new Finding
                {
                    Kind = FindingKind.Bandwidth,
                    Severity = Severity.Warning,
                    Cause = Cause.TooSlow,
                    Confidence = Confidence.Likely,
                    Route = route.Name,
                    Summary = string.Create(CultureInfo.InvariantCulture, $"Route {route.Name} carries about {best} kbit/s upwards; a sensor needs {LeastKbps}{(request.BandwidthKbps > 0 ? $" and may use {request.BandwidthKbps}" : "")}."),
                    Evidence = [string.Create(CultureInfo.InvariantCulture, $"sent: a request of 20 KiB; received: its answer at a pace of {best} kbit/s, the best of {route.Endpoints.Count}")],
                    Actor = ActingTeam.PlantNetwork,
                    Remedy = $"Give this way at least {LeastKbps} kbit/s per sensor, or take load off it; alerts go first, but inventory and evidence will be late.",
                };
            }
        }
    }

    private static IEnumerable<Finding> Silences(CheckRequest request, IReadOnlyList<RouteCheck> routes)
    {
        foreach (var route in routes.Where(r => r.Idle?.CutAfter is not null))
        {
            var (survived, cut, silently) = (route.Idle!.Survived, route.Idle.CutAfter!.Value, route.Idle.Silently);
            // Between what was survived and what was not, anything may be the limit: only what was survived is sure.
            var bears = survived >= request.KeepAlive;
            var carriesNone = survived < request.ShortestKeepAlive;
            var what = bears ? $"the sensor's sign of life comes every {Words(request.KeepAlive)} and keeps it open"
                : carriesNone ? $"the sensor gives a sign of life every {Words(request.ShortestKeepAlive)} at most, so no session lasts"
                : $"the sensor's sign of life comes every {Words(request.KeepAlive)} at first, so it loses its session until it has learnt to come sooner";
            yield return new Finding
            {
                Kind = FindingKind.Idle,
                Severity = bears ? Severity.Note : carriesNone && silently ? Severity.Fault : Severity.Warning,
                Cause = Cause.IdleCut,
                Confidence = silently ? Confidence.Certain : Confidence.Possible,
                Route = route.Name,
                Summary = $"Route {route.Name} is cut after {(survived > TimeSpan.Zero ? $"{Words(survived)} to {Words(cut)}" : $"at most {Words(cut)}")} of silence{(silently ? ", without anybody closing it" : "")}; {what}.",
                Evidence =
                [
                    survived > TimeSpan.Zero ? $"survived: {Words(survived)} of silence" : "survived: no silence that was tried",
                    silently ? $"after {Words(cut)}: the tunnel looked open and carried nothing more" : $"after {Words(cut)}: somebody closed the tunnel, a device on the way or the service itself",
                ],
                Actor = ActingTeam.PlantNetwork,
                Remedy = bears
                    ? "Nothing needs to be done."
                    : $"Raise the idle time-out of firewalls, NAT and proxies on this way above {Words(request.KeepAlive)}; four minutes and more are usual.",
            };
        }
    }

    private static IEnumerable<Finding> Cuts(IReadOnlyList<RouteCheck> routes)
    {
        foreach (var (route, endpoint) in routes.SelectMany(r => r.Endpoints.Select(e => (r, e))).Where(p => p.e.LargeRequestCut is not null))
        {
            yield return new Finding
            {
                Kind = FindingKind.PacketSize,
                Severity = Severity.Note,
                Confidence = Confidence.Possible,
                Route = route.Name,
                Destinations = [endpoint.Address],
                Target = endpoint.Address,
                Stage = Stage.Service,
                Summary = $"A large request to {endpoint.Address} is cut: a limit of the service on requests without content, or of something on the way.",
                Evidence = [$"received: {endpoint.LargeRequestCut}"],
                Actor = route.Hops.Count == 0 ? ActingTeam.CloudTeam : ActingTeam.ItProxyTeam,
                Remedy = "If the sensor's records are late on this route, look at the proxies and filters on it for a limit on bytes for each connection.",
            };
        }
    }

    private static IEnumerable<Finding> Errors(IReadOnlyList<RouteCheck> routes)
    {
        foreach (var seen in routes.SelectMany(r => r.Endpoints.Select(e => (r, e))).Where(p => p.e.Succeeded && p.e.Answer is ['4', '2', '9', ..] or ['5', ..]).DistinctBy(p => p.e.Address))
        {
            yield return new Finding
            {
                Kind = FindingKind.Service,
                Severity = Severity.Warning,
                Cause = seen.e.Answer!.StartsWith("429", StringComparison.Ordinal) ? Cause.Throttled : Cause.ServiceFailed,
                Confidence = Confidence.Possible,
                Route = seen.r.Name,
                Destinations = [seen.e.Address],
                Target = seen.e.Address,
                Stage = Stage.Service,
                Summary = $"{seen.e.Address} is reached, and answers a plain request with {seen.e.Answer}.",
                Evidence = ["sent: GET /", $"received: {seen.e.Answer}"],
                Actor = ActingTeam.CloudTeam,
                Remedy = "The way is in order. Look at the health of the service if sensors report trouble with it.",
            };
        }
    }

    private static IEnumerable<Finding> Unactivated(CheckRequest request, IReadOnlyList<RouteCheck> routes)
    {
        if (request.Identity is null && routes.Any(r => r.Endpoints.Any(e => e.Tls is not null)))
        {
            yield return new Finding
            {
                Kind = FindingKind.Identity,
                Severity = Severity.Note,
                Target = request.Sensor,
                Summary = "The sensor has no identity yet: the ways are proved up to TLS and the services' first answer, not that the cloud accepts this sensor.",
                Evidence = ["sent: no client certificate"],
                Actor = ActingTeam.SensorOwner,
                Remedy = "Activate the sensor with its activation file, then check again.",
            };
        }
    }

    private static Finding Ending(string whose, DateTimeOffset notAfter, DateTimeOffset now, string? target, ActingTeam actor, string remedy) => new()
    {
        Kind = FindingKind.Expiry,
        Severity = Severity.Warning,
        Target = target,
        Summary = notAfter > now ? $"{whose} ends in {Words(notAfter - now)}." : $"{whose} has ended.",
        Evidence = [$"received: valid until {notAfter:u}; now it is {now:u}"],
        Actor = actor,
        Remedy = remedy,
    };

    private static string Words(TimeSpan time) => time.TotalDays >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} days")
        : time.TotalHours >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} hours")
        : time.TotalMinutes >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} seconds");
}
