namespace Culvert.Relaying;

/// <summary>How connections are accepted, dialled and moved on this system.</summary>
public sealed record RelayEngine
{
    /// <summary>The movers, the preferred first; the last can move anything.</summary>
    public required IReadOnlyList<IByteMover> Movers { get; init; }

    /// <summary>Dials destinations.</summary>
    public required ITcpDialer Dialer { get; init; }

    /// <summary>The engine that works everywhere.</summary>
    public static RelayEngine Managed(TimeProvider clock) => new() { Movers = [new ManagedMover()], Dialer = new SocketTcpDialer(clock) };
}
