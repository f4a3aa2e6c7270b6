using System.Globalization;
using System.Net;

namespace Culvert.Lab;

/// <summary>A lab as it runs: its network and what runs on its hosts. Lives inside the lab's namespaces, in the keeper.</summary>
internal sealed partial class LabRuntime : IAsyncDisposable
{
    private readonly List<HostProgram> _programs = [];
    private readonly List<IAsyncDisposable> _services = [];
    private readonly Dictionary<string, NameServer> _nameServers = new(StringComparer.Ordinal);

    public LabRuntime(LabFolder folder, LabOptions options, SiteFile site, TimeProvider clock)
    {
        (Folder, Options, Clock) = (folder, options, clock);
        Network = NetworkBuilder.Build(site);
        foreach (var host in options.Clocks.Keys)
        {
            _ = Network.Host(host);
        }
    }

    /// <summary>Where its files are.</summary>
    public LabFolder Folder { get; }

    /// <summary>What it was started with.</summary>
    public LabOptions Options { get; }

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The network.</summary>
    public LabNetwork Network { get; private set; }

    /// <summary>The site as played.</summary>
    public SiteFile Site => Network.Site;

    /// <summary>The resolvers, by their hosts' names.</summary>
    public IReadOnlyDictionary<string, NameServer> NameServers => _nameServers;

    /// <summary>Every program that was started and not stopped.</summary>
    public IReadOnlyList<HostProgram> Programs => _programs;

    /// <summary>Builds the network and starts everything.</summary>
    public async Task UpAsync(Action<string> line, CancellationToken cancellationToken)
    {
        var started = Clock.GetTimestamp();
        await BuildAsync(cancellationToken);
        await ServeNamesAndTimeAsync();
        line(string.Create(CultureInfo.InvariantCulture,
            $"network: {Network.Hosts.Count} hosts in {Network.Segments.Count} segments, {Site.Firewalls.Sum(f => Planning.RulePlanner.Plan(Site, f).Count)} planned rules in {Site.Firewalls.Count} firewalls, {Seconds(started)} s"));
        await StartLinksAsync(line, cancellationToken);
        if (Options.NetworkOnly)
        {
            return;
        }

        // Made once, before several ask for them.
        _ = (Secrets, Plan);
        var portals = StartPortalsAsync(line, cancellationToken);
        await Task.WhenAll(portals, StartProxiesAsync(portals, line, cancellationToken));
        if (Options.Sensors)
        {
            await StartSensorsAsync(line, cancellationToken);
        }

        line($"all in {Seconds(started)} s");
    }

    /// <summary>What is there and how it does.</summary>
    public async Task<LabStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var pools = new List<LabPoolStatus>();
        foreach (var (name, balancer) in _balancers.ToList())
        {
            var pool = Pool(name);
            var loads = pool.Kind == ProxyKind.Culvert ? await MemberLoadsAsync(pool, cancellationToken) : [.. Members(name).Select(m => (m, (MemberLoad?)null))];
            pools.Add(new LabPoolStatus(name, [.. loads.Select(l => new LabMemberStatus(l.Member.Name, balancer.Well.Contains(l.Member.Name), l.Load?.Tunnels))], _autoscalers.GetValueOrDefault(name)?.Said));
        }

        List<HostProgram> programs;
        lock (_programs)
        {
            programs = [.. _programs];
        }

        return new LabStatus
        {
            Name = Folder.Name,
            Site = Site.DisplayName,
            Links = LinkNotes,
            Pools = pools,
            Faults = [.. _faults.Select(f => f.ToString())],
            Hosts = [.. Network.Hosts.Select(h => new LabHostStatus
            {
                Name = h.Name,
                Kind = h.Kind,
                Zone = h.Zone,
                Addresses = [.. h.Addresses.Select(a => a.ToString())],
                Programs = [.. programs.Where(p => p.Host == h.Name).Select(p => new LabProgramStatus(p.Name, p.Runs))],
            })],
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var scaling in _autoscalers.Values.Cast<IAsyncDisposable>().Concat(_loads.Values))
        {
            await scaling.DisposeAsync();
        }

        foreach (var program in _programs.AsEnumerable().Reverse())
        {
            await program.DisposeAsync();
        }

        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }
    }

    private string Seconds(long started) => Clock.GetElapsedTime(started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private async Task BuildAsync(CancellationToken cancellationToken)
    {
        await Shell.RunAsync("sh", ["-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null; echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null; exec ip -batch -"], NetworkScript.Fabric(Network), cancellationToken);
        await Parallel.ForEachAsync(Network.Hosts, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (host, cancellation) => await SetUpAsync(host, cancellation));
    }

    private async Task SetUpAsync(LabHost host, CancellationToken cancellationToken)
    {
        var folder = HostFolder(host.Name);
        await File.WriteAllTextAsync(Path.Combine(folder, "resolv.conf"), ResolvConf(host), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "hosts"), HostsFile(host), cancellationToken);
        var tables = FirewallTables.Of(Network, host);
        if (tables.Length > 0)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "rules.nft"), tables, cancellationToken);
        }

        await Shell.InAsync(host.Name, NetworkScript.Inside(host, tables), cancellationToken);
        if (host.Kind == LabHostKind.Firewall)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, RulesAsBuilt), await RulesetAsync(host.Name, cancellationToken), cancellationToken);
        }
    }

    private string HostFolder(string host) => Folder.Folder(Path.Combine("hosts", host));

    private static string ResolvConf(LabHost host) => host.DnsServers.Count == 0
        ? "# No resolver is planned in this zone.\n"
        : string.Concat(host.DnsServers.Select(s => $"nameserver {s}\n")) + "options timeout:2 attempts:2\n";

    // Names of proxies stand in the hosts file, as a plant has them; the cloud's names are the resolvers' alone.
    private string HostsFile(LabHost host) => $"127.0.0.1 localhost\n127.0.1.1 {host.Name}\n"
        + string.Concat(Site.Proxies.Where(p => p.Host is not null && !IPAddress.TryParse(p.Host, out _)).Select(p => $"{p.Address} {p.Host}\n"));

    private async Task ServeNamesAndTimeAsync()
    {
        foreach (var address in Site.Zones.SelectMany(z => z.DnsServers).Distinct())
        {
            var host = Network.Hosts.First(h => h.Addresses.Contains(address)).Name;
            var server = await NameServer.StartAsync(host, address, Clock);
            foreach (var endpoint in Site.Clouds.SelectMany(c => c.Endpoints))
            {
                server.Names[endpoint.Endpoint.Address.Host] = endpoint.Addresses;
            }

            foreach (var proxy in Site.Proxies.Where(p => p.Host is not null))
            {
                server.Names[proxy.Host!] = [proxy.Address];
            }

            _services.Add(server);
            _nameServers[host] = server;
        }

        foreach (var address in Site.Zones.SelectMany(z => z.NtpServers).Distinct())
        {
            _services.Add(await TimeServer.StartAsync(Network.Hosts.First(h => h.Addresses.Contains(address)).Name, address, Clock));
        }
    }
}
