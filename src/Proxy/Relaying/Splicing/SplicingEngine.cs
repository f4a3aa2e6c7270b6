using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>Sockets on loops of our own, bytes moved by splice(2). What has TLS on a side goes the managed way.</summary>
internal sealed class SplicingEngine : RelayEngine
{
    private readonly EventLoop[] _loops;
    private readonly KernelDialer _dialer;
    private readonly ManagedEngine _managed;
    private readonly SpliceMover _mover = new();

    public SplicingEngine(TimeProvider clock, int loops, int maxPipes, Action<Exception> onMistake)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(loops, 1);
        _loops = [.. Enumerable.Range(0, loops).Select(_ => new EventLoop(clock, maxPipes, onMistake))];
        _dialer = new KernelDialer(_loops);
        _managed = new ManagedEngine(clock);
    }

    internal override ITcpConnector? Connector => _dialer;

    internal override IListener CreateListener(RelayServer server, ListenerSettings settings) =>
        settings.Secure is null ? new KernelListener(server, settings, _loops) : _managed.CreateListener(server, settings);

    internal override ITcpDialer DialerFor(Leg client) => client is KernelLeg ? _dialer : _managed.DialerFor(client);

    internal override IByteMover MoverFor(Leg client, Leg upstream) =>
        client is KernelLeg && upstream is KernelLeg ? _mover : _managed.MoverFor(client, upstream);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var loop in _loops)
            {
                loop.Dispose();
            }
        }

        base.Dispose(disposing);
    }
}
