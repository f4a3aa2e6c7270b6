namespace Culvert.Planning;

/// <summary>Which rules each firewall needs: every flow at every firewall it crosses.</summary>
public static class RulePlanner
{
    /// <summary>The rules of one firewall. Everything else is to be dropped by it.</summary>
    public static IReadOnlyList<FirewallRule> Plan(SiteFile site, SiteFirewall firewall)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(firewall);
        var map = new SiteMap(site);
        var rules = new List<FirewallRule>();
        foreach (var flow in FlowPlanner.Plan(site))
        {
            foreach (var crossing in (map.Way(flow.FromZone, flow.ToZone) ?? []).Where(c => !c.IsLink && c.By == firewall.Name))
            {
                rules.Add(new FirewallRule(rules.Count + 1, Side(firewall, crossing.From), Side(firewall, crossing.To), flow));
            }
        }

        return rules;
    }

    private static SiteFirewallSide Side(SiteFirewall firewall, string zone) => firewall.Sides.First(s => s.Zone == zone);
}
