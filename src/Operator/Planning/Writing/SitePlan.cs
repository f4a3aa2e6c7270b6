namespace Culvert.Planning;

/// <summary>All that is derived from a site file: the same bytes from the same file.</summary>
/// <param name="Advice">The method that fits.</param>
/// <param name="Flows">What must be possible.</param>
/// <param name="Files">A folder for each team, ordered by path.</param>
public sealed record SitePlan(MethodAdvice Advice, IReadOnlyList<PlannedFlow> Flows, IReadOnlyList<PlanFile> Files)
{
    /// <summary>Derives everything.</summary>
    public static SitePlan Create(SiteFile site)
    {
        ArgumentNullException.ThrowIfNull(site);
        var advice = MethodChooser.Choose(MethodAnswers.Of(site));
        var flows = FlowPlanner.Plan(site);
        var files = new List<PlanFile>();
        files.AddRange(site.Firewalls.SelectMany(f => FirewallWriter.Write(site, f)));
        files.AddRange(site.Proxies.SelectMany(p => ProxyWriter.Write(site, p)));
        files.AddRange(site.Sensors.Select(s => SensorFile(site, s)));
        files.AddRange(CloudFiles.Write(site));
        files.AddRange(TeamPageWriter.Write(site, files));
        files.Add(new PlanFile("README.md", OverviewWriter.Write(site, advice, flows, files)));
        return new SitePlan(advice, flows, [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)]);
    }

    /// <summary>The file of this kind that belongs to a sensor, proxy, firewall, link or cloud; null where there is none.</summary>
    public PlanFile? Find(PlanFileKind kind, string host) => Files.FirstOrDefault(f => f.Kind == kind && f.Host == host);

    private static PlanFile SensorFile(SiteFile site, SiteSensor sensor) =>
        new($"{TeamFolder.Of(PlanTeam.Sensors)}/{sensor.Name}/sensor.yaml", SensorSettingsWriter.Write(site, sensor))
        {
            Team = PlanTeam.Sensors,
            Kind = PlanFileKind.SensorSettings,
            Host = sensor.Name.ToString(),
            Secrets = SensorSettingsWriter.SecretsOf(site, sensor),
        };
}
