using System.CommandLine;
using System.Globalization;
using Culvert.Planning;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary><c>culvert plan lint FILE</c>: what is wrong in an existing squid.conf, nftables ruleset or Azure network security group.</summary>
internal static class LintCommand
{
    public static Command Create(Output output)
    {
        var file = new Argument<string>("FILE") { Description = "squid.conf, nftables (text or 'nft -j list ruleset'), or an Azure network security group (JSON)." };
        var site = new Option<string?>("--site") { Description = "The site file whose cloud endpoints must be let through.", HelpName = "SITE" };
        var part = new Option<string?>("--as") { Description = "The proxy or firewall of the site that the file belongs to: then exactly what that one must let through is expected.", HelpName = "NAME" };
        var heartbeat = new Option<int>("--heartbeat") { Description = "Seconds between two signs of life of a sensor; idle time-outs must be longer.", DefaultValueFactory = _ => (int)LintExpectation.DefaultHeartbeat.TotalSeconds, HelpName = "SECONDS" };
        var lint = new Command("lint", "Names what is wrong in an existing configuration, with line and correction. Exit status 1 when there is a fault.") { file, site, part, heartbeat };
        lint.SetAction(parsed => Lint(parsed.GetRequiredValue(file), parsed.GetValue(site), parsed.GetValue(part), parsed.GetValue(heartbeat), output));
        return lint;
    }

    private static int Lint(string path, string? sitePath, string? part, int heartbeat, Output output)
    {
        var expectation = new LintExpectation();
        if (heartbeat is < 1 or > 86400 || (part is not null && sitePath is null))
        {
            output.Complain(part is not null && sitePath is null ? "--as needs --site." : "--heartbeat: expected 1 to 86400 seconds.");
            return ExitCode.Usage;
        }

        if (sitePath is not null)
        {
            if (SiteCommand.Read(sitePath, output) is not { } site)
            {
                return ExitCode.BadFile;
            }

            if (Expected(site, part) is not { } expected)
            {
                output.Complain($"{sitePath} has no proxy or firewall '{part}'; it has {string.Join(", ", site.Proxies.Select(p => p.Name).Concat(site.Firewalls.Select(f => f.Name)))}.");
                return ExitCode.Usage;
            }

            expectation = expected;
        }

        if (BoundedFile.ReadText(path, ConfigurationLinter.MaxLength, output) is not { } text)
        {
            return ExitCode.BadFile;
        }

        try
        {
            var findings = ConfigurationLinter.Run(text, ConfigurationLinter.KindOf(text), expectation with { Heartbeat = TimeSpan.FromSeconds(heartbeat) });
            Show(path, findings, output);
            return findings.Any(f => f.Severity == LintSeverity.Fault) ? ExitCode.Found : ExitCode.Fine;
        }
        catch (FormatException e)
        {
            output.Complain($"{path}: {e.Message}.");
            return ExitCode.BadFile;
        }
    }

    private static LintExpectation? Expected(SiteFile site, string? part) => part is null ? LintExpectation.Of(site)
        : site.Proxies.FirstOrDefault(p => p.Name == part) is { } proxy ? LintExpectation.Of(site, proxy)
        : site.Firewalls.FirstOrDefault(f => f.Name == part) is { } firewall ? LintExpectation.Of(site, firewall) : null;

    private static void Show(string path, IReadOnlyList<LintFinding> findings, Output output)
    {
        foreach (var finding in findings)
        {
            output.Marked($"{(finding.Severity == LintSeverity.Fault ? "[red]fault[/] " : "[yellow]advice[/]")} {Markup.Escape(finding.ToString(path))}");
            output.Line($"       {finding.Correction}");
        }

        var faults = findings.Count(f => f.Severity == LintSeverity.Fault);
        output.Line(findings.Count == 0 ? $"{path}: nothing to complain of." : string.Create(CultureInfo.InvariantCulture, $"{path}: {faults} {(faults == 1 ? "fault" : "faults")}, {findings.Count - faults} advice."));
    }
}
