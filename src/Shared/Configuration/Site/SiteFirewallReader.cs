namespace Culvert.Configuration;

/// <summary>Reads what stands between zones.</summary>
internal static class SiteFirewallReader
{
    // IFNAMSIZ of Linux, less the closing zero.
    private const int MaxLinuxInterface = 15;

    public static SiteFirewall Read(SettingsMapping m)
    {
        var firewall = new SiteFirewall
        {
            Name = m.Required("name", Setting.Name),
            Kind = m.Optional("kind", Setting.Word<FirewallKind>(), FirewallKind.Nftables),
            Sides = [.. m.Mappings("sides", minItems: 2).Select(ReadSide)],
        };

        foreach (var (index, side) in firewall.Sides.Index().Where(_ => firewall.Kind is FirewallKind.Nftables or FirewallKind.Iptables))
        {
            if (side.Interface.Length > MaxLinuxInterface)
            {
                m.Mistake("sides", index, $"the interface '{side.Interface}' has {side.Interface.Length} characters", $"expected at most {MaxLinuxInterface}, as Linux has them; write the field interface");
            }
        }

        return firewall;
    }

    private static SiteFirewallSide ReadSide(SettingsMapping m)
    {
        var zone = m.Required("zone", Setting.Name);
        return new SiteFirewallSide(zone, m.Optional("interface", Setting.Name) ?? zone);
    }
}
