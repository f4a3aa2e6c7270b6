namespace Culvert.Configuration;

/// <summary>Reads a private link.</summary>
internal static class SitePrivateLinkReader
{
    public static SitePrivateLink Read(SettingsMapping m)
    {
        var link = new SitePrivateLink
        {
            Name = m.Required("name", Setting.Name),
            Kind = m.Required("kind", Setting.Word<PrivateLinkKind>()),
            From = m.Required("from", Setting.Name),
            To = m.Required("to", Setting.Name),
            Priority = m.Optional("priority", Setting.Number(0, 1000), 0),
            FromGateway = m.Optional("fromGateway", Setting.Address),
            ToGateway = m.Optional("toGateway", Setting.Address),
            SecondFromGateway = m.Optional("secondFromGateway", Setting.Address),
            SecondToGateway = m.Optional("secondToGateway", Setting.Address),
            PreSharedKey = m.Secret("preSharedKey"),
            Bgp = ReadBgp(m.Mapping("bgp")),
            BandwidthMbps = m.OptionalValue("bandwidthMbps", Setting.Number(1, 100_000)),
        };

        CheckGateways(m, link);
        if (link.Kind != PrivateLinkKind.Vpn && m.Has("kind"))
        {
            if (m.Has("preSharedKey"))
            {
                m.Mistake("preSharedKey", "ExpressRoute has no shared key", "expected no such field, or kind: vpn");
            }

            if (!m.Has("bgp"))
            {
                m.Mistake("bgp", "this field is missing", "expected a group of fields: ExpressRoute routes by BGP only");
            }
        }

        return link;
    }

    private static void CheckGateways(SettingsMapping m, SitePrivateLink link)
    {
        foreach (var (second, first, isThere) in ((string, string, bool)[])
            [("secondFromGateway", "fromGateway", link.FromGateway is not null), ("secondToGateway", "toGateway", link.ToGateway is not null)])
        {
            if (m.Has(second) && link.Kind != PrivateLinkKind.Vpn)
            {
                m.Mistake(second, "ExpressRoute has no tunnels", "expected no such field, or kind: vpn");
            }
            else if (m.Has(second) && !isThere)
            {
                m.Mistake(second, $"no {first} is written", $"expected {first} too: a second tunnel stands beside a first");
            }
        }

        if (link.SecondFromGateway is { } from && from.Equals(link.FromGateway))
        {
            m.Mistake("secondFromGateway", $"'{from}', which fromGateway is too", "expected another address");
        }

        if (link.SecondToGateway is { } to && to.Equals(link.ToGateway))
        {
            m.Mistake("secondToGateway", $"'{to}', which toGateway is too", "expected another address");
        }
    }

    private static SiteBgp? ReadBgp(SettingsMapping? m)
    {
        if (m is null)
        {
            return null;
        }

        var bgp = new SiteBgp
        {
            FromAsn = m.Required("fromAsn", Asn),
            ToAsn = m.Required("toAsn", Asn),
            Primary = m.Required("primary", Setting.Network),
            Secondary = m.OptionalValue("secondary", Setting.Network),
            VlanId = m.OptionalValue("vlanId", Setting.Number(1, 4094)),
            Bfd = m.Optional("bfd", Setting.Flag, false),
        };

        foreach (var key in new[] { "primary", "secondary" })
        {
            if (m.OptionalValue(key, Setting.Network) is { PrefixLength: not 30 } network)
            {
                m.Mistake(key, $"'{network}'", "expected a /30: one address for each end");
            }
        }

        return bgp;
    }

    // RFC 6793; 0, 23456 and the last of each size are reserved (RFC 7607, RFC 6793, RFC 7300).
    private static SettingKind<long> Asn { get; } = new(
        "an autonomous system number from 1 to 4294967294",
        (string text, string _, out long value, out string? found) =>
        {
            found = null;
            return long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out value)
                && value is > 0 and < 4294967295 and not 23456 and not 65535;
        });
}
