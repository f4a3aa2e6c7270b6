using System.Net;

namespace Culvert.Planning;

/// <summary>What a configuration is measured by.</summary>
public sealed record LintExpectation
{
    /// <summary>The longest silence of a sensor that nobody told otherwise: its heartbeat.</summary>
    public static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(60);

    /// <summary>What must be let through; empty where no site file is given.</summary>
    public IReadOnlyList<ExpectedDestination> Destinations { get; init; } = [];

    /// <summary>An idle tunnel must live longer than this.</summary>
    public TimeSpan Heartbeat { get; init; } = DefaultHeartbeat;

    /// <summary>Every cloud endpoint of a site.</summary>
    public static LintExpectation Of(SiteFile site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return new()
        {
            Destinations = [.. site.Clouds.SelectMany(c => c.Endpoints)
                .GroupBy(e => e.Endpoint.Address)
                .Select(g => new ExpectedDestination(g.Key.Host, [.. g.SelectMany(e => e.Addresses).Distinct().Select(Single)], g.Key.Port))],
        };
    }

    /// <summary>What one proxy of a site must let through.</summary>
    public static LintExpectation Of(SiteFile site, SiteProxy proxy) => new()
    {
        Destinations = [.. FlowPlanner.DestinationsOf(site, proxy).Select(d => new ExpectedDestination(d.Host, [.. AddressesOf(site, d.Host).Select(Single)], d.Port))],
    };

    /// <summary>What one firewall of a site must let through.</summary>
    public static LintExpectation Of(SiteFile site, SiteFirewall firewall) => new()
    {
        Destinations = [.. RulePlanner.Plan(site, firewall).Select(r => r.Flow).Where(f => f.Protocol == FlowProtocol.Tcp)
            .Select(f => new ExpectedDestination(f.To, f.Destinations, f.Port)).DistinctBy(d => (d.Host, d.Port))],
    };

    private static IEnumerable<IPAddress> AddressesOf(SiteFile site, string host) => IPAddress.TryParse(host, out var address) ? [address] : FixedNames.AddressesOf(site, host);

    private static IPNetwork Single(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);
}

/// <summary>Something that must be reached over TCP.</summary>
/// <param name="Host">An exact name or address, or a host of the site.</param>
/// <param name="Addresses">Its addresses where they are known.</param>
/// <param name="Port">The port.</param>
public sealed record ExpectedDestination(string Host, IReadOnlyList<IPNetwork> Addresses, int Port);
