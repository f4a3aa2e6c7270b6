namespace Culvert.Configuration;

/// <summary>Reads what stands between zones.</summary>
internal static class SiteFirewallReader
{
    public static SiteFirewall Read(SettingsMapping m) => new()
    {
        Name = m.Required("name", Setting.Name),
        Kind = m.Optional("kind", Setting.Word<FirewallKind>(), FirewallKind.Nftables),
        Sides = [.. m.Mappings("sides", minItems: 2).Select(ReadSide)],
    };

    private static SiteFirewallSide ReadSide(SettingsMapping m)
    {
        var zone = m.Required("zone", Setting.Name);
        return new SiteFirewallSide(zone, m.Optional("interface", Setting.Name) ?? zone);
    }
}
