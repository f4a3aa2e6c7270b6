using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>Sockets and streams of .NET.</summary>
internal sealed class ManagedEngine(TimeProvider clock) : RelayEngine
{
    private readonly ITcpDialer _dialer = new SocketTcpDialer(clock);
    private readonly IByteMover _mover = new ManagedMover();

    internal override ITcpConnector? Connector => null;

    internal override IListener CreateListener(RelayServer server, ListenerSettings settings) => new SocketListener(server, settings);

    internal override ITcpDialer DialerFor(Leg client) => _dialer;

    internal override IByteMover MoverFor(Leg client, Leg upstream) => _mover;
}
