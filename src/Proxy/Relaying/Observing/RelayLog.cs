using Microsoft.Extensions.Logging;

namespace Culvert.Relaying;

/// <summary>What the proxy logs. One line a tunnel or refusal; no secret and no byte of a tunnel.</summary>
internal static partial class RelayLog
{
    [LoggerMessage(1, LogLevel.Information, "Tunnel {Identity} {Source} -> {Destination} by {NextHop} ended {End}: {BytesUp} up, {BytesDown} down in {Seconds} s")]
    public static partial void Tunnel(
        ILogger logger, string? identity, string source, string destination, string? nextHop, TunnelEnd end, long bytesUp, long bytesDown, double seconds);

    [LoggerMessage(2, LogLevel.Warning, "Refused {Identity} {Source} -> {Destination} with {Status}: {Details} ({Error}) after {Seconds} s")]
    public static partial void Refused(
        ILogger logger, string? identity, string source, string? destination, int status, string? error, string details, double seconds);

    [LoggerMessage(3, LogLevel.Debug, "Connection of {Source} left without a request")]
    public static partial void Abandoned(ILogger logger, string source);

    [LoggerMessage(4, LogLevel.Error, "A connection of {Source} ended by a mistake in the proxy")]
    public static partial void Mistake(ILogger logger, Exception exception, string source);

    [LoggerMessage(5, LogLevel.Warning, "Cannot accept on {Listener}: {Reason}; trying again")]
    public static partial void CannotAccept(ILogger logger, string listener, string reason);

    [LoggerMessage(6, LogLevel.Information, "Draining: {Connections} connections have {Seconds} s to end")]
    public static partial void Draining(ILogger logger, long connections, double seconds);

    [LoggerMessage(7, LogLevel.Information, "Drained; {Cut} connections were cut")]
    public static partial void Drained(ILogger logger, int cut);

    [LoggerMessage(8, LogLevel.Warning, "Parent {Parent} is down: {Fault}")]
    public static partial void ParentDown(ILogger logger, string parent, string fault);

    [LoggerMessage(9, LogLevel.Information, "Parent {Parent} is up")]
    public static partial void ParentUp(ILogger logger, string parent);
}
