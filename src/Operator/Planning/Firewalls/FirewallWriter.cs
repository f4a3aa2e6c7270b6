namespace Culvert.Planning;

/// <summary>Writes a firewall's rules in the form it reads.</summary>
public static class FirewallWriter
{
    /// <summary>The files for one firewall: its rules, and the table for a change request.</summary>
    public static IReadOnlyList<PlanFile> Write(SiteFile site, SiteFirewall firewall)
    {
        ArgumentNullException.ThrowIfNull(firewall);
        var rules = RulePlanner.Plan(site, firewall);
        var team = TeamFolder.TeamOf(site, firewall);
        var folder = $"{TeamFolder.Of(team)}/{firewall.Name}";
        var files = new List<PlanFile> { File("change-request.csv", PlanFileKind.ChangeRequest, ChangeRequest.Write(firewall, rules)) };
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
            files.Add(File(native.Item1, PlanFileKind.FirewallRules, native.Item2));
        }

        return files;

        PlanFile File(string name, PlanFileKind kind, string content) => new($"{folder}/{name}", content) { Team = team, Kind = kind, Host = firewall.Name };
    }
}
