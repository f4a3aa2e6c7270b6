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

        text.Append("\n## Who gets what\n\n");
        foreach (var folder in files.Select(f => f.Path[..f.Path.LastIndexOf('/')]).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"- `{folder}/`: {string.Join(", ", files.Where(f => f.Path.StartsWith(folder + "/", StringComparison.Ordinal)).Select(f => f.Path[(folder.Length + 1)..]))}\n");
        }

        foreach (var proxy in site.Proxies.Where(p => p.Kind == ProxyKind.Other))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {proxy.Name} is configured by its owners: CONNECT from {string.Join(", ", FlowPlanner.ClientsOf(site, proxy))} to {string.Join(", ", FlowPlanner.DestinationsOf(site, proxy))}, nothing else; no inspection, no cache.\n");
        }

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
}
