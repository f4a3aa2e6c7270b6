namespace Culvert.Planning;

/// <summary>Which team a part of a site belongs to, and the folder it gets.</summary>
public static class TeamFolder
{
    /// <summary>The folder's name.</summary>
    public static string Of(PlanTeam team) => team switch
    {
        PlanTeam.PlantNetwork => "plant-network",
        PlanTeam.Dmz => "dmz",
        PlanTeam.It => "it",
        PlanTeam.Cloud => "cloud",
        PlanTeam.Sensors => "sensors",
        _ => "",
    };

    /// <summary>The team's name for people.</summary>
    public static string Title(PlanTeam team) => team switch
    {
        PlanTeam.PlantNetwork => "Plant network (levels 0 to 3)",
        PlanTeam.Dmz => "Industrial DMZ (level 3.5)",
        PlanTeam.It => "IT network and proxies (level 4 and above)",
        PlanTeam.Cloud => "Cloud",
        PlanTeam.Sensors => "Sensors",
        _ => "Everyone",
    };

    /// <summary>Whose a zone is.</summary>
    public static PlanTeam TeamOf(SiteZone zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return zone.Cloud is not null ? PlanTeam.Cloud
            : zone.PurdueLevel is not { } level || level > PurdueLevel.IndustrialDmz ? PlanTeam.It
            : level == PurdueLevel.IndustrialDmz ? PlanTeam.Dmz : PlanTeam.PlantNetwork;
    }

    /// <summary>Whose a firewall is: the DMZ's owner has those that border on it; the plant those that border on it otherwise.</summary>
    public static PlanTeam TeamOf(SiteFile site, SiteFirewall firewall)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(firewall);
        var teams = firewall.Sides.Where(s => s.Zone != SiteZone.Internet).Select(s => TeamOf(site.Zone(s.Zone))).ToHashSet();
        return ((PlanTeam[])[PlanTeam.Cloud, PlanTeam.Dmz, PlanTeam.PlantNetwork]).FirstOrDefault(teams.Contains, PlanTeam.It);
    }
}
