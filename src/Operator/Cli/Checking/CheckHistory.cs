using System.Globalization;
using Culvert.Checking;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary>What a watch knows of earlier rounds: which findings stand and since when, and since when each route works or is broken. As large as one report, however long it runs.</summary>
internal sealed class CheckHistory
{
    private readonly Dictionary<string, (bool Works, DateTimeOffset Since)> _routes = [];
    private List<(Finding Finding, DateTimeOffset Since)> _standing = [];

    /// <summary>Begins with the first report, which is shown whole.</summary>
    public CheckHistory(CheckReport first)
    {
        _standing = [.. first.Findings.Where(Matters).Select(f => (f, first.StartedAt))];
        Note(first);
    }

    /// <summary>Shows what differs from the rounds before, with the times.</summary>
    public void Show(Output output, CheckReport now)
    {
        var at = Time(now.StartedAt, now.StartedAt);
        var changed = false;
        var next = new List<(Finding Finding, DateTimeOffset Since)>();
        foreach (var finding in now.Findings.Where(Matters))
        {
            var known = _standing.FindIndex(s => Same(s.Finding, finding));
            next.Add((finding, known < 0 ? now.StartedAt : _standing[known].Since));
            if (known < 0)
            {
                changed = true;
                output.Marked($"{at}  [{CheckTree.Colour(finding.Severity)}]new[/]   {Markup.Escape(finding.Summary)}");
                output.Line($"                {CheckWords.Team(finding.Actor)}: {finding.Remedy}");
            }
        }

        foreach (var (finding, since) in _standing.Where(s => !now.Findings.Any(f => Same(s.Finding, f))))
        {
            if (finding.Kind is FindingKind.LeastPrivilege or FindingKind.Idle)
            {
                // Asked in the first round only: it stands until somebody asks again.
                next.Add((finding, since));
                continue;
            }

            changed = true;
            output.Marked($"{at}  [green]gone[/]  {Markup.Escape(finding.Summary)} [grey]stood since {Time(since, now.StartedAt)}, {Words(now.StartedAt - since)}[/]");
        }

        _standing = next;
        Note(now);
        var ways = string.Join(", ", now.Routes.Select(r => $"{r.Name} {State(r, now.StartedAt)}"));
        output.Marked($"{at}  {(changed ? "" : "[grey]no change[/]  ")}{Markup.Escape(CheckWords.Outcome(now))} [grey]{Markup.Escape(ways)}[/]");
    }

    /// <summary>That there is no identity yet is seen only where TLS comes about: not a change of anything.</summary>
    private static bool Matters(Finding finding) => finding is not { Kind: FindingKind.Identity, Severity: Severity.Note };

    private void Note(CheckReport report)
    {
        foreach (var route in report.Routes)
        {
            if (!_routes.TryGetValue(route.Name, out var known) || known.Works != route.Succeeded)
            {
                _routes[route.Name] = (route.Succeeded, report.StartedAt);
            }
        }
    }

    private string State(RouteCheck route, DateTimeOffset now)
    {
        var since = Time(_routes[route.Name].Since, now);
        return route.Succeeded
            ? string.Create(CultureInfo.InvariantCulture, $"works since {since} ({route.Endpoints.Max(e => e.Trace.Elapsed.TotalMilliseconds):0} ms)")
            : $"broken since {since}";
    }

    private static bool Same(Finding a, Finding b) => (a.Kind, a.Severity, a.Cause, a.Route, a.Target, a.Towards) == (b.Kind, b.Severity, b.Cause, b.Route, b.Target, b.Towards)
        && (a.Kind != FindingKind.Way || a.Destinations.SequenceEqual(b.Destinations));

    private static string Time(DateTimeOffset time, DateTimeOffset now) =>
        time.ToLocalTime().ToString(now - time < TimeSpan.FromHours(12) ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Words(TimeSpan time) => time.TotalMinutes < 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00} h");
}
