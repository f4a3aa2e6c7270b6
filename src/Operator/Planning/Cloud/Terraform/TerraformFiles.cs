namespace Culvert.Planning;

/// <summary>The near side of private links that begin in another cloud, as Terraform.</summary>
internal static class TerraformFiles
{
    /// <summary>The file for each link that begins in AWS or Google Cloud.</summary>
    public static IEnumerable<(SitePrivateLink Link, SiteCloud Near, string Content)> Write(SiteFile site)
    {
        foreach (var link in site.PrivateLinks)
        {
            if (site.Zone(link.From).Cloud is not { } name)
            {
                continue;
            }

            var near = site.Cloud(name);
            var content = (near.Kind, link.Kind) switch
            {
                (CloudKind.Aws, PrivateLinkKind.Vpn) when link.Tunnels.Count > 0 => AwsTerraform.Vpn(site, link, near),
                (CloudKind.Aws, not PrivateLinkKind.Vpn) => AwsTerraform.DirectConnect(site, link, near),
                (CloudKind.Google, PrivateLinkKind.Vpn) when link.Tunnels.Count > 0 && link.Bgp is not null => GoogleTerraform.Vpn(site, link, near),
                (CloudKind.Google, not PrivateLinkKind.Vpn) => GoogleTerraform.Interconnect(site, link, near),
                _ => null,
            };
            if (content is not null)
            {
                yield return (link, near, content);
            }
        }
    }

    /// <summary>The beginning of each file.</summary>
    public static HclWriter Begin(SiteFile site, SitePrivateLink link, string provider, string source, string version, string region)
    {
        var hcl = new HclWriter();
        hcl.Comment($"The near side of {link.Name} of {site.DisplayName}. Written by 'culvert plan' from the site file; change that, not this.");
        hcl.Block("terraform", [], t => t.Block("required_providers", [], p => p.Raw(provider, $"{{\n      source  = {HclWriter.Quoted(source)}\n      version = {HclWriter.Quoted(version)}\n    }}")));
        hcl.Block("provider", [provider], p => p.Text("region", region));
        return hcl;
    }

    /// <summary>The networks that the far end is reached by: those of the zones in its cloud.</summary>
    public static IEnumerable<string> FarNetworks(SiteFile site, SitePrivateLink link) =>
        site.Cloud(link.To).VirtualNetwork is { } network ? [network.AddressSpace.ToString()] : site.Zones.Where(z => z.Cloud == link.To).SelectMany(z => z.Subnets).Select(s => s.ToString());

    /// <summary>A name that Terraform takes.</summary>
    public static string Identifier(string name) => ObjectName.Identifier(name)["n_".Length..];

    /// <summary>What to say of a shared key.</summary>
    public static string KeyDescription(SitePrivateLink link) => $"The shared key of {link.Name}{(link.PreSharedKey is { } place ? $", kept in {place}" : "")}; the far end has the same.";
}
