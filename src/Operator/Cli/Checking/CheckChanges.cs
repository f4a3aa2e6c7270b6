using System.Globalization;
using Culvert.Checking;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary>What differs between two rounds of a watch.</summary>
internal static class CheckChanges
{
    public static void Write(Output output, CheckReport before, CheckReport now)
    {
        var at = now.StartedAt.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var changed = false;
        foreach (var finding in now.Findings.Where(f => !before.Findings.Any(b => Same(b, f))))
        {
            changed = true;
            output.Marked($"{at}  [{CheckTree.Colour(finding.Severity)}]new[/]   {Markup.Escape(finding.Summary)}");
            output.Line($"                {CheckWords.Team(finding.Actor)}: {finding.Remedy}");
        }

        foreach (var finding in before.Findings.Where(b => b.Kind is not (FindingKind.LeastPrivilege or FindingKind.Idle) && !now.Findings.Any(f => Same(b, f))))
        {
            changed = true;
            output.Marked($"{at}  [green]gone[/]  {Markup.Escape(finding.Summary)}");
        }

        var ways = string.Join(", ", now.Routes.Select(r => $"{r.Name} {Time(r)}"));
        output.Marked($"{at}  {(changed ? "" : "[grey]no change[/]  ")}{Markup.Escape(CheckWords.Outcome(now))} [grey]{Markup.Escape(ways)}[/]");
    }

    private static string Time(RouteCheck route) => route.Succeeded
        ? string.Create(CultureInfo.InvariantCulture, $"{route.Endpoints.Max(e => e.Trace.Elapsed.TotalMilliseconds):0} ms")
        : "broken";

    private static bool Same(Finding a, Finding b) => (a.Kind, a.Severity, a.Cause, a.Route, a.Target, a.Towards) == (b.Kind, b.Severity, b.Cause, b.Route, b.Target, b.Towards)
        && (a.Kind != FindingKind.Way || a.Destinations.SequenceEqual(b.Destinations));
}
