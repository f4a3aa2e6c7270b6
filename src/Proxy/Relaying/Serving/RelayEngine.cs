using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>How connections are accepted, dialled and moved on this system. It must outlive the servers that use it.</summary>
public abstract class RelayEngine : IDisposable
{
    /// <summary>The engine that works everywhere, on the sockets of .NET.</summary>
    public static RelayEngine Managed(TimeProvider clock) => new ManagedEngine(clock);

    /// <summary>The engine whose bytes the kernel moves; on Linux only.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="loops">How many threads serve connections.</param>
    /// <param name="onMistake">Told of mistakes in the engine itself.</param>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public static RelayEngine Splicing(TimeProvider clock, int loops, Action<Exception> onMistake) =>
        OperatingSystem.IsLinux() ? new SplicingEngine(clock, loops, PipePool.StandardMax, onMistake) : throw new PlatformNotSupportedException("splice(2) is a call of Linux.");

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Dials the parents that are spoken to without TLS; null for the dialer's own way.</summary>
    internal abstract ITcpConnector? Connector { get; }

    internal abstract IListener CreateListener(RelayServer server, ListenerSettings settings);

    internal abstract ITcpDialer DialerFor(Leg client);

    internal abstract IByteMover MoverFor(Leg client, Leg upstream);

    /// <summary>Ends its threads.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
