using System.Globalization;
using System.Net;

namespace Culvert.Planning;

/// <summary>What is wrong in a squid.conf: asked with requests that must be refused, and with those that must not.</summary>
internal static class SquidLint
{
    // Enough for any real file; a hostile one must not cost more.
    private const int MaxHosts = 300;
    private const int MaxSources = 60;

    // Ports that no list has by chance.
    private const int OtherPort = 33222;
    private static readonly IPAddress Stranger = IPAddress.Parse("203.0.113.77");
    private static readonly IPAddress Loopback = IPAddress.Loopback;
    private const string StrangeHost = "culvert-probe.invalid";

    public static IEnumerable<LintFinding> Run(SquidConfiguration squid, LintExpectation expectation)
    {
        var hosts = Hosts(squid, expectation).Distinct().Take(MaxHosts).ToList();
        var sources = Sources(squid).Distinct().Take(MaxSources).ToList();
        return OtherPorts(squid, hosts, sources)
            .Concat(PlainRequests(squid, hosts, sources))
            .Concat(Strangers(squid, hosts))
            .Concat(AnyDestination(squid, sources))
            .Concat(Wildcards(squid, expectation))
            .Concat(Missing(squid, expectation, sources))
            .Concat(SquidOptionsLint.Run(squid, expectation));
    }

    private static IEnumerable<string> Hosts(SquidConfiguration squid, LintExpectation expectation) =>
        squid.Acls.Values.Where(a => a.Type == "dstdomain").SelectMany(a => a.Values).Select(v => v.Value.StartsWith('.') ? $"culvert-probe{v.Value}" : v.Value)
            .Concat(squid.Acls.Values.Where(a => a is { Type: "dst", IsBuiltIn: false }).SelectMany(a => a.Values).Where(v => SquidAcl.TryNetwork(v.Value, out _)).Select(v => v.Value.Split('/')[0]))
            .Concat(expectation.Destinations.Select(d => d.Host))
            .Append(StrangeHost);

    private static IEnumerable<IPAddress> Sources(SquidConfiguration squid)
    {
        foreach (var (value, _) in squid.Acls.Values.Where(a => a is { Type: "src", IsBuiltIn: false }).SelectMany(a => a.Values))
        {
            if (SquidAcl.TryNetwork(value.Split('-')[0], out var network))
            {
                yield return network.BaseAddress;
            }
        }

        yield return Stranger;
    }

    private static IEnumerable<LintFinding> OtherPorts(SquidConfiguration squid, List<string> hosts, List<IPAddress> sources)
    {
        foreach (var (line, request) in Allowed(squid, "CONNECT", OtherPort, hosts, sources))
        {
            var late = squid.Access.FirstOrDefault(a => !a.IsAllow && a.Names is not ["all"] && (line is null || a.Line > line.Line) && a.Match(request, squid.Acls) == SquidMatch.Yes);
            yield return late is not null
                ? new LintFinding("allow-before-deny", LintSeverity.Fault, line!.Line,
                    string.Create(CultureInfo.InvariantCulture, $"'{line.Directive}' lets CONNECT to {request.Host} through at any port: it is read before '{late.Directive}' on line {late.Line}, and the first line that matches decides"),
                    string.Create(CultureInfo.InvariantCulture, $"Move line {late.Line} above line {line.Line}."))
                : new LintFinding("connect-other-ports", LintSeverity.Fault, line?.Line ?? 0,
                    $"{Saying(line)} CONNECT to {request.Host} through at any port",
                    "Before every allow: 'acl wanted_ports port 443' and 'http_access deny !wanted_ports'.");
        }
    }

    private static IEnumerable<LintFinding> PlainRequests(SquidConfiguration squid, List<string> hosts, List<IPAddress> sources)
    {
        foreach (var port in (int[])[80, 443, OtherPort])
        {
            foreach (var (line, request) in Allowed(squid, "GET", port, hosts, sources))
            {
                yield return new LintFinding("plain-requests", LintSeverity.Fault, line?.Line ?? 0,
                    $"{Saying(line)} methods other than CONNECT through to {request.Host}: Squid itself would speak HTTP there and see every byte",
                    "Before every allow: 'http_access deny !CONNECT'.");
            }
        }
    }

