namespace Culvert.Configuration;

/// <summary>Reads a zone.</summary>
internal static class SiteZoneReader
{
    public static SiteZone Read(SettingsMapping m)
    {
        var zone = new SiteZone
        {
            Name = m.Required("name", Setting.Name),
            PurdueLevel = m.OptionalValue("purdueLevel", Setting.Level),
            Cloud = m.Optional("cloud", Setting.Name),
            Subnets = m.List("subnets", Setting.Network, minItems: 1),
            DnsServers = m.List("dnsServers", Setting.Address),
            NtpServers = m.List("ntpServers", Setting.Address),
        };

        if (zone.Name == SiteZone.Internet)
        {
            m.Mistake("name", $"'{SiteZone.Internet}'", "expected another name; this one means the public internet, which needs no description");
        }

        if (!m.Has("purdueLevel") && zone.Cloud is null)
        {
            m.Mistake("purdueLevel", "this field is missing", "expected a Purdue level (0, 1, 2, 3, 3.5, 4 or 5), or the field cloud for a zone in a cloud");
        }

        return zone;
    }
}
