using System.Globalization;
using Culvert.Checking;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary>The report as a tree: routes, their hops, the endpoints behind them; then what was found and who must act.</summary>
internal sealed class CheckTree(IAnsiConsole console)
{
    public static string Colour(Severity severity) => severity switch { Severity.Fault => "red", Severity.Warning => "yellow", _ => "grey" };

    public void Write(CheckReport report, CheckSubject subject)
    {
        console.MarkupLine($"[bold]{Markup.Escape(subject.Title)}[/][grey], {(report.Activated ? "with the sensor's identity" : "not activated: without identity")}[/]");
        foreach (var route in report.Routes)
        {
            console.WriteLine();
            WriteRoute(route);
        }

        foreach (var finding in report.Findings)
        {
            console.WriteLine();
            WriteFinding(finding, report.Routes.Count);
        }

        console.WriteLine();
        var colour = report.Outcome switch { CheckOutcome.Passed => "green", CheckOutcome.PassedWithWarnings => "yellow", _ => "red" };
        var clock = report.ClockDriftMilliseconds is { } drift
            ? string.Create(CultureInfo.InvariantCulture, $", clock {(Math.Abs(drift) <= report.ClockUncertaintyMilliseconds ? "agrees" : $"{drift / 1000:+0.0;-0.0} s")} within {report.ClockUncertaintyMilliseconds / 1000:0.0} s")
            : "";
        console.MarkupLine($"[{colour} bold]{Markup.Escape(CheckWords.Outcome(report))}[/] [grey]{report.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s{clock}[/]");
    }

    private void WriteRoute(RouteCheck route)
    {
        var state = route.Succeeded ? "[green]works[/]" : "[red]broken[/]";
        var tree = new Tree($"[bold]{Markup.Escape(route.Name)}[/] {state} [grey]{(route.Hops.Count == 0 ? "no proxy" : route.Hops.Count == 1 ? "one hop" : $"{route.Hops.Count} hops")}[/]");
        IHasTreeNodes at = tree;
        // The endpoint that came furthest shows the hops best.
        var best = route.Endpoints.OrderByDescending(e => e.Succeeded).ThenByDescending(e => e.Trace.Steps.Count).FirstOrDefault();
        foreach (var hop in route.Hops)
        {
            at = at.AddNode(HopLine(hop, [.. (best?.Trace.Steps ?? []).Where(s => s.HopIndex == hop.Index)]));
        }

        foreach (var endpoint in route.Endpoints)
        {
            at.AddNode(EndpointLine(endpoint, route.Hops.Count));
        }

        if (route.Idle is { } idle)
        {
            tree.AddNode($"[grey]bears {idle.Survived.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s of silence{(idle.CutAfter is { } cut ? $", cut after {cut.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s" : "")}[/]");
        }

        console.Write(tree);
    }

    private static string HopLine(HopCheck hop, IReadOnlyList<TraceStep> steps)
    {
        var about = $"[grey]{Markup.Escape(hop.Address)}{(hop.Level is null ? "" : $", level {hop.Level}")}{(hop.Reach == HopReach.Forwarded ? ", by the proxy before it" : "")}[/]";
        var mark = steps.Any(s => s.Cause is not (Cause.None or Cause.CredentialsUnnecessary)) ? "[red]✗[/]" : steps.Count > 0 ? "[green]✓[/]" : "[grey]·[/]";
        var times = steps.Count == 0 ? hop.Reach == HopReach.Forwarded ? "" : " [grey]not reached[/]" : $" {Times(steps)}";
        return $"{mark} {Markup.Escape(hop.Name)} {about}{times}";
    }

    private static string EndpointLine(EndpointCheck endpoint, int hops)
    {
        var own = endpoint.Trace.Steps.Where(s => s.HopIndex == hops).ToArray();
        var mark = endpoint.Succeeded ? "[green]✓[/]" : own.Length > 0 ? "[red]✗[/]" : "[grey]·[/]";
        var services = $"[grey]{string.Join(", ", endpoint.Services.Select(CheckWords.Of))}[/]";
        var times = own.Length == 0 ? " [grey]not reached[/]" : $" {Times(own)}";
        var facts = new List<string>();
        if (endpoint.Tls is { } tls)
        {
            facts.Add(tls.Replace("Tls12, ", "TLS 1.2 ", StringComparison.Ordinal).Replace("Tls13, ", "TLS 1.3 ", StringComparison.Ordinal));
        }

        if (endpoint.Certificate is { } certificate)
        {
            facts.Add($"signed by {certificate.Issuer}, until {certificate.NotAfter.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}");
        }

        if (endpoint.WebSocket == true)
        {
            facts.Add("WebSocket passes");
        }

        if (endpoint.LargePackets == true)
        {
            facts.Add(endpoint.UpKbpsAtLeast is { } kbps ? string.Create(CultureInfo.InvariantCulture, $"large packets pass, at least {kbps} kbit/s up") : "large packets pass");
        }

        var more = facts.Count == 0 ? "" : $"\n[grey]{Markup.Escape(string.Join("; ", facts))}[/]";
        return $"{mark} {Markup.Escape(endpoint.Address)} {services}{times}{more}";
    }

    private static string Times(IReadOnlyList<TraceStep> steps) => string.Join(" [grey]·[/] ", steps.Select(s =>
        s.Cause is Cause.None or Cause.CredentialsUnnecessary
            ? $"[grey]{Verb(s.Stage)}[/] {CheckWords.Milliseconds(s.Elapsed)}"
            : $"[red]{Verb(s.Stage)}: {CheckWords.Of(s.Cause)}[/] {CheckWords.Milliseconds(s.Elapsed)}"));

    private static string Verb(Stage stage) => stage switch
    {
        Stage.Resolve => "name",
        Stage.Connect => "connect",
        Stage.ProxyTls => "proxy TLS",
        Stage.Authenticate => "sign-in",
        Stage.Request => "request",
        Stage.Tls => "TLS",
        _ => "answer",
    };

    private void WriteFinding(Finding finding, int routes)
    {
        var colour = Colour(finding.Severity);
        Paragraph($"[{colour} bold]{CheckWords.Of(finding.Severity)}[/]  ", $"[bold]{Markup.Escape(finding.Summary)}[/]");
        var where = new List<string>();
        if (finding.Route is { } route && routes > 1)
        {
            where.Add($"route {route}");
        }

        if (finding.Cause != Cause.None)
        {
            where.Add($"cause {CheckWords.Of(finding.Cause)}");
        }

        if (finding.Confidence != Confidence.Certain)
        {
            where.Add(CheckWords.Of(finding.Confidence));
        }

        if (where.Count > 0)
        {
            Paragraph("  ", $"[grey]{Markup.Escape(string.Join(", ", where))}[/]");
        }

        foreach (var evidence in finding.Evidence)
        {
            Paragraph("  ", $"[grey]{Markup.Escape(evidence)}[/]");
        }

        Paragraph($"  [{colour}]→[/] ", $"[bold]{CheckWords.Team(finding.Actor)}:[/] {Markup.Escape(finding.Remedy)}");
    }

    /// <summary>A paragraph whose further lines stand below its text, not below its mark; whole in a file or pipe.</summary>
    private void Paragraph(string mark, string text)
    {
        var width = Markup.Remove(mark).Length;
        if (!console.Profile.Out.IsTerminal || console.Profile.Width < 4 * width)
        {
            console.MarkupLine(mark + text);
            return;
        }

        if (string.IsNullOrWhiteSpace(mark))
        {
            console.Write(new Padder(new Markup(text), new Padding(mark.Length, 0, 0, 0)));
            return;
        }

        var grid = new Grid().AddColumn(new GridColumn { Width = width, NoWrap = true, Padding = new Padding(0) }).AddColumn(new GridColumn { Padding = new Padding(0) });
        console.Write(grid.AddRow(mark, text));
    }
}
