using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>Everything that follows from one version of the settings; exchanged as a whole.</summary>
internal sealed class RelayState
{
    private readonly DirectWay _direct;

    public RelayState(RelaySettings settings, ITcpDialer dialer, TimeProvider clock, Random random)
    {
        Policy = new RelayPolicy(settings);
        var options = new TunnelDialerOptions { Hosts = settings.Hosts, UserAgent = null, ResolveTimeout = TimeSpan.FromMilliseconds(2500) };
        _direct = new DirectWay(new NameMemory(new NameResolver(options, clock), clock), dialer);
        Parents = settings.Parents.Count > 0 ? new ParentWay(settings, new TunnelDialer(options, clock), clock, random) : null;
    }

    public RelayPolicy Policy { get; }

    /// <summary>Null where the proxy dials itself. Where there are parents nothing ever goes another way.</summary>
    public ParentWay? Parents { get; }

    public ValueTask<Upstream> OpenAsync(AskedTunnel asked, CancellationToken cancellationToken) => Parents is null
        ? _direct.OpenAsync(Policy, asked.Destination, cancellationToken)
        : Parents.OpenAsync(asked.Destination, ViaEntry.Append(asked.Via, Policy.Settings.Name, Policy.Settings.Levels.Level), cancellationToken);

    /// <summary>Dials a destination itself, for the health check.</summary>
    public ValueTask<Upstream> OpenDirectAsync(HostPort destination, CancellationToken cancellationToken) => _direct.OpenAsync(Policy, destination, cancellationToken);
}
