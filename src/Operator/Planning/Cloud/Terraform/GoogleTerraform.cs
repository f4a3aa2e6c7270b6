using System.Globalization;

namespace Culvert.Planning;

/// <summary>Google Cloud's side of private links: an HA VPN, or an attachment of Cloud Interconnect.</summary>
internal static class GoogleTerraform
{
    // Google's own autonomous system of a Partner Interconnect; the router must have it.
    private const long PartnerAsn = 16550;

    public static string Vpn(SiteFile site, SitePrivateLink link, SiteCloud near)
    {
        var bgp = link.Bgp!;
        var hcl = Begin(site, link, near);
        hcl.Variable("shared_key", "string", TerraformFiles.KeyDescription(link), isSecret: true);
        hcl.Resource("google_compute_ha_vpn_gateway", "near", r => r.Text("name", link.Name).Raw("network", "var.network"));
        var isDouble = link.SecondToGateway is not null;
        hcl.Resource("google_compute_external_vpn_gateway", "far", r =>
        {
            r.Text("name", $"{link.Name}-{link.To}").Text("redundancy_type", isDouble ? "TWO_IPS_REDUNDANCY" : "SINGLE_IP_INTERNALLY_REDUNDANT");
            foreach (var (index, far) in new[] { link.ToGateway, link.SecondToGateway }.OfType<System.Net.IPAddress>().Index())
            {
                r.Block("interface", [], i => i.Number("id", index).Text("ip_address", far.ToString()));
            }
        });
        Router(hcl, link.Name, bgp.FromAsn);
        var peerings = bgp.Secondary is { } second ? new[] { bgp.Primary, second } : [bgp.Primary];
        foreach (var (index, peering) in peerings.Index())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"tunnel{index + 1}");
            hcl.Resource("google_compute_vpn_tunnel", name, r => r
                .Text("name", $"{link.Name}-{index + 1}").Raw("vpn_gateway", "google_compute_ha_vpn_gateway.near.id").Number("vpn_gateway_interface", index)
                .Raw("peer_external_gateway", "google_compute_external_vpn_gateway.far.id").Number("peer_external_gateway_interface", isDouble ? index : 0)
                .Raw("shared_secret", "var.shared_key").Raw("router", "google_compute_router.near.id").Number("ike_version", 2));
            Peer(hcl, link, name, index, peering, "vpn_tunnel", $"google_compute_vpn_tunnel.{name}.name", bgp.ToAsn);
        }

        hcl.Block("output", ["near_addresses"], o => o.Text("description", "The outside addresses of the gateway: the site file's fromGateway and secondFromGateway must be they.").Raw("value", "google_compute_ha_vpn_gateway.near.vpn_interfaces[*].ip_address"));
        return hcl.ToString();
    }

    public static string Interconnect(SiteFile site, SitePrivateLink link, SiteCloud near)
    {
        var bgp = link.Bgp!;
        var isPartner = link.Kind == PrivateLinkKind.ExpressRouteExchange;
        var hcl = Begin(site, link, near);
        hcl.Variable("router_asn", "number", isPartner ? "The autonomous system of the exchange provider's routers." : "The autonomous system of your own routers.");
        if (!isPartner)
        {
            hcl.Variable("interconnects", "list(string)", "The Dedicated Interconnects to your own routers, first path first.");
        }

        Router(hcl, link.Name, isPartner ? PartnerAsn : bgp.FromAsn);
        foreach (var (index, domain) in ((string[])["AVAILABILITY_DOMAIN_1", "AVAILABILITY_DOMAIN_2"]).Index())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"path{index + 1}");
            hcl.Resource("google_compute_interconnect_attachment", name, r =>
            {
                r.Text("name", $"{link.Name}-{index + 1}").Raw("router", "google_compute_router.near.id").Text("type", isPartner ? "PARTNER" : "DEDICATED");
                if (isPartner)
                {
                    r.Text("edge_availability_domain", domain);
                }
                else
                {
                    r.Raw("interconnect", string.Create(CultureInfo.InvariantCulture, $"var.interconnects[{index}]")).Number("vlan_tag8021q", bgp.VlanId ?? 100).Text("bandwidth", Bandwidth(link.BandwidthMbps ?? 1000));
                }
            });
            if (isPartner)
            {
                hcl.Block("output", [$"{name}_pairing_key"], o => o.Text("description", "Give it to the exchange provider.").Raw("value", $"google_compute_interconnect_attachment.{name}.pairing_key").Raw("sensitive", "true"));
            }
            else
            {
                hcl.Resource("google_compute_router_interface", name, r => r.Text("name", $"{link.Name}-{index + 1}").Raw("router", "google_compute_router.near.name").Raw("ip_range", $"google_compute_interconnect_attachment.{name}.cloud_router_ip_address").Raw("interconnect_attachment", $"google_compute_interconnect_attachment.{name}.self_link"));
                hcl.Resource("google_compute_router_peer", name, r =>
                {
                    r.Text("name", $"{link.Name}-{index + 1}").Raw("router", "google_compute_router.near.name").Raw("interface", $"google_compute_router_interface.{name}.name")
                        .Raw("peer_ip_address", $"split(\"/\", google_compute_interconnect_attachment.{name}.customer_router_ip_address)[0]").Raw("peer_asn", "var.router_asn");
                    Bfd(r, bgp);
                });
            }
        }

        return hcl.ToString();
    }

    private static HclWriter Begin(SiteFile site, SitePrivateLink link, SiteCloud near)
    {
        var hcl = TerraformFiles.Begin(site, link, "google", "hashicorp/google", "~> 7.0", near.VirtualNetwork?.Region ?? "europe-west3");
        return hcl.Variable("network", "string", $"The VPC network that holds zone {link.From}.");
    }

    private static void Router(HclWriter hcl, string name, long asn) =>
        hcl.Resource("google_compute_router", "near", r => r.Text("name", $"{name}-router").Raw("network", "var.network").Block("bgp", [], b => b.Number("asn", asn)));

    private static void Peer(HclWriter hcl, SitePrivateLink link, string name, int index, System.Net.IPNetwork peering, string by, string reference, long asn)
    {
        hcl.Resource("google_compute_router_interface", name, r => r.Text("name", $"{link.Name}-{index + 1}").Raw("router", "google_compute_router.near.name").Text("ip_range", $"{PeerAddresses.Near(peering)}/30").Raw(by, reference));
        hcl.Resource("google_compute_router_peer", name, r =>
        {
            r.Text("name", $"{link.Name}-{index + 1}").Raw("router", "google_compute_router.near.name").Raw("interface", $"google_compute_router_interface.{name}.name").Text("peer_ip_address", PeerAddresses.Far(peering).ToString()).Number("peer_asn", asn);
            Bfd(r, link.Bgp!);
        });
    }

    private static void Bfd(HclWriter peer, SiteBgp bgp)
    {
        if (bgp.Bfd)
        {
            peer.Block("bfd", [], b => b.Text("session_initialization_mode", "ACTIVE").Number("min_receive_interval", 1000).Number("min_transmit_interval", 1000).Number("multiplier", 5));
        }
    }

    // Google sells these steps; the next one up is asked for.
    private static string Bandwidth(int mbps) => mbps switch
    {
        <= 50 => "BPS_50M",
        <= 100 => "BPS_100M",
        <= 200 => "BPS_200M",
        <= 300 => "BPS_300M",
        <= 400 => "BPS_400M",
        <= 500 => "BPS_500M",
        <= 1000 => "BPS_1G",
        <= 2000 => "BPS_2G",
        <= 5000 => "BPS_5G",
        <= 10000 => "BPS_10G",
        _ => "BPS_50G",
    };
}
