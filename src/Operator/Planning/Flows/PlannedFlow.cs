using System.Net;

namespace Culvert.Planning;

/// <summary>One conversation that must be possible, opened from one side only.</summary>
public sealed record PlannedFlow
{
    /// <summary>Who opens it, for people: a host's name.</summary>
    public required string From { get; init; }

    /// <summary>The zone it is opened from.</summary>
    public required string FromZone { get; init; }

    /// <summary>The addresses it is opened from.</summary>
    public required IReadOnlyList<IPNetwork> Sources { get; init; }

    /// <summary>To whom, for people: a host's name or the exact name of a cloud endpoint.</summary>
    public required string To { get; init; }

    /// <summary>The zone it leads to.</summary>
    public required string ToZone { get; init; }

    /// <summary>The addresses it leads to; empty where only <see cref="To"/>'s name is known.</summary>
    public required IReadOnlyList<IPNetwork> Destinations { get; init; }

    /// <summary>The transport.</summary>
    public FlowProtocol Protocol { get; init; }

    /// <summary>The port; 0 for a protocol without ports.</summary>
    public int Port { get; init; }

    /// <summary>Why it is needed, one short sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether only the name of the destination is known.</summary>
    public bool ByName => Destinations.Count == 0;
}

/// <summary>Transports of flows.</summary>
public enum FlowProtocol
{
    /// <summary>TCP.</summary>
    Tcp,

    /// <summary>UDP.</summary>
    Udp,

    /// <summary>IPsec's encapsulating security payload, IP protocol 50.</summary>
    Esp,
}
