using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>Everything that follows from one version of the settings; exchanged as a whole.</summary>
internal sealed class RelayState
{
    private readonly DirectWay _direct;
    private readonly RelayEngine _engine;

    public RelayState(RelaySettings settings, RelayEngine engine, TimeProvider clock, Random random)
    {
        Policy = new RelayPolicy(settings, clock);
        var options = new TunnelDialerOptions { Hosts = settings.Hosts, UserAgent = null, ResolveTimeout = TimeSpan.FromMilliseconds(2500) };
        _direct = new DirectWay(new NameMemory(new NameResolver(options, clock), clock));
        _engine = engine;
        Probe = new SocketTcpDialer(clock);
        if (settings.Parents.Count > 0)
        {
            var guarded = new GuardedResolver(options, clock, Policy.Guard, settings.Parents.Select(p => p.Hop.Address.Host));
            Parents = new ParentWay(settings, new TunnelDialer(options, clock, guarded), new TunnelDialer(options, clock, guarded, engine.Connector), clock, random);
        }
    }

    public RelayPolicy Policy { get; }

    private ITcpDialer Probe { get; }

    /// <summary>Null where the proxy dials itself. Where there are parents nothing ever goes another way.</summary>
    public ParentWay? Parents { get; }

    /// <summary>Opens the way on for a client.</summary>
    public ValueTask<Upstream> OpenAsync(AskedTunnel asked, Leg client, CancellationToken cancellationToken) => Parents is null
        ? _direct.OpenAsync(Policy, asked.Destination, _engine.DialerFor(client), cancellationToken)
        : Parents.OpenAsync(
            asked.Destination, ViaEntry.Append(asked.Via, Policy.Settings.Name, Policy.Settings.Levels.Level), kernel: client is KernelLeg, cancellationToken);

    /// <summary>Dials a destination itself, for the health check.</summary>
    public ValueTask<Upstream> OpenDirectAsync(HostPort destination, CancellationToken cancellationToken) =>
        _direct.OpenAsync(Policy, destination, Probe, cancellationToken);
}
