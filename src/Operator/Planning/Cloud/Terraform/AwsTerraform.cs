using System.Globalization;

namespace Culvert.Planning;

/// <summary>AWS's side of private links: a site-to-site VPN, or a private virtual interface of Direct Connect.</summary>
internal static class AwsTerraform
{
    // Only suites of AES-256 with GCM and strong groups; AWS's defaults would take AES-128 and SHA-1 too.
    private const string Encryption = "[\"AES256-GCM-16\"]";
    private const string Integrity = "[\"SHA2-384\"]";
    private const string Groups = "[20]";

    public static string Vpn(SiteFile site, SitePrivateLink link, SiteCloud near)
    {
        var hcl = TerraformFiles.Begin(site, link, "aws", "hashicorp/aws", "~> 6.0", near.VirtualNetwork?.Region ?? "eu-central-1");
        hcl.Variable("vpc_id", "string", $"The VPC that holds zone {link.From}.");
        hcl.Variable("route_table_ids", "list(string)", $"The route tables of zone {link.From}.");
        hcl.Variable("shared_key", "string", TerraformFiles.KeyDescription(link), isSecret: true);
        hcl.Resource("aws_vpn_gateway", "near", r => r.Raw("vpc_id", "var.vpc_id").Number("amazon_side_asn", link.Bgp?.FromAsn ?? 64512).Raw("tags", Tags(link.Name)));
        hcl.Resource("aws_vpn_gateway_route_propagation", "near", r => r.Raw("for_each", "toset(var.route_table_ids)").Raw("route_table_id", "each.value").Raw("vpn_gateway_id", "aws_vpn_gateway.near.id"));
        // One connection of AWS has two tunnels to one far gateway; a far end with two gateways gets a connection to each.
        foreach (var (index, far) in new[] { link.ToGateway, link.SecondToGateway }.OfType<System.Net.IPAddress>().Index())
        {
            Connection(hcl, site, link, far, index == 0 ? "far" : "far_second", index);
        }

        return hcl.ToString();
    }

    public static string DirectConnect(SiteFile site, SitePrivateLink link, SiteCloud near)
    {
        var bgp = link.Bgp!;
        var hcl = TerraformFiles.Begin(site, link, "aws", "hashicorp/aws", "~> 6.0", near.VirtualNetwork?.Region ?? "eu-central-1");
        hcl.Variable("vpc_id", "string", $"The VPC that holds zone {link.From}.");
        hcl.Variable("route_table_ids", "list(string)", $"The route tables of zone {link.From}.");
        hcl.Variable("connection_ids", "list(string)", link.Kind == PrivateLinkKind.ExpressRouteExchange
            ? "The Direct Connect connections that the exchange provider hosts, first path first."
            : "The Direct Connect connections to your own routers, first path first.");
        hcl.Variable("bgp_keys", "list(string)", "The MD5 keys of the BGP sessions (RFC 2385), one for each connection.", isSecret: true);
        hcl.Resource("aws_vpn_gateway", "near", r => r.Raw("vpc_id", "var.vpc_id").Raw("tags", Tags(link.Name)));
        hcl.Resource("aws_vpn_gateway_route_propagation", "near", r => r.Raw("for_each", "toset(var.route_table_ids)").Raw("route_table_id", "each.value").Raw("vpn_gateway_id", "aws_vpn_gateway.near.id"));
        hcl.Resource("aws_dx_gateway", "near", r => r.Text("name", link.Name).Text("amazon_side_asn", bgp.FromAsn.ToString(CultureInfo.InvariantCulture)));
        hcl.Resource("aws_dx_gateway_association", "near", r => r.Raw("dx_gateway_id", "aws_dx_gateway.near.id").Raw("associated_gateway_id", "aws_vpn_gateway.near.id"));
        // The router between both clouds peers with AWS here and with Microsoft's edge on the other side: its number is the customer's.
        var router = link.Kind == PrivateLinkKind.ExpressRouteOwnRouters ? "The autonomous system of your own routers." : "The autonomous system of the exchange provider's routers.";
        hcl.Variable("router_asn", "number", router);
        hcl.Resource("aws_dx_private_virtual_interface", "near", r => r
            .Raw("count", "length(var.connection_ids)").Raw("connection_id", "var.connection_ids[count.index]").Raw("dx_gateway_id", "aws_dx_gateway.near.id")
            .Raw("name", $"\"{link.Name}-${{count.index + 1}}\"").Number("vlan", bgp.VlanId ?? 100).Text("address_family", "ipv4").Raw("bgp_asn", "var.router_asn").Raw("bgp_auth_key", "var.bgp_keys[count.index]"));
        return hcl.ToString();
    }

    private static void Connection(HclWriter hcl, SiteFile site, SitePrivateLink link, System.Net.IPAddress far, string name, int index)
    {
        hcl.Resource("aws_customer_gateway", name, r => r.Text("type", "ipsec.1").Text("ip_address", far.ToString()).Text("bgp_asn", (link.Bgp?.ToAsn ?? 65515).ToString(CultureInfo.InvariantCulture)).Raw("tags", Tags($"{link.Name}-{link.To}")));
        hcl.Resource("aws_vpn_connection", name, r =>
        {
            r.Text("type", "ipsec.1").Raw("vpn_gateway_id", "aws_vpn_gateway.near.id").Raw("customer_gateway_id", $"aws_customer_gateway.{name}.id").Raw("static_routes_only", link.Bgp is null ? "true" : "false").Raw("tags", Tags(link.Name));
            for (var tunnel = 1; tunnel <= 2; tunnel++)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"tunnel{tunnel}");
                var inside = index == 0 ? tunnel == 1 ? link.Bgp?.Primary : link.Bgp?.Secondary : null;
                if (inside is { } peering)
                {
                    r.Text($"{key}_inside_cidr", peering.ToString());
                }

                r.Raw($"{key}_preshared_key", "var.shared_key").Raw($"{key}_ike_versions", "[\"ikev2\"]").Text($"{key}_startup_action", "start");
                foreach (var phase in (string[])["phase1", "phase2"])
                {
                    r.Raw($"{key}_{phase}_encryption_algorithms", Encryption).Raw($"{key}_{phase}_integrity_algorithms", Integrity).Raw($"{key}_{phase}_dh_group_numbers", Groups);
                }
            }
        });
        if (link.Bgp is null)
        {
            foreach (var (number, network) in TerraformFiles.FarNetworks(site, link).Index())
            {
                hcl.Resource("aws_vpn_connection_route", string.Create(CultureInfo.InvariantCulture, $"{name}_{number + 1}"), r => r.Text("destination_cidr_block", network).Raw("vpn_connection_id", $"aws_vpn_connection.{name}.id"));
            }
        }

        hcl.Block("output", [$"{name}_addresses"], o => o.Text("description", "The outside addresses of AWS's two tunnels: the site file's fromGateway and secondFromGateway must be they.").Raw("value", $"[aws_vpn_connection.{name}.tunnel1_address, aws_vpn_connection.{name}.tunnel2_address]"));
    }

    private static string Tags(string name) => $"{{ Name = {HclWriter.Quoted(name)} }}";
}
