namespace Culvert.Planning;

/// <summary>All that is derived from a site file: the same bytes from the same file.</summary>
/// <param name="Advice">The method that fits.</param>
/// <param name="Flows">What must be possible.</param>
/// <param name="Files">A folder for each team, ordered by path.</param>
public sealed record SitePlan(MethodAdvice Advice, IReadOnlyList<PlannedFlow> Flows, IReadOnlyList<PlanFile> Files)
{
    /// <summary>Derives everything.</summary>
    public static SitePlan Of(SiteFile site)
    {
        ArgumentNullException.ThrowIfNull(site);
        var advice = MethodChooser.Choose(MethodAnswers.Of(site));
        var flows = FlowPlanner.Plan(site);
        var files = new List<PlanFile>();
        files.AddRange(site.Firewalls.SelectMany(f => FirewallWriter.Write(site, f)));
        files.AddRange(site.Proxies.SelectMany(p => ProxyWriter.Write(site, p)));
        files.Add(new PlanFile("README.md", OverviewWriter.Write(site, advice, flows, files)));
        return new SitePlan(advice, flows, [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)]);
    }
}
