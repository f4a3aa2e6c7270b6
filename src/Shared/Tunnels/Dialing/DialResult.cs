using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Culvert.Tunnels;

/// <summary>An open tunnel, or why there is none. Whoever asked owns <see cref="Stream"/>.</summary>
public sealed record DialResult
{
    /// <summary>The blind byte stream; null when the dial failed. Disposing it closes every leg.</summary>
    public Stream? Stream { get; init; }

    /// <summary>The last hop's stream as it is under <see cref="Stream"/>, without <see cref="Leftover"/> in front; null when no HTTP hop answered.</summary>
    public Stream? Bare { get; init; }

    /// <summary>The TCP socket under <see cref="Stream"/> when no TLS hop lies between, so that bytes may be moved by the kernel; null otherwise.</summary>
    public Socket? Socket { get; init; }

    /// <summary>Bytes that came together with the last hop's answer. <see cref="Stream"/> gives them first; who uses <see cref="Socket"/> must pass them on himself.</summary>
    public ReadOnlyMemory<byte> Leftover { get; init; }

    /// <summary>The body that the last hop's answer announced; null when it announced none.</summary>
    internal AnnouncedBody? Announced { get; init; }

    /// <summary>What happened.</summary>
    public required Trace Trace { get; init; }

    /// <summary>The last answer's Proxy-Status entries (RFC 9209), nearest to the destination first; empty when it sent none.</summary>
    public IReadOnlyList<ProxyStatusEntry> ProxyStatus { get; init; } = [];

    /// <summary>The status code of the answer that failed the dial; null when there was none.</summary>
    public int? RefusedWith { get; init; }

    /// <summary>Whether the tunnel is open.</summary>
    [MemberNotNullWhen(true, nameof(Stream))]
    public bool Succeeded => Stream is not null;

    /// <summary>Whether the failure says nothing of the hops: the request for the destination itself was refused, or the destination did not answer as it should.</summary>
    public bool OfDestination { get; init; }

    /// <summary>How far the clock of a hop that told its time (the Date of an answer) is ahead of ours; null when none did.</summary>
    public TimeSpan? HopClockAhead { get; init; }
}
