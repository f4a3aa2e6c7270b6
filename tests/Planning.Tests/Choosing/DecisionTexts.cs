namespace Culvert.Planning.Tests;

/// <summary>The two decision texts, as tables that say nothing of how the product decides. <c>y</c> yes, <c>n</c> no, <c>-</c> either; the first row that fits decides.</summary>
internal static class DecisionTexts
{
    // Columns: sensors in several clouds, private connectivity, site on ExpressRoute, site on a VPN, proxy to leave OT, many through one point.
    private const string Table =
        """
        y - - - - - | multicloud
        n y - - - - | cloudProxy
        n n y - - - | cloudProxy
        n n n y - - | cloudProxy
        n n n n y - | proxyChain
        n n n n n y | proxyChain
        n n n n n n | direct
        """;

    // Columns: private addresses, predictable throughput, SLA, high volume, avoid the internet, own and run the routers.
    private const string FlowChart =
        """
        n - - - - - | publicInternet
        y n n n n - | vpn
        y y - - - y | expressRouteOwnRouters
        y - y - - y | expressRouteOwnRouters
        y - - y - y | expressRouteOwnRouters
        y - - - y y | expressRouteOwnRouters
        y - - - - n | expressRouteExchange
        """;

    public static string Method(params bool[] answers) => Decide(Table, answers);

    public static string Interconnect(params bool[] answers) => Decide(FlowChart, answers);

    private static string Decide(string table, bool[] answers)
    {
        foreach (var row in table.Split('\n'))
        {
            var (conditions, outcome) = (row.Split('|')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), row.Split('|')[1].Trim());
            if (conditions.Zip(answers).All(c => c.First == "-" || c.First == "y" == c.Second))
            {
                return outcome;
            }
        }

        throw new InvalidOperationException("The table leaves a case out.");
    }
}
