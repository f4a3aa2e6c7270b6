using System.Net;

namespace Culvert.Checking;

/// <summary>Asks for what is not on the list and expects refusals: a proxy that would open it, or a firewall that lets the sensor out beside its proxies, is open wider than the plan.</summary>
internal sealed class LeastPrivilege(TunnelDialer dialer, HopQuestions questions)
{
    /// <summary>Never a real host (RFC 6761, section 6.4): a proxy that refuses by its list says 403, one that does not tries to resolve it.</summary>
    private const string UnlistedHost = "not-on-the-list.culvert.invalid";
    private static readonly int[] UnlistedPorts = [22, 23, 25];

    /// <summary>Two questions to one hop, and a third without its credentials.</summary>
    public async ValueTask<IReadOnlyList<Finding>> AskHopAsync(Route route, int index, HostPort next, IReadOnlyCollection<HostPort> listed, CancellationToken cancellationToken)
    {
        var hop = route.Hops[index];
        if (hop.Scheme == HopScheme.Socks5)
        {
            return [];
        }

        var findings = new List<Finding>();
        var port = UnlistedPorts.First(p => !listed.Contains(new HostPort(next.Host, p)));
        foreach (var (question, what) in new[] { (new HostPort(UnlistedHost, 443), "a host"), (new HostPort(next.Host, port), "a port") })
        {
            var answer = await questions.AskConnectAsync(route, index, hop, question, cancellationToken);
            if (IsOpen(answer) is { } confidence)
            {
                findings.Add(Wide(
                    route, index, Cause.None, confidence,
                    $"{hop.Name} ({hop.Address}) goes to {what} that is not on the list: it does not refuse {question}",
                    [$"sent: CONNECT {question}", $"received: {answer.Words}, expected a refusal (403)"],
                    $"Restrict {hop.Name} to exactly the host names and ports of the sensor's list; everything else is a way out of the plant for whoever gets there."));
            }
        }

        if (hop.Credentials is not null)
        {
            var answer = await questions.AskAsync(route, index, hop, questions.Connect(hop, next, withCredentials: false), cancellationToken);
            if (answer.Head is { Status: >= 200 and < 300 })
            {
                findings.Add(Wide(
                    route, index, Cause.CredentialsUnnecessary, Confidence.Certain,
                    $"{hop.Name} ({hop.Address}) does not ask for the credentials that are set for it",
                    [$"sent: CONNECT {next} without credentials", $"received: {answer.Words}, expected 407"],
                    $"Let {hop.Name} ask for the account, or take it out of the sensor's settings if the address alone is meant to be enough."));
            }
        }

        return findings;
    }

    /// <summary>Whether the sensor gets to an endpoint without its proxies, though no route is direct.</summary>
    public async ValueTask<Finding?> AskDirectAsync(HostPort endpoint, CancellationToken cancellationToken)
    {
        var dial = await dialer.DialAsync(new Route { Name = "beside the proxies" }, endpoint, cancellationToken);
        if (dial.Stream is not { } stream)
        {
            return null;
        }

        await stream.DisposeAsync();
        var reached = dial.Trace.Steps.LastOrDefault(s => s.Stage == Stage.Connect)?.Evidence;
        return IPEndPoint.TryParse(reached ?? "", out var at) && IPAddress.IsLoopback(at.Address)
            ? null // the endpoint is this very machine: no firewall stands in between
            : new Finding
            {
                Kind = FindingKind.LeastPrivilege,
                Severity = Severity.Warning,
                Destinations = [endpoint.ToString()],
                Target = endpoint.ToString(),
                Summary = $"The sensor gets to {endpoint} beside its proxies: the firewall lets it out directly.",
                Evidence = [$"sent: a TCP connection to {endpoint}", $"received: it opened to {reached}"],
                Actor = ActingTeam.PlantNetwork,
                Remedy = "Every route goes through proxies, so the sensor needs no direct way out: remove the rule that allows it.",
            };
    }

    private static Confidence? IsOpen(HopAnswer answer)
    {
        if (answer.Head is not { } head)
        {
            return null;
        }

        if (head.Status is >= 200 and < 300)
        {
            return Confidence.Certain;
        }

        // It tried: the name did not resolve, the port did not answer. That is no refusal.
        var tried = KnownAnswers.Recognise(head)?.Cause is Cause.NameNotFound or Cause.ConnectionRefused or Cause.ConnectionTimedOut or Cause.NetworkUnreachable or Cause.UpstreamUnreachable
            || ProxyStatusField.Read(head.Field("proxy-status")).Any(e => e.Error is "dns_error" or "dns_timeout" or "connection_refused" or "connection_timeout" or "destination_ip_unroutable");
        return tried || head.Status is 502 or 504 ? Confidence.Likely : null;
    }

    private static Finding Wide(Route route, int index, Cause cause, Confidence confidence, string summary, IReadOnlyList<string> evidence, string remedy) => new()
    {
        Kind = FindingKind.LeastPrivilege,
        Severity = Severity.Warning,
        Cause = cause,
        Confidence = confidence,
        Route = route.Name,
        HopIndex = index,
        Target = route.Hops[index].Name,
        Stage = Stage.Request,
        Summary = summary + ".",
        Evidence = evidence,
        Actor = new FaultPlace(route, "", new Trace { Route = route.Name, Destination = "", StartedAt = default, Steps = [] }).OwnerOf(index),
        Remedy = remedy,
    };
}