    private static IEnumerable<LintFinding> Strangers(SquidConfiguration squid, List<string> hosts)
    {
        foreach (var host in hosts)
        {
            var request = new SquidRequest("CONNECT", host, 443, Stranger, HasCredentials: false);
            if (IsAllowed(squid, request, doubtAllows: false, out var line))
            {
                yield return new LintFinding("any-source", LintSeverity.Fault, line?.Line ?? 0,
                    $"{Saying(line)} anybody through, whatever address asks",
                    "Name the clients, 'acl clients src ADDRESS', and add 'clients' to the line; 'http_access deny !clients' before it.");
            }
        }
    }

    private static IEnumerable<LintFinding> AnyDestination(SquidConfiguration squid, List<IPAddress> sources)
    {
        foreach (var source in sources.Append(Loopback))
        {
            var request = new SquidRequest("CONNECT", StrangeHost, 443, source, HasCredentials: true);
            if (!IsAllowed(squid, request, doubtAllows: false, out var line))
            {
                continue;
            }

            var isLocal = source.Equals(Loopback);
            yield return new LintFinding("any-destination", isLocal ? LintSeverity.Advice : LintSeverity.Fault, line?.Line ?? 0,
                isLocal ? $"{Saying(line)} the proxy's own machine through to any host" : $"{Saying(line)} through to any host, not only to the cloud endpoints",
                isLocal ? "Remove the line; it also hides mistakes from whoever tests on the machine itself." : "Allow exact names only, 'acl destination1 dstdomain -n NAME', and end with 'http_access deny all'.");
        }
    }

    private static IEnumerable<LintFinding> Wildcards(SquidConfiguration squid, LintExpectation expectation)
    {
        foreach (var acl in squid.Acls.Values.Where(a => !a.IsBuiltIn && squid.Access.Any(l => l.IsAllow && l.Names.Contains(a.Name))))
        {
            foreach (var (value, line) in acl.Values.Where(v => acl.Type == "dstdomain" ? v.Value.StartsWith('.') : acl.Type is "dstdom_regex" or "url_regex"))
            {
                var meant = expectation.Destinations.Where(d => acl.Type == "dstdomain" && d.Host.EndsWith(value, StringComparison.OrdinalIgnoreCase)).Select(d => d.Host).Distinct().ToList();
                yield return new LintFinding("wildcard", LintSeverity.Fault, line,
                    acl.Type == "dstdomain" ? $"'{value}' allows every name that ends so: every customer of that service, not only you" : $"'{value}' is a pattern, which matches more names than one",
                    meant.Count > 0 ? $"Write the exact names: acl {acl.Name} dstdomain -n {string.Join(' ', meant)}" : $"Write the exact names that 'culvert endpoints' lists: acl {acl.Name} dstdomain -n NAME");
            }
        }
    }

    private static IEnumerable<LintFinding> Missing(SquidConfiguration squid, LintExpectation expectation, List<IPAddress> sources)
    {
        foreach (var destination in expectation.Destinations)
        {
            if (!sources.Exists(s => IsAllowed(squid, new SquidRequest("CONNECT", destination.Host, destination.Port, s, HasCredentials: true), doubtAllows: true, out _)))
            {
                yield return new LintFinding("missing-endpoint", LintSeverity.Fault, 0,
                    string.Create(CultureInfo.InvariantCulture, $"{destination.Host}:{destination.Port} is let through by no line"),
                    string.Create(CultureInfo.InvariantCulture, $"Add 'acl wanted dstdomain -n {destination.Host}', 'acl wanted_port port {destination.Port}', 'http_access allow CONNECT clients wanted wanted_port' before the last deny."));
            }
        }
    }

    // One finding a line is enough: the first request that gets through shows it.
    private static IEnumerable<(SquidAccess? Line, SquidRequest Request)> Allowed(SquidConfiguration squid, string method, int port, List<string> hosts, List<IPAddress> sources)
    {
        var told = new HashSet<int>();
        foreach (var host in hosts)
        {
            foreach (var source in sources)
            {
                var request = new SquidRequest(method, host, port, source, HasCredentials: true);
                if (IsAllowed(squid, request, doubtAllows: false, out var line) && told.Add(line?.Line ?? 0))
                {
                    yield return (line, request);
                }
            }
        }
    }

    private static bool IsAllowed(SquidConfiguration squid, SquidRequest request, bool doubtAllows, out SquidAccess? line)
    {
        line = squid.Decide(request, doubtAllows);
        return line?.IsAllow ?? squid.DefaultAllows;
    }

    private static string Saying(SquidAccess? line) => line is null ? "The default (the opposite of the last http_access line) lets" : $"'{line.Directive}' lets";
}
