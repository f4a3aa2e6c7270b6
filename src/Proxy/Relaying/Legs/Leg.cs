using System.Net;

namespace Culvert.Relaying;

/// <summary>One side of a tunnel: a byte stream that can be closed by halves.</summary>
public abstract class Leg : IDisposable
{
    /// <summary>Who is at the other end of the connection; after a PROXY header, whom it stands for.</summary>
    public IPEndPoint Peer { get; set; } = new(IPAddress.None, 0);

    /// <summary>SHA-256 of the certificate that the peer showed, lower-case hex; null when it showed none.</summary>
    public string? CertificateSha256 { get; init; }

    /// <summary>Why the certificate that the peer showed is not taken; null when it is, or none was shown.</summary>
    public string? CertificateFault { get; init; }

    /// <summary>Bytes that were read already and come before all others.</summary>
    public ReadOnlyMemory<byte> Early { get; set; }

    /// <summary>Reads; 0 at the end. An empty buffer waits until there is something to read.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer);

    /// <summary>Writes all of it.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Says that no more will be written; the other direction goes on.</summary>
    public abstract ValueTask CompleteWritesAsync();

    /// <summary>Lets a pending read end as if the peer had closed; writing still works.</summary>
    public abstract void StopReading();

    /// <summary>Closes with a reset, as TCP does when bytes are lost. Safe to call at any time and more than once.</summary>
    public abstract void Abort();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes.</summary>
    protected abstract void Dispose(bool disposing);
}
