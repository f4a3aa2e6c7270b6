using System.Globalization;

namespace Culvert.Planning;

/// <summary>What is wrong in a squid.conf besides its access lines: caching, inspection, bypassed parents, time-outs, lists that do not exist.</summary>
internal static class SquidOptionsLint
{
    private static readonly TimeSpan DefaultReadTimeout = TimeSpan.FromMinutes(15);
    private static readonly string[] Looking = ["bump", "stare", "server-first", "client-first"];

    public static IEnumerable<LintFinding> Run(SquidConfiguration squid, LintExpectation expectation) =>
        Caching(squid).Concat(Inspection(squid)).Concat(Parents(squid)).Concat(Timeouts(squid, expectation)).Concat(UnknownLists(squid)).Concat(End(squid));

    private static IEnumerable<LintFinding> Caching(SquidConfiguration squid)
    {
        if (!squid.Of("cache").Any(d => d.Values is ["deny", "all", ..]))
        {
            var line = squid.Of("cache_dir").Concat(squid.Of("cache")).Concat(squid.Of("cache_mem")).FirstOrDefault()?.Line ?? 0;
            yield return new LintFinding("caching", LintSeverity.Fault, line, line == 0 ? "nothing turns the cache off; it is on by default" : "the cache is on", "Write 'cache deny all', and no cache_dir.");
        }
    }

    private static IEnumerable<LintFinding> Inspection(SquidConfiguration squid)
    {
        foreach (var directive in squid.Of("ssl_bump").Where(d => d.Values.Count > 0 && Looking.Contains(d.Values[0])))
        {
            yield return new LintFinding("inspection", LintSeverity.Fault, directive.Line, $"'{directive}' opens the TLS session and looks inside; the sensor refuses such a session",
                "Remove it, or splice the cloud endpoints before it.");
        }

        foreach (var directive in squid.Of("http_port").Concat(squid.Of("https_port")).Where(d => d.Values.Contains("ssl-bump")))
        {
            yield return new LintFinding("inspection", LintSeverity.Fault, directive.Line, $"'{directive}' makes ready to look inside TLS", "Remove ssl-bump and its certificate from the port.");
        }
    }

    private static IEnumerable<LintFinding> Parents(SquidConfiguration squid)
    {
        if (squid.Of("cache_peer").FirstOrDefault(d => d.Values is [_, "parent", ..]) is { } peer && !squid.Of("never_direct").Any(d => d.Values is ["allow", "all", ..]))
        {
            yield return new LintFinding("bypassed-parent", LintSeverity.Fault, peer.Line, "without never_direct Squid goes past its parent: a CONNECT counts as non-hierarchical and is dialled directly",
                "Add 'never_direct allow all' and 'nonhierarchical_direct off'.");
        }
    }

    private static IEnumerable<LintFinding> Timeouts(SquidConfiguration squid, LintExpectation expectation)
    {
        var read = squid.Of("read_timeout").LastOrDefault();
        var idle = read is null ? DefaultReadTimeout : Time(read);
        if (idle is { } given && given <= expectation.Heartbeat)
        {
            yield return new LintFinding("idle-timeout", LintSeverity.Fault, read?.Line ?? 0, $"an idle tunnel is cut after {Yaml.Duration(given)}, and the sensor's heartbeat comes every {Yaml.Duration(expectation.Heartbeat)}",
                $"Write 'read_timeout 15 minutes', at least more than {Yaml.Duration(expectation.Heartbeat)}.");
        }

        if (squid.Of("client_lifetime").LastOrDefault() is { } life && Time(life) is { } limit && limit < TimeSpan.FromDays(1))
        {
            yield return new LintFinding("tunnel-lifetime", LintSeverity.Advice, life.Line, $"every tunnel is cut after {Yaml.Duration(limit)}, busy or not", "Write 'client_lifetime 365 days'.");
        }
    }

    private static IEnumerable<LintFinding> UnknownLists(SquidConfiguration squid)
    {
        foreach (var line in squid.Access)
        {
            foreach (var name in line.Names.Select(n => n.TrimStart('!')).Where(n => !squid.Acls.ContainsKey(n)))
            {
                yield return new LintFinding("unknown-acl", LintSeverity.Fault, line.Line, $"there is no acl '{name}'; Squid will not start", $"Define it before this line: acl {name} …");
            }
        }
    }

    private static IEnumerable<LintFinding> End(SquidConfiguration squid)
    {
        if (squid.Access.Count == 0)
        {
            yield return new LintFinding("no-access-lines", LintSeverity.Fault, 0, "no http_access line: Squid refuses everything", "Allow the sensors' addresses to the cloud endpoints, then 'http_access deny all'.");
        }
        else if (squid.Access[^1] is { IsAllow: true } last)
        {
            yield return new LintFinding("no-final-deny", LintSeverity.Advice, last.Line, "the list ends with an allow, so a reader must know that the opposite is the default", "End with 'http_access deny all'.");
        }
        else if (squid.Access[^1] is { IsAllow: false, Names: not ["all"] } deny)
        {
            yield return new LintFinding("no-final-deny", LintSeverity.Fault, deny.Line, "the list ends with a deny that does not match everything, so what it does not match is allowed", "End with 'http_access deny all'.");
        }
    }

    private static TimeSpan? Time(SquidDirective directive)
    {
        if (directive.Values.Count == 0 || !double.TryParse(directive.Values[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1e6)
        {
            return null;
        }

        var unit = directive.Values.Count > 1 ? directive.Values[1].TrimEnd('s') : "second";
        return unit switch
        {
            "millisecond" => TimeSpan.FromMilliseconds(number),
            "second" => TimeSpan.FromSeconds(number),
            "minute" => TimeSpan.FromMinutes(number),
            "hour" => TimeSpan.FromHours(number),
            "day" => TimeSpan.FromDays(number),
            "week" => TimeSpan.FromDays(7 * number),
            _ => null,
        };
    }
}
