using System.Globalization;

namespace Culvert.Lab;

/// <summary>Pools that grow and shrink while they run, by command or by what their members say of themselves.</summary>
internal sealed partial class LabRuntime
{
    // culvert-proxy closes what is left after its drain time, 30 s where the plan says nothing else.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);
    private readonly SemaphoreSlim _scaling = new(1, 1);
    private readonly Dictionary<string, Autoscaler> _autoscalers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PoolLoad> _loads = new(StringComparer.Ordinal);

    /// <summary>Makes a pool larger or smaller, within the limits of the site file. What leaves is drained: no new tunnels, then those that it has end.</summary>
    /// <param name="poolName">The pool.</param>
    /// <param name="count">How many members it shall have.</param>
    /// <param name="leaving">The member that shall leave; null takes the newest, as clouds do.</param>
    /// <param name="line">Takes what people read meanwhile.</param>
    /// <param name="cancellationToken">Stops between two members.</param>
    public async Task ScaleAsync(string poolName, int count, string? leaving, Action<string> line, CancellationToken cancellationToken)
    {
        var pool = Pool(poolName);
        if (count < pool.Pool!.MinMembers || count > pool.Pool.MaxMembers)
        {
            throw new LabException($"Pool {poolName} has {pool.Pool.MinMembers} to {pool.Pool.MaxMembers} members by the site file; {count} is outside.", "proxies", poolName);
        }

        await _scaling.WaitAsync(cancellationToken);
        try
        {
            if (leaving is not null && (Members(poolName).All(m => m.Name != leaving) || count >= Members(poolName).Count))
            {
                throw new LabException($"{leaving} cannot leave: pool {poolName} has the members {string.Join(", ", Members(poolName).Select(m => m.Name))} and shall have {count}.");
            }

            while (Members(poolName).Count < count)
            {
                await JoinAsync(pool, line, cancellationToken);
            }

            while (Members(poolName).Count > count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await LeaveAsync(pool, Members(poolName).FirstOrDefault(m => m.Name == leaving) ?? Members(poolName)[^1], line);
            }
        }
        finally
        {
            _scaling.Release();
        }

        await _balancers[poolName].ProbeAsync(cancellationToken);
    }

    /// <summary>Lets a pool scale itself; null rules end that.</summary>
    public async Task AutoscaleAsync(string poolName, AutoscaleRules? rules, Action<string> line)
    {
        var pool = Pool(poolName);
        if (pool.Kind != ProxyKind.Culvert)
        {
            throw new LabException($"The members of {poolName} are {pool.Kind.ToString().ToLowerInvariant()}, which says nothing of its load; only culvert's can scale themselves.", "proxies", poolName);
        }

        if (_autoscalers.Remove(poolName, out var running))
        {
            await running.DisposeAsync();
        }

        if (rules is not null)
        {
            _autoscalers[poolName] = new Autoscaler(this, pool, rules);
        }

        line(rules is null ? $"{poolName} no longer scales itself"
            : string.Create(CultureInfo.InvariantCulture, $"{poolName} scales itself between {pool.Pool!.MinMembers} and {pool.Pool.MaxMembers} members: one for every {rules.TunnelsPerMember} tunnels, smaller after {rules.CalmFor.TotalSeconds:0} s of calm"));
    }

    /// <summary>Holds this many tunnels open through a pool, as sensors would; 0 ends them.</summary>
    public async Task LoadAsync(string poolName, int tunnels, Action<string> line, CancellationToken cancellationToken)
    {
        var pool = Pool(poolName);
        if (_loads.Remove(poolName, out var running))
        {
            await running.DisposeAsync();
        }

        if (tunnels > 0)
        {
            var load = await PoolLoad.StartAsync(this, pool, tunnels, cancellationToken);
            _loads[poolName] = load;
            line($"{tunnels} tunnels from {load.Sensor} through {poolName} to {load.Destination}");
        }
        else
        {
            line($"no more tunnels are held through {poolName}");
        }
    }

    /// <summary>What each member of a pool says of its load; null for one that does not answer.</summary>
    public async Task<IReadOnlyList<(LabHost Member, MemberLoad? Load)>> MemberLoadsAsync(SiteProxy pool, CancellationToken cancellationToken) =>
        await Task.WhenAll(Members(pool.Name).Select(async m => (m, await MemberLoad.ReadAsync(pool, m, Clock, cancellationToken))));

    private SiteProxy Pool(string name) => Site.Proxies.FirstOrDefault(p => p.Name == name && p.Pool is not null)
        ?? throw new LabException($"The site has no proxy pool '{name}'{(Site.Proxies.Any(p => p.Pool is not null) ? $"; its pools: {string.Join(", ", Site.Proxies.Where(p => p.Pool is not null).Select(p => p.Name))}" : "")}.");

    private async Task JoinAsync(SiteProxy pool, Action<string> line, CancellationToken cancellationToken)
    {
        var host = NetworkBuilder.ExtraMember(Network, pool);
        try
        {
            await Shell.RunAsync("ip", ["-batch", "-"], NetworkScript.Cables(Network, host), cancellationToken);
            await SetUpAsync(host, cancellationToken);
            await StartProxyAsync(host, cancellationToken);
        }
        catch
        {
            // Half a member would be in the way of the next.
            await TakeAwayAsync(host, TimeSpan.Zero);
            throw;
        }

        // The balancer learns of it only when it serves.
        Network = Network with { Hosts = [.. Network.Hosts, host] };
        line($"{host.Name} at {host.Address} serves");
    }

    // Once begun it goes on to its end: a member that is out of the network but not gone would be nobody's.
    private async Task LeaveAsync(SiteProxy pool, LabHost host, Action<string> line)
    {
        // It leaves the balancer first and drains: its tunnels end by themselves, or with its time limit.
        var left = Clock.GetTimestamp();
        Network = Network with { Hosts = [.. Network.Hosts.Where(h => h.Name != host.Name)] };
        await _balancers[pool.Name].ProbeAsync(CancellationToken.None);
        var load = pool.Kind == ProxyKind.Culvert ? await MemberLoad.ReadAsync(pool, host, Clock, CancellationToken.None) : null;
        await TakeAwayAsync(host, DrainLimit);
        line($"{host.Name} has left{(load is null ? "" : string.Create(CultureInfo.InvariantCulture, $" with {load.Tunnels} tunnels to drain"))}, {Seconds(left)} s");
    }

    private async Task TakeAwayAsync(LabHost host, TimeSpan drain)
    {
        List<HostProgram> programs;
        lock (_programs)
        {
            programs = [.. _programs.Where(p => p.Host == host.Name)];
            _programs.RemoveAll(programs.Contains);
        }

        foreach (var program in programs)
        {
            await program.StopAsync(drain);
        }

        // The cable by name: the kernel takes down a namespace when it has time. Of what was not finished, some may not be there.
        foreach (var arguments in (string[][])[["link", "delete", NetworkScript.Port(host, 0)], ["netns", "delete", host.Name]])
        {
            try
            {
                await Shell.RunAsync("ip", arguments, "", CancellationToken.None);
            }
            catch (LabException) when (drain == TimeSpan.Zero)
            {
                // It was never made.
            }
        }
    }
}
