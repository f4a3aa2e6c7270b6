using System.Globalization;

namespace Culvert.Tunnels;

/// <summary>How far one connection of a dial has come.</summary>
internal sealed class Climb(Route route, TraceRecorder recorder, Stream stream)
{
    public Route Route { get; } = route;

    public TraceRecorder Recorder { get; } = recorder;

    public Stream Stream { get; set; } = stream;

    public Stream? Bare { get; set; }

    public bool InTls { get; set; }

    /// <summary>Whether the last https hop asked for a client certificate.</summary>
    public bool CertificateAsked { get; set; }

    /// <summary>The body that the last hop's answer announced; null when it announced none.</summary>
    public AnnouncedBody? Announced { get; set; }

    /// <summary>Bytes that were read too early and are not taken yet.</summary>
    public ReadOnlyMemory<byte> Leftover => Stream is PrefixedStream prefixed ? prefixed.Remaining : default;

    public IReadOnlyList<ProxyStatusEntry> ProxyStatus { get; set; } = [];

    public int? RefusedWith { get; set; }

    public bool OfDestination { get; set; }

    public TimeSpan? HopClockAhead { get; set; }

    /// <summary>Puts bytes that came too early before those that follow.</summary>
    public void PushBack(ReadOnlyMemory<byte> bytes)
    {
        // One prefix at most, so that what is left can be told: a hop's answer may have come out of an earlier prefix.
        var inner = Stream;
        if (Stream is PrefixedStream earlier)
        {
            bytes = (byte[])[.. bytes.Span, .. earlier.Remaining.Span];
            inner = earlier.Inner;
        }

        Bare = inner;
        Stream = bytes.IsEmpty ? inner : new PrefixedStream(bytes, inner);
    }

    /// <summary>Reads the hop's clock from its answer; a field of one second's resolution.</summary>
    public void NoteClock(ConnectAnswer answer, DateTimeOffset now)
    {
        if (answer.Field("date") is { } date
            && DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var theirs))
        {
            HopClockAhead = theirs - now;
        }
    }
}
