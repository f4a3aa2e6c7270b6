namespace Culvert.Planning;

/// <summary>The files of the cloud team: the Azure template of each pool, with what belongs to it.</summary>
internal static class CloudFiles
{
    public static IEnumerable<PlanFile> Write(SiteFile site)
    {
        foreach (var pool in AzurePool.Of(site))
        {
            var template = AzureTemplateBuilder.Build(pool);
            PlanSecret[] secrets = [.. pool.Links.Where(l => l.PreSharedKey is not null).Select(l => new PlanSecret($"shared key of {l.Name}, a secure parameter of the template", l.PreSharedKey!, null))];
            yield return File(pool.Cloud, "main.bicep", PlanFileKind.CloudTemplate, BicepWriter.Write(template)) with { Secrets = secrets };
            yield return File(pool.Cloud, "main.json", PlanFileKind.CloudTemplate, ArmWriter.Write(template));
            yield return File(pool.Cloud, "cloud-init.yaml", PlanFileKind.CloudInit, template.Texts[0].Content);
            if (pool.Proxy.Kind == ProxyKind.Culvert)
            {
                yield return File(pool.Cloud, "kubernetes.yaml", PlanFileKind.Kubernetes, KubernetesWriter.Write(pool));
            }
        }

        foreach (var (link, near, content) in TerraformFiles.Write(site))
        {
            PlanSecret[] secrets = link.PreSharedKey is { } place ? [new PlanSecret($"shared key of {link.Name}, a sensitive variable of Terraform", place, null)] : [];
            yield return new PlanFile($"{TeamFolder.Of(PlanTeam.Cloud)}/{near.Name}/{link.Name}/main.tf", content) { Team = PlanTeam.Cloud, Kind = PlanFileKind.CloudTemplate, Host = near.Name, Secrets = secrets };
        }

        foreach (var link in site.PrivateLinks)
        {
            // Both ends get it: the near one is another team's where it stands on the premises.
            foreach (var team in ((PlanTeam[])[PlanTeam.Cloud, TeamFolder.TeamOf(site.Zone(link.From))]).Distinct())
            {
                yield return new PlanFile($"{TeamFolder.Of(team)}/{link.Name}/peering.md", PeeringPage.Write(site, link)) { Team = team, Kind = PlanFileKind.Page, Host = link.Name };
            }
        }
    }

    private static PlanFile File(SiteCloud cloud, string name, PlanFileKind kind, string content) =>
        new($"{TeamFolder.Of(PlanTeam.Cloud)}/{cloud.Name}/{name}", content) { Team = PlanTeam.Cloud, Kind = kind, Host = cloud.Name };
}
