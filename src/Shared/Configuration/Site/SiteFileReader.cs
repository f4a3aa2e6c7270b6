namespace Culvert.Configuration;

/// <summary>Reads a site file and checks it as a whole: names, references, levels, addresses, ways.</summary>
public static class SiteFileReader
{
    /// <summary>Reads the file.</summary>
    public static SettingsResult<SiteFile> Load(string path) => SettingsFile.Load(path, Read);

    /// <summary>Reads a text as if it stood in the file named.</summary>
    public static SettingsResult<SiteFile> Parse(string text, string path) => SettingsFile.Parse(text, path, Read);

    internal static SiteFile Read(SettingsMapping root)
    {
        // Two passes: the first makes the model, the second, on a model whose fields are well-formed, checks what spans fields.
        var name = root.RequiredMapping("site");
        var parts = new SiteParts
        {
            Requirements = SiteRequirementsReader.Read(root.Mapping("requirements")),
            Clouds = Written(root, "clouds", SiteCloudReader.Read),
            Zones = Written(root, "zones", SiteZoneReader.Read, minItems: 1),
            Proxies = Written(root, "proxies", SiteProxyReader.Read),
            Sensors = Written(root, "sensors", SiteSensorReader.Read),
            Firewalls = Written(root, "firewalls", SiteFirewallReader.Read),
            PrivateLinks = Written(root, "privateLinks", SitePrivateLinkReader.Read),
        };

        var siteName = name?.Required("name", Setting.Name) ?? "";
        var site = new SiteFile
        {
            Name = siteName,
            DisplayName = name?.Optional("displayName", Setting.TextUpTo(128)) ?? siteName,
            Requirements = parts.Requirements,
            Clouds = [.. parts.Clouds.Select(p => p.Part)],
            Zones = [.. parts.Zones.Select(p => p.Part)],
            Proxies = [.. parts.Proxies.Select(p => p.Part)],
            Sensors = [.. parts.Sensors.Select(p => p.Part)],
            Firewalls = [.. parts.Firewalls.Select(p => p.Part)],
            PrivateLinks = [.. parts.PrivateLinks.Select(p => p.Part)],
        };

        NameChecks.Run(parts);
        ReferenceChecks.Run(parts, site);
        if (!root.HasMistakes)
        {
            // These follow references, so they need every one of them to lead somewhere.
            AddressChecks.Run(parts, site);
            RouteChecks.Run(parts, site);
            CloudChecks.Run(parts, site);
        }

        // Where one cloud alone can be meant, the model says which, so that nobody else has to guess.
        return root.HasMistakes ? site : site with { Sensors = [.. site.Sensors.Select(s => s with { Cloud = CloudChecks.CloudOf(s, site)?.Name })] };
    }

    private static IReadOnlyList<Written<T>> Written<T>(SettingsMapping root, string key, Func<SettingsMapping, T> read, int minItems = 0) =>
        [.. root.Mappings(key, minItems).Select(m => new Written<T>(m, read(m)))];
}
