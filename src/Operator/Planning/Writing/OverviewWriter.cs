using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>The page that explains a plan: the method and why, who gets which folder, every flow.</summary>
internal static class OverviewWriter
{
    public static string Write(SiteFile site, MethodAdvice advice, IReadOnlyList<PlannedFlow> flows, IReadOnlyList<PlanFile> files)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Plan of {site.DisplayName}\n\nWritten by `culvert plan` from the site file; change that, not this.\n\n## Method: {Words.Camel(advice.Method)}\n\n");
        if (advice.Interconnect is { } interconnect)
        {
            text.Append(CultureInfo.InvariantCulture, $"The clouds are joined by: {Words.Camel(interconnect)}.\n\n");
        }

        foreach (var reason in advice.Reasons)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {reason}\n");
        }

        text.Append("\nThe others:\n\n");
        foreach (var other in advice.Alternatives)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {Words.Camel(other.Method)}: {other.Against}\n");
        }

        foreach (var other in advice.OtherInterconnects)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {Words.Camel(other.Interconnect)}: {other.Against}\n");
        }

        text.Append("\n## Who gets what\n\nEach team gets its folder and needs no other; its README says what to do.\n\n");
        foreach (var team in files.Where(f => f.Team != PlanTeam.Everyone).GroupBy(f => f.Team).OrderBy(g => g.Key))
        {
            var hosts = team.Select(f => f.Host).Where(h => h is not null).Distinct();
            text.Append(CultureInfo.InvariantCulture, $"- `{TeamFolder.Of(team.Key)}/`, {TeamFolder.Title(team.Key)}: {string.Join(", ", hosts)}\n");
        }

        AppendSecrets(text, files);
        text.Append("\n## Every flow\n\nOpened from left to right; nothing is opened towards a sensor.\n\n| from | zone | to | zone | protocol | port | reason |\n|---|---|---|---|---|---|---|\n");
        foreach (var flow in flows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {flow.From} | {flow.FromZone} | {flow.To} | {flow.ToZone} | {Words.Camel(flow.Protocol)} | {(flow.Port == 0 ? "" : flow.Port.ToString(CultureInfo.InvariantCulture))} | {flow.Reason} |\n");
        }

        var named = flows.Where(f => f.ByName).Select(f => f.To).Distinct().ToList();
        if (named.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## Known by name only\n\nNo address is written for {string.Join(", ", named)}. Firewalls that know names use them; for the others, `culvert endpoints` gives the addresses.\n");
        }

        return text.ToString();
    }

    private static void AppendSecrets(StringBuilder text, IReadOnlyList<PlanFile> files)
    {
        var secrets = files.SelectMany(f => f.Secrets.Select(s => (f.Path, Secret: s))).ToList();
        if (secrets.Count == 0)
        {
            return;
        }

        text.Append("\n## Secrets\n\nNo file here holds one. They are kept in these places:\n\n");
        foreach (var (path, secret) in secrets)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {secret.Purpose}: {secret.Place} (`{path}`)\n");
        }
    }
}
