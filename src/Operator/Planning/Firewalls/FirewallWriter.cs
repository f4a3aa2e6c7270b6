namespace Culvert.Planning;

/// <summary>Writes a firewall's rules in the form it reads.</summary>
public static class FirewallWriter
{
    /// <summary>The files for one firewall: its rules, and the table for a change request.</summary>
    public static IReadOnlyList<PlanFile> Write(SiteFile site, SiteFirewall firewall)
    {
        ArgumentNullException.ThrowIfNull(firewall);
        var rules = RulePlanner.Plan(site, firewall);
        var folder = $"firewalls/{firewall.Name}";
        var files = new List<PlanFile> { new($"{folder}/change-request.csv", ChangeRequest.Write(firewall, rules)) };
        var native = firewall.Kind switch
        {
            FirewallKind.Nftables => ("rules.nft", NftablesWriter.Write(firewall, rules)),
            FirewallKind.Iptables => ("rules.sh", IptablesWriter.Write(firewall, rules)),
            FirewallKind.CiscoAsa => ("rules.asa", CiscoAsaWriter.Write(firewall, rules)),
            FirewallKind.FortiGate => ("rules.fortigate", FortiGateWriter.Write(firewall, rules)),
            FirewallKind.PaloAlto => ("rules.panos", PaloAltoWriter.Write(firewall, rules)),
            FirewallKind.AzureNsg => ("nsg-rules.json", AzureNsgWriter.Write(site, firewall, rules)),
            _ => default,
        };
        if (native.Item1 is not null)
        {
            files.Add(new PlanFile($"{folder}/{native.Item1}", native.Item2));
        }

        return files;
    }
}
